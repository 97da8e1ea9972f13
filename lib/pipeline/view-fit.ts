import { loadModule, parseSync } from 'libpg-query';
import { ident, qualified } from './ddl.ts';
import type { ViewReads } from './evidence.ts';
import { tableKey } from './expectation.ts';
import type { TableName } from './plan.ts';
import { everyKind, textAt } from './sql-facts/tree.ts';

/** One view's query over relations that have types and no rows: whether the server can read it is whether it fits them. */
export interface ViewQuestion {
  view: TableName;
  /** Views that it reads, through any number of others: where one of them does not fit, this one says nothing of its own. */
  below: readonly TableName[];
  /** With the types as they will be, and as they are. */
  after: string;
  before: string;
}

/**
 * The query of each view with the tables that change types, and the views before it, replaced by queries without a FROM that have their columns. Nothing of it needs
 * a row, a lock or a right on a table. A view that cannot be asked so (ONLY, a name that is written otherwise than the server writes it) is left out, with those over it.
 */
export async function viewQuestions({ tables, views }: ViewReads): Promise<ViewQuestion[]> {
  await loadModule();
  const known = new Map(tables.map(({ table }, i) => [tableKey(table), `countersign_t${i}`]));
  const bodies = (which: 'before' | 'after') => tables.map((one, i) => `countersign_t${i} AS (SELECT ${one[which].map((column) => `NULL::${column.type} AS ${ident(column.name)}`).join(', ')})`);
  /** By the name that stands for a view: its query, and the views below it. */
  const made = new Map<string, { text: string; below: readonly string[]; view: TableName }>();
  const questions: ViewQuestion[] = [];
  for (const { view, query } of views) {
    const rewritten = replaced(query, known);
    if (rewritten === null) continue;
    const direct = rewritten.stands.filter((name) => made.has(name));
    const below = [...new Set(direct.flatMap((name) => [...(made.get(name)?.below ?? []), name]))];
    const over = below.map((name) => `${name} AS (${made.get(name)?.text ?? ''})`);
    const asked = (which: 'before' | 'after') => `WITH ${[...bodies(which), ...over].join(', ')} SELECT * FROM (${rewritten.text}) AS countersign_view`;
    questions.push({ view, below: below.flatMap((name) => made.get(name)?.view ?? []), after: asked('after'), before: asked('before') });
    const name = `countersign_v${made.size}`;
    made.set(name, { text: rewritten.text, below, view });
    known.set(tableKey(view), name);
  }
  return questions;
}

/** Null: it cannot be said which words of the text are the table's name. */
function replaced(query: string, known: ReadonlyMap<string, string>): { text: string; stands: readonly string[] } | null {
  const text = Buffer.from(query.replace(/;\s*$/, ''));
  const places = everyKind(parseSync(text.toString()), 'RangeVar').flatMap((range) => {
    const table = { schema: textAt(range, 'schemaname') ?? '', name: textAt(range, 'relname') ?? '' };
    const stands = known.get(tableKey(table));
    return stands === undefined ? [] : [{ at: typeof range.location === 'number' ? range.location : 0, table, only: range.inh !== true, stands, alias: range.alias === undefined ? ` AS ${ident(table.name)}` : '' }];
  });
  let result = text;
  for (const { at, table, only, stands, alias } of places.toSorted((a, b) => b.at - a.at)) {
    const written = Buffer.from(qualified(table));
    if (only || !result.subarray(at).subarray(0, written.length).equals(written)) return null;
    result = Buffer.concat([result.subarray(0, at), Buffer.from(`${stands}${alias}`), result.subarray(at + written.length)]);
  }
  return { text: result.toString(), stands: places.map((place) => place.stands) };
}
