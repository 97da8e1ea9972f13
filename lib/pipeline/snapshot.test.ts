import { expect, test } from 'vitest';
import { digestOf } from './digest.ts';
import { fingerprint, fingerprintsOf, objectId, parseObjectId, type SchemaObject } from './snapshot.ts';

test.each([[['public', 't']], [['we.ird', 'T"x', 'a:b']], [['"', '""', '.']], [['"."', '...']]])('an address of %j can be taken apart again', (path) => {
  expect(parseObjectId(objectId('column', ...path))).toEqual({ kind: 'column', path });
});

test('two different paths never share an address', () => {
  expect(objectId('table', 'a.b', 'c')).not.toBe(objectId('table', 'a', 'b.c'));
  expect(objectId('table', 'a"', 'c')).not.toBe(objectId('table', 'a', '"c'));
});

test.each(['public.t', 'table:"a', 'table:a"b'])('%s is refused as an address', (id) => expect(() => parseObjectId(id)).toThrow('no ObjectId'));

const one: SchemaObject = { id: 'table:public.t', kind: 'table', schema: 'public', name: 't', parent: null, position: null, attributes: { a: 1, b: [] } };
const two: SchemaObject = { id: 'column:public.t.c', kind: 'column', schema: 'public', name: 'c', parent: one.id, position: 3, attributes: { type: 'text' } };

test('a fingerprint does not depend on the order of objects, of attributes, or on a column’s place', () => {
  const moved = [{ ...two, position: 9 }, { ...one, attributes: { b: [], a: 1 } }];
  expect(fingerprint(moved)).toBe(fingerprint([one, two]));
  expect(fingerprint([one, { ...two, attributes: { type: 'uuid' } }])).not.toBe(fingerprint([one, two]));
});

test('a fingerprint is the hash of the canonical form of ids and attributes, of none and where objects share their attributes too: readings of before stay comparable', () => {
  const odd: SchemaObject = { ...two, id: objectId('column', 'pu"b.lic', 'Ünïcode \u0001', 'c'), attributes: { ...two.attributes, list: ['b', 'a'], number: 1.5e21, nothing: null, 'key "é': false } };
  const many = Array.from({ length: 1_000 }, (_, at) => ({ ...odd, id: objectId('column', 'public', 't', `ü${at}`), attributes: { ...odd.attributes, long: '🙂'.repeat(at % 50) } }));
  for (const all of [[], [odd, two, { ...one, attributes: two.attributes }], many]) {
    expect(fingerprint(all)).toBe(digestOf(all.map(({ id, attributes }) => ({ id, attributes })).sort((a, b) => (a.id < b.id ? -1 : 1))));
  }
});

test('the fingerprint of a table covers what hangs on it, and what does not exist is absent', () => {
  const before = fingerprintsOf([one, two], [one.id, 'table:public.gone']);
  const after = fingerprintsOf([one, { ...two, attributes: { type: 'uuid' } }], [one.id]);
  expect(before['table:public.gone']).toBe('absent');
  expect(after[one.id]).not.toBe(before[one.id]);
});
