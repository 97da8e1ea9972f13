import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { sql } from '#lib/sql.ts';
import { closeAtEnd, freshDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { startDemoLoad } from './demo-load.ts';

const ROWS = 2_000;
/** As an operator would by hand, in one transaction that gives way before the product meets a deadlock with it. */
const CONVERT = `
  begin;
  set local lock_timeout = '200ms';
  lock table "bazaar-vid_exports", "bazaar-vid_export_analytics" in access exclusive mode;
  delete from "bazaar-vid_export_analytics" a using "bazaar-vid_exports" e where e.id = a.export_id and e.project_id = 'a161a5cc-886a-48dc-be84-84d31e131d88';
  delete from "bazaar-vid_exports" where project_id = 'a161a5cc-886a-48dc-be84-84d31e131d88';
  alter table "bazaar-vid_exports" alter id drop default, alter id type uuid using id::uuid, alter id set default gen_random_uuid(), alter project_id type uuid using project_id::uuid;
  alter table "bazaar-vid_export_analytics" alter export_id type uuid using export_id::uuid, add foreign key (export_id) references "bazaar-vid_exports" (id) on delete cascade;
  commit`;
const FACTS = `
  select (select count(*) from "bazaar-vid_exports" e where not exists (select 1 from "bazaar-vid_project" p where p.id::text = e.project_id::text))::int as orphans,
    (select count(*) from "bazaar-vid_export_analytics" a join "bazaar-vid_exports" e on e.id = a.export_id where e.project_id::text = 'a161a5cc-886a-48dc-be84-84d31e131d88')::int as with_them,
    (select count(*) from "bazaar-vid_export_analytics" a where not exists (select 1 from "bazaar-vid_exports" e where e.id = a.export_id))::int as lost,
    (select count(*) from "bazaar-vid_exports" where id::text <> lower(id::text))::int as spelled`;
const COUNTS = 'select (select count(*) from "bazaar-vid_exports")::int as exports, (select count(*) from "bazaar-vid_export_analytics")::int as analytics';

async function filled(): Promise<{ database: TestDatabase; operator: Client }> {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const operator = await database.client('operator');
  await operator.query("select set_config('demo.users', '48', false), set_config('demo.rows', $1, false)", [String(ROWS)]);
  await operator.query(sql('demo/prod_many_rows'));
  return { database, operator };
}

async function one(client: Client, text: string): Promise<unknown> {
  return (await client.query<Record<string, unknown>>(text)).rows[0];
}

test('a demo of any size has as many exports as analytics, and the orphans and the odd id of the small one', async () => {
  const { operator } = await filled();
  expect(await one(operator, COUNTS)).toEqual({ exports: ROWS, analytics: ROWS });
  expect(await one(operator, FACTS)).toEqual({ orphans: 2, with_them: 6, lost: 0, spelled: 1 });
});

test('the load writes as the product, is refused nothing while the ids become uuids, changes none of the facts, and stops clean', async () => {
  const { database, operator } = await filled();
  const said: string[] = [];
  const load = await startDemoLoad({ url: database.url(), say: (line) => said.push(line), pauseMs: 0 });
  closeAtEnd(load.stop);
  const written = async () => ((await one(operator, `select (select count(*) from "bazaar-vid_exports" where download_count > 3 or render_id like 'load-%')::int as n`)) as { n: number }).n;
  await expect.poll(written, { timeout: 20_000 }).toBeGreaterThan(40);
  expect(await one(operator, "select array_agg(distinct usename::text) as roles from pg_stat_activity where application_name = 'bazaar' and datname = current_database()")).toEqual({ roles: ['bazaar_app'] });
  expect(await one(operator, FACTS)).toEqual({ orphans: 2, with_them: 6, lost: 0, spelled: 1 });
  const before = await written();
  await expect.poll(() => operator.query(CONVERT).then(() => 'converted', async (error: Error) => {
    await operator.query('rollback');
    return error.message;
  }), { timeout: 20_000 }).toBe('converted');
  await expect.poll(written, { timeout: 20_000 }).toBeGreaterThan(before + 20);
  await load.stop();
  // On a busy machine a writer may wait for longer than is passed over in silence.
  expect(said.filter((line) => !line.startsWith('A writer of the load waited'))).toEqual([
    'Under load: 4 writers insert, update and delete exports and analytics of bazaar_prod until Ctrl-C.',
    expect.stringMatching(/^The load ended: \d+ transactions committed, 0 refused, the longest took \d+ ms\.$/),
  ]);
  expect(await one(operator, FACTS)).toEqual({ orphans: 0, with_them: 0, lost: 0, spelled: 0 });
  const { exports } = (await one(operator, COUNTS)) as { exports: number };
  expect(Math.abs(exports - (ROWS - 2))).toBeLessThan(ROWS * 0.02);
});
