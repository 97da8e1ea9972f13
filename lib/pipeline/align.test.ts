import { describe, expect, test } from 'vitest';
import { alignedRows, compareGroups, compareTotals, definitionText } from './align.ts';
import { diff } from './diff.ts';
import { type Attribute, objectId, type ObjectKind, type SchemaObject } from './snapshot.ts';

const COLUMN = { type: 'text', nullable: true, default: null, options: [], inherited: false };
const TABLE = { persistence: 'permanent', partitioned: false, options: [], inherits: [] };

function top(kind: ObjectKind, name: string, attributes: Record<string, Attribute>): SchemaObject {
  return { id: objectId(kind, 'public', name), kind, schema: 'public', name, parent: null, position: null, attributes };
}
function child(kind: ObjectKind, table: string, name: string, attributes: Record<string, Attribute>, position: number | null = null): SchemaObject {
  return { id: objectId(kind, 'public', table, name), kind, schema: 'public', name, parent: objectId('table', 'public', table), position, attributes };
}
const columns = (table: string, ...names: string[]) => names.map((name, i) => child('column', table, name, COLUMN, i + 1));

const index = (table: string, name: string, using: string) => child('index', table, name, { definition: `CREATE INDEX ${name} ON public.${table} USING ${using}`, using, method: 'btree', unique: false, columns: ['a'], predicate: null, valid: true, clustered: false, inherited: false });
const CURRENT = { objects: [top('table', 't', TABLE), ...columns('t', 'a', 'old', 'b'), index('t', 'i', 'btree (a)'), top('table', 'legacy', TABLE), ...columns('legacy', 'x'), top('enum', 'e', { labels: ['1'] })], estimates: { 'table:public.t': { rows: null, bytes: 8192, analyzedAt: null } } };
const DESIRED = {
  objects: [
    top('table', 't', TABLE),
    child('column', 't', 'b', { ...COLUMN, type: 'uuid' }, 1),
    ...columns('t', 'a', 'new').map((column, i) => ({ ...column, position: i + 2 })),
    child('constraint', 't', 't_check', { type: 'check', definition: 'CHECK (true)' }),
    child('constraint', 't', 't_pkey', { type: 'primary key', definition: 'PRIMARY KEY (a)' }),
    index('t', 'i', 'btree (a DESC)'),
    top('table', 'fresh', TABLE),
    ...columns('fresh', 'x', 'y'),
    top('enum', 'e', { labels: ['1'] }),
  ],
  estimates: {},
};
const DELTAS = diff(CURRENT, DESIRED);
const rows = (group: string) => alignedRows(CURRENT, DESIRED, DELTAS, group);

describe('the aligned view of a table', () => {
  test('has columns in the desired order, a dropped one behind its old neighbour, then keys before checks, then indexes', () => {
    expect(rows('table:public.t').map((row) => [row.kind, row.name, row.change])).toEqual([
      ['column', 'b', 'change'],
      ['column', 'a', 'identical'],
      ['column', 'old', 'remove'],
      ['column', 'new', 'add'],
      ['constraint', 't_pkey', 'add'],
      ['constraint', 't_check', 'add'],
      ['index', 'i', 'change'],
    ]);
  });

  test('shows what differs and leaves out what is as usual on both sides', () => {
    const [row] = rows('table:public.t');
    expect(row).toMatchObject({ current: { type: 'text', nullable: true }, desired: { type: 'uuid', nullable: true }, changed: ['type'], deltaId: 'change:column:public.t.b' });
    expect(Object.keys(row?.desired ?? {})).toEqual(['type', 'nullable']);
  });

  test('names a difference once, not the attributes that follow from it', () => {
    expect(rows('table:public.t').at(-1)?.changed).toEqual(['using']);
  });

  test('gives a new table a row with its difference, and its columns rows without one', () => {
    expect(rows('table:public.fresh').map((row) => [row.kind, row.current, row.deltaId])).toEqual([['table', null, 'add:table:public.fresh'], ['column', null, null], ['column', null, null]]);
  });

  test('keeps the one row of an identical enum', () => {
    expect(rows('enum:public.e')).toMatchObject([{ kind: 'enum', change: 'identical', desired: { labels: ['1'] } }]);
  });
});

test('totals add up, and what a table brings along is not counted', () => {
  const { totals, byKind } = compareTotals(CURRENT, DESIRED, DELTAS);
  expect(totals).toEqual({ objects: 11, identical: 3, onlyDesired: 4, onlyCurrent: 2, different: 2 });
  expect(byKind).toEqual([
    { kind: 'enum', onlyDesired: 0, onlyCurrent: 0, different: 0, identical: 1 },
    { kind: 'table', onlyDesired: 1, onlyCurrent: 1, different: 0, identical: 1 },
    { kind: 'column', onlyDesired: 1, onlyCurrent: 1, different: 1, identical: 1 },
    { kind: 'constraint', onlyDesired: 2, onlyCurrent: 0, different: 0, identical: 0 },
    { kind: 'index', onlyDesired: 0, onlyCurrent: 0, different: 1, identical: 0 },
  ]);
});

test('groups are the top-level objects of both sides, with their state, differences and estimates', () => {
  const groups = compareGroups(CURRENT, DESIRED, DELTAS);
  expect(groups.map((group) => [group.name, group.change, group.deltas.length])).toEqual([['e', 'identical', 0], ['fresh', 'add', 1], ['legacy', 'remove', 1], ['t', 'change', 6]]);
  expect(groups[2]?.deltas).toMatchObject([{ id: 'remove:table:public.legacy', change: 'remove', kind: 'table' }]);
  expect(groups[3]).toMatchObject({ currentEstimate: { bytes: 8192 }, desiredEstimate: null });
});

test('the definition is the whole of the object as statements, and null where it is missing', () => {
  expect(definitionText(DESIRED.objects, 'table:public.t')).toBe(
    `CREATE TABLE public.t (
  b uuid,
  a text,
  new text
);

ALTER TABLE public.t ADD CONSTRAINT t_pkey PRIMARY KEY (a);

ALTER TABLE public.t ADD CONSTRAINT t_check CHECK (true);

CREATE INDEX i ON public.t USING btree (a DESC);
`,
  );
  expect(definitionText(CURRENT.objects, 'table:public.fresh')).toBeNull();
});
