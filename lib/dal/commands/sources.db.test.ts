import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, inject, test, vi } from 'vitest';
import type { DatabaseConfig } from '#lib/env.ts';
import { act, done, POLICY } from '#lib/testing/acting.ts';
import { SIDES } from '#lib/testing/bazaar-plan.ts';
import { closeAtEnd } from '#lib/testing/database.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import type { CompareDto } from '../dto/compare.ts';
import { loadCompare } from '../load-compare.ts';
import { decideDeltaSpec, readAgainSpec } from './compare.ts';
import { createPlanSpec } from './plans.ts';
import { addSourceSpec, archiveSourceSpec } from './sources.ts';

type Real = { databaseNamed: (name: string, env?: { databases: readonly DatabaseConfig[] }) => DatabaseConfig };

const stage = vi.hoisted((): { world: World | null; personId: string | null } => ({ world: null, personId: null }));
vi.mock('../session.ts', () => ({ sessionPersonId: async () => stage.personId }));
function env() {
  return { databases: stage.world?.databases ?? [], policy: POLICY, sources: stage.world?.sources ?? { scratchUrl: null, migrations: [] }, demo: false, oidc: null };
}
vi.mock('../control.ts', async () => {
  const real = await vi.importActual<Real>('../control.ts');
  return { control: () => stage.world?.db, configuration: env, databaseNamed: (name: string, given?: { databases: readonly DatabaseConfig[] }) => real.databaseNamed(name, given ?? env()) };
});

let world: World;
/** Postgres 18: another server than the one with the databases under review. */
function scratchUrl(major: 15 | 18 = 18): string {
  const server = inject('servers')[major];
  if (!server) throw new Error(`no Postgres ${major} was started for the tests`);
  return `postgres://postgres:${server.password}@127.0.0.1:${server.port}/postgres`;
}

beforeEach(async () => {
  world = { ...(await freshWorld()), sources: { scratchUrl: scratchUrl(), migrations: [] } };
  stage.world = world;
  stage.personId = world.people.author.id;
});

async function compared(question: { current: string; desired: string }): Promise<CompareDto> {
  const dto = await loadCompare(question);
  if ('refused' in dto) throw new Error(dto.refused.sentence);
  return dto;
}

const DRAFT = 'create table public.orders (id int primary key, total int);\ncreate table public.extra ();';
const archive = (fields: Record<string, string>, who: 'author' | 'approver' = 'author') => act(world, who, archiveSourceSpec, fields);
const add = (fields: Partial<Record<'name' | 'text' | 'other' | 'as' | 'onto', string>>) => act(world, 'author', addSourceSpec, { name: 'draft', text: DRAFT, other: 'bazaar_dev', as: 'current', ...fields });

test('a draft is compared with what is there, and a table that it believes to be smaller is told', async () => {
  await (await world.dev.client('operator')).query('create table public.orders (id int primary key, total bigint, paid_at timestamptz)');
  const { to } = await done(add({}));
  expect(to).toBe('/compare?current=draft.sql&desired=bazaar_dev');
  const dto = await compared({ current: 'draft.sql', desired: 'bazaar_dev' });
  expect(dto.nearMisses.map((miss) => miss.sentence)).toEqual(['draft.sql makes public.orders with 2 columns, bazaar_dev has 3: draft.sql lacks paid_at; total is of another kind.']);
  expect(dto.sources.texts.map(({ name, by }) => [name, by])).toEqual([['draft.sql', 'Author']]);
  expect(dto.mayPlan).toBe(false);
  expect((await compared({ current: 'bazaar_dev', desired: 'draft.sql' })).mayPlan).toBe(true);
});

test('the same text again is the same side, another text of that name is refused, and so is one that does not stand; one that was archived is offered no more', async () => {
  await done(add({}));
  await done(add({ name: 'draft.sql' }));
  expect(await add({ text: 'create table other ();' })).toMatchObject({ status: 'refused', sentence: expect.stringContaining('There is already another text called draft.sql.') });
  expect(await add({ name: 'broken', text: 'create table a ();\ncreate tabel b ();' })).toMatchObject({ status: 'refused', code: 'does_not_parse', sentence: 'broken.sql, line 2, column 8: syntax error at or near "tabel".' });
  expect(await add({ name: 'broken', text: 'create table a (x nix);' })).toMatchObject({ status: 'refused', code: 'replay_failed' });
  expect(await add({ name: '../etc', text: 'select 1' })).toMatchObject({ status: 'refused', code: 'invalid_input' });
  expect(await loadCompare({ current: 'broken.sql', desired: 'bazaar_dev' })).toMatchObject({ refused: { code: 'source_unknown' } });
  expect(await archive({ name: 'draft.sql', reason: 'done' }, 'approver')).toMatchObject({ status: 'refused', code: 'not_allowed' });
  expect(await archive({ name: 'draft.sql', reason: ' ' })).toMatchObject({ status: 'refused', code: 'reason_required' });
  await done(archive({ name: 'draft.sql', reason: 'It is in prod.' }));
  expect((await compared({ current: 'draft.sql', desired: 'bazaar_dev' })).sources.texts).toEqual([]);
  expect(await archive({ name: 'draft.sql', reason: 'again' })).toMatchObject({ status: 'refused', code: 'not_found' });
  expect(await add({})).toMatchObject({ status: 'refused', sentence: 'There was a text called draft.sql, and it was archived. Give this one a name of its own.' });
});

test('only an author adds SQL, only where a scratch server is configured, and never on the server of a database under review', async () => {
  expect(await act(world, 'viewer', addSourceSpec, { name: 'x', text: DRAFT, other: 'bazaar_dev', as: 'current' })).toMatchObject({ code: 'not_allowed' });
  await compared(SIDES);
  world = { ...world, sources: { scratchUrl: scratchUrl(15), migrations: [] } };
  expect(await add({})).toMatchObject({ code: 'scratch_unfit', sentence: 'the scratch server is the server of a database under review. SQL is replayed only on a server of its own.' });
  world = { ...world, sources: { scratchUrl: null, migrations: [] } };
  expect(await add({})).toMatchObject({ code: 'scratch_missing' });
});

test('a database as it was has an address of its own, and takes decisions of its own but no plan', async () => {
  await compared(SIDES);
  const client = await world.prod.client('operator');
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await client.query('create table since_then ()');
  await done(act(world, 'author', readAgainSpec, SIDES));
  const { sources } = await compared(SIDES);
  expect(sources.earlier.map(({ database }) => database)).toEqual(['bazaar_prod']);
  const was = sources.earlier[0]?.name ?? '';
  expect(was).toMatch(/^bazaar_prod@\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const dto = await compared({ current: was, desired: 'bazaar_prod' });
  expect(dto.totals).toMatchObject({ onlyDesired: 1, onlyCurrent: 0, different: 0 });
  await done(act(world, 'author', decideDeltaSpec, { current: was, desired: 'bazaar_prod', deltaId: ['add:table:public.since_then'], verdict: 'later', reason: 'ask ops' }));
  expect((await compared({ current: was, desired: 'bazaar_prod' })).totals.decided).toBe(1);
  expect(await act(world, 'author', createPlanSpec, { current: was, desired: 'bazaar_prod', deltaId: ['add:table:public.since_then'], name: 'x' })).toMatchObject({ code: 'no_target' });
  expect(await loadCompare({ current: 'bazaar_prod@2001-01-01T00:00:00Z', desired: 'bazaar_dev' })).toMatchObject({ refused: { code: 'source_unknown' } });
});

test('a plan can be made towards a draft', async () => {
  await done(add({ as: 'desired', other: 'bazaar_prod' }));
  await compared({ current: 'bazaar_prod', desired: 'draft.sql' });
  const { to } = await done(act(world, 'author', createPlanSpec, { current: 'bazaar_prod', desired: 'draft.sql', deltaId: ['add:table:public.orders'], name: 'Orders' }));
  expect(to).toMatch(/^\/plans\//);
});

test('a draft that only changes a database is compared on top of it, again when that database has changed, and no table of it is called a near miss', async () => {
  await compared(SIDES);
  const change = { name: 'change', text: 'alter table "bazaar-vid_exports" add column note text;', other: 'bazaar_prod', as: 'desired' } as const;
  expect(await add(change)).toMatchObject({ code: 'replay_failed', sentence: expect.stringMatching(/does not exist\..* If the text changes what a database has, choose that database under “Run it”\.$/) });
  expect(await add({ ...change, onto: 'elsewhere' })).toMatchObject({ code: 'database_unknown' });
  await done(add({ ...change, onto: 'bazaar_prod' }));
  const pair = { current: 'bazaar_prod', desired: 'change.sql' };
  const differing = async (): Promise<readonly string[]> => (await compared(pair)).list.lines.flatMap((line) => (line.line === 'object' ? line.open : []));
  expect(await differing()).toEqual(['add:column:public.bazaar-vid_exports.note']);
  expect(await compared(pair)).toMatchObject({ nearMisses: [], mayPlan: true, sources: { texts: [{ name: 'change.sql', onto: 'bazaar_prod' }] } });
  await (await world.prod.client('operator')).query('create table since_then ()');
  await done(act(world, 'author', readAgainSpec, pair));
  expect(await differing()).toEqual(['add:column:public.bazaar-vid_exports.note']);
});

test('a folder of migrations is replayed when it changed and not before; its path is shown nowhere', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-migrations-'));
  closeAtEnd(async () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, '0001_a.sql'), 'create table a ();');
  world = { ...world, sources: { scratchUrl: scratchUrl(), migrations: [{ name: 'shop', path: folder }] } };
  stage.world = world;
  const pair = { current: 'bazaar_dev', desired: 'migrations/shop' };
  const first = await compared(pair);
  expect(first.sources.folders).toEqual(['migrations/shop']);
  expect((await compared(pair)).desired.takenAt).toBe(first.desired.takenAt);
  writeFileSync(join(folder, '0002_b.sql'), 'create table b ();');
  expect((await compared(pair)).desired.fingerprint).not.toBe(first.desired.fingerprint);
  writeFileSync(join(folder, '0003_c.sql'), 'create table a ();');
  const refused = await loadCompare(pair);
  expect(refused).toMatchObject({ refused: { code: 'replay_failed', sentence: '0003_c.sql, line 1, column 1: relation "a" already exists. Applied before it: 2 of 3 files (0001_a.sql, 0002_b.sql), and nothing of this one.' } });
  rmSync(folder, { recursive: true, force: true });
  const gone = await loadCompare(pair);
  expect(JSON.stringify(gone)).toContain('migrations/shop does not exist');
  expect(JSON.stringify(gone)).not.toContain(folder);
  expect(await loadCompare({ current: 'bazaar_dev', desired: 'migrations/etc' })).toMatchObject({ refused: { code: 'source_unknown' } });
});
