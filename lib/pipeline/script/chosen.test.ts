import { expect, test } from 'vitest';
import { differences } from '../noise.ts';
import { differencesRenamed, foldRenames } from '../renames.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { scriptOfChosen } from './chosen.ts';

const TABLE = objectId('table', 'public', 't');
const table = (persistence: string, owner: string): SchemaObject => ({ id: TABLE, kind: 'table', schema: 'public', name: 't', parent: null, position: null, attributes: { persistence }, aside: { owner } });
const column = (name: string, position: number): SchemaObject => ({ id: objectId('column', 'public', 't', name), kind: 'column', schema: 'public', name, parent: TABLE, position, attributes: { type: 'integer', nullable: true, default: null } });
const CURRENT = { objects: [table('permanent', 'ann'), column('a', 1), column('b', 2)] };
const DESIRED = { objects: [table('unlogged', 'ben'), column('b', 1), column('a', 2)] };
const DELTAS = differences(CURRENT, DESIRED);
const sql = (ids: readonly string[]) => {
  const script = scriptOfChosen(CURRENT, DESIRED, DELTAS.filter((delta) => ids.includes(delta.id)));
  return { statements: script.steps.flatMap((step) => step.statements.map((statement) => statement.sql)), refusals: script.refusals.map((refusal) => refusal.sentence) };
};

test('what an object differs in and its owner are one change, or each alone, as they were chosen', () => {
  expect(DELTAS.map((delta) => delta.id)).toEqual([`aside:${TABLE}`, `change:${TABLE}`]);
  expect(sql([`change:${TABLE}`])).toEqual({ statements: ['ALTER TABLE public.t SET UNLOGGED'], refusals: [] });
  const order = `The order of the columns of table public.t differs, and no statement changes it in place.`;
  expect(sql([`aside:${TABLE}`])).toEqual({ statements: ['ALTER TABLE public.t OWNER TO ben'], refusals: [order] });
  expect(sql([`aside:${TABLE}`, `change:${TABLE}`])).toEqual({ statements: ['ALTER TABLE public.t SET UNLOGGED', 'ALTER TABLE public.t OWNER TO ben'], refusals: [order] });
});

test('a rename that was taken is the first statement of what speaks of the new name, and of nothing else', () => {
  const other = { ...table('permanent', 'ann'), id: objectId('table', 'public', 'o'), name: 'o' };
  const before = { objects: [table('permanent', 'ann'), column('mail', 1), other] };
  const after = { objects: [table('unlogged', 'ann'), { ...column('email', 1), attributes: { type: 'integer', nullable: false, default: null } }, { ...other, attributes: { persistence: 'unlogged' } }] };
  const rename = { from: 'column:public.t.mail', to: 'column:public.t.email' };
  const folded = foldRenames(before, after, [rename]);
  const deltas = differencesRenamed(folded, after);
  const script = (ids: readonly string[]) => scriptOfChosen(folded.renamed, after, deltas.filter((delta) => ids.includes(delta.id)), folded.taken).steps.flatMap((step) => step.statements.map((statement) => statement.sql));
  expect(script(deltas.map((delta) => delta.id))[0]).toBe('ALTER TABLE public.t RENAME COLUMN mail TO email');
  expect(script(['change:column:public.t.email'])).toEqual(['ALTER TABLE public.t RENAME COLUMN mail TO email', 'ALTER TABLE public.t ALTER COLUMN email SET NOT NULL']);
  expect(script(['change:table:public.o'])).toEqual(['ALTER TABLE public.o SET UNLOGGED']);
});
