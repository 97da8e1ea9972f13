import { ident, qualified } from '../ddl.ts';
import type { TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { Feed } from '../step-kinds/feed.ts';
import type { Conversion } from './convert-sql.ts';
import { feedTable } from './feed-sql.ts';
import { text, type Workbench } from './input.ts';
import { keptTable, spoken } from './names.ts';

/** What a table that is rebuilt beside the live one needs in the plan's schema for new tables. */
export interface RebuildNames {
  /** Keys that changed before the swap, and after it. */
  forwardLog: TableName;
  backLog: TableName;
  /** How a key was spelled before its type changed, where that is not how the new type spells it. */
  spelling: TableName;
  forwardFunction: TableName;
  backFunction: TableName;
  truncateFunction: TableName;
}

export function rebuildNames(bench: Pick<Workbench, 'shadowSchema'>, live: TableName): RebuildNames {
  const named = (suffix: string): TableName => keptTable(bench.shadowSchema, live, suffix);
  return { forwardLog: named('__log'), backLog: named('__log_back'), spelling: named('__spelling'), forwardFunction: named('__note'), backFunction: named('__note_back'), truncateFunction: named('__no_truncate') };
}

/** Keys that do not go over, of every table of the plan. */
export function errorsTable(bench: Pick<Workbench, 'shadowSchema'>): TableName {
  return { schema: bench.shadowSchema, name: 'countersign_errors' };
}

export function typeBefore(one: Conversion, column: SchemaObject): string {
  return text(one.before.get(column.name) ?? column, 'type') ?? 'text';
}

export function typeAfter(column: SchemaObject): string {
  return text(column, 'type') ?? 'text';
}

/** Two texts can become one value of the other type, so a value alone does not tell how it was written. */
function respells(from: string, to: string): boolean {
  return from !== to && isText(from) && !isText(to);
}

export function isText(type: string): boolean {
  return /^(text|character varying|character|citext)\b/.test(type);
}

/** The key columns whose spelling is kept in a map; none = no map. */
export function respelledKey(one: Conversion): boolean {
  return one.columns.some((column) => one.key.includes(column.name) && respells(typeBefore(one, column), typeAfter(column)));
}

function after(one: Conversion, column: SchemaObject, value: string): string {
  return typeBefore(one, column) === typeAfter(column) ? value : `${value}::${typeAfter(column)}`;
}

function keyColumns(one: Conversion): SchemaObject[] {
  return one.key.flatMap((name) => one.columns.find((column) => column.name === name) ?? []);
}

/** Keeps the new tables in step with the live ones, before the swap and again after a rollback. */
export function forwardFeed(bench: Workbench, tables: readonly Conversion[]): Feed {
  return {
    direction: 'forward',
    errors: errorsTable(bench),
    tables: tables.map((one) => {
      const key = keyColumns(one);
      return feedTable({
        name: spoken(one.live), here: one.live, there: one.shadow, log: rebuildNames(bench, one.live).forwardLog, key: one.key, copies: true, joinThere: false,
        columns: one.columns.map((column) => ({ name: column.name, hereType: typeBefore(one, column), thereType: typeAfter(column), value: after(one, column, `s.${ident(column.name)}`) })),
        keyThere: key.map((column, i) => after(one, column, `k.k${i + 1}`)),
        compareHere: one.columns.map((column) => after(one, column, `s.${ident(column.name)}`)),
        compareThere: one.columns.map((column) => `s.${ident(column.name)}`),
        ...spellingOf(bench, one),
      });
    }),
  };
}

function spellingOf(bench: Workbench, one: Conversion): { afterSql: string[]; alongCopy: string } {
  if (!respelledKey(one)) return { afterSql: [], alongCopy: '' };
  const map = qualified(rebuildNames(bench, one.live).spelling);
  const key = keyColumns(one);
  const keys = `SELECT ${key.map((column, i) => `(e ->> ${i})::${typeBefore(one, column)} AS k${i + 1}`).join(', ')} FROM jsonb_array_elements($1::jsonb) e`;
  const differs = key.flatMap((column, i) => (respells(typeBefore(one, column), typeAfter(column)) ? [(value: string[]) => `${value[i] ?? ''} <> ${value[i] ?? ''}::${typeAfter(column)}::text`] : []));
  const names = [...key.map((_, i) => `new${i + 1}`), ...key.map((_, i) => `old${i + 1}`)].join(', ');
  const pick = (values: string[]): string => [...key.map((column, i) => after(one, column, values[i] ?? '')), ...values].join(', ');
  const conflict = `ON CONFLICT (${key.map((_, i) => `new${i + 1}`).join(', ')}) DO UPDATE SET ${key.map((_, i) => `old${i + 1} = EXCLUDED.old${i + 1}`).join(', ')}`;
  const fromK = key.map((_, i) => `k.k${i + 1}`);
  const fromB = key.map((column) => `s.${ident(column.name)}`);
  return {
    afterSql: [
      `WITH k AS (${keys})\nDELETE FROM ${map} m USING k WHERE ${key.map((_, i) => `m.old${i + 1} = k.k${i + 1}`).join(' AND ')}`,
      `WITH k AS (${keys})\nINSERT INTO ${map} (${names})\n  SELECT ${pick(fromK)} FROM k JOIN ${qualified(one.live)} s ON ${key.map((column, i) => `s.${ident(column.name)} = k.k${i + 1}`).join(' AND ')}\n  WHERE ${differs.map((of) => of(fromK)).join(' OR ')}\n  ${conflict}`,
    ],
    alongCopy: `, m AS (\n  INSERT INTO ${map} (${names}) SELECT ${pick(fromB)} FROM b s WHERE ${differs.map((of) => of(fromB)).join(' OR ')} ON CONFLICT DO NOTHING\n)`,
  };
}

/** Keeps the old tables, which stand in the keep schema, in step with the new ones until clean-up. A value that did not change keeps its old spelling. */
export function backFeed(bench: Workbench, tables: readonly Conversion[]): Feed {
  return {
    direction: 'back',
    errors: errorsTable(bench),
    tables: tables.map((one) => {
      const key = keyColumns(one);
      const converted = one.columns.filter((column) => typeBefore(one, column) !== typeAfter(column));
      return feedTable({
        name: spoken(one.live), here: one.live, there: one.original, log: rebuildNames(bench, one.live).backLog, key: one.key, copies: false,
        joinThere: converted.some((column) => !one.key.includes(column.name)),
        columns: one.columns.map((column) => ({ name: column.name, hereType: typeAfter(column), thereType: typeBefore(one, column), value: valueBack(bench, one, column, tables) })),
        keyThere: key.map((_, i) => keyBack({ bench, tables }, one, i, key.map((_, j) => `k.k${j + 1}`))),
        compareHere: one.columns.map((column) => `s.${ident(column.name)}`),
        compareThere: one.columns.map((column) => after(one, column, `s.${ident(column.name)}`)),
        afterSql: [], alongCopy: '',
      });
    }),
  };
}

interface Group {
  bench: Workbench;
  tables: readonly Conversion[];
  /** Tables on the way from which a spelling is asked for. */
  asking?: readonly string[];
}

/** The i-th column of a key as it was spelled: from the map, else as the row to which it refers was, else as the old type writes it. `values`: the key in the new types. */
function keyBack(group: Group, one: Conversion, i: number, values: readonly string[]): string {
  const column = keyColumns(one)[i];
  const value = values[i] ?? '';
  if (!column || typeBefore(one, column) === typeAfter(column)) return value;
  const plain = parentBack(group, one, column, (name) => values[one.key.indexOf(name)] ?? null) ?? `${value}::${typeBefore(one, column)}`;
  if (!respelledKey(one)) return plain;
  return `coalesce((SELECT m.old${i + 1} FROM ${qualified(rebuildNames(group.bench, one.live).spelling)} m WHERE ${values.map((key, j) => `m.new${j + 1} = ${key}`).join(' AND ')}), ${plain})`;
}

/** A reference as the key of its parent was spelled, or it would find no parent in the old table; null: it refers to no key that changes. `valueOf`: columns of the row in the new types. */
function parentBack(group: Group, one: Conversion, column: SchemaObject, valueOf: (name: string) => string | null): string | null {
  const asking = [...(group.asking ?? []), one.id];
  for (const { spec, parentId } of one.foreignKeys) {
    const at = spec.columns.indexOf(column.name);
    const parent = group.tables.find((table) => table.id === parentId && !asking.includes(table.id));
    if (at < 0 || !parent || !sameSet(parent.key, spec.parentColumns)) continue;
    const values = parent.key.map((name) => valueOf(spec.columns[spec.parentColumns.indexOf(name)] ?? ''));
    const known = values.flatMap((value) => value ?? []);
    if (known.length < values.length) continue;
    const was = keyBack({ ...group, asking }, parent, parent.key.indexOf(spec.parentColumns[at] ?? ''), known);
    const [type, theirs] = [typeBefore(one, column), keyColumns(parent).find((each) => each.name === spec.parentColumns[at])];
    return theirs && typeBefore(parent, theirs) !== type ? `(${was})::${type}` : was;
  }
  return null;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}

function valueBack(bench: Workbench, one: Conversion, column: SchemaObject, tables: readonly Conversion[]): string {
  const value = `s.${ident(column.name)}`;
  if (typeBefore(one, column) === typeAfter(column)) return value;
  const at = one.key.indexOf(column.name);
  if (at >= 0) return keyBack({ bench, tables }, one, at, one.key.map((name) => `s.${ident(name)}`));
  const plain = parentBack({ bench, tables }, one, column, (name) => `s.${ident(name)}`) ?? `${value}::${typeBefore(one, column)}`;
  const was = `o.${ident(column.name)}`;
  return `CASE WHEN ${was}::${typeAfter(column)} = ${value} THEN ${was} ELSE ${plain} END`;
}
