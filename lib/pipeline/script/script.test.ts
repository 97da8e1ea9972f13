import { expect, test } from 'vitest';
import { diff } from '../diff.ts';
import { type Attribute, objectId, type ObjectKind, type SchemaObject } from '../snapshot.ts';
import { makeScript, scriptText } from './script.ts';

function top(kind: ObjectKind, name: string, attributes: Record<string, Attribute>): SchemaObject {
  return { id: objectId(kind, 'public', name), kind, schema: 'public', name, parent: null, position: null, attributes };
}
function column(table: string, name: string, attributes: Record<string, Attribute> = {}): SchemaObject {
  return { id: objectId('column', 'public', table, name), kind: 'column', schema: 'public', name, parent: objectId('table', 'public', table), position: 1, attributes: { type: 'integer', nullable: true, default: null, ...attributes } };
}
const script = (current: SchemaObject[], desired: SchemaObject[], dependencies: Record<string, string[]> = {}) => {
  const [a, b] = [{ objects: current, dependencies }, { objects: desired, dependencies }];
  return makeScript(a, b, diff(a, b));
};
const view = (name: string) => top('view', name, { definition: name, options: [], columns: [], columnDefaults: [] });
const rows = (name: string) => top('materialized_view', name, { definition: name, options: [], columnSettings: [], accessMethod: null });
const sql = (made: ReturnType<typeof script>) => made.steps.map((step) => step.statements.map((statement) => statement.sql));

test('new enum values are a step of their own, each in its place, before the default that uses one', () => {
  const made = script(
    [top('enum', 'mood', { labels: ['sad', 'ok'] }), top('table', 't', {}), column('t', 'm', { type: 'public.mood' })],
    [top('enum', 'mood', { labels: ['sad', 'fine', 'ok'] }), top('table', 't', {}), column('t', 'm', { type: 'public.mood', default: `'fine'::public.mood` })],
  );
  expect(sql(made)).toEqual([[`ALTER TYPE public.mood ADD VALUE 'fine' BEFORE 'ok'`], [`ALTER TABLE ONLY public.t ALTER COLUMN m SET DEFAULT 'fine'::public.mood`]]);
});

test('a view over a changed column is out of the way while the column changes, and what cannot be made is refused by name', () => {
  const over = top('view', 'v', { definition: 'SELECT a FROM public.t', options: [], columns: ['a integer'], columnDefaults: [] });
  const made = script(
    [top('table', 't', {}), column('t', 'a'), over],
    [top('table', 't', {}), column('t', 'a', { type: 'bigint' }), over, { ...column('t', 'i'), id: objectId('index', 'public', 't', 'i'), kind: 'index' as const, attributes: { valid: false, using: 'public.t USING btree (a)' } }],
    { 'view:public.v': ['column:public.t.a'] },
  );
  expect(sql(made)[0]?.slice(0, 2).concat(sql(made)[0]?.slice(-1) ?? [])).toEqual(['DROP VIEW public.v', 'ALTER TABLE public.t ALTER COLUMN a TYPE bigint USING a::bigint', 'CREATE VIEW public.v AS\nSELECT a FROM public.t']);
  expect(made.refusals).toEqual([{ objectId: 'index:public.t.i', sentence: 'index public.t.i is invalid where it comes from: it is left by a build that failed.' }]);
  expect(scriptText(made)).toContain('-- differs, no script: index public.t.i is invalid');
});

test('a table whose rows are placed otherwise is set aside and made anew, and what reads it waits for its rows', () => {
  const over = top('materialized_view', 'v', { definition: 'SELECT a FROM public.t', options: [], columnSettings: [], accessMethod: null });
  const made = script([top('table', 't', { partitionKey: null }), column('t', 'a'), over], [top('table', 't', { partitionKey: 'LIST (a)', partitioned: true }), column('t', 'a', { type: 'bigint' }), over], { 'materialized_view:public.v': ['column:public.t.a', 'table:public.t'] });
  expect(sql(made).flat().map((text) => text.split('\n')[0])).toEqual([
    'CREATE SCHEMA countersign_aside', 'DROP MATERIALIZED VIEW public.v', 'ALTER TABLE public.t SET SCHEMA countersign_aside', 'CREATE TABLE public.t (',
    'INSERT INTO public.t (a) SELECT a::bigint FROM ONLY countersign_aside.t', 'DROP TABLE countersign_aside.t', 'DROP SCHEMA countersign_aside', 'CREATE MATERIALIZED VIEW public.v AS',
  ]);
  expect(made.anew).toMatchObject([{ id: 'table:public.t', from: 'SELECT (a::bigint)::bigint FROM ONLY countersign_aside.t', to: 'SELECT a FROM public.t' }]);
});

test('what loses data says so in front of its statement', () => {
  const made = script([top('table', 't', {}), column('t', 'a'), top('table', 'gone', {})], [top('table', 't', {})]);
  expect(made.steps.flatMap((step) => step.statements.map(({ sql: text, hazards }) => [text, hazards]))).toEqual([
    ['ALTER TABLE public.t DROP COLUMN a', ['Loses data: column public.t.a is dropped with what it holds.']],
    ['DROP TABLE public.gone', ['Loses data: table public.gone is dropped with what it holds.']],
  ]);
});

test('a type that changes values without an error says so beside the rewrite', () => {
  const made = script([top('table', 't', {}), column('t', 'a', { type: 'numeric(9,2)' })], [top('table', 't', {}), column('t', 'a', { type: 'integer' })]);
  expect(made.steps[0]?.statements[0]?.hazardCodes).toEqual(['CHANGES_VALUES', 'REWRITES_TABLE']);
  expect(made.steps[0]?.statements[0]?.hazards[0]).toBe('Changes values: column public.t.a goes from numeric(9,2) to integer, which holds less: values are rounded or cut off without an error.');
  expect(script([top('table', 't', {}), column('t', 'a', { type: 'integer' })], [top('table', 't', {}), column('t', 'a', { type: 'bigint' })]).steps[0]?.statements[0]?.hazardCodes).toEqual(['REWRITES_TABLE']);
});

const retyped = (from: string, to: string) => script([top('table', 't', {}), column('t', 'a', { type: from })], [top('table', 't', {}), column('t', 'a', { type: to })]).steps[0]?.statements[0]?.hazards;

test('a type that holds every value as it stands rewrites nothing and stops at nothing, and nothing of the kind is said', () => {
  expect([retyped('character varying(20)', 'text'), retyped('character varying(20)', 'character varying(40)'), retyped('numeric(9,2)', 'numeric(12,2)')]).toEqual([[], [], []]);
  // Nothing stops at what holds every value.
  expect([retyped('integer', 'bigint'), retyped('integer[]', 'text')]).toEqual([['Rewrites the table: bigint holds every value of column public.t.a, written otherwise.'], ['Rewrites the table: text holds every value of column public.t.a, written otherwise.']]);
  expect(retyped('text', 'character varying(20)')).toContain('May rewrite the table, and values of column public.t.a that do not fit character varying(20) stop the script.');
});

test('what rows that are there may not keep says so in front of its statement, and a new table has none', () => {
  const part = (kind: 'constraint' | 'index', name: string, attributes: Record<string, Attribute>) => ({ ...column('t', name), id: objectId(kind, 'public', 't', name), kind, position: null, attributes });
  const key = part('constraint', 'k', { type: 'unique', definition: 'UNIQUE (a)', validated: true });
  const index = part('index', 'i', { definition: 'CREATE UNIQUE INDEX i ON public.t USING btree (a)', using: 'public.t USING btree (a)', unique: true });
  const full = column('t', 'b', { nullable: false });
  const made = script([top('table', 't', {}), column('t', 'a')], [top('table', 't', {}), column('t', 'a', { nullable: false }), full, column('t', 'c', { nullable: false, default: '1' }), key, index, top('table', 'n', {}), column('n', 'd', { nullable: false })]);
  expect(made.steps.flatMap((step) => step.statements.flatMap(({ hazards }) => hazards)).toSorted()).toEqual([
    'Stops at a row that does not keep constraint public.t.k.',
    'Stops at a row that has no value in column public.t.a; every row is read while nobody else can.',
    'Stops where table public.t has rows: column public.t.b is NOT NULL and has no default.',
    'Stops where two rows of table public.t have the same values in index public.t.i.',
  ]);
});

test('a publication that is in the way of its table is emptied and filled again, and stays the one that others subscribe to', () => {
  const publication = (name: string, tables: string[], more: Record<string, Attribute> = {}) => ({ ...top('publication', name, { allTables: false, tables, schemas: [], publish: 'insert', viaRoot: false, generatedColumns: 'none', ...more }), id: objectId('publication', name), schema: '' });
  const [t, a, keyed] = [top('table', 't', {}), column('t', 'a', { type: 'integer' }), 'ONLY public.t (a) WHERE ((a > 3))'];
  const made = script([t, a, publication('p', [keyed]), publication('q', ['ONLY public.t'])], [t, { ...a, attributes: { ...a.attributes, type: 'bigint' } }, publication('p', [keyed], { publish: 'insert, delete' }), publication('q', [])], { 'publication:p': [a.id] });
  expect(sql(made)).toEqual([[
    'ALTER PUBLICATION p DROP TABLE ONLY public.t',
    'ALTER PUBLICATION q DROP TABLE ONLY public.t',
    'ALTER TABLE public.t ALTER COLUMN a TYPE bigint USING a::bigint',
    'ALTER PUBLICATION p SET TABLE ONLY public.t (a) WHERE ((a > 3))',
    "ALTER PUBLICATION p SET (publish = 'insert, delete', publish_via_partition_root = false)",
  ]]);
});

test('a table that is a user catalog on both sides is none while its rows are written anew', () => {
  const [before, after] = [{ type: 'integer' }, { type: 'bigint' }].map((attributes) => [top('table', 't', { options: ['fillfactor=70', 'user_catalog_table=true'] }), column('t', 'a', attributes)]);
  expect(sql(script(before ?? [], after ?? []))).toEqual([['ALTER TABLE public.t RESET (user_catalog_table)', 'ALTER TABLE public.t ALTER COLUMN a TYPE bigint USING a::bigint', "ALTER TABLE public.t SET (user_catalog_table='true')"]]);
});

const logged = (name: string, persistence: string) => top('table', name, { persistence });
const key = (from: string, to: string): SchemaObject => ({
  ...column(from, `${from}_${to}`), id: objectId('constraint', 'public', from, `${from}_${to}`), kind: 'constraint', position: null,
  attributes: { type: 'foreign key', columns: ['x'], references: objectId('table', 'public', to), referencedColumns: ['x'], match: 'SIMPLE', onUpdate: 'NO ACTION', onDelete: 'NO ACTION', onDeleteColumns: [], deferrable: 'NOT DEFERRABLE', validated: true, enforced: true, period: false },
});

const linked = (persistence: string, ...keys: [string, string][]) => [...new Set(keys.flat())].map((name) => logged(name, persistence)).concat(keys.map(([from, to]) => key(from, to)));

const set = (to: string, ...keys: [string, string][]) => sql(script(linked(to === 'LOGGED' ? 'unlogged' : 'permanent', ...keys), linked(to === 'LOGGED' ? 'permanent' : 'unlogged', ...keys))).flat().map((each) => each.replaceAll('ALTER TABLE public.', '').replace(/ FOREIGN KEY.*/, ''));

test('tables that are logged otherwise are so in the order of their foreign keys, and in a ring the keys go and come', () => {
  expect(set('LOGGED', ['a', 'b'], ['b', 'c'], ['b', 'b'])).toEqual(['c SET LOGGED', 'b SET LOGGED', 'a SET LOGGED']);
  expect(set('UNLOGGED', ['c', 'b'], ['b', 'a'])).toEqual(['c SET UNLOGGED', 'b SET UNLOGGED', 'a SET UNLOGGED']);
  expect(set('LOGGED', ['a', 'b'], ['b', 'a'])).toEqual(['a DROP CONSTRAINT a_b', 'b DROP CONSTRAINT b_a', 'a SET LOGGED', 'b SET LOGGED', 'a ADD CONSTRAINT a_b', 'b ADD CONSTRAINT b_a']);
});

test('differences that wait for each other are refused, not run in a wrong order', () => {
  const made = script([], [rows('a'), rows('b'), view('over')], { 'materialized_view:public.a': ['materialized_view:public.b'], 'materialized_view:public.b': ['materialized_view:public.a'], 'view:public.over': ['materialized_view:public.a'] });
  expect(made.refusals).toEqual([
    { objectId: 'materialized_view:public.a', sentence: 'materialized view public.a has no place in any order: making materialized view public.a waits for making materialized view public.b, making materialized view public.b waits for making materialized view public.a. Make one of these by hand first, in a simpler form if need be, and compare again.' },
    { objectId: 'materialized_view:public.b', sentence: 'materialized view public.b has no place in any order: making materialized view public.b waits for making materialized view public.a, making materialized view public.a waits for making materialized view public.b. Make one of these by hand first, in a simpler form if need be, and compare again.' },
  ]);
});

test('a view and a function that speak of each other come in name first, and one of them stops speaking before both go', () => {
  const over = top('view', 'v', { definition: 'SELECT public.f() AS n', options: ['security_barrier=true'], columns: ['n bigint'], columnDefaults: [] });
  const reads = { ...top('function', 'f()', { definition: 'CREATE OR REPLACE FUNCTION public.f()\n RETURNS bigint\n LANGUAGE sql\nRETURN (SELECT count(*) FROM public.v)', arguments: '', result: 'bigint', language: 'sql' }) };
  const ring = { 'view:public.v': [reads.id], [reads.id]: [over.id] };
  const body = String(reads.attributes.definition);
  const inName = body.replace(/RETURN .*$/, `AS 'SELECT NULL'`);
  const made = sql(script([], [over, reads], ring)).flat();
  expect(made).toEqual([inName, 'CREATE VIEW public.v AS\nSELECT NULL::bigint AS n', body, `CREATE OR REPLACE VIEW public.v WITH (security_barrier='true') AS\nSELECT public.f() AS n`]);
  const gone = sql(script([over, reads], [], ring)).flat();
  expect(gone).toEqual(expect.arrayContaining([inName, 'CREATE OR REPLACE VIEW public.v AS\nSELECT NULL::bigint AS n', 'DROP VIEW public.v', 'DROP FUNCTION public.f()']));
  expect(gone.indexOf(inName)).toBeLessThan(gone.indexOf('DROP VIEW public.v'));
});

test('rows of a composite type that is made anew get its fields in place first, so that their text is that of the new type; a field between others is refused', () => {
  const type = (...fields: string[]) => top('composite_type', 'c', { fields });
  const held = [top('table', 't', {}), column('t', 'v', { type: 'public.c' })];
  const needs = { 'column:public.t.v': ['composite_type:public.c'] };
  const made = script([type('gone date', 'a integer', 'b text'), ...held], [type('a bigint', 'b text', 'd date'), ...held], needs);
  expect(made.refusals).toEqual([]);
  expect(sql(made).flat().slice(0, 3)).toEqual(['ALTER TYPE public.c DROP ATTRIBUTE gone', 'ALTER TYPE public.c ADD ATTRIBUTE d text', 'ALTER TABLE public.t ALTER COLUMN v TYPE text USING v::text']);
  expect(made.steps[0]?.statements[0]?.hazardCodes).toEqual(['LOSES_DATA']);
  expect(script([type('a integer', 'b text'), ...held], [type('a bigint', 'd date', 'b text'), ...held], needs).refusals.map(({ objectId: id }) => id)).toEqual(['column:public.t.v']);
});

test('what relies on a cast without naming it waits for the cast', () => {
  const [shade, cast] = [top('enum', 'shade', { labels: ['red'] }), top('cast', 'text AS public.shade', { definition: 'WITH INOUT AS ASSIGNMENT' })];
  const [current, desired] = [[top('table', 't', {}), column('t', 'a', { type: 'public.shade' }), shade], [top('table', 't', {}), column('t', 'a', { type: 'public.shade', default: `'red'::text` }), shade, cast]];
  expect(sql(script(current, desired, { [cast.id]: [shade.id], 'column:public.t.a': [shade.id] }))).toEqual([['CREATE CAST (text AS public.shade) WITH INOUT AS ASSIGNMENT', `ALTER TABLE ONLY public.t ALTER COLUMN a SET DEFAULT 'red'::text`]]);
});

test('who passed a right on and loses it takes it along, and who keeps it gets it anew', () => {
  const grant = (granted: string[]): SchemaObject => ({ ...top('grant', 'TABLE public.t', { granted, revoked: [], on: 'TABLE public.t', column: null, target: 'table:public.t' }), id: 'grant:t' });
  const [a, b] = [{ objects: [top('table', 't', {})], satellites: [grant(['SELECT TO clerk WITH GRANT OPTION', 'SELECT TO guest', 'INSERT TO guest'])] }, { objects: [top('table', 't', {})], satellites: [grant(['SELECT TO guest', 'INSERT TO guest'])] }];
  expect(sql(makeScript(a, b, diff(a, b, { satellites: true })))).toEqual([['REVOKE SELECT ON TABLE public.t FROM clerk CASCADE', 'GRANT SELECT ON TABLE public.t TO guest']]);
});

test('a type that leaves its name to a table does not go from under a column that holds its values', () => {
  const held = [top('table', 't', {}), column('t', 'a', { type: 'public.addr' })];
  const [current, desired] = [{ objects: [...held, top('composite_type', 'addr', { fields: [] })], dependencies: { 'column:public.t.a': ['composite_type:public.addr'] } }, { objects: [...held, top('table', 'addr', {})], dependencies: { 'column:public.t.a': ['table:public.addr'] } }];
  const made = makeScript(current, desired, diff(current, desired));
  expect(made.refusals.map(({ objectId: id }) => id)).toEqual(['column:public.t.a']);
  expect(makeScript(current, { objects: [], dependencies: {} }, diff(current, { objects: [] })).refusals).toEqual([]);
});

test('TYPE forgets how a column is stored and compressed, so it is said again; through text too', () => {
  const stored = { storage: 'EXTERNAL', compression: 'pglz' };
  const again = ['ALTER TABLE ONLY public.t ALTER COLUMN a SET STORAGE EXTERNAL', 'ALTER TABLE ONLY public.t ALTER COLUMN a SET COMPRESSION pglz'];
  const plain = script([top('table', 't', {}), column('t', 'a', { type: 'text', ...stored })], [top('table', 't', {}), column('t', 'a', { type: 'character varying(9)', ...stored })]);
  expect(sql(plain)).toEqual([['ALTER TABLE public.t ALTER COLUMN a TYPE character varying(9) USING a::character varying', ...again]]);
  const through = script([top('enum', 'e', { labels: ['a', 'b'] }), top('table', 't', {}), column('t', 'a', { type: 'public.e[]', ...stored })], [top('enum', 'e', { labels: ['b'] }), top('table', 't', {}), column('t', 'a', { type: 'public.e[]', ...stored })], { 'column:public.t.a': ['enum:public.e'] });
  expect(sql(through)[0]?.slice(-2)).toEqual(again);
});

test('parameters of the table beside it are set when a column has brought it', () => {
  const made = script([top('table', 't', { options: [] })], [top('table', 't', { options: ['toast.autovacuum_enabled=false'] }), column('t', 'a', { type: 'text' })]);
  expect(sql(made)).toEqual([['ALTER TABLE public.t ADD COLUMN a text', `ALTER TABLE public.t SET (toast.autovacuum_enabled='false')`]]);
});

test('what reads a materialized view that nobody has filled, or is one, is made without rows', () => {
  const empty = { ...rows('empty'), aside: { filled: false } };
  const needs = { 'view:public.over': ['materialized_view:public.empty'], 'materialized_view:public.more': ['view:public.over'] };
  expect(sql(script([empty, view('over')], [empty, view('over'), rows('more'), rows('other')], needs))).toEqual([['CREATE MATERIALIZED VIEW public.more AS\nmore\n WITH NO DATA', 'CREATE MATERIALIZED VIEW public.other AS\nother']]);
  expect(sql(script([empty], [{ ...rows('empty'), attributes: { ...rows('empty').attributes, definition: 'another' } }]))).toEqual([['DROP MATERIALIZED VIEW public.empty', 'CREATE MATERIALIZED VIEW public.empty AS\nanother\n WITH NO DATA']]);
});

test('a column that numbers itself comes before its numbers where heirs have none, and says what rows it stops at', () => {
  const heir = [top('table', 'h', { inherits: ['table:public.t'] }), column('h', 'a', { inherited: true, local: false, nullable: false })];
  const bare = [top('table', 't', {}), top('table', 'h', { inherits: ['table:public.t'] })];
  const made = script(bare, [top('table', 't', {}), column('t', 'a', { nullable: false, identity: 'ALWAYS' }), ...heir]);
  expect(sql(made)).toEqual([['ALTER TABLE public.t ADD COLUMN a integer NOT NULL', 'ALTER TABLE public.t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY']]);
  expect(made.steps[0]?.statements[0]?.hazards).toEqual(['Stops where table public.t has rows: column public.t.a is NOT NULL and has no default.']);
});

test('statistics are made anew where a column of theirs gets another type: the server would forget their target, and give them to whoever runs the script', () => {
  const over: SchemaObject = { ...top('statistics', 's', { definition: 'CREATE STATISTICS public.s ON a, b FROM public.t', target: 77 }), parent: objectId('table', 'public', 't'), aside: { owner: 'ada' } };
  const all = [top('table', 't', {}), column('t', 'b'), over];
  const made = script([...all, column('t', 'a')], [...all, column('t', 'a', { type: 'bigint' })], { 'statistics:public.s': ['column:public.t.a'] });
  expect(sql(made)).toEqual([['DROP STATISTICS public.s', 'ALTER TABLE public.t ALTER COLUMN a TYPE bigint USING a::bigint', 'CREATE STATISTICS public.s ON a, b FROM public.t', 'ALTER STATISTICS public.s SET STATISTICS 77', 'ALTER STATISTICS public.s OWNER TO ada']]);
});

test('the own key of a partition is made anew around DROP NOT NULL on the partitioned table', () => {
  const key: SchemaObject = { ...column('p', 'k'), id: objectId('constraint', 'public', 'p', 'k'), kind: 'constraint', name: 'k', position: null, attributes: { type: 'primary key', definition: 'PRIMARY KEY (a)', validated: true } };
  const side = (nullable: boolean): SchemaObject[] => [top('table', 't', { partitioned: true }), column('t', 'a', { nullable }), top('table', 'p', { partitionOf: 'table:public.t' }), column('p', 'a', { nullable: false, inherited: true }), key];
  const made = script(side(false), side(true), { [key.id]: ['column:public.p.a'] });
  expect(sql(made)[0]).toEqual(['ALTER TABLE public.p DROP CONSTRAINT k', 'ALTER TABLE public.t ALTER COLUMN a DROP NOT NULL', 'ALTER TABLE public.p ALTER COLUMN a SET NOT NULL', 'ALTER TABLE public.p ADD CONSTRAINT k PRIMARY KEY (a)']);
});

test('a table that is to have its columns from a parent alone is made anew under it, with its rows', () => {
  const parent = [top('table', 't', {}), column('t', 'a')];
  const made = script([...parent, top('table', 'h', { inherits: [] })], [...parent, top('table', 'h', { inherits: ['table:public.t'] }), column('h', 'a', { inherited: true, local: false })]);
  expect([made.refusals, made.anew.map(({ id }) => id)]).toEqual([[], ['table:public.h']]);
  expect(sql(made).flat()).toContain('CREATE TABLE public.h () INHERITS (public.t)');
});

test('an index that a partition does not have comes when the partition is in place', () => {
  const index: SchemaObject = { ...column('t', 'i'), id: objectId('index', 'public', 't', 'i'), kind: 'index', name: 'i', position: null, attributes: { definition: '', using: 'btree (a)', unique: false, valid: false } };
  const made = script([], [top('table', 't', { partitioned: true, partitionKey: 'LIST (a)' }), column('t', 'a'), index, top('table', 'p', { partitionOf: 'table:public.t', partitionBound: 'DEFAULT' }), column('p', 'a', { inherited: true })]);
  expect(sql(made)[0]?.slice(-2)).toEqual(['ALTER TABLE public.t ATTACH PARTITION public.p DEFAULT', 'CREATE INDEX i ON ONLY public.t USING btree (a)']);
});

const grant = (passedOn: string[], granted: string[] = [], columnOf: string | null = null): SchemaObject => ({ ...top('grant', 'TABLE public.t', { on: 'TABLE public.t', column: columnOf, target: columnOf === null ? 'table:public.t' : `column:public.t.${columnOf}`, granted, passedOn, revoked: [] }), id: objectId('grant', 'TABLE public.t', ...(columnOf === null ? [] : [columnOf])) });

test('what others than the owner granted is given in their name in the order in which it was passed on, and taken back from its end', () => {
  const chain = [top('table', 't', {}), grant(['SELECT TO c BY b', 'SELECT TO b BY a WITH GRANT OPTION'], ['SELECT TO a WITH GRANT OPTION'])];
  const plain = [top('table', 't', {})];
  const forward = sql(script(plain, chain)).flat();
  expect(forward).toEqual(['GRANT SELECT ON TABLE public.t TO a WITH GRANT OPTION', 'SET LOCAL ROLE a', 'GRANT SELECT ON TABLE public.t TO b WITH GRANT OPTION', 'RESET ROLE', 'SET LOCAL ROLE b', 'GRANT SELECT ON TABLE public.t TO c', 'RESET ROLE']);
  expect(sql(script(chain, plain)).flat()).toEqual(['SET LOCAL ROLE b', 'REVOKE SELECT ON TABLE public.t FROM c', 'RESET ROLE', 'SET LOCAL ROLE a', 'REVOKE SELECT ON TABLE public.t FROM b CASCADE', 'RESET ROLE', 'REVOKE SELECT ON TABLE public.t FROM a CASCADE']);
});

test('a right on a column that outlives the right on its table is granted again after that was taken', () => {
  const made = script([top('table', 't', {}), column('t', 'x'), grant([], ['SELECT TO a', 'UPDATE TO b']), grant([], ['SELECT TO a', 'SELECT TO b'], 'x')], [top('table', 't', {}), column('t', 'x'), grant([], ['UPDATE TO b']), grant([], ['SELECT TO a', 'SELECT TO b'], 'x')]);
  expect(sql(made).flat()).toEqual(['REVOKE SELECT ON TABLE public.t FROM a', 'GRANT SELECT (x) ON TABLE public.t TO a']);
});

test('who granted what counts for nothing beside a text that does not say it, and nobody passes on what he may not any more', () => {
  const live = { objects: [top('table', 't', {}), grant(['SELECT TO b BY a'], ['SELECT TO a WITH GRANT OPTION'])] };
  const text = { objects: [top('table', 't', {}), grant([], ['SELECT TO b'])], unread: [{ kind: 'grantor' as const, why: 'not said' }] };
  expect(sql(makeScript(live, text, diff(live, text))).flat()).toEqual(['SET LOCAL ROLE a', 'REVOKE SELECT ON TABLE public.t FROM b', 'RESET ROLE', 'REVOKE SELECT ON TABLE public.t FROM a CASCADE', 'GRANT SELECT ON TABLE public.t TO b']);
});

test('a column that gets a value in rows that other tables hold is refused by name, and a table joins a parent as it is where it declares the columns itself', () => {
  const held = { 'column:public.u.r': ['table:public.t'] };
  const [t, u] = [top('table', 't', {}), [top('table', 'u', {}), column('u', 'r', { type: 'public.t' })]];
  expect(script([t, ...u], [t, ...u, column('t', 'c', { default: '1' })], held).refusals.map(({ sentence }) => sentence)).toEqual(['column public.t.c gets a value in every row, and column public.u.r holds rows of the same table, which no statement rewrites.']);
  expect(script([t, ...u], [t, ...u, column('t', 'c')], held).refusals).toEqual([]);

  const parent = [top('table', 'p', {}), column('p', 'a')];
  const child = (attributes: Record<string, Attribute>) => [top('table', 'k', { inherits: ['table:public.p'] }), column('k', 'a', { inherited: true, ...attributes })];
  const joined = (attributes: Record<string, Attribute>) => script([...parent, top('table', 'k', { inherits: [] })], [...parent, ...child(attributes)]).anew.map(({ id }) => id);
  expect([joined({ local: false }), joined({ local: true })]).toEqual([['table:public.k'], []]);
});

test('a partition goes after the foreign key that reaches it through its table, and is let go first where the key stays', () => {
  const key = (table: string, attributes: Record<string, Attribute>): SchemaObject => ({ ...top('constraint', 'fk', { type: 'foreign key', references: 'table:public.m', ...attributes }), id: objectId('constraint', 'public', table, 'fk'), parent: `table:public.${table}` });
  const stays = [top('table', 'm', { partitionKey: 'LIST (a)' }), top('table', 'r', {})];
  const partition = top('table', 'a', { partitionOf: 'table:public.m' });
  const needs = { 'constraint:public.r.fk': ['table:public.m'] };
  expect(sql(script([...stays, partition, key('r', {})], [...stays, key('r', {})], needs))).toEqual([['ALTER TABLE public.m DETACH PARTITION public.a', 'DROP TABLE public.a']]);
  expect(sql(script([...stays, partition, key('r', {})], stays, needs))).toEqual([['ALTER TABLE public.r DROP CONSTRAINT fk', 'DROP TABLE public.a']]);
});

test('a domain inside arrays is made anew to ask more, and changed in place to ask less', () => {
  const domain = (constraints: string[]) => top('domain', 'd', { type: 'text', collation: null, nullable: true, default: null, constraints });
  const rest = [top('table', 't', {}), column('t', 'a', { type: 'public.d[]' })];
  const needs = { 'column:public.t.a': ['domain:public.d'] };
  const check = `d_check CHECK ((VALUE <> ''::text))`;
  expect(sql(script([domain([]), ...rest], [domain([check]), ...rest], needs))).toEqual([['ALTER TABLE public.t ALTER COLUMN a TYPE text[] USING a::text[]', 'DROP DOMAIN public.d', `CREATE DOMAIN public.d AS text CONSTRAINT ${check}`, 'ALTER TABLE public.t ALTER COLUMN a TYPE public.d[] USING a::public.d[]']]);
  expect(sql(script([domain([check]), ...rest], [domain([]), ...rest], needs))).toEqual([['ALTER DOMAIN public.d DROP CONSTRAINT d_check']]);
});

test('a foreign key to a key that only includes a column is out of the way while that column gets another type', () => {
  const part = (table: string, name: string, attributes: Record<string, Attribute>) => ({ ...column(table, name), id: objectId('constraint', 'public', table, name), kind: 'constraint' as const, position: null, attributes });
  const key = part('t', 'k', { type: 'unique', definition: 'UNIQUE (a) INCLUDE (b)', columns: ['a'], validated: true });
  const foreign = part('u', 'f', { type: 'foreign key', definition: 'FOREIGN KEY (a) REFERENCES public.t(a)', columns: ['a'], validated: true });
  const [before, after] = [column('t', 'b'), column('t', 'b', { type: 'text' })];
  const rest = [top('table', 't', {}), column('t', 'a'), key, top('table', 'u', {}), column('u', 'a'), foreign];
  expect(sql(script([...rest, before], [...rest, after], { [key.id]: ['column:public.t.a', 'column:public.t.b'], [foreign.id]: ['column:public.u.a', 'column:public.t.a', key.id] }))).toEqual([[
    'ALTER TABLE public.u DROP CONSTRAINT f',
    'ALTER TABLE public.t ALTER COLUMN b TYPE text USING b::text',
    'ALTER TABLE public.u ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES public.t(a)',
  ]]);
});

const named = (definition: string) => ({ ...view('v'), attributes: { ...view('v').attributes, definition } });

test('a view that names columns by their place comes after all of them, and not at all where they end in another order', () => {
  const rests = { 'view:public.v': ['column:public.t.a'] };
  const grown = script([top('table', 't', {}), column('t', 'a'), named('SELECT q.x FROM public.t q(x)')], [top('table', 't', {}), column('t', 'a'), { ...column('t', 'b'), position: 2 }, named('SELECT q.x FROM public.t q(x, b)')], rests);
  expect(sql(grown)[0]?.map((each) => each.slice(0, 30))).toEqual(['ALTER TABLE public.t ADD COLUM', 'CREATE OR REPLACE VIEW public.']);
  const turned = [top('table', 't', {}), { ...column('t', 'b'), position: 1 }, { ...column('t', 'a'), position: 2 }];
  const joined = script([top('table', 't', {}), column('t', 'a'), { ...column('t', 'b'), position: 2 }], [...turned, named('SELECT j.y FROM (public.t\n     CROSS JOIN public.u) j(x, y)')], rests);
  expect(joined.refusals.map(({ objectId: id }) => id)).toEqual(['view:public.v']);
});

const family = (asked: readonly string[]) => [top('table', 'p', {}), column('p', 'a', { nullable: !asked.includes('p') }), ...['lax', 'strict'].flatMap((heir) => [top('table', heir, { inherits: ['table:public.p'] }), column(heir, 'a', { nullable: !asked.includes(heir), inherited: true, local: false })])];

test('a parent that asks from now on leaves out an heir that goes on taking nulls, and another asks by itself', () => {
  expect(sql(script(family([]), family(['p', 'strict'])))).toEqual([['ALTER TABLE ONLY public.p ALTER COLUMN a SET NOT NULL', 'ALTER TABLE public.strict ALTER COLUMN a SET NOT NULL']]);
  expect(sql(script(family([]), family(['p', 'lax', 'strict'])))[0]?.[0]).toBe('ALTER TABLE public.p ALTER COLUMN a SET NOT NULL');
});
