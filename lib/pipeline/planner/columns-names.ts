import { ident } from '../ddl.ts';
import type { TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { Conversion } from './convert-sql.ts';
import { text, type Workbench } from './input.ts';
import { keptTable } from './names.ts';

/** A column that gets its new type by a column beside it: what both are called while they are not the one that the application uses. */
export interface SwappedColumn {
  name: string;
  before: SchemaObject;
  after: SchemaObject;
  from: string;
  to: string;
  /** The new one before the swap. */
  fresh: string;
  /** The old one after it. */
  stale: string;
}

/** `countersign_<key>_new_slug`: a name inside the live table, or beside its indexes, that comparison leaves out by how it begins. */
export function besideTheLive(bench: Pick<Workbench, 'keepSchema'>, side: 'new' | 'old', name: string): string {
  return keptTable('', { schema: 'public', name: `${bench.keepSchema}_${side}_${name}` }, '').name;
}

/** The columns of a table that get another type, in its order. */
export function swappedColumns(bench: Pick<Workbench, 'keepSchema'>, one: Conversion): SwappedColumn[] {
  return one.columns.flatMap((after) => {
    const before = one.before.get(after.name);
    const [from, to] = [before ? text(before, 'type') : null, text(after, 'type')];
    if (!before || from === null || to === null || from === to) return [];
    return [{ name: after.name, before, after, from, to, fresh: besideTheLive(bench, 'new', after.name), stale: besideTheLive(bench, 'old', after.name) }];
  });
}

/** What the plan's schema for new tables holds for a table whose columns change places. */
export interface ColumnNames {
  forwardLog: TableName;
  backLog: TableName;
  forwardFunction: TableName;
  backFunction: TableName;
}

export function columnNames(bench: Pick<Workbench, 'shadowSchema'>, live: TableName): ColumnNames {
  const named = (suffix: string): TableName => keptTable(bench.shadowSchema, live, suffix);
  return { forwardLog: named('__log'), backLog: named('__log_back'), forwardFunction: named('__fill'), backFunction: named('__fill_back') };
}

const TOKENS = /[eE]?'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\s+|::|[\s\S]/g;

/** Does the server's own text of an index or a rule name the column, or something of that name? */
export function mentions(sql: string, column: string): boolean {
  return tokensOf(sql).some((token) => means(token, column));
}

/**
 * The same text about a column of another name. Null where a word of that name may be something else (a function, a type, a part of a longer name): then nobody
 * can tell from the text alone.
 */
export function withColumn(sql: string, from: string, to: string): string | null {
  const tokens = tokensOf(sql);
  const solid = (at: number, by: 1 | -1): string => {
    let next = at + by;
    while (/^\s+$/.test(tokens[next] ?? '')) next += by;
    return tokens[next] ?? '';
  };
  const torn = tokens.some((token, at) => means(token, from) && (['(', '.'].includes(solid(at, 1)) || ['.', '::'].includes(solid(at, -1)) || /^as$/i.test(solid(at, -1))));
  return torn ? null : tokens.map((token) => (means(token, from) ? ident(to) : token)).join('');
}

function tokensOf(sql: string): string[] {
  return sql.match(TOKENS) ?? [];
}

function means(token: string, column: string): boolean {
  return token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') === column : token === column;
}
