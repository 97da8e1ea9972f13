import { castTarget, ident, qualified } from '../ddl.ts';
import type { OrphanDecision, TableName } from '../plan.ts';
import type { Walk } from '../step-kinds/batches.ts';
import { keyAfter, keyAtMost, keyText } from './batch-key.ts';
import type { ForeignKey } from './foreign-keys.ts';

/** One table whose rows are without a parent, by one foreign key or several, and what becomes of them. */
export interface Mended {
  id: string;
  table: TableName;
  key: readonly string[];
  /** SQL types of the key's columns. */
  types: readonly string[];
  columns: readonly string[];
  foreignKeys: readonly ForeignKey[];
  /** Where the rows stand that are taken out, as they were. */
  quarantine: TableName;
  /** Where the rows stand whose reference changes, as they were. */
  unlinked: TableName;
}

export type Decisions = Readonly<Record<string, OrphanDecision>>;

export function verdictOf(decisions: Decisions, key: ForeignKey): OrphanDecision['verdict'] | undefined {
  return decisions[key.spec.id]?.verdict;
}

export function removes(one: Mended, decisions: Decisions): boolean {
  return one.foreignKeys.some((key) => verdictOf(decisions, key) === 'delete');
}

export function relinks(one: Mended, decisions: Decisions): boolean {
  return one.foreignKeys.some((key) => ['set_null', 're_point'].includes(verdictOf(decisions, key) ?? ''));
}

/** The row `alias` of the table has no parent for this key, or one that is itself taken out. Rows with a null part never are (MATCH SIMPLE). */
export function orphaned(key: ForeignKey, inside: ReadonlyMap<string, Mended>, decisions: Decisions, alias: string): string {
  const { spec } = key;
  const parent = inside.get(key.parentId);
  const going = parent && removes(parent, decisions) ? ` AND NOT EXISTS (SELECT 1 FROM ${qualified(parent.quarantine)} g WHERE ${same(parent.key, 'g', 'p')})` : '';
  return `(${spec.columns.map((column) => `${alias}.${ident(column)} IS NOT NULL`).join(' AND ')} AND NOT EXISTS (SELECT 1 FROM ${qualified(spec.parent)} p WHERE ${refersTo(key, alias, 'p')}${going}))`;
}

/** The row `child` refers to the row `parent` by this key, as it will be: two spellings of one value are one parent. */
export function refersTo({ spec, now }: ForeignKey, child: string, parent: string): string {
  return spec.columns.map((column, i) => {
    const [type, types] = [spec.types[i] ?? 'text', now?.[i]];
    return `${as(`${parent}.${ident(spec.parentColumns[i] ?? '')}`, types?.parent, type)} = ${as(`${child}.${ident(column)}`, types?.child, type)}`;
  }).join(' AND ');
}

function as(value: string, now: string | undefined, type: string): string {
  return now === undefined || now === type ? value : `${value}::${castTarget(type)}`;
}

export function same(key: readonly string[], a: string, b: string): string {
  return key.map((column) => `${a}.${ident(column)} = ${b}.${ident(column)}`).join(' AND ');
}

/** What is read is the note, in the order of its key; the live row is looked at again, because the application may have mended it. */
export function walkOver(one: { key: readonly string[]; types: readonly string[] }, note: TableName, label: string, change: string): Walk {
  const from = qualified(note);
  return {
    label,
    sql: [
      'WITH w AS MATERIALIZED (',
      `  SELECT q.* FROM ${from} q`,
      `  WHERE ${keyAfter('q', one.key, one.types, '$1')} AND ${keyAtMost('q', one.key, one.types, '$3')}`,
      `  ORDER BY ${one.key.map((column) => `q.${ident(column)}`).join(', ')} LIMIT $2::int`,
      '),',
      change,
      `SELECT (SELECT count(*)::int FROM w) AS rows, (SELECT count(*)::int FROM changed) AS changed, (SELECT ${keyText('w', one.key)} FROM w ORDER BY ${one.key.map((column) => `w.${ident(column)} DESC`).join(', ')} LIMIT 1) AS last`,
    ].join('\n'),
    totalSql: `SELECT count(*) FROM ${from}`,
    untilSql: `SELECT ${keyText('q', one.key)} FROM ${from} q ORDER BY ${one.key.map((column) => `q.${ident(column)} DESC`).join(', ')} LIMIT 1`,
  };
}
