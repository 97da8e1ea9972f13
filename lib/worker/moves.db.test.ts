import { join } from 'node:path';
import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { pairsIn } from '#lib/cli/corpus.ts';
import { createRoles, loadTexts } from '#lib/cli/proof-database.ts';
import type { Major } from '#lib/cli/server-account.ts';
import { introspect } from '#lib/pg/introspect.ts';
import { differences } from '#lib/pipeline/noise.ts';
import { MOVES, renameStatements, withElement } from '#lib/pipeline/rename-kinds.ts';
import { differencesRenamed, foldRenames } from '#lib/pipeline/renames.ts';
import { scriptOfChosen } from '#lib/pipeline/script/chosen.ts';
import { SCRIPT_SETTINGS } from '#lib/pipeline/script/script.ts';
import { objectId, parseObjectId, type Snapshot } from '#lib/pipeline/snapshot.ts';
import { everyRename } from '#lib/testing/answered.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { inPlans, planSide, type PlanSide, thereAndBack } from '#lib/testing/plan-proof.ts';

const CORPUS = join(import.meta.dirname, '..', 'testing', 'corpus');

/** Rows in the first side of a pair. */
const ROWS: Readonly<Record<string, string>> = {
  'table--moves-to-another-schema': `
    insert into customer select n, 'customer ' || n from generate_series(1, 20) n;
    insert into public.orders (customer, state, total, note) select 1 + n % 20, case when n % 3 = 0 then 'paid' else 'new' end::public.state, n, 'note ' || n from generate_series(1, 100) n;
    insert into line select n, n, n from generate_series(1, 100) n;
    refresh materialized view totals;`,
  'schema--renamed-with-everything': `
    insert into sales.customer (mail) select n || '@example.org' from generate_series(1, 20) n;
    insert into sales.orders (customer, state, price, valid, placed) select 1 + n % 20, 'paid', row(n, 'EUR')::sales.money, sales.span('2026-01-01', '2026-02-01'), date '2025-06-01' + n * 5 from generate_series(1, 100) n;
    insert into public.note select n, n, 'paid' from generate_series(1, 20) n;
    refresh materialized view sales.totals;`,
  'enum--moves-to-another-schema': `
    insert into public.person (id, mood, feels, reach, reaches) select n, 'happy', row('ok', 3)::public.pair, old.span(n, n + 1), old.spans(old.span(n, n + 1)) from generate_series(1, 50) n;
    insert into public.by_mood values ('ok', 1), ('ok', 2);`,
  'table--moves-while-more-changes': `
    insert into archive.entry (kind, label, gone, at) select 'b', 'label ' || n, 'gone', date '2026-01-01' + n from generate_series(1, 50) n;
    insert into archive.part select n, n, 'note ' || n from generate_series(1, 50) n;
    insert into public.log select n, n from generate_series(1, 50) n;
    insert into public.parent values (1, 'one'), (2, 'two');
    insert into public.heir values (3, 'three', 3);`,
};

const pairs = pairsIn(CORPUS, 15).filter(({ name }) => name in ROWS);

async function loaded(major: Major, name: string, which: 'a' | 'b'): Promise<PlanSide> {
  const pair = pairs.find((one) => one.name === name);
  if (!pair) throw new Error(`the corpus has no pair ${name}`);
  const database = await freshDatabase({ major });
  const client = await database.client();
  await createRoles({ url: (of) => database.url().replace(/[^/]*$/, of), pgDump: null }, pair.roles);
  await loadTexts(client, [pair.setup, pair[which]]);
  if (which === 'a') await client.query(ROWS[name] ?? '');
  await client.end();
  return planSide({ ...database.config, operatorUrl: database.url() }, await database.client());
}

/** What is in every table, by its name without the schema; only columns that both sides have. */
async function rowsOf(client: Client, columns: ReadonlySet<string>): Promise<Record<string, string>> {
  const { rows: tables } = await client.query<{ schema: string; name: string }>(`select n.nspname::text as schema, c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname !~ '^(pg_|information_schema|countersign)' order by 2`);
  const contents: Record<string, string> = {};
  for (const { schema, name } of tables) {
    const { rows } = await client.query<{ row: Record<string, unknown> }>(`select to_jsonb(t) as row from only "${schema}"."${name}" t`);
    contents[name] = rows.map(({ row }) => JSON.stringify(Object.fromEntries(Object.entries(row).filter(([column]) => columns.has(`${name}.${column}`))))).toSorted().join('\n');
  }
  return contents;
}

function columnsOf(one: Snapshot, other: Snapshot): Set<string> {
  const [here, there] = [one, other].map(({ objects }) => new Set(objects.flatMap((object) => (object.kind === 'column' ? [`${object.parent?.split('.').at(-1)}.${object.name}`] : []))));
  return new Set([...(here ?? [])].filter((column) => there?.has(column)));
}

async function scripted(client: Client, desired: Snapshot): Promise<{ statements: string[]; left: unknown[] }> {
  const current = await introspect(client);
  const folded = foldRenames(current, desired, everyRename(current, desired));
  const script = scriptOfChosen(folded.renamed, desired, differencesRenamed(folded, desired).filter((delta) => inPlans([delta]).length > 0), folded.taken);
  expect(script.refusals).toEqual([]);
  for (const setting of SCRIPT_SETTINGS) await client.query(setting);
  for (const step of script.steps) for (const sql of ['begin', ...step.statements.map((statement) => statement.sql), 'commit']) await client.query(sql).catch((error: unknown) => { throw new Error(`${String(error)}: ${sql}`); });
  const left = differences(await introspect(client), desired).filter((delta) => inPlans([delta]).length > 0);
  return { statements: script.steps.flatMap((step) => step.statements.map(({ sql }) => sql)), left: left.map((delta) => [delta.id, delta.attributes]) };
}

test.each<[string, Major]>([...Object.keys(ROWS).map((name): [string, Major] => [name, 15]), ['enum--moves-to-another-schema', 14], ['schema--renamed-with-everything', 18]])('%s on Postgres %i: who says yes to every question keeps every row, by script and by plan, there and back', { timeout: 60_000 }, async (name, major) => {
  const [a, b] = [await loaded(major, name, 'a'), await loaded(major, name, 'b')];
  const columns = columnsOf(a.snapshot, b.snapshot);
  const rows = await rowsOf(a.client, columns);
  expect(Object.values(rows).join('').length).toBeGreaterThan(100);
  const beside = { before: async () => rows, forward: async () => unlike(rows, await rowsOf(a.client, columns)), back: async () => unlike(rows, await rowsOf(a.client, columns)) };
  expect(await thereAndBack(a, b, { renames: everyRename(a.snapshot, b.snapshot), beside })).toEqual({ outcome: 'done', why: '' });
  const there = await scripted(a.client, b.snapshot);
  expect(there.left).toEqual([]);
  expect(unlike(rows, await rowsOf(a.client, columns))).toBe(null);
  const back = await scripted(a.client, a.snapshot);
  expect(back.left).toEqual([]);
  expect(unlike(rows, await rowsOf(a.client, columns))).toBe(null);
  for (const statements of [there.statements, back.statements]) expect(statements.filter((sql) => /^(DROP|CREATE) (TABLE|SEQUENCE|DOMAIN)/.test(sql))).toEqual([]);
});

test.each<[Major]>([[14], [18]])('a reading of Postgres %i is foreseen as the server will give it after each thing of a schema has moved, and after the schema has another name', async (major) => {
  const { client } = await loaded(major, 'schema--renamed-with-everything', 'a');
  await client.query('create schema elsewhere');
  const before = await introspect(client);
  const things = before.objects.filter(({ id, kind }) => id === 'schema:sales' || MOVES.includes(kind));
  expect(things.length).toBeGreaterThan(15);
  for (const { id, kind } of things) {
    const rename = { from: id, to: kind === 'schema' ? objectId('schema', 'Shop') : objectId(kind, 'elsewhere', ...parseObjectId(id).path.slice(1)) };
    await client.query('begin');
    for (const sql of renameStatements(rename).forward) await client.query(sql).catch((error: unknown) => { if (!/cannot move an owned sequence/.test(String(error))) throw error; });
    const after = await introspect(client, { inTransaction: true }).catch(() => null);
    await client.query('rollback');
    expect([id, after && differences(withElement(before, rename), after).map((delta) => [delta.id, delta.attributes])]).toEqual([id, id === 'sequence:sales.orders_id_seq' ? null : []]);
  }
});

function unlike(before: Record<string, string>, after: Record<string, string>): string | null {
  const off = Object.keys(before).filter((name) => before[name] !== after[name]);
  return off.length === 0 ? null : off.map((name) => `${name}: ${(before[name] ?? '').slice(0, 200)} → ${(after[name] ?? '').slice(0, 200)}`).join('; ');
}
