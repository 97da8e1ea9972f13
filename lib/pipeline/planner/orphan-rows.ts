import { castTarget, ident, qualified } from '../ddl.ts';
import type { Assertion, OrphanDecision, TableName } from '../plan.ts';
import type { Walk } from '../step-kinds/batches.ts';
import { keyAfter, keyAtMost, keyText } from './batch-key.ts';
import type { ForeignKey } from './foreign-keys.ts';
import { spoken } from './names.ts';
import { isText } from './rebuild-feeds.ts';

/** One table whose rows are without a parent, by one foreign key or several, and what becomes of them. */
export interface Mended {
  id: string;
  table: TableName;
  key: readonly string[];
  /** SQL types of the key's columns. */
  types: readonly string[];
  columns: readonly string[];
  foreignKeys: readonly ForeignKey[];
  /** Keys of today that would take rows of others along, or their references, when a row of it goes. */
  dragging: readonly Dragging[];
  /** Where the rows stand that are taken out, as they were. */
  quarantine: TableName;
  /** Where the rows stand whose reference changes, as they were. */
  unlinked: TableName;
}

/** A foreign key that points at a table and does something to the child when the parent goes. */
export interface Dragging {
  childId: string;
  child: TableName;
  columns: readonly string[];
  parentColumns: readonly string[];
}

/** A table, and where rows of it are noted. */
export interface Noted {
  id: string;
  key: readonly string[];
  note: TableName;
}

export function going({ id, key, quarantine }: Mended): Noted {
  return { id, key, note: quarantine };
}

export type Decisions = Readonly<Record<string, OrphanDecision>>;

export function verdictOf(decisions: Decisions, key: ForeignKey): OrphanDecision['verdict'] | undefined {
  return decisions[key.spec.id]?.verdict;
}

/** Keys whose orphans leave their table. */
export function removingKeys(one: Mended, decisions: Decisions): ForeignKey[] {
  return one.foreignKeys.filter((key) => verdictOf(decisions, key) === 'delete');
}

/** Keys whose orphans stay and get another reference, or none. */
export function relinkingKeys(one: Mended, decisions: Decisions): ForeignKey[] {
  return one.foreignKeys.filter((key) => ['set_null', 're_point'].includes(verdictOf(decisions, key) ?? ''));
}

export function removes(one: Mended, decisions: Decisions): boolean {
  return removingKeys(one, decisions).length > 0;
}

export function relinks(one: Mended, decisions: Decisions): boolean {
  return relinkingKeys(one, decisions).length > 0;
}

/** The row `alias` of the table has no parent for this key, or one that is itself taken out. Rows with a null part never are (MATCH SIMPLE). */
export function orphaned(key: ForeignKey, inside: ReadonlyMap<string, Mended>, decisions: Decisions, alias: string): string {
  return orphanedBy(key, inside, decisions, alias, [refersTo(key, alias, 'p')]);
}

/**
 * The same of few rows, where the whole parent is not to be read for each of them: as soon as its columns change type later, no index is over the new type, and a parent
 * is looked for by what stands in the row and by how the new type spells it. What is overlooked so, `overlooked` finds in the end.
 */
export function orphanedByIndex(key: ForeignKey, inside: ReadonlyMap<string, Mended>, decisions: Decisions, alias: string): string {
  const quick = byIndex(key, alias, 'p');
  return orphanedBy(key, inside, decisions, alias, quick ?? [refersTo(key, alias, 'p')]);
}

function orphanedBy({ spec, parentId }: ForeignKey, inside: ReadonlyMap<string, Mended>, decisions: Decisions, alias: string, matches: readonly string[]): string {
  const parent = inside.get(parentId);
  const going = parent && removes(parent, decisions) ? ` AND NOT EXISTS (SELECT 1 FROM ${qualified(parent.quarantine)} g WHERE ${same(parent.key, 'g', 'p')})` : '';
  const missing = matches.map((match) => ` AND NOT EXISTS (SELECT 1 FROM ${qualified(spec.parent)} p WHERE ${match}${going})`);
  return `(${spec.columns.map((column) => `${alias}.${ident(column)} IS NOT NULL`).join(' AND ')}${missing.join('')})`;
}

/** Conditions of which one holds for a parent, but for spellings that neither type writes; null: the key can be asked for as it is, or not without reading the parent. */
function byIndex({ spec, now }: ForeignKey, child: string, parent: string): string[] | null {
  if (!now) return null;
  const columns = now.map((types, i) => ({ types, type: spec.types[i] ?? 'text', ours: `${child}.${ident(spec.columns[i] ?? '')}`, theirs: `${parent}.${ident(spec.parentColumns[i] ?? '')}` }));
  if (columns.every(({ types, type }) => comparesAsIs(types.child, type) && comparesAsIs(types.parent, type))) return null;
  const alike = columns.every(({ types }) => types.child === types.parent) ? [columns.map(({ ours, theirs }) => `${theirs} = ${ours}`).join(' AND ')] : [];
  const written = columns.flatMap(({ types, type, ours, theirs }) => {
    if (comparesAsIs(types.parent, type)) return `${theirs} = ${as(ours, types.child, type)}`;
    return isText(types.parent) && !isText(type) ? `${theirs} = ${as(ours, types.child, type)}::${castTarget(types.parent)}` : [];
  });
  return written.length === columns.length ? [...alike, written.join(' AND ')] : null;
}

/** How many rows of a note were changed in the live table although their parent is there, in a spelling that no index finds; null: none could be. */
export function overlooked(one: Mended, note: TableName, keys: readonly { key: ForeignKey; when: string }[], inside: ReadonlyMap<string, Mended>, decisions: Decisions): Assertion | null {
  if (keys.every(({ key }) => byIndex(key, 'q', 'p') === null)) return null;
  const rows = (condition: string): string => `SELECT ${one.key.map((column) => `q.${ident(column)}`).join(', ')} FROM ${qualified(note)} q WHERE ${condition}`;
  return {
    label: `rows of ${spoken(one.table)} that have a parent after all, in another spelling`,
    sql: `SELECT count(*)::text FROM (\n  ${[rows('q.countersign_done'), ...keys.map(({ key, when }) => rows(`${when}${orphaned(key, inside, decisions, 'q')}`))].join('\n  EXCEPT\n  ')}\n) overlooked`,
    expect: { from: 'literal', value: '0' },
  };
}

/** The row `child` refers to the row `parent` by this key, as it will be: two spellings of one value are one parent. */
export function refersTo({ spec, now }: ForeignKey, child: string, parent: string): string {
  return spec.columns.map((column, i) => {
    const [type, types] = [spec.types[i] ?? 'text', now?.[i]];
    return `${as(`${parent}.${ident(spec.parentColumns[i] ?? '')}`, types?.parent, type)} = ${as(`${child}.${ident(column)}`, types?.child, type)}`;
  }).join(' AND ');
}

function as(value: string, now: string | undefined, type: string): string {
  return now === undefined || comparesAsIs(now, type) ? value : `${value}::${castTarget(type)}`;
}

/** Whole numbers are compared across their types, and by an index of each. */
function comparesAsIs(now: string, type: string): boolean {
  return now === type || [now, type].every((one) => ['smallint', 'integer', 'bigint'].includes(one));
}

/**
 * Whether the row `alias` of the table is to go: it has no parent for a key whose orphans go, and nothing would go along that is not noted. Where rows of the child are
 * taken out before, whoever still points at the row has come since; `noted` are those that go together with it, or lose their reference first.
 */
export function goes(one: Mended, inside: ReadonlyMap<string, Mended>, decisions: Decisions, alias: string, noted: readonly Noted[] = []): string {
  const keys = removingKeys(one, decisions).map((key) => orphanedByIndex(key, inside, decisions, alias));
  const drags = one.dragging.map(({ childId, child, columns, parentColumns }) => {
    const unless = noted.filter((other) => other.id === childId).map(({ note, key }) => ` AND NOT EXISTS (SELECT 1 FROM ${qualified(note)} n WHERE ${same(key, 'n', 'd')})`);
    return ` AND NOT EXISTS (SELECT 1 FROM ${qualified(child)} d WHERE ${columns.map((column, i) => `d.${ident(column)} = ${alias}.${ident(parentColumns[i] ?? '')}`).join(' AND ')}${unless.join('')})`;
  });
  return `(${keys.join(' OR ')})${drags.join('')}`;
}

export function same(key: readonly string[], a: string, b: string): string {
  return key.map((column) => `${a}.${ident(column)} = ${b}.${ident(column)}`).join(' AND ');
}

/** What is read is the note, in the order of its key; the live row is looked at again, because the application may have mended it. */
export function walkOver(one: { key: readonly string[]; types: readonly string[] }, note: TableName, label: string, change: string, held?: TableName): Walk {
  const from = qualified(note);
  const rows = [
    'WITH w AS MATERIALIZED (',
    `  SELECT q.* FROM ${from} q`,
    `  WHERE ${keyAfter('q', one.key, one.types, '$1')} AND ${keyAtMost('q', one.key, one.types, '$3')}`,
    `  ORDER BY ${one.key.map((column) => `q.${ident(column)}`).join(', ')} LIMIT $2::int`,
    ')',
  ].join('\n');
  return {
    label,
    ...(held ? { holdSql: `${rows}\nSELECT FROM ${qualified(held)} t, w WHERE ${same(one.key, 't', 'w')} FOR UPDATE OF t` } : {}),
    sql: [
      `${rows},`,
      change,
      `SELECT (SELECT count(*)::int FROM w) AS rows, (SELECT count(*)::int FROM changed) AS changed, (SELECT ${keyText('w', one.key)} FROM w ORDER BY ${one.key.map((column) => `w.${ident(column)} DESC`).join(', ')} LIMIT 1) AS last`,
    ].join('\n'),
    totalSql: `SELECT count(*) FROM ${from}`,
    untilSql: `SELECT ${keyText('q', one.key)} FROM ${from} q ORDER BY ${one.key.map((column) => `q.${ident(column)} DESC`).join(', ')} LIMIT 1`,
  };
}
