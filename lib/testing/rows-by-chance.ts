import type { Client } from 'pg';
import type { Chance } from '#lib/cli/mutations/random.ts';
import { ident, literal } from '#lib/pipeline/ddl.ts';

interface ColumnRow {
  table: string;
  name: string;
  /** Without domains around it. */
  type: string;
  labels: string[] | null;
  /** What a foreign key of one column says must be there. */
  parent: string | null;
  parent_column: string | null;
}

const COLUMNS = `
  with recursive base as (
    select t.oid, t.oid as under, t.typtype, t.typbasetype from pg_type t
    union all
    select b.oid, t.oid, t.typtype, t.typbasetype from base b join pg_type t on t.oid = b.typbasetype where b.typtype = 'd')
  select c.oid::regclass::text as table, a.attname::text as name, format_type(b.under, case when b.under = a.atttypid then a.atttypmod end) as type,
         (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = b.under) as labels,
         k.confrelid::regclass::text as parent, (select p.attname::text from pg_attribute p where p.attrelid = k.confrelid and p.attnum = k.confkey[1]) as parent_column
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
  join base b on b.oid = a.atttypid and b.typtype <> 'd'
  left join lateral (select confrelid, confkey from pg_constraint where conrelid = c.oid and contype = 'f' and conkey = array[a.attnum] limit 1) k on true
  where c.relkind in ('r', 'p') and c.oid >= 16384 and c.relpersistence <> 't'
  order by c.oid, a.attnum`;

/** Texts that are numbers, ids, dates or nothing of the kind: what a column holds decides whether it can be cast. */
const TEXTS: readonly (readonly string[])[] = [['1', '7', '42', '100', '-3'], ['3.50', '0.1', '12'], ['a', 'b', 'c', 'in use'], ['größe', "it's", '', ' spaces ', 'back\\slash'], ['2024-01-01', '2025-06-30']];

/**
 * Puts up to `most` rows into each table, in an order in which parents mostly come first. What a table does not take (a key twice, a check, a row for no partition) is
 * left out. Returns how many rows there are.
 */
export async function fillByChance(client: Client, chance: Chance, most: number): Promise<number> {
  await client.query(`set search_path = ''; set client_min_messages = error`);
  const { rows } = await client.query<ColumnRow>(COLUMNS);
  const tables = Map.groupBy(rows, ({ table }) => table);
  let taken = 0;
  // Twice, because a parent may come after its child.
  for (const share of [0.6, 0.4]) {
    for (const [table, columns] of tables) {
      const flavours = new Map(columns.map(({ name }) => [name, chance.one(TEXTS) ?? []]));
      for (let row = Math.ceil(most * share); row > 0; row -= 1) {
        const given = columns.filter(() => chance.often(0.9));
        const values = await Promise.all(given.map((column) => valueFor(client, chance, column, flavours.get(column.name) ?? [])));
        const text = given.length === 0 ? 'default values' : `(${given.map(({ name }) => ident(name)).join(', ')}) values (${values.join(', ')})`;
        taken += await client.query(`insert into ${table} ${text}`).then(({ rowCount }) => rowCount ?? 0, () => 0);
      }
    }
  }
  await client.query('reset all');
  return taken;
}

async function valueFor(client: Client, chance: Chance, { type, labels, parent, parent_column: column }: ColumnRow, texts: readonly string[]): Promise<string> {
  if (parent !== null && column !== null) {
    const { rows } = await client.query<{ value: string | null }>(`select ${ident(column)}::text as value from ${parent} order by 1`);
    const value = chance.one(rows)?.value;
    return value === null || value === undefined ? 'null' : literal(value);
  }
  if (labels !== null) return literal(chance.one(labels) ?? '');
  return chance.often(0.05) ? 'null' : valueOf(chance, type, texts);
}

function valueOf(chance: Chance, type: string, texts: readonly string[]): string {
  if (type.endsWith('[]')) return `'{}'`;
  if (/^(character|text|citext|name|varchar|bpchar)/.test(type)) return literal(chance.one(texts) ?? '');
  if (/^(smallint|integer|bigint)$/.test(type)) return String(chance.below(60));
  if (/^(numeric|real|double precision|money)/.test(type)) return `'${chance.below(90)}.${chance.below(10)}'`;
  if (type === 'boolean') return chance.often(0.5) ? 'true' : 'false';
  if (/^(date|timestamp)/.test(type)) return `'202${chance.below(6)}-0${1 + chance.below(9)}-1${chance.below(10)}'`;
  if (type.startsWith('time')) return `'1${chance.below(10)}:00'`;
  if (type === 'uuid') return `'00000000-0000-4000-8000-${String(chance.below(1_000_000)).padStart(12, '0')}'`;
  if (/^jsonb?$/.test(type)) return `'{"n": ${chance.below(9)}}'`;
  if (type === 'bytea') return `'\\x0${chance.below(10)}'`;
  if (/^(inet|cidr)$/.test(type)) return `'10.0.0.${chance.below(200)}'`;
  if (type === 'interval') return `'${chance.below(9)} days'`;
  if (type.endsWith('range')) return `'empty'`;
  return 'default';
}

interface TableRows {
  /** The table that it is a partition of, over all in between; itself where it is none. */
  of: string;
  types: ReadonlyMap<string, string>;
  rows: readonly Readonly<Record<string, unknown>>[];
}

/** Of each table that holds rows itself: its columns with their types, and its rows. */
export type Rows = ReadonlyMap<string, TableRows>;

export async function readRows(client: Client): Promise<Rows> {
  const { rows: tables } = await client.query<{ schema: string; name: string; root_schema: string; root: string; columns: { name: string; type: string }[] | null }>(`
    select n.nspname::text as schema, c.relname::text as name, rn.nspname::text as root_schema, r.relname::text as root,
           (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod))) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_class r on r.oid = case when c.relispartition then pg_partition_root(c.oid)::oid else c.oid end join pg_namespace rn on rn.oid = r.relnamespace
    where c.relkind = 'r' and c.oid >= 16384 and c.relpersistence <> 't' and n.nspname !~ '^(countersign|information_schema|pg_)'
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`);
  const all = new Map<string, TableRows>();
  for (const { schema, name, root_schema: of, root, columns } of tables) {
    const { rows } = await client.query<{ row: Record<string, unknown> }>(`select to_jsonb(t) as row from only ${ident(schema)}.${ident(name)} t`);
    all.set(`${ident(schema)}.${ident(name)}`, { of: `${ident(of)}.${ident(root)}`, types: new Map((columns ?? []).map((column) => [column.name, column.type])), rows: rows.map(({ row }) => row) });
  }
  return all;
}

/** The first table of which the rows are not the same; null: all are. `common`: of what both have, columns of one type, and tables with their partitions of before and after as one: rows may have gone from one to the other. */
export function rowsUnlike(before: Rows, after: Rows, common: boolean): string | null {
  const names = common ? [...before.keys()].filter((table) => after.has(table) || [...after.values()].some(({ of }) => of === before.get(table)?.of)) : [...before.keys()];
  for (const family of common ? families(names, before, after) : names.map((table) => [table])) {
    const [was, is] = [before, after].map((side) => family.flatMap((table) => side.get(table) ?? []));
    if (!was || !is || (!common && is.length === 0)) return `${family[0]} is not there`;
    const [first, ...others] = common ? [...was, ...is] : was;
    const columns = [...(first?.types ?? [])].filter(([name, type]) => others.every(({ types }) => types.get(name) === type)).map(([name]) => name);
    const [one, two] = [was, is].map((tables) => tables.flatMap(({ rows }) => rows).map((row) => JSON.stringify(columns.map((name) => row[name] ?? null))).toSorted());
    if (JSON.stringify(one) !== JSON.stringify(two)) return `rows of ${family[0]}: ${one?.length} before, ${two?.length} now; ${one?.find((row) => !two?.includes(row)) ?? 'none is missing'} became ${two?.find((row) => !one?.includes(row)) ?? 'nothing'}`;
  }
  return null;
}

/** Tables that are, or were, partitions of one. */
function families(names: readonly string[], before: Rows, after: Rows): string[][] {
  const found = new Map<string, Set<string>>();
  const join = (a: string, b: string) => {
    const all = new Set([...(found.get(a) ?? [a]), ...(found.get(b) ?? [b])]);
    for (const each of all) found.set(each, all);
  };
  for (const side of [before, after]) for (const [table, { of }] of side) join(table, of);
  return [...new Set(names.map((name) => found.get(name) ?? new Set([name])))].map((family) => [...family]);
}
