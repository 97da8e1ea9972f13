import { expect, test } from 'vitest';
import { compareTotals } from './align.ts';
import { differences, isNoise, withNoise, withoutNoise } from './noise.ts';
import { type Attribute, objectId, type ObjectKind, type SchemaObject } from './snapshot.ts';

const TABLE = objectId('table', 'public', 't');
function table(owner: string, attributes: Record<string, Attribute> = {}): SchemaObject {
  return { id: TABLE, kind: 'table', schema: 'public', name: 't', parent: null, position: null, attributes: { rowSecurity: false, ...attributes }, aside: { owner } };
}
function column(name: string, position: number, attributes: Record<string, Attribute> = {}): SchemaObject {
  return { id: objectId('column', 'public', 't', name), kind: 'column', schema: 'public', name, parent: TABLE, position, attributes: { type: 'text', ...attributes } };
}
function satellite(kind: ObjectKind, on: string, target: string, attributes: Record<string, Attribute>): SchemaObject {
  return { id: objectId(kind, on), kind, schema: 'public', name: on, parent: TABLE, position: null, attributes: { ...attributes, on, target } };
}
const comment = (on: string, target: string, text = 'x') => satellite('comment', on, target, { text });

test('an owner that differs beside something that matters is answered alone', () => {
  const deltas = differences({ objects: [table('a')] }, { objects: [table('b', { rowSecurity: true })] });
  expect(deltas.map((delta) => [delta.id, delta.attributes.map(({ name }) => name), isNoise(delta)])).toEqual([
    [`aside:${TABLE}`, ['owner'], true],
    [`change:${TABLE}`, ['rowSecurity'], false],
  ]);
});

test('the order of columns is one difference of the table, whatever else came between them', () => {
  const deltas = differences({ objects: [table('a'), column('x', 1), column('y', 2)] }, { objects: [table('a'), column('y', 1), column('new', 2), column('x', 3)] });
  expect(deltas.map((delta) => [delta.id, delta.attributes.map(({ desired }) => desired)])).toEqual([['add:column:public.t.new', []], [`aside:${TABLE}`, [['y', 'x']]]]);
  expect(differences({ objects: [table('a'), column('x', 1), column('z', 2), column('y', 3)] }, { objects: [table('a'), column('x', 1), column('y', 2)] }).map((delta) => delta.id)).toEqual(['remove:column:public.t.z']);
});

test('a comment comes with the column that it is on, and is noise where only it differs', () => {
  const before = { objects: [table('a'), column('x', 1)], satellites: [comment('COLUMN t.x', column('x', 1).id, 'old')] };
  const after = { objects: [table('a'), column('x', 1), column('y', 2)], satellites: [comment('COLUMN t.x', column('x', 1).id, 'new'), comment('COLUMN t.y', column('y', 2).id)] };
  const deltas = differences(before, after);
  expect(deltas.map((delta) => [delta.id, delta.carries, isNoise(delta)])).toEqual([
    ['add:column:public.t.y', ['comment:"COLUMN t.y"'], false],
    ['change:comment:"COLUMN t.x"', [], true],
  ]);
});

test('a reading that knew no grants and comments is compared without them', () => {
  expect(differences({ objects: [table('a')] }, { objects: [table('a')], satellites: [comment('TABLE t', TABLE)] })).toEqual([]);
});

test('counts leave folded noise out, and take it in when it is opened', () => {
  const before = { objects: [table('a'), column('x', 1, { statisticsTarget: 100 })], satellites: [comment('TABLE t', TABLE, 'old')] };
  const after = { objects: [table('a'), column('x', 1, { statisticsTarget: null })], satellites: [comment('TABLE t', TABLE, 'new')] };
  const all = differences(before, after);
  const quiet = all.filter((delta) => !isNoise(delta));
  expect(all.map((delta) => delta.id)).toEqual(['aside:column:public.t.x', 'change:comment:TABLE t']);
  expect(compareTotals(withoutNoise(before), withoutNoise(after), quiet).totals).toMatchObject({ objects: 2, identical: 2, different: 0 });
  expect(compareTotals(withNoise(before), withNoise(after), all).totals).toMatchObject({ objects: 3, identical: 1, different: 2 });
});
