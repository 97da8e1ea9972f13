import type { Client } from 'pg';
import { expect, inject, test } from 'vitest';
import { introspect } from '#lib/pg/introspect.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import { measureTablespaces } from '#lib/pg/measure-tablespaces.ts';
import { comparison, comparisonText } from '#lib/pipeline/comparison.ts';
import { differences, isNoise } from '#lib/pipeline/noise.ts';
import { makePlan } from '#lib/pipeline/planner/make-plan.ts';
import { judge } from '#lib/pipeline/preflight.ts';
import { fingerprint } from '#lib/pipeline/snapshot.ts';
import { back, forward } from '#lib/testing/altering.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { stepBench } from '#lib/testing/step-bench.ts';
import { type Pair, prove } from './proof.ts';
import { type Server, withDatabase } from './proof-database.ts';
import { findPgDump } from './proof-dump.ts';

const PAIRS: readonly Omit<Pair, 'setup' | 'roles'>[] = [
  {
    name: 'what stands elsewhere',
    a: `create table t (id int primary key, a int, b text); create index by_a on t (a) where a > 0; create materialized view m as select a from t; create unique index one on m (a);
      create table moved (id int primary key) tablespace cs_fast; create index gone on moved (id) tablespace cs_fast;`,
    b: `create table t (id int primary key using index tablespace cs_fast, a int, b text) tablespace cs_fast; create index by_a on t (a) tablespace cs_fast where a > 0;
      create materialized view m tablespace cs_slow as select a from t; create unique index one on m (a) tablespace cs_fast; create table moved (id int primary key) tablespace cs_slow;`,
  },
  {
    name: 'what comes or is made anew',
    a: `create table kept (id int, a int, exclude using btree (a with =) using index tablespace cs_fast where (a > 0) deferrable); create index changed on kept (a) with (fillfactor = 50) tablespace cs_slow where a > 1;
      create materialized view m with (fillfactor = 70) tablespace cs_fast as select id from kept;`,
    b: `create table kept (id bigint, a int, exclude using btree (a with =) using index tablespace cs_fast where (a > 1) deferrable); create index changed on kept (a, id) with (fillfactor = 50) tablespace cs_slow where a > 1;
      create materialized view m with (fillfactor = 70) tablespace cs_fast as select id, a from kept;
      create unlogged table fresh (id int unique using index tablespace cs_slow deferrable initially deferred) with (fillfactor = 60) tablespace cs_fast; create index of_fresh on fresh ((id + 1)) tablespace cs_slow where id > 3;`,
  },
  {
    name: 'partitions',
    a: `create table p (id int primary key, at int) partition by range (id); create table p1 partition of p for values from (0) to (10); create index by_at on p (at);`,
    b: `create table p (id int, at int, constraint p_pkey primary key (id) using index tablespace cs_slow) partition by range (id) tablespace cs_fast; create table p1 partition of p for values from (0) to (10) tablespace cs_slow; create index by_at on p (at) tablespace cs_fast;
      create table p2 partition of p for values from (10) to (20);`,
  },
  {
    name: 'a table that is made anew with its rows',
    a: `create table r (id int not null, at int) tablespace cs_fast; insert into r values (1, 1); create index r_at on r (at) tablespace cs_slow;`,
    b: `create table r (id int not null, at int) partition by list (id) tablespace cs_fast; create table r1 partition of r for values in (1) tablespace cs_fast; create index r_at on r (at);`,
  },
];

/** In the server's own folder, which an older one does not offer by itself. */
async function makeTablespace(admin: Client, name: string, major: number): Promise<void> {
  const folder = major === 14 ? `${(await admin.query<{ data_directory: string }>('show data_directory')).rows[0]?.data_directory}/${name}` : '';
  if (folder === '') await admin.query('set allow_in_place_tablespaces = on');
  else await admin.query(`copy (select 1) to program 'mkdir ${folder} && cat > /dev/null'`);
  await admin.query(`create tablespace ${name} location '${folder}'`);
}

test.each([14, 15, 18] as const)('on Postgres %i tables, keys, indexes and materialized views come into their tablespaces and out of them, both ways', async (major) => {
  const server = inject('servers')[major];
  if (!server) throw new Error(`no Postgres ${major} was started for the tests`);
  const witness: Server = { url: (database) => `postgres://postgres:${server.password}@127.0.0.1:${server.port}/${database}`, pgDump: major === 15 ? await findPgDump(major) : null };
  await withDatabase(witness, 'postgres', async (admin) => {
    for (const name of ['cs_fast', 'cs_slow']) await makeTablespace(admin, name, major);
    try {
      const proofs = [];
      for (const pair of PAIRS) proofs.push(...(await prove({ ...witness, admin }, { ...pair, setup: '', roles: [] })));
      expect(proofs.map(({ name, direction, verdict, reasons }) => [name, direction, verdict, ...reasons])).toEqual(PAIRS.flatMap(({ name }) => [[name, 'a → b', 'proved'], [name, 'b → a', 'proved']]));
    } finally {
      for (const name of ['cs_fast', 'cs_slow']) await admin.query(`drop tablespace ${name}`);
    }
  });
});

test('a plan asks for the tablespace before anybody signs, says what the copy costs, and goes there and back; what is new comes where the target keeps its own', async () => {
  const bench = await stepBench(15, 'create table big (id int, a int); create index by_a on big (a); insert into big select g, g from generate_series(1, 100) g');
  const wanted = await freshDatabase({ major: 15 });
  const [admin, theirs, client] = [await bench.database.client('superuser'), await wanted.client('operator'), await bench.database.client()];
  await makeTablespace(admin, 'cs_plan', 15);
  try {
    expect(await measureTablespaces({ client, operator: (await theirs.query<{ me: string }>('select current_user as me')).rows[0]?.me }, ['cs_plan', 'pg_default'])).toEqual({ missing: [], closed: ['cs_plan'] });
    await admin.query('grant create on tablespace cs_plan to public');
    await theirs.query('create table big (id int, a int) tablespace cs_plan; create index by_a on big (a, id); create table fresh (id int) tablespace cs_plan');
    await admin.query('alter index by_a set tablespace cs_plan');
    const [current, desired] = [await introspect(client), await introspect(theirs)];
    expect(comparisonText(comparison({ name: 'a', snapshot: current }, { name: 'b', snapshot: desired }, { owners: false }))).toContain('hidden: 2 (tablespace: 2)');
    const deltas = differences(current, desired);
    expect(deltas.map((delta) => [delta.id, isNoise(delta), delta.carries.length])).toEqual([['change:index:public.big.by_a', false, 0], ['remove:placement:"INDEX public.by_a"', true, 0], ['add:placement:"TABLE public.big"', true, 0], ['add:table:public.fresh', false, 1]]);
    const chosen = deltas.filter(({ change, kind }) => !(change === 'remove' && kind === 'placement')).map(({ id }) => id);
    const made = makePlan({ id: '7f3a1c52-0000-4000-8000-000000000001', name: 'p', target: 'a', desired: 'b', current, desiredSnapshot: desired, deltaIds: chosen, decisions: [], windowHours: 1, tolerance: { rowsPercent: 5 } });
    if (!made.ok) throw new Error(JSON.stringify(made.refusals));
    const phases = made.plan.phases.filter(({ kind }) => kind !== 'cleanup' && kind !== 'backup');
    const moving = phases.find(({ checks }) => checks.some(({ kind }) => kind === 'tablespaces'));
    if (!moving) throw new Error('no phase asks for the tablespace');
    expect(moving.steps.map(({ hazards }) => hazards.map(({ sentence }) => sentence)).flat().join(' ')).toContain('Copies the file of table public.big into the tablespace cs_plan; nobody reads or writes it meanwhile.');
    const asked = { ...moving, checks: moving.checks.map((check) => (check.kind === 'tablespaces' ? { ...check, names: [...check.names, 'cs_gone'] } : check)) };
    expect(judge(asked, await measurePhase(client, asked)).map(({ code, sentence }) => [code, sentence])).toEqual([['TABLESPACE_ABSENT', 'The server of the target has no tablespace cs_gone: create it there, then measure again, or leave the difference out.']]);
    for (const phase of phases) await forward(bench, phase);
    const places = async () => (await introspect(client)).satellites?.filter(({ kind }) => kind === 'placement').map(({ name }) => name);
    expect(await places()).toEqual(['INDEX public.by_a', 'TABLE public.big']);
    for (const phase of phases.toReversed()) await back(bench, phase, phase.steps.map(({ id }) => id));
    expect([await places(), fingerprint((await introspect(client)).objects)]).toEqual([['INDEX public.by_a'], fingerprint(current.objects)]);
  } finally {
    for (const one of [admin, theirs]) await one.query('drop table if exists big, fresh cascade');
    await admin.query('drop tablespace cs_plan');
  }
});
