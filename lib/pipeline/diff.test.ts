import { expect, test } from 'vitest';
import { diff, spokenDelta, type Delta } from './diff.ts';
import { type Attribute, objectId, type SchemaObject } from './snapshot.ts';
import { unreadOf, unreadSentences } from './unread.ts';

function table(name: string, children: Record<string, Record<string, Attribute>>): SchemaObject[] {
  const id = objectId('table', 'public', name);
  const columns = Object.entries(children).map(([child, attributes], i): SchemaObject => ({ id: objectId('column', 'public', name, child), kind: 'column', schema: 'public', name: child, parent: id, position: i + 1, attributes }));
  return [{ id, kind: 'table', schema: 'public', name, parent: null, position: null, attributes: { persistence: 'permanent', options: [] } }, ...columns];
}
const brief = (deltas: readonly Delta[]) => deltas.map((delta) => [delta.id, delta.carries.length, delta.attributes.map((attribute) => attribute.name)]);

test('equal schemas have no differences, whatever the order of their objects and the place of their columns', () => {
  const a = [...table('a', { x: { type: 'text' }, y: { type: 'uuid' } }), ...table('b', { x: { type: 'text' } })];
  const b = [...table('b', { x: { type: 'text' } }), ...table('a', { y: { type: 'uuid' }, x: { type: 'text' } })];
  expect(diff({ objects: a }, { objects: b })).toEqual([]);
});

test('what comes or goes with its table is carried by it and no difference of its own', () => {
  const kept = table('kept', { x: { type: 'text' } });
  const deltas = diff({ objects: [...kept, ...table('old', { a: {}, b: {} })] }, { objects: [...kept, ...table('new', { a: {} })] });
  expect(brief(deltas)).toEqual([['add:table:public.new', 1, []], ['remove:table:public.old', 2, []]]);
  expect(deltas[1]?.carries).toEqual(['column:public.old.a', 'column:public.old.b']);
});

test('a column that comes, goes or changes is a difference in its table', () => {
  const deltas = diff({ objects: table('t', { gone: { type: 'text' }, same: { type: 'text' }, changed: { type: 'text', nullable: true } }) }, { objects: table('t', { changed: { type: 'uuid', nullable: false }, same: { type: 'text' }, fresh: { type: 'text' } }) });
  expect(brief(deltas)).toEqual([['change:column:public.t.changed', 0, ['type', 'nullable']], ['add:column:public.t.fresh', 0, []], ['remove:column:public.t.gone', 0, []]]);
  expect(new Set(deltas.map((delta) => delta.group))).toEqual(new Set(['table:public.t']));
});

test('a difference is said with the database that has the object', () => {
  const sides = { current: 'prod', desired: 'dev' };
  expect(spokenDelta('add:schema:auth', sides)).toBe('schema auth, only in dev');
  expect(spokenDelta('remove:table:public."a.b"', sides)).toBe('table public.a.b, only in prod');
  expect(spokenDelta('change:column:public.t.c', sides)).toBe('column public.t.c, different');
  expect(spokenDelta('rename:column:public.t.mail→column:public.t.email', sides)).toBe('column public.t.mail is called email');
});

test('lists differ by their order, and an absent attribute equals null', () => {
  const [before] = table('t', {});
  if (!before) throw new Error('no table');
  const change = (attributes: Record<string, Attribute>) => diff({ objects: [before] }, { objects: [{ ...before, attributes }] }).flatMap((delta) => delta.attributes);
  expect(change({ persistence: 'permanent', options: [], ofType: null })).toEqual([]);
  expect(change({ persistence: 'permanent', options: ['a', 'b'] })).toEqual([{ name: 'options', current: [], desired: ['a', 'b'] }]);
  expect(diff({ objects: [{ ...before, attributes: { options: ['b', 'a'] } }] }, { objects: [{ ...before, attributes: { options: ['a', 'b'] } }] })).toHaveLength(1);
});

test('where a migration tool notes what it ran is no difference between a database and a folder, and one between two databases', () => {
  const ledger = table('schema_migrations', { version: { type: 'text' } });
  const numbers: SchemaObject = { id: 'sequence:public.pgmigrations_id_seq', kind: 'sequence', schema: 'public', name: 'pgmigrations_id_seq', parent: null, position: null, attributes: { ownedBy: 'column:public.pgmigrations.id' } };
  const more = [...table('pgmigrations', { id: {}, name: {}, run_on: {} }), numbers];
  const theirs = table('migrations', { id: {}, name: {}, road: {} });
  const kept = table('kept', { x: { type: 'text' } });
  const folder = { objects: kept, origin: { name: 'm', digest: '', notes: [], folder: true } };
  const database = { objects: [...kept, ...ledger, ...more, ...theirs] };
  for (const deltas of [diff(database, folder), diff(folder, database)]) expect(deltas.map(({ objectId: id }) => id)).toEqual(['table:public.migrations']);
  expect(unreadSentences(unreadOf(database, folder))).toEqual([
    'The table public.schema_migrations is not compared: it is where its tool notes what was run, and no migration of the folder makes it.',
    'The table public.pgmigrations is not compared: it is where node-pg-migrate notes what was run, and no migration of the folder makes it.',
  ]);
  expect(diff(database, { objects: kept })).toHaveLength(4);
  expect(diff(database, { ...folder, origin: { ...folder.origin, folder: false } })).toHaveLength(4);
  expect(diff(database, { ...folder, objects: [...kept, ...table('schema_migrations', { version: { type: 'bigint' } })] }).map(({ id }) => id)).toContain('change:column:public.schema_migrations.version');
});

const schema = (name: string): SchemaObject => ({ id: `schema:${name}`, kind: 'schema', schema: '', name, parent: null, position: null, attributes: {} });
const inSchema = (name: string, own: string) => ({ ...table(name, {})[0], id: `table:${own}.${name}`, schema: own }) as SchemaObject;

test('a schema that a migration tool keeps to itself is known on neither side', () => {
  const database = { objects: [schema('sqitch'), inSchema('changes', 'sqitch'), inSchema('tags', 'sqitch'), schema('app'), inSchema('changes', 'app')] };
  expect(diff(database, { objects: [], origin: { name: 'm', digest: '', notes: [], folder: true } }).map(({ objectId: id }) => id)).toEqual(['schema:app', 'table:app.changes']);
});

/** How often the comparison asks objects who they are, in making many tables from nothing and in finding them equal. */
function looks(count: number): number {
  let read = 0;
  const many = Array.from({ length: count }, (_, i) => table(`t${i}`, Object.fromEntries(Array.from({ length: 5 }, (_each, c) => [`c${c}`, { type: 'text', nullable: c > 0 }])))).flat()
    .map((object) => Object.defineProperties({ ...object }, Object.fromEntries((['id', 'parent'] as const).map((name) => [name, { enumerable: true, get: () => { read += 1; return object[name]; } }]))) as SchemaObject);
  expect(diff({ objects: [] }, { objects: many })).toHaveLength(count);
  expect(diff({ objects: many }, { objects: many })).toEqual([]);
  return read;
}

test('twice as many tables are looked at twice as often, not four times', () => {
  // Sorting takes a little more than twice as much.
  expect(looks(2_000)).toBeLessThan(2.5 * looks(1_000));
});

test('who granted a right is compared, unless one side does not know it', () => {
  const id = objectId('grant', 'TABLE public.t');
  const granted = (list: string[], passedOn: string[]): SchemaObject[] => [{ id, kind: 'grant', schema: 'public', name: 'TABLE public.t', parent: null, position: null, attributes: { granted: list, passedOn } }];
  const live = { objects: granted(['SELECT TO a WITH GRANT OPTION', 'SELECT TO c'], ['SELECT TO b BY a', 'SELECT TO c BY a']) };
  const text = { objects: granted(['SELECT TO a WITH GRANT OPTION', 'SELECT TO b', 'SELECT TO c'], []) };
  expect(brief(diff(live, text))).toEqual([[`change:${id}`, 0, ['granted', 'passedOn']]]);
  expect(diff(live, { ...text, unread: [{ kind: 'grantor', why: 'not said' }] })).toEqual([]);
});
