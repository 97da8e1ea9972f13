import { expect, test } from 'vitest';
import { driftBetween } from './drift.ts';
import { objectId, type SchemaObject, type Snapshot } from './snapshot.ts';

function reading(objects: readonly SchemaObject[]): Snapshot {
  return { target: { systemIdentifier: '1', timeline: 1, databaseOid: 1, database: 'prod', serverVersion: 150_018 }, takenAt: '2026-11-22T00:00:00Z', objects, estimates: {}, notCompared: [] };
}

test('what drifted is called as people call it, and not by its address', () => {
  const name = 'celsius_out(public.celsius)';
  const made: SchemaObject = { id: objectId('function', 'public', name), kind: 'function', schema: 'public', name, parent: null, position: null, attributes: { definition: 'x' } };
  expect(driftBetween(reading([]), reading([made]), [])?.names).toEqual([`+ function public.${name}`]);
});
