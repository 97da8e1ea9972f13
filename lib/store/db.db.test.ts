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
