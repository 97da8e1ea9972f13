import { expect, test } from 'vitest';
import { differences } from '#lib/pipeline/noise.ts';
import { closeAtEnd, freshDatabase } from '#lib/testing/database.ts';
import { introspect, refuseOldServer } from './introspect.ts';
import { withReader } from './session.ts';

test('a server too old is refused with its version', () => {
  expect(() => refuseOldServer({ database: 'shop', serverVersion: 130_011 })).toThrow('server_too_old: shop is on PostgreSQL 13; 14 is the oldest that can be read.');
  expect(() => refuseOldServer({ database: 'shop', serverVersion: 90_624 })).toThrow('PostgreSQL 9.6');
  expect(() => refuseOldServer({ database: 'shop', serverVersion: 140_000 })).not.toThrow();
});

/** A role that may connect and nothing more. */
async function stranger(database: Awaited<ReturnType<typeof freshDatabase>>): Promise<string> {
  const admin = await database.client();
  const role = `stranger_${database.name.slice(-8)}`;
  await admin.query(`create role ${role} login password 'x'`);
  closeAtEnd(async () => {
    await admin.query(`drop owned by ${role}; drop role ${role}`);
  });
  return database.url('reader').replace(/\/\/[^@]*@/, `//${role}:x@`);
}

test('a schema on which the reader has no rights is read whole all the same', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const client = await database.client('operator');
  await client.query(`create schema closed; create table closed.t (id int generated always as identity primary key, x text default 'a' check (x <> '')); create sequence closed.s; create view closed.v as select * from closed.t;
    create function closed.f() returns int language sql as 'select 1'; create statistics closed.st on id, x from closed.t; revoke all on schema closed from public; revoke all on schema public from public`);
  const known = await introspect(client);
  const seen = await withReader({ ...database.config, readerUrl: await stranger(database) }, (reader) => introspect(reader));
  expect(differences(known, seen)).toEqual([]);
  expect(seen.unread).toBeUndefined();
  expect(seen.objects.map((object) => object.id)).toEqual(expect.arrayContaining(['table:closed.t', 'view:closed.v', 'sequence:closed.s']));
});

test('a catalog that an administrator has closed is named, its kind compared on neither side, and the rest is compared', async () => {
  const [open, closed] = [await freshDatabase(), await freshDatabase()];
  for (const database of [open, closed]) {
    const client = await database.client('operator');
    await client.query(`create table t (id int); alter table t enable row level security; create policy p on t using (true)`);
  }
  await (await closed.client('operator')).query('create table more ()');
  await (await closed.client()).query('revoke select on pg_catalog.pg_policy from public');
  const readerUrl = await stranger(closed);
  const [before, after] = [await introspect(await open.client()), await withReader({ ...closed.config, readerUrl }, (reader) => introspect(reader))];
  expect(after.unread).toEqual([{ kind: 'policy', why: 'Policies are not compared: the role may not read the catalog that holds them.' }]);
  expect(differences(before, after).map((delta) => delta.id)).toEqual(['add:grant:"TABLE pg_catalog.pg_policy"', 'add:table:public.more']);
  await (await closed.client()).query('revoke select on pg_catalog.pg_attribute from public');
  await expect(withReader({ ...closed.config, readerUrl }, (reader) => introspect(reader))).rejects.toMatchObject({ refusal: { code: 'no_rights_in_database' } });
});

test('every catalog that is closed is named, however many there are', async () => {
  const database = await freshDatabase();
  await (await database.client('operator')).query('create table t (id int)');
  await (await database.client()).query('revoke select on pg_catalog.pg_policy, pg_catalog.pg_publication, pg_catalog.pg_event_trigger from public');
  const readerUrl = await stranger(database);
  const seen = await withReader({ ...database.config, readerUrl }, (reader) => introspect(reader));
  expect(seen.unread?.map(({ kind }) => kind).toSorted()).toEqual(['event_trigger', 'policy', 'publication']);
  expect(seen.objects.map((object) => object.id)).toContain('column:public.t.id');
});

test('a connection that is lost in the middle is one sentence', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const holder = await database.client('operator');
  // An index is deparsed under a lock on its table: the reading waits here, and can be met in the middle.
  await holder.query('begin; lock table "bazaar-vid_exports" in access exclusive mode');
  const reading = withReader(database.config, (client) => introspect(client)).then(() => 'read', (error: unknown) => error);
  const killer = await database.client();
  for (;;) {
    const { rowCount } = await killer.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'countersign reader' and datname = current_database() and wait_event_type = 'Lock'");
    if (rowCount) break;
  }
  expect(await reading).toMatchObject({ refusal: { code: 'database_unreachable', sentence: expect.stringContaining('bazaar_prod') } });
});
