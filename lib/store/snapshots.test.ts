import { expect, test } from 'vitest';
import type { SchemaObject, Snapshot } from '#lib/pipeline/snapshot.ts';
import { textOf } from './snapshots.ts';

const object = (name: string): SchemaObject => ({ id: `table:public.${name}`, kind: 'table', schema: 'public', name, parent: null, position: null, attributes: { options: ['a,b', ']'] } });

test('a snapshot that is written in slices is the text that it is as a whole', async () => {
  const snapshot: Snapshot = {
    target: { systemIdentifier: '1', timeline: 1, databaseOid: 5, database: 'x', serverVersion: 150_000 }, takenAt: '2026-11-22T10:00:00Z', objects: ['a', 'b', 'c', 'd', 'e'].map(object),
    estimates: { 'table:public.a': { rows: null, bytes: 0, analyzedAt: null } }, notCompared: [], satellites: [], dependencies: Object.fromEntries(['a', 'b', 'c'].map((name) => [`view:public."${name}"`, ['table:public.a']])),
    unread: undefined, origin: { name: 'x', digest: '', notes: [] },
  };
  for (const slice of [1, 2, 5, 100]) expect(await textOf(snapshot, slice)).toBe(JSON.stringify(snapshot));
});
