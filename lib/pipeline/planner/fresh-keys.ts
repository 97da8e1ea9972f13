import { ident, qualified } from '../ddl.ts';
import type { Check } from '../evidence.ts';
import { tableKey } from '../expectation.ts';
import { checkRule } from '../new-rule.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { ForeignKey } from './foreign-keys.ts';
import { columnsOf, primaryKeyOf, text, type Workbench } from './input.ts';

/** A foreign key over a column that comes with it: what stands there in the rows that are there is known from how the column comes, and nobody can look for orphans before. */
export function isFresh(bench: Workbench, { spec, object }: ForeignKey): boolean {
  const there = columnsOf(bench.currentFamily.get(object.parent ?? '') ?? []);
  return spec.columns.some((name) => !there.some((column) => column.name === name));
}

/** Rows that would refer to nothing: where the new column comes with a value. One that comes empty refers to nothing in no row. */
export function freshKeyChecks(bench: Workbench, keys: readonly ForeignKey[]): Check[] {
  return keys.flatMap((key): Check[] => {
    const { spec, object } = key;
    const there = columnsOf(bench.currentFamily.get(object.parent ?? '') ?? []);
    const coming = new Map(columnsOf(bench.desiredFamily.get(object.parent ?? '') ?? []).map((column) => [column.name, column]));
    const full = (text(object, 'definition') ?? '').includes(' MATCH FULL');
    const fresh = spec.columns.filter((name) => !there.some((column) => column.name === name));
    const values = new Map(fresh.map((name) => [name, valueOf(bench, coming.get(name))]));
    if (object.attributes.validated === false || object.attributes.enforced === false || [...values.values()].every((value) => value === null) && (!full || fresh.length === spec.columns.length)) return [];
    if (!full && [...values.values()].includes(null)) return [];
    const rows = `SELECT t.*${fresh.map((name, at) => `, (${values.get(name) ?? 'NULL'})::${spec.types[spec.columns.indexOf(name)] ?? 'text'} AS "countersign ${at}"`).join('')} FROM ${qualified(spec.child)} t`;
    const own = spec.columns.map((name) => (fresh.includes(name) ? `r."countersign ${fresh.indexOf(name)}"` : `r.${ident(name)}`));
    const rule = checkRule({ from: `(${rows}) r`, key: primaryKeyOf(bench.currentFamily.get(object.parent ?? '') ?? []) }, `${object.name}, as its new columns come`, conditionOf(bench, key, own, full), spec.columns.filter((name) => !fresh.includes(name)));
    return [{ id: `fresh:${tableKey(spec.child)}:${object.name}`, kind: 'violations', table: spec.child, rules: [rule] }];
  });
}

/** Nothing in one of its columns lets a row refer to nothing; of MATCH FULL, in all of them. A parent that comes too has no rows yet. */
function conditionOf(bench: Workbench, { spec, parentId }: ForeignKey, own: readonly string[], full: boolean): string {
  const same = spec.parentColumns.map((name, at) => `p.${ident(name)}::${spec.types[at] ?? 'text'} = ${own[at]}::${spec.types[at] ?? 'text'}`);
  const found = bench.current.has(parentId) ? `EXISTS (SELECT FROM ${qualified(spec.parent)} p WHERE ${same.join(' AND ')})` : 'false';
  return `(${own.map((value) => `${value} IS NULL`).join(full ? ' AND ' : ' OR ')} OR ${found})`;
}

/** What a row that is there gets in it; null: nothing. */
function valueOf(bench: Workbench, column: SchemaObject | undefined): string | null {
  if (!column) return null;
  const domain = (bench.input.desiredSnapshot.dependencies?.[column.id] ?? []).flatMap((id) => (id.startsWith('domain:') ? (bench.desired.get(id) ?? []) : [])).map((each) => text(each, 'default')).find((value) => value !== null);
  return text(column, 'default') ?? text(column, 'generated')?.replace(/ (STORED|VIRTUAL)$/, '') ?? domain ?? null;
}
