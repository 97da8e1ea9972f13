import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { describe, expect, inject, test } from 'vitest';
import type { Major } from '#lib/cli/server-account.ts';
import { comparison } from '#lib/pipeline/comparison.ts';
import { closeAtEnd, freshDatabase } from '#lib/testing/database.ts';
import { introspect } from './introspect.ts';
import { scratchPrefix } from './execute-restore.ts';
import { replay } from './replay.ts';
import type { ScratchServer } from './scratch.ts';
import { readSqlFiles, type SqlSource } from './sql-files.ts';

function superuserUrl(major: Major): string {
  const server = inject('servers')[major];
  if (!server) throw new Error(`no Postgres ${major} was started for the tests`);
  return `postgres://postgres:${server.password}@127.0.0.1:${server.port}/postgres`;
}

function scratchOn(major: Major): ScratchServer {
  return { name: 'the scratch server', url: superuserUrl(major), lends: true };
}

async function asAdmin<T>(major: Major, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: superuserUrl(major) });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** A scratch server as an administrator would give it to us: a role that may create databases and roles, and nothing else. */
async function modestScratch(major: Major, rights = 'createdb createrole'): Promise<ScratchServer> {
  const role = `modest_${Math.random().toString(36).slice(2, 10)}`;
  await asAdmin(major, (client) => client.query(`create role ${role} login password 'x' ${rights}`));
  closeAtEnd(() => asAdmin(major, async (client) => void (await client.query(`drop role ${role}`))));
  return { name: 'the scratch server', url: superuserUrl(major).replace(/\/\/[^@]*@/, `//${role}:x@`), lends: false };
}

function text(sql: string, name = 'draft.sql'): SqlSource {
  return { name, style: 'file', notes: [], files: [{ name, text: sql }] };
}

/** Roles and databases of replays on a server: none when all is cleared up. Another test file may be at a replay of its own just now. */
async function leftovers(major: Major): Promise<string[]> {
  for (let tries = 0; ; tries += 1) {
    const names = await asAdmin(major, async (client) => {
      const { rows } = await client.query<{ name: string }>("select datname as name from pg_database where datname like 'countersign_scratch%' union all select rolname from pg_roles where rolname ~ '^(countersign_runner|rp_)'");
      return rows.map((row) => row.name);
    });
    if (names.length === 0 || tries === 100) return names;
    await sleep(50);
  }
}

const refusal = (promise: Promise<unknown>) => promise.then(() => 'replayed', (error: unknown) => (error instanceof Error ? error.message : String(error)));

const DUMP = `
\\restrict x
SET statement_timeout = 0;
SET transaction_timeout = 0;
SET made_up_by_a_newer_server = 1;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE DATABASE shop;
\\connect shop
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
COMMENT ON EXTENSION citext IS 'letters of any case';
CREATE TABLE public.t (id integer NOT NULL, "größe" text DEFAULT 'a;b', who public.citext);
ALTER TABLE public.t OWNER TO rp_boss;
CREATE FUNCTION public.f() RETURNS event_trigger LANGUAGE plpgsql AS $$ begin perform 1; end $$;
CREATE FUNCTION public.g(a integer) RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT a; SELECT a + 1; END;
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.f();
COPY public.t (id, "größe", who) FROM stdin;
1	a;b'c	\\N
\\.
ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);
ALTER TABLE public.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON public.t TO rp_clerk USING (id > 0);
GRANT SELECT ON TABLE public.t TO rp_clerk;
CREATE FOREIGN DATA WRAPPER rp_wrapper;
CREATE SERVER rp_server FOREIGN DATA WRAPPER rp_wrapper;
CREATE FOREIGN TABLE public.far (id integer) SERVER rp_server;
ALTER FOREIGN TABLE public.far ADD COLUMN more text;
COMMENT ON FOREIGN TABLE public.far IS 'elsewhere';
ALTER DEFAULT PRIVILEGES FOR ROLE rp_boss IN SCHEMA public GRANT SELECT ON TABLES TO rp_clerk;
`;

describe.each([14, 15, 18] as const)('on Postgres %i', (major) => {
  test('a dump with roles, rows, extensions and what only a superuser may do is read as a schema, and leaves nothing behind', async () => {
    const snapshot = await replay(text(DUMP), scratchOn(major));
    const ids = snapshot.objects.map((object) => object.id);
    expect(ids).toEqual(expect.arrayContaining(['table:public.t', 'column:public.t.größe', 'constraint:public.t.t_pkey', 'policy:public.t.p', 'event_trigger:e', 'extension:citext', 'foreign_table:public.far', 'column:public.far.more']));
    expect(snapshot.objects.find((object) => object.id === 'table:public.t')?.aside?.owner).toBe('rp_boss');
    // Neither who ran the text nor who lent it a superuser's rights.
    expect([...new Set(snapshot.objects.filter((object) => object.id !== 'schema:public').map((object) => object.aside?.owner))]).toEqual([undefined, 'rp_boss']);
    expect(snapshot.satellites?.map((object) => object.kind)).toEqual(expect.arrayContaining(['grant', 'default_privileges']));
    expect(snapshot.unread).toBeUndefined();
    expect(snapshot.origin?.notes).toEqual(['Left out, because it is no schema of one database: CREATE DATABASE, rows behind COPY.']);
    expect(await leftovers(major)).toEqual([]);
  });

  test('two replays of one text, and a database with the same statements, are identical', async () => {
    const plain = 'create table a (id int primary key, n numeric(10,2) check (n > 0));\ncreate view v as select * from a;\n';
    const database = await freshDatabase({ major });
    const client = await database.client('operator');
    await client.query(plain);
    const [one, two] = [await replay(text(plain), scratchOn(major)), await replay(text(plain), scratchOn(major))];
    expect(comparison({ name: 'one', snapshot: one }, { name: 'two', snapshot: two }, { owners: true }).deltas).toEqual([]);
    expect(comparison({ name: 'one', snapshot: one }, { name: 'real', snapshot: await introspect(client) }, { owners: false }).deltas).toEqual([]);
  });
});

describe('a text that fails', () => {
  test('says file, line and column, the reason, and how far it came, and the scratch database is gone', async () => {
    const source: SqlSource = { name: 'migrations', style: 'numbered', notes: [], files: [
      { name: '0001_a.sql', text: 'create table a (id int);' },
      { name: '0002_b.sql', text: '-- é\ncreate table b (id int);\n\ncreate index on b (nome);\ncreate table c ();' },
    ] };
    expect(await refusal(replay(source, scratchOn(15)))).toBe('replay_failed: 0002_b.sql, line 4, column 1: column "nome" does not exist. Applied before it: 1 of 2 files (0001_a.sql), and 1 of 3 statements of this one.');
    expect(await refusal(replay(text("select 'ü';\nselect  nix from pg_class;"), scratchOn(15)))).toContain('draft.sql, line 2, column 9: column "nix" does not exist. Applied before it: 1 of 2 statements of it.');
    expect(await refusal(replay(text('create table t (tags hstore);'), scratchOn(15)))).toContain('type "hstore" does not exist. It comes with the extension hstore.');
    expect(await refusal(replay(text("create table t (id uuid default uuid_generate_v4());"), scratchOn(15)))).toContain('function uuid_generate_v4() does not exist. It comes with the extension uuid-ossp.');
    expect(await leftovers(15)).toEqual([]);
  });

  test('says what was left out before it, which is often the reason', async () => {
    const source: SqlSource = { name: 'm', style: 'numbered', notes: ['Not run, because it is a program: 1_a.go. What it does is missing here.'], files: [{ name: '2_b.sql', text: 'alter table a add b int;' }] };
    expect(await refusal(replay(source, scratchOn(15)))).toBe('replay_failed: 2_b.sql, line 1, column 1: relation "a" does not exist. Applied before it: nothing of it. Not run, because it is a program: 1_a.go. What it does is missing here.');
  });

  test('is not sent at all when a later file does not parse', async () => {
    const source: SqlSource = { name: 'm', style: 'numbered', notes: [], files: [{ name: '1.sql', text: 'select 1/0;' }, { name: '2.sql', text: 'creat table x ();' }] };
    expect(await refusal(replay(source, scratchOn(15)))).toBe('does_not_parse: 2.sql, line 1, column 1: syntax error at or near "creat".');
  });

  test('may need an extension that is not here: the extension is named, and the rest is compared when it stands without it', async () => {
    const without = await replay(text('create extension no_such_thing; comment on extension no_such_thing is $$x$$; create table a (id int);'), scratchOn(15));
    expect(without.unread).toEqual([{ kind: 'extension', id: 'extension:no_such_thing', why: 'The extension no_such_thing is not compared: the scratch server does not have it.' }]);
    const withIt = { ...without, objects: [...without.objects, { id: 'extension:no_such_thing', kind: 'extension' as const, schema: '', name: 'no_such_thing', parent: null, position: null, attributes: { inSchema: 'public' } }], unread: [] };
    const result = comparison({ name: 'draft', snapshot: without }, { name: 'prod', snapshot: withIt }, { owners: true });
    expect(result.deltas).toEqual([]);
    expect(result.unread).toEqual(['The extension no_such_thing is not compared: the scratch server does not have it.']);
    expect(await refusal(replay(text('create extension no_such_thing;\ncreate table a (at no_such_type);'), scratchOn(15)))).toContain('line 2, column 20: type "no_such_type" does not exist. It may need no_such_thing, which is not installed on the scratch server.');
  });

  test('because of what was there before its first migration says so, and not that an extension is missing', async () => {
    expect(await refusal(replay(text('create table p (id uuid references auth.users);'), scratchOn(15)))).toContain('line 1, column 1: schema "auth" does not exist. Every database of Supabase has it from the start, and no migration makes it: replay the text on top of one that does.');
    expect(await refusal(replay(text('create table app.p (id uuid);'), scratchOn(15)))).toContain('schema "app" does not exist. Nothing before it makes it: if it was there before the first migration, replay the text on top of one that makes it.');
    expect(await refusal(replay(text('create extension citext with schema extensions;'), scratchOn(15)))).toContain('draft.sql, line 1, column 1: schema "extensions" does not exist.');
    expect(await refusal(replay(text('create table p (id uuid default public.gen_random_uuid());'), scratchOn(15)))).toContain('It comes with the extension pgcrypto.');
  });

  test('with an open transaction at its end would leave nothing, and is refused', async () => {
    expect(await refusal(replay(text('begin; create table a ();'), scratchOn(15)))).toContain('draft.sql begins a transaction and does not end it');
  });

  test('by running for ever is stopped', async () => {
    expect(await refusal(replay(text('set statement_timeout = 0; select pg_sleep(60);'), scratchOn(15), { deadlineMs: 500 }))).toContain('database_timeout: Replaying draft.sql took longer than');
    expect(await leftovers(15)).toEqual([]);
  });

  test('because the connection is lost in the middle says so, and the next replay clears up', async () => {
    expect(await refusal(replay(text('create table a ();\nselect pg_terminate_backend(pg_backend_pid());'), scratchOn(15)))).toContain('database_unreachable: the scratch server');
    await asAdmin(15, (client) => client.query('create database countersign_scratch_dead'));
    await replay(text('select 1;'), scratchOn(15));
    expect(await leftovers(15)).toEqual([]);
  });
});

test('on a server that lends, a script that groups its statements is replayed, and one that takes something back is taken at its word', async () => {
  const script = 'begin; create foreign data wrapper rp_wrapper; create table a (); commit; begin; alter foreign data wrapper rp_wrapper options (add x $$1$$); commit;';
  expect((await replay(text(script), scratchOn(15))).objects.map((object) => object.id)).toEqual(expect.arrayContaining(['table:public.a', 'foreign_data_wrapper:rp_wrapper']));
  expect((await replay(text('begin; create table gone (); rollback; begin; create table stays (); commit;'), scratchOn(15))).objects.filter((object) => object.kind === 'table').map((object) => object.name)).toEqual(['stays']);
});

test('a temporary table that a tool would keep for its transaction stays for the file, and one in a transaction of the text goes with that', async () => {
  const used = "create temp table t on commit drop as select 1 as id;\ncreate type mood as enum ();\nalter type mood add value 'a';\ncreate temp table r (id int) on commit delete rows;\ninsert into r select id from t;\nalter type mood add value 'b';\ncreate table made as select 1 / count(*) as one from r, t;";
  const source: SqlSource = { name: 'm', style: 'numbered', notes: [], files: [{ name: '1.sql', text: used }, { name: '2.sql', text: used.replace('made', 'again').replaceAll('mood', 'temper') }] };
  for (const server of [scratchOn(15), await modestScratch(15)]) {
    expect((await replay(source, server)).objects.filter((object) => object.kind === 'table').map((object) => object.name)).toEqual(['again', 'made']);
    const own = 'begin; create temp table t (id int) on commit drop; create table a as select * from t; commit; begin; create temp table t (id int) on commit drop; commit;';
    expect((await replay(text(own), server)).objects.filter((object) => object.kind === 'table').map((object) => object.name)).toEqual(['a']);
  }
});

test('rows that psql copies are left out, and files without a statement are named', async () => {
  const { origin, objects } = await replay({ name: 'm', style: 'numbered', notes: [], files: [{ name: '1.sql', text: "create table a (x text);\n\\copy a from 'a.csv' csv\n\\copy a (x) from stdin\nnonsense; drop table a;\n\\.\nselect 1 \\g\n" }, { name: '2.sql', text: '-- nothing\n/* create table b (); */' }] }, scratchOn(15));
  expect(objects.filter((object) => object.kind === 'table').map((object) => object.name)).toEqual(['a']);
  expect(origin?.notes).toEqual(['Without a statement: 2.sql.', 'Left out, because it is no schema of one database: rows behind COPY (2 times).']);
});

test('on a server that lends, what a person wrote to be run still runs without more rights', async () => {
  expect(await refusal(replay(text("do $$ begin execute $q$copy (select 1) to program 'true'$q$; end $$;"), scratchOn(15)))).toMatch(/must be superuser|permission denied/);
  expect(await refusal(replay(text("create function f() returns int language c as '/tmp/x.so', 'f';"), scratchOn(15)))).toContain('permission denied for language c');
  const roles = await replay(text(`do $$ begin if not exists (select from pg_roles where rolname = 'rp_made') then create role rp_made; end if; create role rp_other; end $$; create table a (); grant select on a to rp_made;`), scratchOn(18));
  expect(roles.satellites?.map((object) => object.kind)).toContain('grant');
  expect(await leftovers(18)).toEqual([]);
  await replay(text(`do $$ begin create role rp_made; exception when duplicate_object then null; end $$; create table a (); grant select on a to rp_made;`), scratchOn(15));
});

describe('on a shared scratch server', () => {
  test('the text runs as a role that may do nothing outside its database', async () => {
    const modest = await modestScratch(15);
    expect(await refusal(replay(text("copy (select 1) to program 'true';\nselect pg_read_file('/etc/passwd');"), modest))).toContain('permission denied for function pg_read_file');
    expect(await refusal(replay(text('do $$ begin execute $q$copy (select 1) to program \'true\'$q$; end $$;'), modest))).toMatch(/must be superuser|permission denied/);
    expect(await refusal(replay(text('do $$ begin execute $q$create role rp_more$q$; end $$;'), modest))).toContain('permission denied to create role');
    expect(await refusal(replay(text('reset session authorization; reset role; create database rp_x;\ndo $$ begin execute $q$create database rp_x$q$; end $$;'), modest))).toMatch(/permission denied|cannot be executed/);
    expect(await leftovers(15)).toEqual([]);
  });

  test('a text that labels objects and subscribes to another server is replayed without both, which is said', async () => {
    const said = `create table a (b text); security label for anon on column a.b is 'MASKED'; create subscription s connection 'host=127.0.0.1 port=1 password=x' publication p; alter subscription s owner to postgres; comment on subscription s is 'x'; alter table a add c int;`;
    for (const around of [said, `begin; ${said.replace(/create subscription .*?;/, '')} commit;`]) {
      const { unread, objects, origin } = await replay(text(`set default_tablespace = nowhere; ${around}`), scratchOn(15));
      expect(unread?.map(({ kind }) => kind).toSorted()).toEqual(around === said ? ['security_label', 'subscription'] : ['security_label']);
      expect(objects.map((object) => object.id)).toContain('column:public.a.c');
      expect(JSON.stringify(origin)).not.toContain('password');
    }
    expect(await leftovers(15)).toEqual([]);
  });

  test('what needs a superuser is refused by name, owners that are not ours are unread', async () => {
    const modest = await modestScratch(15);
    const event = 'create function f() returns event_trigger language plpgsql as $$ begin perform 1; end $$;\ncreate event trigger e on ddl_command_end execute function f();';
    expect(await refusal(replay(text(event), modest))).toContain('line 2, column 1: permission denied to create event trigger "e". On a shared scratch server SQL is replayed by a role that owns its database and nothing else, and never by a superuser.');
    const { unread, objects } = await replay(text('create table a (); alter table a owner to postgres; create table b (); grant select on b to rp_new;'), modest);
    expect(unread?.map((part) => part.kind)).toEqual(['owner']);
    expect(objects.map((object) => object.id)).toContain('table:public.b');
    expect(await leftovers(15)).toEqual([]);
  });

  test('what a role with more rights left behind stands in nobody’s way', async () => {
    const modest = await modestScratch(15);
    const left = `countersign_scratch_${Math.random().toString(36).slice(2, 10)}`;
    await asAdmin(15, (client) => client.query(`create database ${left} template template0 strategy file_copy`));
    closeAtEnd(() => asAdmin(15, async (client) => void (await client.query(`drop database if exists ${left}`))));
    expect((await replay(text('create table a ();'), modest)).objects.map((object) => object.id)).toContain('table:public.a');
  });

  test('a restore test on the same server keeps its database', async () => {
    const restored = `${scratchPrefix('7f3a1c52-0000-4000-8000-000000000001')}1`;
    await asAdmin(15, (client) => client.query(`create database ${restored} template template0 strategy file_copy`));
    closeAtEnd(() => asAdmin(15, async (client) => void (await client.query(`drop database if exists ${restored}`))));
    await replay(text('create table a ();'), scratchOn(15));
    expect(await asAdmin(15, async (client) => (await client.query('select from pg_database where datname = $1', [restored])).rowCount)).toBe(1);
  });

  test('a role that may not create databases and roles, and the server of a database under review, are refused', async () => {
    expect(await refusal(replay(text('select 1;'), await modestScratch(15, '')))).toContain('scratch_unfit: The role configured for the scratch server may not create databases and roles there');
    const { target } = await replay(text('select 1;'), scratchOn(15));
    expect(await refusal(replay(text('select 1;'), { ...scratchOn(15), never: [target.systemIdentifier] }))).toContain('scratch_unfit: the scratch server is the server of a database under review');
  });
});

function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'countersign-folder-'));
  closeAtEnd(async () => rmSync(root, { recursive: true, force: true }));
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
  return root;
}

const journal = (tags: string[]) => JSON.stringify({ version: '7', dialect: 'postgresql', entries: tags.map((tag, idx) => ({ idx, tag, when: idx, breakpoints: true })) });

describe('a folder of migrations', () => {
  const ONE = "create type mood as enum ('a');\ncreate table t (id int primary key, m mood);";
  const TWO = "alter type mood add value 'b';\nalter table t alter m set default 'b';\n";

  test('gives one schema, whether the numbers, the journal of Drizzle or the folders of Prisma say the order', async () => {
    const sources = await Promise.all([
      folder({ '9_one.sql': ONE, '10_two.sql': `-- migrate:up\n${TWO}-- migrate:down\ndrop table t;`, '10_two.down.sql': 'drop table t;', 'seed.sql': 'nonsense' }),
      folder({ 'meta/_journal.json': journal(['0001_z', '0000_a']), '0001_z.sql': ONE, '0000_a.sql': TWO.replace('\n', '\n--> statement-breakpoint\n'), '0002_draft.sql': 'nonsense' }),
      folder({ '20260101_one/migration.sql': ONE, '20260102_two/migration.sql': TWO, 'migration_lock.toml': 'provider = "postgresql"\n' }),
    ].map(readSqlFiles));
    expect(sources.map((source) => source.style)).toEqual(['numbered', 'drizzle', 'prisma']);
    expect(sources.map((source) => source.notes)).toEqual([
      ['Left out as ways back: 10_two.down.sql.', 'Left out, because it has no number in front: seed.sql.'],
      ['Left out, because the journal does not name it: 0002_draft.sql.'], [],
    ]);
    const snapshots = [];
    for (const source of sources) snapshots.push(await replay(source, scratchOn(15)));
    for (const snapshot of snapshots) {
      expect(snapshot.objects.find((object) => object.id === 'column:public.t.m')?.attributes.default).toBe("'b'::public.mood");
      expect(comparison({ name: 'a', snapshot }, { name: 'b', snapshot: snapshots[0] ?? snapshot }, { owners: true }).deltas).toEqual([]);
    }
  });

  test('that is for another database, incomplete, empty or no text is refused by name', async () => {
    expect(await refusal(readSqlFiles(folder({ 'migration_lock.toml': 'provider = "mysql"', '1_a/migration.sql': '' })))).toContain('is a folder of Prisma for mysql');
    expect(await refusal(readSqlFiles(folder({ 'meta/_journal.json': '{"dialect":"postgresql","entries":[{"tag":"0000_a"}]}', '0001_b.sql': '' })))).toContain('lacks 0000_a.sql, which its journal names');
    expect(await refusal(readSqlFiles(folder({ 'readme.md': '' })))).toContain('holds no migrations');
    const binary = folder({});
    writeFileSync(join(binary, '1.sql'), Buffer.from([0x66, 0xfc, 0x72]));
    expect(await refusal(readSqlFiles(binary))).toContain('1.sql is no text in UTF-8');
    writeFileSync(join(binary, 'x.dump'), 'PGDMP.....');
    expect(await refusal(readSqlFiles(join(binary, 'x.dump')))).toContain('is an archive of pg_dump (-Fc), not SQL');
    writeFileSync(join(binary, 'x.sql.gz'), gzipSync('select 1'));
    expect(await refusal(readSqlFiles(join(binary, 'x.sql.gz')))).toContain('x.sql.gz is packed by gzip: unpack it with gunzip -k x.sql.gz.');
    writeFileSync(join(binary, 'wide.sql'), Buffer.from('\ufeffselect 1', 'utf16le'));
    expect(await refusal(readSqlFiles(join(binary, 'wide.sql')))).toContain('wide.sql is text in UTF-16');
    expect(await refusal(readSqlFiles('/nowhere/at/all'))).toContain('/nowhere/at/all does not exist');
  });
});

test('a draft that changes what is there is replayed on top of a schema that was read, and differs from it in what it changes', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const base = { name: 'bazaar_prod', snapshot: await introspect(await database.client('reader')) };
  const server = await modestScratch(18);
  expect(await refusal(replay(text('alter table "bazaar-vid_exports" add column note text;'), server))).toContain('relation "bazaar-vid_exports" does not exist');
  const made = await replay(text('alter table "bazaar-vid_exports" add column note text; drop table "bazaar-vid_metric";'), server, { onto: base });
  expect(made).toMatchObject({ origin: { name: 'draft.sql on top of bazaar_prod', onto: 'bazaar_prod' } });
  expect(made.unread?.filter((part) => part.id !== undefined) ?? []).toEqual([]);
  expect(comparison({ name: 'bazaar_prod', snapshot: base.snapshot }, { name: 'draft', snapshot: made }, { owners: false }).deltas.map(({ id }) => id)).toEqual(['add:column:public.bazaar-vid_exports.note', 'remove:table:public.bazaar-vid_metric']);
  expect(comparison({ name: 'bazaar_prod', snapshot: base.snapshot }, { name: 'draft', snapshot: made }, { owners: false }).hidden).toEqual([]);
  expect(await leftovers(18)).toEqual([]);
});

test('what of a schema cannot be rebuilt on the scratch server is named and compared on neither side', async () => {
  const database = await freshDatabase();
  const client = await database.client('superuser');
  await client.query('create extension pgcrypto; create table kept (id int primary key); create function noted() returns event_trigger language plpgsql as $$ begin end $$; create event trigger noted on ddl_command_end execute function noted();');
  const base = { name: 'prod', snapshot: await introspect(client) };
  const made = await replay(text('alter table kept add column more int;'), await modestScratch(18), { onto: base });
  expect(made.unread?.map((part) => part.why)).toContain('Of prod the scratch server could not rebuild event trigger noted: not compared.');
  expect(comparison({ name: 'prod', snapshot: base.snapshot }, { name: 'draft', snapshot: made }, { owners: false }).deltas.map(({ id }) => id)).toEqual(['add:column:public.kept.more']);
});
