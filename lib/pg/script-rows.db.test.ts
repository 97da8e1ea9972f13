import type { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { diff } from '#lib/pipeline/diff.ts';
import { makeScript, type Script, scriptText } from '#lib/pipeline/script/script.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { introspect } from './introspect.ts';

type Major = 14 | 15 | 18;

/** Two schemas, the first with rows in it; as whoever owns the tables and is no superuser. `all`: the first, as one who sees every row. */
async function sides(a: string, b: string, rows: string, major: Major = 15): Promise<{ current: Client; desired: Client; all: Client }> {
  const [one, two] = [await freshDatabase({ template: 'empty', major }), await freshDatabase({ template: 'empty', major })];
  const [current, desired, all] = [await one.client('operator'), await two.client('operator'), await one.client()];
  await current.query(a);
  await current.query(rows);
  await desired.query(b);
  return { current, desired, all };
}

async function scriptTo(current: Client, desired: Client): Promise<Script> {
  const [before, after] = [await introspect(current), await introspect(desired)];
  return makeScript(before, after, diff(before, after));
}

/** The script there is run, and `write` after it; then the one back. Each answer to `read` on the way. */
async function thereAndBack(a: string, b: string, rows: string, read: string, write = 'select', major: Major = 15): Promise<unknown[][]> {
  const { current, desired, all } = await sides(a, b, rows, major);
  const origin = (await sides(a, b, 'select', major)).current;
  const answers: unknown[][] = [];
  const answer = async () => answers.push((await all.query({ text: read, rowMode: 'array' })).rows);
  await answer();
  for (const [aim, then] of [[desired, write], [origin, 'select']] as const) {
    const script = await scriptTo(current, aim);
    expect(script.refusals).toEqual([]);
    await current.query(scriptText(script));
    expect(await left(current, aim)).toEqual([]);
    await answer();
    await all.query(then);
  }
  return answers;
}

async function left(current: Client, desired: Client): Promise<string[]> {
  return diff(await introspect(current), await introspect(desired)).map(({ id }) => id);
}

const rowOf = (answer: readonly unknown[] | undefined) => (answer?.[0] ?? []) as unknown[];
const hazardsOf = (script: Script) => script.steps.flatMap((step) => step.statements.flatMap(({ hazards }) => hazards));

const PLAIN = `create table kind (id int primary key); create table events (id bigint generated always as identity, at date not null, kind int references kind, note text, size int generated always as (length(note)) stored, n serial, primary key (id));
  create function stamp() returns trigger language plpgsql as 'begin new.note := ''stamped''; return new; end'; create trigger stamp before insert or update on events for each row execute function stamp();
  create policy none on events using (false); alter table events enable row level security; alter table events force row level security; create materialized view m as select count(*) from events; create view seen as select * from events;`;
const PARTITIONED = PLAIN.replace('primary key (id));', `primary key (id, at)) partition by range (at);
  create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01'); create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01') partition by hash (id);
  create table events_2025_0 partition of events_2025 for values with (modulus 2, remainder 0); create table events_2025_1 partition of events_2025 for values with (modulus 2, remainder 1); create table events_rest partition of events default;`);
const ROWS = `alter table events disable trigger stamp; alter table events no force row level security; insert into kind values (1), (2);
  insert into events (at, kind, note) select '2023-12-01'::date + 30 * n, 1 + n % 2, 'note ' || n from generate_series(1, 30) n; delete from events where id > 25; alter table events force row level security; alter table events enable trigger stamp; refresh materialized view m`;
const READ = `select count(*)::int, min(id)::int, max(id)::int, md5(string_agg(t::text, ',' order by id)), (select count::int from m), max(n)::int, (select last_value::int from events_id_seq), (select last_value::int from events_n_seq) from (select id, at, kind, note, size, n from events) t`;

describe.each([14, 15, 18] as const)('on Postgres %i', (major) => {
  test('a table that becomes partitioned, and back, keeps every row as it is, also where a policy hides them from its owner and a trigger would change them, and goes on counting', async () => {
    const answers = await thereAndBack(PLAIN, PARTITIONED, ROWS, READ, `insert into kind values (3); insert into events (at, kind) values ('2024-05-05', 3)`, major);
    expect(answers[0]).toEqual([[25, 1, 25, expect.any(String), 0, 25, 30, 30]]);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual([[26, 1, 31, expect.any(String), 0, 31, 31, 31]]);
  });

  test('rows go where the new key places them, and come back to where the old one did', async () => {
    const a = `create table p (id int generated by default as identity, k text, v numeric(4,1)) partition by list (k); create table p_a partition of p for values in ('a'); create table p_rest partition of p default; create unique index on p (id, k); create table refers (id int, k text, foreign key (id, k) references p (id, k));`;
    const b = `create table p (id bigint generated by default as identity, k text, v numeric(4,1)) partition by hash (id); create table p_a partition of p for values with (modulus 2, remainder 0); create table p_b partition of p for values with (modulus 2, remainder 1); create unique index on p (id, k); create table refers (id bigint, k text, foreign key (id, k) references p (id, k));`;
    const rows = `insert into p (k, v) select case when n % 3 = 0 then 'a' else 'z' end, n / 10.0 from generate_series(1, 100) n; insert into refers select id, k from p where id < 50`;
    const answers = await thereAndBack(a, b, rows, `select (select string_agg(tableoid::regclass || ' ' || c, ',' order by tableoid::regclass::text) from (select tableoid, count(*) c from p group by 1) x), md5(string_agg(p::text, ',' order by id)), (select count(*)::int from refers), (select last_value::int from p_id_seq) from p`, 'insert into p (k) values (null)', major);
    expect(answers[0]).toEqual([['p_a 33,p_rest 67', expect.any(String), 49, 100]]);
    expect(answers[1]).toEqual([[expect.stringMatching(/^p_a \d+,p_b \d+$/), ...rowOf(answers[0]).slice(1)]]);
    expect(answers[2]).toEqual([['p_a 33,p_rest 68', expect.any(String), 49, 101]]);
  });

  test('a partition that becomes partitioned itself keeps its rows while others refer to them, and triggers of the tables above do not fire', async () => {
    const a = `create table top (id int not null, k text not null, primary key (id, k)) partition by list (k); create table top_a partition of top for values in ('a'); create table top_b partition of top for values in ('b'); create table refers (id int, k text, foreign key (id, k) references top);
      create function no() returns trigger language plpgsql as 'begin raise ''fired''; end'; create trigger fires after insert on top for each row execute function no();`;
    const b = a.replace(`for values in ('a');`, `for values in ('a') partition by range (id); create table top_a1 partition of top_a for values from (0) to (50); create table top_a2 partition of top_a default;`);
    const answers = await thereAndBack(a, b, `alter table top disable trigger fires; insert into top select n, case when n < 100 then 'a' else 'b' end from generate_series(1, 200) n; insert into refers select * from top; alter table top enable trigger fires`, 'select (select count(*)::int from top), (select count(*)::int from top_a), (select count(*)::int from refers)', 'select', major);
    expect(answers).toEqual([[[200, 99, 200]], [[200, 99, 200]], [[200, 99, 200]]]);
  });
});

test('heirs become partitions with the rows that they have, and those of the parent itself go to where they belong', async () => {
  const { current, desired } = await sides(
    'create table log (id int, at date not null); create table log_2024 () inherits (log); create table log_2025 () inherits (log);',
    `create table log (id int, at date not null) partition by range (at); create table log_2024 partition of log for values from ('2024-01-01') to ('2025-01-01'); create table log_2025 partition of log for values from ('2025-01-01') to ('2026-01-01');`,
    `insert into log values (1, '2024-03-03'), (2, '2025-03-03'); insert into log_2024 values (3, '2024-04-04'); insert into log_2025 values (4, '2025-04-04')`,
  );
  await current.query(scriptText(await scriptTo(current, desired)));
  expect((await current.query(`select tableoid::regclass::text || ' ' || string_agg(id::text, ',' order by id) as rows from log group by tableoid order by 1`)).rows.map(({ rows }) => rows)).toEqual(['log_2024 1,3', 'log_2025 2,4']);
});

test('a partition that stays as a table of its own keeps its rows, and gives them back when it is one again', async () => {
  const b = 'create table t (id int, v text); create table t_1 (id int, v text);';
  const a = 'create table t (id int, v text) partition by range (id); create table t_1 partition of t for values from (0) to (10); create table t_2 partition of t default;';
  const answers = await thereAndBack(a, b, `insert into t select n, 'v' || n from generate_series(1, 20) n`, 'select (select count(*)::int from t), (select count(*)::int from t_1)');
  expect(answers).toEqual([[[20, 9]], [[11, 9]], [[20, 9]]]);
});

test('a row that fits no partition stops the script before anything is lost, and that it may is said first', async () => {
  const { current, desired } = await sides('create table t (id int);', 'create table t (id int) partition by range (id); create table t_1 partition of t for values from (0) to (10);', 'insert into t values (1), (10)');
  const script = await scriptTo(current, desired);
  expect(hazardsOf(script)).toEqual(['Writes every row of table public.t into a new table: nobody reads or writes the table until all is done, and both take up room until then.', 'Stops at a row that fits no partition of table public.t.']);
  await expect(current.query(scriptText(script))).rejects.toThrow('no partition of relation "t" found for row');
  await current.query('ROLLBACK');
  expect((await current.query('select count(*)::int from t')).rows).toEqual([{ count: 2 }]);
  expect(await left(current, desired)).toHaveLength(2);
});

test('columns that come get their default in rows that come over, what goes is said to go, and values are read anew where a type is made anew', async () => {
  const { current, desired } = await sides(
    `create type mood as enum ('sad', 'ok', 'fine'); create table t (id serial, m mood, gone int, old text);`,
    `create type mood as enum ('sad', 'fine'); create table t (id int generated by default as identity, m mood, more int not null default 7, old text generated always as ('x') stored) partition by hash (id); create table t_0 partition of t for values with (modulus 1, remainder 0);`,
    `insert into t (m) values ('sad'), ('fine'), (null)`,
  );
  const script = await scriptTo(current, desired);
  expect(hazardsOf(script)).toEqual(expect.arrayContaining(['Loses data: column public.t.gone is dropped with what it holds.', 'Loses data: column public.t.old is dropped with its values, because it is computed from now on.']));
  expect(hazardsOf(script).join()).not.toContain('fits no partition');
  await current.query(scriptText(script));
  await current.query('insert into t (m) values (null)');
  expect((await current.query({ text: 'select id, m, more, old from t order by id', rowMode: 'array' })).rows).toEqual([[1, 'sad', 7, 'x'], [2, 'fine', 7, 'x'], [3, null, 7, 'x'], [4, null, 7, 'x']]);
  expect(await left(current, desired)).toEqual([]);
});

test.each([
  ['rows of it stand in another table', 'create table t (id int); create table u (t t);', 'create table t (id int) partition by hash (id); create table u (t t);', /holds rows of the same table/],
  ['an enum by which rows are placed is made anew', `create type e as enum ('a', 'b'); create table t (e e) partition by list (e);`, `create type e as enum ('a'); create table t (e e) partition by list (e);`, /partition key/],
])('where %s, a table is not made anew, and the refusal says why', async (_, a, b, sentence) => {
  const { current, desired } = await sides(a, b, 'select');
  const { refusals } = await scriptTo(current, desired);
  expect(refusals.map((each) => each.sentence).join()).toMatch(sentence);
});

test('heirs keep the rows of their own where they are made anew, under parents that change type or that they come under for the first time', async () => {
  const a = 'create table a (id int, v text); create table b (id int); create table both_of () inherits (a, b); create table deep (more int) inherits (both_of); create table own (id int, v text); create materialized view m as select sum(id)::int as n from a;';
  const b = 'create table a (id bigint, v text); create table b (id bigint); create table both_of () inherits (a, b); create table deep (more int) inherits (both_of); create table own () inherits (a); create materialized view m as select sum(id)::int as n from a;';
  const rows = `insert into a values (1, 'a'); insert into b values (2); insert into both_of values (3, 'both'); insert into deep values (4, 'deep', 4); insert into own values (5, 'own')`;
  const answers = await thereAndBack(a, b, rows, `select (select string_agg(tableoid::regclass || ' ' || id, ',' order by id) from a), (select string_agg(id::text, ',' order by id) from b), (select id || ' ' || v from only own), (select more from deep), (select n from m)`);
  expect(answers).toEqual([[['a 1,both_of 3,deep 4', '2,3,4', '5 own', 4, null]], [['a 1,both_of 3,deep 4,own 5', '2,3,4', '5 own', 4, 13]], [['a 1,both_of 3,deep 4', '2,3,4', '5 own', 4, 8]]]);
});
