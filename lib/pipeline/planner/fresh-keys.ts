import { ident, qualified } from '../ddl.ts';
import type { Check } from '../evidence.ts';
import { tableKey } from '../expectation.ts';
import { checkRule } from '../new-rule.ts';
import type { ForeignKey } from './foreign-keys.ts';
import { columnsOf, primaryKeyOf, text, type Workbench } from './input.ts';
import { newColumnsOf, rowsAfter, valueInRows } from './new-columns.ts';

/** A foreign key over a column that comes with it: what stands there in the rows that are there is known from how the column comes, and nobody can look for orphans before. */
export function isFresh(bench: Workbench, { spec, object }: ForeignKey): boolean {
  const there = columnsOf(bench.currentFamily.get(object.parent ?? '') ?? []);
  return spec.columns.some((name) => !there.some((column) => column.name === name));
}

/** Rows that would refer to nothing: where the new column comes with a value. One that comes empty refers to nothing in no row. */
export function freshKeyChecks(bench: Workbench, keys: readonly ForeignKey[]): Check[] {
  return keys.flatMap((key): Check[] => {
    const { spec, object } = key;
    const table = bench.current.get(object.parent ?? '');
    const fresh = newColumnsOf(bench, table?.id ?? '').filter((column) => spec.columns.includes(column.name));
    const values = fresh.map((column) => valueInRows(bench, column));
    if (!table || object.attributes.validated === false || object.attributes.enforced === false || values.includes(null)) return [];
    const full = (text(object, 'definition') ?? '').includes(' MATCH FULL');
    if (full ? values.every((value) => value === 'NULL') && fresh.length === spec.columns.length : values.includes('NULL')) return [];
    const own = spec.columns.map((name) => `r.${ident(name)}`);
    const shown = spec.columns.filter((name) => !fresh.some((column) => column.name === name));
    const rule = checkRule({ from: `(${rowsAfter(bench, table)}) r`, key: primaryKeyOf(bench.currentFamily.get(table.id) ?? []) }, `${object.name}, as its new columns come`, conditionOf(bench, key, own, full), shown);
    return [{ id: `fresh:${tableKey(spec.child)}:${object.name}`, kind: 'violations', table: spec.child, rules: [rule] }];
  });
}

/** Nothing in one of its columns lets a row refer to nothing; of MATCH FULL, in all of them. A parent that comes too has no rows yet. */
function conditionOf(bench: Workbench, { spec, parentId }: ForeignKey, own: readonly string[], full: boolean): string {
  const same = spec.parentColumns.map((name, at) => `p.${ident(name)}::${spec.types[at] ?? 'text'} = ${own[at]}::${spec.types[at] ?? 'text'}`);
  const found = bench.current.has(parentId) ? `EXISTS (SELECT FROM ${qualified(spec.parent)} p WHERE ${same.join(' AND ')})` : 'false';
  return `(${own.map((value) => `${value} IS NULL`).join(full ? ' AND ' : ' OR ')} OR ${found})`;
}
