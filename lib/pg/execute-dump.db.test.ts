import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Major } from '#lib/cli/server-account.ts';
import { closeAtEnd, freshDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { promptly } from '#lib/testing/promptly.ts';
import { labelled } from '#lib/testing/security-label.ts';
import { archiveEntries, takeDump, type DumpEnd, type DumpTerms } from './execute-dump.ts';
import { type DumpTools, findDumpTools } from './execute-dump-tools.ts';
import { scratchPrefix, testRestore, type RestoreTerms } from './execute-restore.ts';
import { toolEnvironment } from './execute-tool.ts';

const ENVIRONMENT = { PATH: process.env['PATH'] ?? '' };

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'countersign-dump-'));
  closeAtEnd(() => Promise.resolve(rmSync(made, { recursive: true, force: true })));
  return made;
}

/** A folder with tools that say this version and do nothing else. */
function toolsSaying(version: string): string {
  const made = folder();
  for (const tool of ['pg_dump', 'pg_restore']) {
    writeFileSync(join(made, tool), `#!/bin/sh\necho "${tool} (PostgreSQL) ${version}"\n`);
    chmodSync(join(made, tool), 0o755);
  }
  return made;
}

/** The newest real tools of this machine, whatever the server. */
async function realTools(major: Major): Promise<DumpTools | string> {
  return findDumpTools(major, { configured: null, path: ENVIRONMENT.PATH });
}

function dumpTerms(database: TestDatabase, tools: DumpTools, change: Partial<DumpTerms> = {}): DumpTerms {
  return { config: database.config, tools, directory: folder(), name: 'bazaar', runId: randomUUID(), attempt: 1, environment: ENVIRONMENT, stopping: () => false, stage: () => undefined, progress: () => undefined, ...change };
}

async function dumped(database: TestDatabase, change: Partial<DumpTerms> = {}): Promise<{ terms: DumpTerms; end: Extract<DumpEnd, { ended: 'done' }> } | string> {
  const tools = await realTools(database.major);
  if (typeof tools === 'string') return tools;
  const terms = dumpTerms(database, tools, change);
  const end = await takeDump(terms);
  if (end.ended !== 'done') throw new Error(JSON.stringify(end));
  return { terms, end };
}

function restoreTerms(database: TestDatabase, from: { terms: DumpTerms; end: Extract<DumpEnd, { ended: 'done' }> }, change: Partial<RestoreTerms> = {}): RestoreTerms {
  const { tools, runId, environment } = from.terms;
  return { restoreUrl: database.url('superuser'), tools, file: from.end.file, runId, attempt: 1, environment, stopping: () => false, stage: () => undefined, progress: () => undefined, ...change };
}

test('a server newer than every pg_dump is refused with the version to install', async () => {
  const configured = toolsSaying('17.2');
  const answer = await findDumpTools(18, { configured, path: '' });
  // Where this machine has the tools of 18, they are found; what is older than the server is never taken.
  if (typeof answer === 'string') expect(answer).toContain('Install the client tools of PostgreSQL 18 (for example the package postgresql-client-18)');
  else expect(answer.major).toBeGreaterThanOrEqual(18);
});

test('the nearest version that is not older than the server is taken', async () => {
  const path = [toolsSaying('98.1'), toolsSaying('96.4 (Debian 96.4-1)'), toolsSaying('97.0')].join(':');
  expect(await findDumpTools(96, { configured: null, path })).toMatchObject({ major: 96, version: '96.4' });
  expect(await findDumpTools(97, { configured: null, path })).toMatchObject({ major: 97, version: '97.0' });
});

test('a folder whose pg_dump and pg_restore are of two versions is not used', async () => {
  const made = toolsSaying('98.1');
  writeFileSync(join(made, 'pg_restore'), '#!/bin/sh\necho "pg_restore (PostgreSQL) 97.0"\n');
  expect(await findDumpTools(96, { configured: made, path: '' })).toContain('Install the client tools of PostgreSQL 96');
});

test('the password reaches the tool by its environment, and an unknown parameter of the address is refused', () => {
  const environment = toolEnvironment('postgres://re%40der:s3%20cret@db.internal:6000/shop?sslmode=require&application_name=x', 'countersign dump', { PATH: '/bin' });
  expect(environment).toMatchObject({ PGUSER: 're@der', PGPASSWORD: 's3 cret', PGHOST: 'db.internal', PGPORT: '6000', PGDATABASE: 'shop', PGSSLMODE: 'require', PGAPPNAME: 'countersign dump' });
  expect(() => toolEnvironment('postgres://a:b@c/d?uselibpqcompat=true', 'x', {})).toThrow('uselibpqcompat');
});

test('the list of an archive is read by oid, whatever a table is called', () => {
  const list = ';\n; Selected TOC Entries:\n;\n215; 1259 16389 TABLE public orders owner\n3343; 0 16389 TABLE DATA public orders owner\n3344; 0 16400 TABLE DATA public TABLE DATA x y\n';
  expect(archiveEntries(list)).toEqual({ entries: 3, data: new Set(['16389', '16400']) });
});

test.each([14, 15] as const)('a dump of a %i server is whole, private, and its restored copy has the same schema and the same rows, without labels that the scratch server cannot read', async (major) => {
  const database = await freshDatabase({ template: 'bazaar_prod', major });
  await (await database.client('superuser')).query(labelled('public."bazaar-vid_exports"'));
  const stages: string[] = [];
  const from = await dumped(database, { stage: (_, label) => stages.push(label) });
  if (typeof from === 'string') return expect(from).toContain(`Install the client tools of PostgreSQL ${major}`);
  const { file } = from.end;
  expect(readdirSync(from.terms.directory)).toEqual(['bazaar.dump']);
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
  expect(file).toMatchObject({ bytes: statSync(file.path).size, tables: 31 });
  expect(file.content.rows['public.bazaar-vid_exports']).toBe(134);
  expect(stages).toHaveLength(4);
  const client = await database.client();
  const left = await client.query("select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name like 'countersign%'");
  expect(left.rows).toEqual([{ n: 0 }]);
  const end = await testRestore(restoreTerms(database, from));
  expect(end).toMatchObject({ ended: 'done', assertions: [{ ok: true }, { ok: true, expected: '0' }], leftOut: ['The restored copy was made without security labels: the scratch server has not loaded anon.'] });
  expect((await client.query('select count(*)::int as n from pg_database where starts_with(datname, $1)', [scratchPrefix(from.terms.runId)])).rows).toEqual([{ n: 0 }]);
});

test('rows written while the dump runs are neither in the dump nor in what it is compared with', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const writer = await database.client('operator');
  const written: Promise<unknown>[] = [];
  const from = await dumped(database, { stage: (index) => { if (index === 0) written.push(writer.query('delete from "bazaar-vid_export_analytics"')); } });
  if (typeof from === 'string') return expect(from).toContain('Install the client tools');
  expect(await Promise.all(written)).toMatchObject([{ rowCount: 379 }]);
  expect(from.end.file.content.rows['public.bazaar-vid_export_analytics']).toBe(379);
  expect(await testRestore(restoreTerms(database, from))).toMatchObject({ ended: 'done' });
});

test('a file that was changed after the dump is named, and nothing is restored', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const from = await dumped(database);
  if (typeof from === 'string') return expect(from).toContain('Install the client tools');
  writeFileSync(from.end.file.path, 'x', { flag: 'a' });
  expect(await testRestore(restoreTerms(database, from))).toMatchObject({ ended: 'failed', sentence: `The file ${from.end.file.path} is not the one that was dumped: its sha256 differs.` });
});

test('a restored copy that misses rows is told table by table', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const from = await dumped(database);
  if (typeof from === 'string') return expect(from).toContain('Install the client tools');
  const { file } = from.end;
  const claimed = { ...file, content: { ...file.content, rows: { ...file.content.rows, 'public.bazaar-vid_exports': 135 } } };
  expect(await testRestore(restoreTerms(database, from, { file: claimed }))).toMatchObject({ ended: 'differs', assertions: [{ ok: true }, { ok: false, actual: '1' }, { label: 'rows of public.bazaar-vid_exports', expected: '135', actual: '134' }] });
});

test('what an attempt that died left behind is removed: its part file, and its scratch database', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const tools = await realTools(15);
  if (typeof tools === 'string') return expect(tools).toContain('Install the client tools');
  const terms = dumpTerms(database, tools, { attempt: 2 });
  writeFileSync(join(terms.directory, 'bazaar.1.part'), 'half');
  const admin = await database.client();
  await admin.query(`create database ${scratchPrefix(terms.runId)}dead`);
  const end = await takeDump(terms);
  if (end.ended !== 'done') throw new Error(JSON.stringify(end));
  expect(readdirSync(terms.directory)).toEqual(['bazaar.dump']);
  expect(await testRestore(restoreTerms(database, { terms, end }))).toMatchObject({ ended: 'done' });
  expect((await admin.query('select count(*)::int as n from pg_database where starts_with(datname, $1)', [scratchPrefix(terms.runId)])).rows).toEqual([{ n: 0 }]);
});

test('a worker that froze while it dumped holds nothing up once another has taken the dump over', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const tools = await realTools(15);
  if (typeof tools === 'string') return expect(tools).toContain('Install the client tools');
  const state = { over: false };
  const asleep = join(folder(), 'pg_dump');
  writeFileSync(asleep, '#!/bin/sh\nexec sleep 60\n');
  chmodSync(asleep, 0o755);
  const frozen = dumpTerms(database, { ...tools, dump: asleep }, { stopping: () => state.over });
  const first = takeDump(frozen).catch(() => null);
  const admin = await database.client();
  const reading = async () => (await admin.query(`select from pg_stat_activity where datname = current_database() and state = 'idle in transaction' and application_name like 'countersign%'`)).rowCount;
  await expect.poll(reading).toBe(1);
  expect(await takeDump({ ...frozen, tools, attempt: 2, stopping: () => false })).toMatchObject({ ended: 'done' });
  expect(await reading()).toBe(0);
  state.over = true;
  await first;
});

test('a tool that misses its snapshot because the session that holds it was ended is a broken connection, which is tried again, and no failure of the dump', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const tools = await realTools(15);
  if (typeof tools === 'string') return expect(tools).toContain('Install the client tools');
  const made = folder();
  const late = join(made, 'pg_dump');
  writeFileSync(late, `#!/bin/sh\nwhile [ ! -e '${join(made, 'go')}' ]; do sleep 0.05; done\necho 'pg_dump: error: query failed: ERROR:  invalid snapshot identifier' >&2\nexit 1\n`);
  chmodSync(late, 0o755);
  const taken = takeDump(dumpTerms(database, { ...tools, dump: late })).catch((error: unknown) => error);
  const admin = await database.client();
  await expect.poll(async () => (await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'idle in transaction' and application_name like 'countersign dump % count'`)).rowCount).toBe(1);
  writeFileSync(join(made, 'go'), '');
  expect(await taken).toMatchObject({ refusal: { code: 'database_unreachable' } });
});

test('a table that the reader cannot read, or that is locked, or a folder that cannot be written, ends the dump by name and leaves no file', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const tools = await realTools(15);
  if (typeof tools === 'string') return expect(tools).toContain('Install the client tools');
  const holder = await database.client();
  await holder.query('begin; lock table "bazaar-vid_exports" in access exclusive mode');
  const locked = dumpTerms(database, tools);
  expect(await takeDump(locked)).toEqual({ ended: 'locked' });
  expect(readdirSync(locked.directory)).toEqual([]);
  await holder.query('rollback');
  await holder.query('alter table "bazaar-vid_exports" enable row level security');
  expect(await takeDump(locked)).toMatchObject({ ended: 'failed', sentence: expect.stringContaining('Row security hides rows of public.bazaar-vid_exports') });
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  expect(await takeDump({ ...locked, directory: join(file, 'below') })).toMatchObject({ ended: 'failed', sentence: expect.stringContaining('COUNTERSIGN_BACKUP_DIR') });
});

test('a dump that is to stop ends within a second and leaves no file', () => promptly(async (within) => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const tools = await realTools(15);
  if (typeof tools === 'string') return expect(tools).toContain('Install the client tools');
  const writer = await database.client('operator');
  await writer.query('create table big as select i, repeat(md5(i::text), 20) as text from generate_series(1, 200000) i');
  let begun = 0;
  const terms = dumpTerms(database, tools, { stage: () => { begun ||= Date.now(); }, stopping: () => begun > 0 && Date.now() - begun > 300 });
  mkdirSync(terms.directory, { recursive: true });
  expect(await takeDump(terms)).toEqual({ ended: 'stopped' });
  within(1_500, Date.now() - begun);
  expect(readdirSync(terms.directory)).toEqual([]);
}));
