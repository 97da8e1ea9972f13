import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { expect, test } from 'vitest';
import { migrationsCommand } from '#lib/cli/migrations.ts';
import { createFolderPlanSpec, markMigrationSpec } from '#lib/dal/commands/migration-plans.ts';
import { readLedger } from '#lib/pg/migration-ledger.ts';
import { act, done } from '#lib/testing/acting.ts';
import { freshDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { carryOut, rollBack } from '#lib/testing/journey.ts';
import { drizzleFolder, prismaFolder } from '#lib/testing/migration-folders.ts';
import { startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';

const FIRST = `CREATE TYPE "public"."shade" AS ENUM('light', 'dark');--> statement-breakpoint
CREATE TABLE "theme" (
	"id" serial PRIMARY KEY NOT NULL,
	"shade" "shade" DEFAULT 'light' NOT NULL
);
--> statement-breakpoint
CREATE INDEX "theme_shade" ON "theme" USING btree ("shade");`;
const SECOND = 'ALTER TABLE "theme" ADD COLUMN "note" text;';

async function worldOf(path: string): Promise<World> {
  return { ...(await freshWorld()), sources: { scratchUrl: null, migrations: [{ name: 'shop', path }] } };
}

const WHERE = { folder: 'migrations/shop', target: 'bazaar_prod' };

async function planned(world: World, upTo: string, more: Record<string, string> = {}): Promise<string> {
  const made = await done(act(world, 'author', createFolderPlanSpec, { ...WHERE, name: 'Shop', upTo, ...more }));
  return made.to?.split('/').at(-1) ?? '';
}

async function rows(database: TestDatabase, query: string): Promise<unknown[]> {
  return (await (await database.client('superuser')).query(query)).rows;
}

async function drizzleRun(database: TestDatabase, path: string): Promise<void> {
  await migrate(drizzle(await database.client('operator')), { migrationsFolder: path });
}

async function said(path: string, world: World): Promise<[number, string[]]> {
  let text = '';
  const code = await migrationsCommand(['status', path, world.prod.url('reader')], '/', (more) => Promise.resolve(void (text += more)));
  return [code, text.trim().split('\n').slice(1)];
}

const DRIZZLE_ROWS = 'select hash, created_at from drizzle.__drizzle_migrations order by created_at';
const SHAPE = `select attname, format_type(atttypid, atttypmod) as type, attnotnull from pg_attribute where attrelid = 'drizzle.__drizzle_migrations'::regclass and attnum > 0 order by attnum`;

test('migrations of Drizzle run by the worker leave its own migrator nothing to do, in a ledger as it makes it; a rollback takes effect and row away', async () => {
  const path = await drizzleFolder({ '0000_theme': FIRST, '0001_note': SECOND });
  const world = await worldOf(path);
  startWorker(world);
  const planId = await planned(world, '0001_note');
  await carryOut(world, planId, 'written.1');
  const second = await carryOut(world, planId, 'written.2');

  await drizzleRun(world.dev, path);
  const before = await rows(world.prod, 'select * from drizzle.__drizzle_migrations order by id');
  await drizzleRun(world.prod, path);
  expect(await rows(world.prod, 'select * from drizzle.__drizzle_migrations order by id')).toEqual(before);
  expect(await rows(world.prod, DRIZZLE_ROWS)).toEqual(await rows(world.dev, DRIZZLE_ROWS));
  expect(await rows(world.prod, SHAPE)).toEqual(await rows(world.dev, SHAPE));
  expect(await act(world, 'author', createFolderPlanSpec, { ...WHERE, name: 'Again', upTo: '0001_note' })).toMatchObject({ status: 'refused', code: 'nothing_pending' });

  expect(await said(path, world)).toEqual([0, ['0000_theme  applied', '0001_note   applied']]);

  await rollBack(world, second);
  expect(await said(path, world)).toEqual([1, ['0000_theme  applied', '0001_note   pending']]);
  expect(await rows(world.prod, DRIZZLE_ROWS)).toHaveLength(1);
  expect(await rows(world.prod, "select 1 from pg_attribute where attrelid = 'theme'::regclass and attname = 'note' and not attisdropped")).toEqual([]);
  // The tool agrees that it is pending again.
  await drizzleRun(world.prod, path);
  expect(await rows(world.prod, DRIZZLE_ROWS)).toEqual(await rows(world.dev, DRIZZLE_ROWS));
});

test('a baseline tells Drizzle what was made by hand, so that its migrator has nothing to do; taken back, no ledger is left', async () => {
  const path = await drizzleFolder({ '0000_theme': FIRST, '0001_note': SECOND });
  const world = await worldOf(path);
  startWorker(world);
  await (await world.prod.client('operator')).query(`${FIRST}${SECOND}`);
  const made = await done(act(world, 'author', markMigrationSpec, { ...WHERE, name: '0001_note', mark: 'applied_up_to', reason: 'made by hand' }));
  const run = await carryOut(world, made.to?.split('/').at(-1) ?? '', 'written.1');
  await drizzleRun(world.prod, path);
  expect(await rows(world.prod, DRIZZLE_ROWS)).toHaveLength(2);
  await rollBack(world, run);
  expect(await rows(world.prod, "select 1 from pg_namespace where nspname = 'drizzle'")).toEqual([]);
});

const PRISMA_TABLE = `create table _prisma_migrations (id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
  started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`;
const PRISMA_ROWS = 'select migration_name as name, checksum, logs, applied_steps_count as steps, finished_at >= started_at as finished, rolled_back_at is not null as back from _prisma_migrations order by started_at, migration_name';
const sha = (text: string) => createHash('sha256').update(text).digest('hex');

test('a failed try of Prisma blocks until a plan has marked it, then what is pending runs and gets its row; a rollback takes exactly that one', async () => {
  const [one, two] = ['CREATE TABLE "Theme" ("id" INTEGER NOT NULL);', 'CREATE INDEX CONCURRENTLY "Theme_id" ON "Theme" ("id");'];
  const path = await prismaFolder({ '20260101000000_theme': one, '20260102000000_index': two });
  const world = await worldOf(path);
  startWorker(world);
  const client = await world.prod.client('operator');
  await client.query(PRISMA_TABLE);
  await client.query(`insert into _prisma_migrations (id, checksum, migration_name, logs) values ('3f0e1f0a-0000-4000-8000-000000000000', $1, '20260101000000_theme', 'ERROR: out of shared memory')`, [sha(one)]);
  expect(await act(world, 'author', createFolderPlanSpec, { ...WHERE, name: 'x', upTo: '20260102000000_index' })).toMatchObject({ status: 'refused', code: 'migration_failed', sentence: expect.stringContaining('out of shared memory') });

  const mark = { ...WHERE, name: '20260101000000_theme', mark: 'rolled_back' };
  expect(await act(world, 'author', markMigrationSpec, mark)).toMatchObject({ status: 'refused', code: 'invalid_input' });
  const marked = await done(act(world, 'author', markMigrationSpec, { ...mark, reason: 'nothing of it is there' }));
  expect(await rows(world.prod, PRISMA_ROWS)).toMatchObject([{ back: false }]);
  await carryOut(world, marked.to?.split('/').at(-1) ?? '', 'written.1');
  const failed = { name: '20260101000000_theme', checksum: sha(one), logs: 'ERROR: out of shared memory', steps: 0, finished: null, back: true };
  expect(await rows(world.prod, PRISMA_ROWS)).toEqual([failed]);

  const planId = await planned(world, '20260102000000_index');
  await carryOut(world, planId, 'written.1');
  const second = await carryOut(world, planId, 'written.2');
  const row = (name: string, text: string) => ({ name, checksum: sha(text), logs: null, steps: 1, finished: true, back: false });
  expect(await rows(world.prod, PRISMA_ROWS)).toEqual([failed, row('20260101000000_theme', one), row('20260102000000_index', two)]);
  await rollBack(world, second);
  expect(await rows(world.prod, PRISMA_ROWS)).toEqual([failed, row('20260101000000_theme', one)]);
  expect(await rows(world.prod, `select 1 from pg_class where relname = 'Theme_id'`)).toEqual([]);

  await writeFile(join(path, '20260101000000_theme', 'migration.sql'), `${one}\n-- a remark`);
  expect(await act(world, 'author', createFolderPlanSpec, { ...WHERE, name: 'x', upTo: '20260102000000_index' })).toMatchObject({ status: 'refused', code: 'migration_edited' });
  await planned(world, '20260102000000_index', { standName: '20260101000000_theme', standReason: 'only a remark' });
});

test('a ledger that the reader may not read, or that is another table, is refused and never taken for empty', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const owner = await database.client('superuser');
  const app = await database.client('app');
  await owner.query('create schema drizzle; create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)');
  await expect(readLedger(app, 'drizzle', null, 'shop')).rejects.toMatchObject({ refusal: { code: 'ledger_unreadable', sentence: expect.stringContaining('may not read drizzle.__drizzle_migrations') } });
  await owner.query('create table public._prisma_migrations (name text)');
  await expect(readLedger(owner, 'prisma', null, 'shop')).rejects.toMatchObject({ refusal: { code: 'ledger_unreadable', sentence: expect.stringContaining('it lacks id, checksum') } });
  await owner.query('create schema a; create schema b; alter table public._prisma_migrations set schema a; create table b._prisma_migrations ()');
  await expect(readLedger(owner, 'prisma', null, 'shop')).rejects.toMatchObject({ refusal: { sentence: expect.stringContaining('several schemas (a, b)') } });
  expect(await readLedger(owner, 'prisma', 'shop', 'shop')).toMatchObject({ stands: false, table: { schema: 'shop' } });
});
