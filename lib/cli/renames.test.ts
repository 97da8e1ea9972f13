import { expect, test } from 'vitest';
import { comparison, comparisonText, type ComparedSide } from '#lib/pipeline/comparison.ts';
import { scriptText } from '#lib/pipeline/script/script.ts';
import { objectId, type ObjectKind, type SchemaObject } from '#lib/pipeline/snapshot.ts';
import { renamesGiven } from './renames.ts';

const table = (name: string): SchemaObject => ({ id: objectId('table', 'public', name), kind: 'table', schema: 'public', name, parent: null, position: null, attributes: {} });
const column = (of: string, name: string, position: number): SchemaObject => ({ id: objectId('column', 'public', of, name), kind: 'column', schema: 'public', name, parent: objectId('table', 'public', of), position, attributes: { type: 'text', nullable: true, default: null } });
const side = (name: string, of: string, mail: string): ComparedSide => ({ name, snapshot: { target: { systemIdentifier: '1', database: name, serverVersion: 150_000 }, takenAt: '', objects: [table(of), column(of, 'id', 1), column(of, mail, 2)], satellites: [], estimates: {}, notCompared: [] } as unknown as ComparedSide['snapshot'] });
const thing = (kind: ObjectKind, ...path: string[]): SchemaObject => ({ id: objectId(kind, ...path), kind, schema: path[0] ?? '', name: path.at(-1) ?? '', parent: null, position: null, attributes: {} });
const holding = (one: ComparedSide, ...objects: SchemaObject[]): ComparedSide => ({ ...one, snapshot: { ...one.snapshot, objects: [thing('schema', 'public'), ...objects] } });
const [before, after] = [side('prod', 'member', 'm.ail'), side('dev', 'person', 'email')];

test('what looks renamed is a question with its answer written out, and stays two until somebody gives it', () => {
  const renames = renamesGiven(['public.member=public.person'], before, after);
  const asked = comparison(before, after, { owners: false, renames });
  expect(comparisonText(asked)).toContain(`rename? column public.person."m.ail" → public.person.email: the same type, default and settings (text), the same place in the table (2). If they are one: --rename 'public.person."m.ail"=public.person.email'`);
  expect(scriptText(asked.script)).toContain('DROP COLUMN "m.ail"');
});

test('renames that a person gives come first in the script, and nothing else is left', () => {
  const renames = renamesGiven(['public.person."m.ail"=public.person.email', 'public.member=public.person'], before, after);
  const result = comparison(before, after, { owners: false, renames });
  expect(result.script.steps.flatMap((step) => step.statements.map(({ sql }) => sql))).toEqual(['ALTER TABLE public.member RENAME TO person', 'ALTER TABLE public.person RENAME COLUMN "m.ail" TO email']);
  expect([result.deltas.map((delta) => delta.change), result.proposals]).toEqual([['change', 'change'], []]);
});

test('--rename finds what has the name: a schema, an enum, a routine with its arguments', () => {
  const [prod, dev] = [holding(before, thing('schema', 'old'), thing('enum', 'public', 'state'), thing('function', 'public', 'f(a.b)')), holding(after, thing('schema', 'new'), thing('enum', 'new', 'state'), thing('function', 'new', 'f(a.b)'))];
  expect(renamesGiven(['old=new', 'public.state=new.state', 'public."f(a.b)"=new."f(a.b)"'], prod, dev).map(({ from }) => from)).toEqual(['schema:old', 'enum:public.state', 'function:public."f(a.b)"']);
});

test.each([
  ['public.member', 'is public.old=public.new'],
  ['public.member=other.member', 'dev has no table other.member any more'],
  ['public.member=public.nobody', 'dev has no table public.nobody any more'],
])('--rename %s is refused with what is wrong', (said, why) => {
  expect(() => renamesGiven([said], before, after)).toThrow(why);
});
