import { count, exactNumber } from '#components/ui/format.ts';
import type { OpenOrphans } from '#lib/pipeline/orphans-alike.ts';
import { tableId, tableText } from './table-text.ts';

/** What may be decided for several foreign keys at once: to point elsewhere names one row of one parent. */
export type AlikeVerdict = 'delete' | 'set_null' | 'stop';

/** `60 rows of orders`, `120 rows of line that lose their parent when rows of orders go`, or both. */
export function rowsText({ child, parent, today, along }: OpenOrphans): string {
  const lose = `that ${along === 1 ? 'loses its' : 'lose their'} parent when rows of ${tableText(parent)} go`;
  if (today === 0) return `${count(along, 'row')} of ${tableText(child)} ${lose}`;
  return `${count(today, 'row')} of ${tableText(child)}${along === 0 ? '' : `, and ${exactNumber(along)} more ${lose}`}`;
}

/** More tables than this are counted: each stands in the list above with its rows, and nobody listens to fifty names. */
const NAMED_MOST = 6;

/** `60 rows of orders and at most 123 rows of line`: table by table, because a row without two parents is counted for two foreign keys. */
export function tablesText(chosen: readonly OpenOrphans[]): string {
  const tables = [...Map.groupBy(chosen, (one) => tableId(one.child)).values()];
  if (tables.length > NAMED_MOST) return `${rowsOf(chosen, tables.some(isBound))} of ${count(tables.length, 'table')}`;
  return listed(tables.map((of) => `${rowsOf(of, isBound(of))} of ${of[0] ? tableText(of[0].child) : ''}`));
}

/** Rows of one table may be counted for two of these. */
function isBound(of: readonly OpenOrphans[]): boolean {
  return of.filter((one) => one.shared).length > 1;
}

function rowsOf(of: readonly OpenOrphans[], atMost: boolean): string {
  return `${atMost ? 'at most ' : ''}${count(of.reduce((sum, one) => sum + one.today + one.along, 0), 'row')}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** One row, however many tables it could stand in. */
function isOne(chosen: readonly OpenOrphans[]): boolean {
  return chosen.reduce((sum, one) => sum + one.today + one.along, 0) === 1;
}

/** What the decision does, before it is sent. */
export function consequence(chosen: readonly OpenOrphans[], verdict: AlikeVerdict): string {
  const one = isOne(chosen);
  const rows = tablesText(chosen);
  switch (verdict) {
    case 'delete': return `${rows} ${one ? 'leaves its live table, is' : 'leave the live tables, are'} kept in quarantine, and ${one ? 'comes' : 'come'} back on rollback.`;
    case 'set_null': return `${rows} ${one ? 'stays and loses its' : 'stay and lose their'} reference.`;
    case 'stop': return `The phase stays closed until ${rows} ${one ? 'is' : 'are'} put right by hand.`;
  }
}

/** Foreign keys that are left open and by which rows hang on those that would go: they are to be decided on as well. */
export function hangingOn(open: readonly OpenOrphans[], chosen: readonly OpenOrphans[]): OpenOrphans[] {
  const going = new Set(chosen.map((one) => tableId(one.child)));
  const hanging: OpenOrphans[] = [];
  for (let grew = true; grew; ) {
    const next = open.filter((one) => one.along > 0 && !chosen.includes(one) && !hanging.includes(one) && going.has(tableId(one.parent)));
    for (const one of next) going.add(tableId(one.child));
    hanging.push(...next);
    grew = next.length > 0;
  }
  return hanging;
}

/** `line.order_id and note.customer_id`, the first of them and how many more. */
export function columnsText(keys: readonly OpenOrphans[], most = 3): string {
  const names = keys.map((one) => `${tableText(one.child)}.${one.columns.join(', ')}`);
  const rest = names.length - most;
  return listed(rest > 0 ? [...names.slice(0, most), `${exactNumber(rest)} more`] : names);
}
