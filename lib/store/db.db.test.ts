import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { closeAtEnd, freshDatabase } from '#lib/testing/database.ts';
import { controlDb } from './db.ts';

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
