import { once } from 'node:events';
import { connect } from 'node:net';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { freshDatabase, sweep } from './database.ts';
import { openMailbox } from './mailbox.ts';
import { freshWorld } from './world.ts';

async function value(client: Client, text: string): Promise<unknown> {
  const { rows } = await client.query({ text, rowMode: 'array' });
  return rows[0]?.[0];
}

describe.each([14, 15, 18] as const)('the demo databases on Postgres %i', (major) => {
  test('prod has the figures of the completion report', async () => {
    const client = await (await freshDatabase({ major, template: 'bazaar_prod' })).client('reader');
    const counts = {
      version: Math.floor(Number(await value(client, 'show server_version_num')) / 10_000),
      tables: await value(client, "select count(*)::int from pg_tables where schemaname = 'public'"),
      exports: await value(client, 'select count(*)::int from "bazaar-vid_exports"'),
      analytics: await value(client, 'select count(*)::int from "bazaar-vid_export_analytics"'),
      memory: await value(client, 'select count(*)::int from "bazaar-vid_project_memory"'),
      metric: await value(client, 'select count(*)::int from "bazaar-vid_metric"'),
      agent: await value(client, 'select count(*)::int from "bazaar-vid_agent_message"'),
      duplicate: await value(client, 'select count(*)::int from api_usage_metric'),
      orphans: await value(client, 'select count(*)::int from "bazaar-vid_exports" e where not exists (select from "bazaar-vid_project" p where p.id = e.project_id::uuid)'),
      cascade: await value(client, `select count(*)::int from "bazaar-vid_export_analytics" a join "bazaar-vid_exports" e on e.id = a.export_id where e.project_id = 'a161a5cc-886a-48dc-be84-84d31e131d88'`),
      strangers: await value(client, 'select count(*)::int from "bazaar-vid_export_analytics" a where not exists (select from "bazaar-vid_exports" e where e.id = a.export_id)'),
      userless: await value(client, 'select count(*)::int from "bazaar-vid_exports" e where not exists (select from "bazaar-vid_user" u where u.id = e.user_id)'),
      respelled: await value(client, 'select count(*)::int from "bazaar-vid_exports" where id <> id::uuid::text'),
      foreign: await value(client, `select count(*)::int from pg_constraint where contype = 'f' and conrelid in ('"bazaar-vid_exports"'::regclass, '"bazaar-vid_export_analytics"'::regclass)`),
      unknown: await value(client, `select count(*)::int from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and reltuples = -1`),
    };
    expect(counts).toMatchObject({ version: major, tables: 31, exports: 134, analytics: 379, memory: 671, metric: 389, agent: 3, duplicate: 0, orphans: 2, cascade: 6, strangers: 0, userless: 0, respelled: 1, foreign: 0 });
    expect(counts.unknown).toBeGreaterThan(0);
  });

  test('the duplicate has the columns of its original, and the four empty tables are empty', async () => {
    const client = await (await freshDatabase({ major, template: 'bazaar_prod' })).client('reader');
    const columns = "select string_agg(column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '-'), ', ' order by ordinal_position) from information_schema.columns where table_name = ";
    expect(await value(client, `${columns} 'api_usage_metric'`)).toBe(await value(client, `${columns} 'bazaar-vid_api_usage_metric'`));
    for (const name of ['component_error', 'patch', 'scene_plan', 'scene_specs']) expect(await value(client, `select count(*)::int from "bazaar-vid_${name}"`)).toBe(0);
  });

  test('dev has what the guides list: 29 columns of a brand extraction, six such tables, the promotions and three schemas', async () => {
    const client = await (await freshDatabase({ major, template: 'bazaar_dev' })).client('reader');
    expect(await value(client, "select count(*)::int from information_schema.columns where table_name = 'bazaar-vid_brand_extraction'")).toBe(29);
    // 26 of the guide's list, and the one behind its third unique constraint.
    expect(await value(client, "select count(*)::int from pg_indexes where indexname ~ '^(brand_|story_arc_|extraction_cache_)' and indexname !~ 'pkey'")).toBe(27);
    expect(await value(client, "select string_agg(nspname, ',' order by nspname) from pg_namespace where nspname in ('auth', 'neon_auth', 'pgrst')")).toBe('auth,neon_auth,pgrst');
    expect(await value(client, "select string_agg(tablename, ',' order by tablename) from pg_tables where tablename ~ 'promo|paywall'")).toBe('bazaar-vid_paywall_analytics,bazaar-vid_paywall_events,bazaar-vid_promo_code_usage,bazaar-vid_promo_codes');
    expect(await value(client, "select string_agg(format_type(atttypid, atttypmod), ',' order by attnum) from pg_attribute where attrelid = '\"bazaar-vid_exports\"'::regclass and attnum between 1 and 3")).toBe('uuid,character varying(255),uuid');
    expect(await value(client, "select count(*)::int from pg_constraint where contype = 'f' and confdeltype = 'c' and conrelid::regclass::text like '%export%'")).toBe(3);
  });
});

test('the reader cannot write, the operator can', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const reader = await database.client('reader');
  await expect(reader.query('delete from "bazaar-vid_metric"')).rejects.toThrow('read-only transaction');
  await reader.query('set default_transaction_read_only = off');
  await expect(reader.query('delete from "bazaar-vid_metric"')).rejects.toThrow('permission denied');
  expect((await (await database.client('operator')).query('delete from "bazaar-vid_metric"')).rowCount).toBe(389);
});

test('a session that is left open is named', async () => {
  const database = await freshDatabase();
  const forgotten = new Client({ connectionString: database.url(), application_name: 'forgotten' });
  forgotten.on('error', () => undefined);
  await forgotten.connect();
  const failures = await sweep('test');
  expect(failures).toEqual([expect.stringContaining('was left open: forgotten (postgres, idle)')]);
});

test('a world has people with their roles and three databases of its own', async () => {
  const world = await freshWorld();
  const roles = await world.db.selectFrom('person_role').innerJoin('person', 'person.id', 'person_role.person_id').select(['email', 'role']).where('role', '<>', 'viewer').orderBy('email').execute();
  expect(roles.map(({ email, role }) => `${email} ${role}`)).toEqual(['admin@demo.test admin', 'approver2@demo.test approver', 'approver@demo.test approver', 'author@demo.test author', 'operator@demo.test operator']);
  expect(world.databases.map((database) => database.name)).toEqual(['bazaar_prod', 'bazaar_dev']);
});

test('a mail server of a test outlives a client that goes in the middle of a mail', async () => {
  const { port } = new URL((await openMailbox()).url);
  const client = connect(Number(port), '127.0.0.1');
  const answers = ['EHLO x', 'MAIL FROM:<a@demo.test>', 'RCPT TO:<refuse@demo.test>'];
  // An error of the server that nobody hears ends the process, which the runner counts as a failure.
  client.on('data', () => {
    const next = answers.shift();
    if (next === undefined) client.resetAndDestroy();
    else client.write(`${next}\r\n`);
  });
  await once(client, 'close');
  expect(answers).toEqual([]);
});
