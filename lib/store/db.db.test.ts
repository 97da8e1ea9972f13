import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import { closeAtEnd, freshDatabase } from '#lib/testing/database.ts';
import { controlDb } from './db.ts';
import { contentOf, latestSnapshot, saveSnapshot, snapshotByFingerprint } from './snapshots.ts';

test('what the control database was told is on disk before it counts, also on a server that does not wait for its disk', async () => {
  const database = await freshDatabase({ template: 'control' });
  const db = controlDb(database.url('app'), { max: 2 });
  closeAtEnd(() => db.destroy());
  const setting = sql<{ waits: string; source: string }>`select current_setting('synchronous_commit') as waits, reset_val as source from pg_catalog.pg_settings where name = 'synchronous_commit'`;
  expect((await setting.execute(db)).rows).toEqual([{ waits: 'on', source: 'off' }]);
  expect((await db.transaction().execute((trx) => setting.execute(trx))).rows).toEqual([{ waits: 'on', source: 'off' }]);
});

test('a session that cannot be begun takes no place from the others, and holds up no end', async () => {
  const database = await freshDatabase({ template: 'control' });
  const admin = await database.client();
  await admin.query('revoke execute on function pg_catalog.set_config(text, text, boolean) from public');
  const db = controlDb(database.url('app'), { max: 1 });
  const ask = () => sql<{ one: number }>`select 1 as one`.execute(db);
  await expect(ask()).rejects.toMatchObject({ code: '42501' });
  await expect(ask()).rejects.toMatchObject({ code: '42501' });
  await admin.query('grant execute on function pg_catalog.set_config(text, text, boolean) to public');
  expect((await ask()).rows).toEqual([{ one: 1 }]);
  await db.destroy();
});

test('a reading is kept packed and comes back as it was; one that an earlier release kept as text is still read', async () => {
  const database = await freshDatabase({ template: 'control' });
  const db = controlDb(database.url('app'), { max: 1 });
  closeAtEnd(() => db.destroy());
  const object = { id: 'table:public.über', kind: 'table' as const, schema: 'public', name: 'über', parent: null, position: null, attributes: { options: ['a=b'] } };
  const snapshot: Snapshot = { target: { systemIdentifier: '1', timeline: 1, databaseOid: 5, database: 'x', serverVersion: 150_000 }, takenAt: '2026-11-22T10:00:00.000Z', objects: Array.from({ length: 500 }, () => object), estimates: {}, notCompared: [] };
  const id = await db.transaction().execute((trx) => saveSnapshot(trx, 'prod', snapshot, null));
  expect(await contentOf(db, id)).toEqual(snapshot);
  const { rows } = await sql<{ content: unknown; bytes: number }>`select content, length(packed) as bytes from snapshot`.execute(db);
  expect(rows).toEqual([{ content: { target: snapshot.target, takenAt: snapshot.takenAt }, bytes: expect.any(Number) as number }]);
  expect(rows[0]?.bytes).toBeLessThan(JSON.stringify(snapshot).length / 50);
  await sql`insert into snapshot (database_name, fingerprint, content, taken_at) values ('old', ${'f'.repeat(64)}, ${JSON.stringify(snapshot)}::text::json, now())`.execute(db);
  expect([(await latestSnapshot(db, 'old'))?.snapshot, (await snapshotByFingerprint(db, 'old', 'f'.repeat(64)))?.snapshot]).toEqual([snapshot, snapshot]);
});
