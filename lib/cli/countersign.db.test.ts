import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { closeAtEnd, freshDatabase, type TestDatabase } from '#lib/testing/database.ts';

const BIN = join(import.meta.dirname, 'bin.mjs');
let folder = '';

function countersign(args: readonly string[], options: { input?: string; embedded?: boolean } = {}): { code: number | null; out: string; err: string } {
  const server = inject('servers')[18];
  if (!server) throw new Error('no Postgres 18 was started for the tests');
  const scratch = options.embedded ? {} : { COUNTERSIGN_SCRATCH_URL: `postgres://postgres:${server.password}@127.0.0.1:${server.port}/postgres` };
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { cwd: folder, env: { NODE_ENV: 'production', PATH: process.env.PATH ?? '', ...scratch }, input: options.input ?? '', encoding: 'utf8', timeout: 50_000, maxBuffer: 1 << 28 });
  return { code: status, out: stdout, err: stderr };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
  closeAtEnd(async () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'a.sql'), 'create table t (a int primary key, b text);\ncreate table gone ();\n');
  writeFileSync(join(folder, 'b.sql'), "create table t (a int primary key, b varchar(20) not null);\ncomment on table t is 'told';\n");
});

describe('diff', () => {
  test('ends with 0 when the sides are identical, and says it', () => {
    expect(countersign(['diff', 'a.sql', 'a.sql'])).toEqual({ code: 0, err: '', out: 'a.sql and a.sql are identical: 6 objects.\n' });
  });

  test('ends with 1 when they differ, as text, JSON and Markdown', () => {
    const text = countersign(['diff', 'a.sql', 'b.sql']);
    expect(text).toMatchObject({ code: 1, err: '' });
    expect(text.out).toContain('~ column public.t.b\n    type: text → character varying(20)\n    may be null: yes → no\n');
    const json = JSON.parse(countersign(['diff', 'a.sql', 'b.sql', '--format', 'json']).out) as { identical: boolean; differences: { object: string; change: string }[]; script: { statements: { sql: string; hazards: string[] }[] }[] };
    expect(json.identical).toBe(false);
    expect(json.differences.map(({ change, object }) => `${change} ${object}`)).toEqual(expect.arrayContaining(['change column:public.t.b', 'remove table:public.gone']));
    expect(json.script.flatMap((step) => step.statements).find(({ sql }) => sql.startsWith('DROP TABLE'))?.hazards).toHaveLength(1);
    expect(countersign(['diff', 'a.sql', 'b.sql', '--format', 'markdown']).out).toMatch(/^## `a\.sql` → `b\.sql`\n[\s\S]*```sql\n/);
  });

  test('as SQL prints statements that make the one side the other', async () => {
    const database = await freshDatabase();
    const client = await database.client('operator');
    await client.query('create table t (a int primary key, b text); create table gone ();');
    const script = countersign(['diff', database.url('reader'), 'b.sql', '--format', 'sql']);
    expect(script).toMatchObject({ code: 1, err: '' });
    await client.query(script.out);
    expect(countersign(['diff', database.url('reader'), 'b.sql'])).toMatchObject({ code: 0 });
  });

  test('needs neither a control database nor a server of ours: it starts one, and leaves nothing in the temporary folder', () => {
    const { code, out, err } = countersign(['diff', '-', 'b.sql'], { embedded: true, input: 'create table t (a int primary key, b text); alter table t owner to postgres; create role postgres;' });
    expect([code, err]).toEqual([1, '']);
    expect(out).toContain('comment');
  });

  test('leaves neither a server nor its folder behind when Ctrl-C is pressed, and pressed again, while its server starts', async () => {
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    const child = spawn(process.execPath, [BIN, 'diff', 'a.sql', 'b.sql'], { cwd: folder, env: { NODE_ENV: 'production', PATH: process.env.PATH ?? '', TMPDIR: temporary }, stdio: 'ignore', detached: true });
    const ended = once(child, 'exit');
    await expect.poll(() => readdirSync(temporary), { timeout: 20_000 }).toContainEqual(expect.stringMatching(/^countersign-scratch-/));
    // To the whole group, as a terminal does it.
    for (let press = 0; press < 2; press += 1) process.kill(-Number(child.pid), 'SIGINT');
    expect(await ended).toEqual([2, null]);
    expect(readdirSync(temporary).filter((name) => name.startsWith('countersign-'))).toEqual([]);
  });

  test('looks only at what was asked for', () => {
    expect(countersign(['diff', 'a.sql', 'b.sql', '--exclude', 'public.t', '--exclude', 'gone*', '--exclude', 'public.g*'])).toMatchObject({ code: 0 });
    expect(countersign(['diff', 'a.sql', 'b.sql', '--schema', 'elsewhere'])).toMatchObject({ code: 0, out: expect.stringContaining('identical: 0 objects') });
  });
});

test('--on-top-of replays SQL that only changes a schema behind that schema, and refuses what is no SQL', async () => {
  writeFileSync(join(folder, 'change.sql'), 'alter table t alter column b type varchar(20), alter column b set not null; drop table gone; comment on table t is $$told$$;\n');
  expect(countersign(['diff', 'b.sql', 'change.sql', '--on-top-of', 'a.sql'])).toMatchObject({ code: 0, err: '', out: expect.stringContaining('b.sql and change.sql on top of a.sql are identical') });
  expect(countersign(['diff', 'a.sql', 'change.sql'])).toMatchObject({ code: 2, err: expect.stringContaining('relation "t" does not exist') });
  writeFileSync(join(folder, 'empty.json'), '{}');
  expect(countersign(['diff', 'a.sql', 'empty.json', '--on-top-of', 'a.sql'])).toMatchObject({ code: 2, err: '--on-top-of is for SQL that changes a schema, and empty.json is none: a file, a folder or -.\n' });
});

describe('snapshot', () => {
  test('is a side of an earlier day: identical while nothing changed, different afterwards', async () => {
    const database = await freshDatabase({ template: 'bazaar_prod' });
    const { code, out } = countersign(['snapshot', database.url('reader')]);
    expect(code).toBe(0);
    writeFileSync(join(folder, 'earlier.json'), out);
    expect(countersign(['diff', 'earlier.json', database.url('reader')])).toMatchObject({ code: 0, err: '' });
    await (await database.client('operator')).query('create table since_then ()');
    expect(countersign(['diff', 'earlier.json', database.url('reader')])).toMatchObject({ code: 1, out: expect.stringContaining('+ table public.since_then') });
  });

  test('of a damaged or foreign file is refused by name', () => {
    writeFileSync(join(folder, 'x.json'), '{"a":1}');
    writeFileSync(join(folder, 'y.json'), '{"countersign":"snapshot","format":1,"snapshot":{"objects":[]}}');
    expect(countersign(['diff', 'x.json', 'x.json'])).toMatchObject({ code: 2, err: 'x.json is no snapshot of Countersign.\n' });
    expect(countersign(['diff', 'y.json', 'x.json'])).toMatchObject({ code: 2, err: expect.stringContaining('y.json is damaged: ') });
  });
});

describe('a failure is exit code 2 and one sentence, without a stack and without a password', () => {
  let database: TestDatabase;
  beforeAll(async () => { database = await freshDatabase(); });

  test.each([
    ['a side that is nothing', () => ['diff', 'a.sql', 'nosuch.sql'], 'nosuch.sql is neither a connection string (postgres://…) nor a file or folder here.'],
    ['a wrong password', () => ['diff', 'a.sql', database.url('reader').replace(':reader@', ':s3cret@')], 'refused the credential: wrong role or password'],
    ['nothing listening', () => ['diff', 'postgres://u:s3cret@127.0.0.1:9/x', 'a.sql'], '127.0.0.1:9/x cannot be reached'],
    ['an unknown format', () => ['diff', 'a.sql', 'b.sql', '--format', 'xml'], '--format is one of text, sql, json, markdown, not xml.'],
    ['an unknown option', () => ['diff', 'a.sql', 'b.sql', '--colour'], "Unknown option '--colour'"],
    ['one side only', () => ['diff', 'a.sql'], 'countersign diff needs two sides'],
    ['an unknown command', () => ['dif'], 'There is no command dif'],
  ])('%s', (_, args, sentence) => {
    const { code, out, err } = countersign(args());
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).not.toMatch(/s3cret|^\s+at /m);
  });

  test.each([[['--help']], [['help']], [['diff', '--help']], [['plan', 'create', '-h']]])('%j says how the commands are used, and is no failure', (args) => {
    const { code, out, err } = countersign(args);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('countersign diff CURRENT DESIRED');
  });

  test('no command at all is answered with how they are used, and is a failure', () => {
    const { code, out, err } = countersign([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('countersign diff CURRENT DESIRED');
  });

  test('SQL that does not parse, with line and column', () => {
    writeFileSync(join(folder, 'broken.sql'), 'select 1;\n-- é\n creat table t ();\n');
    expect(countersign(['diff', 'a.sql', 'broken.sql'])).toEqual({ code: 2, out: '', err: 'broken.sql, line 3, column 2: syntax error at or near "creat".\n' });
  });
});
