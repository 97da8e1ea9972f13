import { describe, expect, test } from 'vitest';
import { differences } from './noise.ts';
import { type Rename, renameId, renameOf } from './rename.ts';
import { fateOf } from './rename-fate.ts';
import { renameStatements } from './rename-kinds.ts';
import { differencesRenamed, foldRenames, proposedRenames } from './renames.ts';
import { withRename } from './renamed.ts';
import { type Attribute, objectId, type SchemaObject } from './snapshot.ts';

const table = (name: string): SchemaObject => ({ id: objectId('table', 'public', name), kind: 'table', schema: 'public', name, parent: null, position: null, attributes: {} });
const part = (kind: 'column' | 'index', of: string, name: string, position: number | null, attributes: Record<string, Attribute>): SchemaObject => ({ id: objectId(kind, 'public', of, name), kind, schema: 'public', name, parent: objectId('table', 'public', of), position, attributes });
const column = (of: string, name: string, position: number, type = 'text') => part('column', of, name, position, { type, nullable: true, default: null });
const index = (of: string, name: string, column_: string) => part('index', of, name, null, { definition: `CREATE INDEX ${name} ON public.${of} USING btree (${column_})` });
const proposals = (current: SchemaObject[], desired: SchemaObject[]) => proposedRenames({ objects: current }, { objects: desired }, differences({ objects: current }, { objects: desired }));
const left = (current: { objects: SchemaObject[] }, desired: { objects: SchemaObject[] }, renames: Rename[]) => differencesRenamed(foldRenames(current, desired, renames), desired);
const RENAME = { from: 'column:public.t.mail', to: 'column:public.t.email' };

describe('a rename is proposed', () => {
  test('for one column that went and one that came with the same shape, with what speaks for it', () => {
    expect(proposals([table('t'), column('t', 'mail', 1), index('t', 'i', 'mail')], [table('t'), column('t', 'email', 1), index('t', 'i', 'email')])).toEqual([
      { ...RENAME, group: 'table:public.t', remove: 'remove:column:public.t.mail', add: 'add:column:public.t.email', evidence: ['the same type, default and settings (text)', 'the same place in the table (1)', '1 key, check or index that uses both in the same way'] },
    ]);
  });

  test('by place where several columns have one shape', () => {
    expect(proposals([table('t'), column('t', 'a', 1), column('t', 'b', 2)], [table('t'), column('t', 'x', 1), column('t', 'y', 2)]).map(renameId)).toEqual(['rename:column:public.t.a→column:public.t.x', 'rename:column:public.t.b→column:public.t.y']);
  });

  test('for a table with the same columns', () => {
    expect(proposals([table('a'), column('a', 'id', 1, 'uuid'), column('a', 'n', 2)], [table('b'), column('b', 'id', 1, 'uuid'), column('b', 'n', 2)]).map(renameId)).toEqual(['rename:table:public.a→table:public.b']);
  });

  test('not where the shape differs, and not where two candidates stand in no order', () => {
    expect(proposals([table('t'), column('t', 'a', 1)], [table('t'), column('t', 'b', 1, 'uuid')])).toEqual([]);
    expect(proposals([table('t'), column('t', 'a', 1)], [table('t'), column('t', 'b', 2), column('t', 'c', 3)])).toEqual([]);
  });
});

test('a taken rename is one difference about the name, and what follows from it is none', () => {
  const current = { objects: [table('t'), column('t', 'mail', 1), index('t', 'i', 'mail')], dependencies: { 'index:public.t.i': ['column:public.t.mail'] } };
  const desired = { objects: [table('t'), column('t', 'email', 1), index('t', 'i', 'email')] };
  expect(left(current, desired, [RENAME]).map((delta) => [delta.id, delta.attributes])).toEqual([[renameId(RENAME), [{ name: 'name', current: 'mail', desired: 'email' }]]]);
  expect(renameOf(renameId(RENAME))).toEqual(RENAME);
  expect(renameOf('add:table:public.t')).toBe(null);
});

const withIndexes = (name: string, unlike: string): SchemaObject[] => [table(name), column(name, 'id', 1), column(name, 'n', 2), { ...index(name, `${name}_n`, 'n'), attributes: { ...index(name, `${name}_n`, 'n').attributes, using: 'btree (n)', columns: ['n'] } }, { ...index(name, `${name}_id`, 'id'), attributes: { using: unlike, definition: unlike, columns: ['id'] } }];

test('an index of a renamed table that the other side has under another name takes that name along, and one of another shape does not', () => {
  const [current, desired] = [{ objects: withIndexes('a', 'btree (id)') }, { objects: withIndexes('b', 'hash (id)') }];
  const folded = foldRenames(current, desired, [{ from: 'table:public.a', to: 'table:public.b' }]);
  expect(folded.taken.map(({ parts }) => parts)).toEqual([[{ from: 'index:public.b.a_n', to: 'index:public.b.b_n' }]]);
  const [naming, ...rest] = differencesRenamed(folded, desired);
  expect([naming, ...rest].map((delta) => delta?.id)).toEqual(['remove:index:public.b.a_id', 'add:index:public.b.b_id', 'rename:table:public.a→table:public.b']);
  expect(rest.at(-1)?.attributes.map(({ name }) => name)).toEqual(['name', 'index a_n']);
});

test('only the name itself changes, not a longer one that holds it', () => {
  const renamed = withRename({ objects: [table('t'), column('t', 'mail', 1), index('t', 'i', 'mail, mail_host, "mail Old"')], dependencies: { 'index:public.t.i': ['column:public.t.mail'] } }, RENAME);
  expect(renamed.objects.at(-1)?.attributes.definition).toContain('(email, mail_host, "mail Old")');
});

test('a table takes what belongs to it along', () => {
  const renamed = withRename({ objects: [table('a'), column('a', 'id', 1)] }, { from: 'table:public.a', to: 'table:public.b' });
  expect(renamed.objects.map(({ id, parent }) => [id, parent])).toEqual([['table:public.b', null], ['column:public.b.id', 'table:public.b']]);
});

test('of a table that is renamed, a column can be renamed too, and is named after the new table', () => {
  const current = { objects: [table('a'), column('a', 'id', 1, 'uuid'), column('a', 'n', 2)] };
  const desired = { objects: [table('b'), column('b', 'id', 1, 'uuid'), column('b', 'm', 2)] };
  const [ofTable, ofColumn] = [{ from: 'table:public.a', to: 'table:public.b' }, { from: 'column:public.b.n', to: 'column:public.b.m' }];
  expect(left(current, desired, [ofColumn, ofTable]).map((delta) => delta.id)).toEqual([renameId(ofTable), renameId(ofColumn)].sort());
  expect(foldRenames(current, desired, [ofColumn]).taken).toEqual([]);
});

test('what became of a rename is told: it holds, it was carried out, or it says nothing about these two any more', () => {
  const sides = { current: 'prod', desired: 'dev' };
  const [mail, email] = [{ objects: [table('t'), column('t', 'mail', 1)] }, { objects: [table('t'), column('t', 'email', 1)] }];
  const both = { objects: [...mail.objects, column('t', 'email', 2)] };
  expect(fateOf(mail, email, RENAME, sides)).toEqual({ fate: 'applies' });
  expect(fateOf(email, email, RENAME, sides)).toEqual({ fate: 'done' });
  expect(fateOf(both, email, RENAME, sides)).toEqual({ fate: 'lapsed', why: 'prod has column public.t.email too, so these are two.' });
  expect(fateOf(mail, both, RENAME, sides)).toEqual({ fate: 'lapsed', why: 'dev has column public.t.mail too, so these are two.' });
  expect(fateOf({ objects: [table('t')] }, email, RENAME, sides)).toEqual({ fate: 'lapsed', why: 'prod has no column public.t.mail any more.' });
  expect(fateOf(mail, { objects: [table('t')] }, RENAME, sides)).toEqual({ fate: 'lapsed', why: 'dev has no column public.t.email any more.' });
  expect(left(both, email, [RENAME]).map((delta) => delta.id)).toEqual(['remove:column:public.t.mail']);
});

test('the statements go there and back', () => {
  expect(renameStatements(RENAME)).toEqual({ forward: ['ALTER TABLE public.t RENAME COLUMN mail TO email'], back: ['ALTER TABLE public.t RENAME COLUMN email TO mail'] });
  expect(renameStatements({ from: 'table:public.a', to: 'table:public."B.c"' }).forward).toEqual(['ALTER TABLE public.a RENAME TO "B.c"']);
});
