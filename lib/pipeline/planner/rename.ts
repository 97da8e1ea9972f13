import { ident, literal, qualified } from '../ddl.ts';
import { kindLabel } from '../kinds/all.ts';
import type { Assertion, LockClaim, Phase, Step, TableName } from '../plan.ts';
import { type Rename, renameId, renameOf, type TakenRename } from '../rename.ts';
import { partStatements } from '../renamed-parts.ts';
import { renameCosts } from '../rename-cost.ts';
import { isMove, renameStatements } from '../rename-kinds.ts';
import { objectId, type ObjectKind, parseObjectId } from '../snapshot.ts';
import { execute, type Workbench } from './input.ts';
import { spoken } from './names.ts';

/**
 * One phase before all others that gives what was chosen its new name, or moves it into another schema: a change of the catalog that keeps every row, index, grant
 * and view. Everything after it speaks of the new names.
 */
export function renamePhase(bench: Workbench): Phase[] {
  const ids = new Set(bench.chosen.filter((delta) => renameOf(delta.id)).map((delta) => delta.id));
  for (const id of ids) bench.taken.add(id);
  // In the order in which they were taken: a column is renamed under the new name of its table.
  const chosen = bench.renames.filter((rename) => ids.has(renameId(rename)));
  if (chosen.length === 0) return [];
  return [{
    id: 'rename',
    kind: 'rename',
    title: wordsOf(chosen),
    summary: 'Gives what a person recognised under another name, or in another schema, that name and place, with its rows and everything that rests on it. Code that still uses the old name fails from then on.',
    steps: chosen.map((rename, at) => ({ ...stepOf(rename), id: `rename.${at + 1}` })),
    checks: [],
    verifications: chosen.map(isThere),
    price: [],
    touches: [...new Set(chosen.flatMap(touchedBy))],
    requires: [],
    orphanDecisions: {},
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  }];
}

function wordsOf(chosen: readonly TakenRename[]): string {
  const [one] = chosen;
  if (one && chosen.length === 1) return isMove(one) ? `Move ${spokenOf(one.from)}` : `Rename ${spokenOf(one.from)}`;
  const ordinary = chosen.every(({ from }) => from.startsWith('table:') || from.startsWith('column:'));
  return chosen.some(isMove) ? `Rename or move ${chosen.length} things` : `Rename ${chosen.length} ${ordinary ? 'tables and columns' : 'things'}`;
}

function stepOf(rename: TakenRename): Omit<Step, 'id'> {
  const { forward, back } = renameStatements(rename);
  const heirs = rename.heirs.map((heir) => ({ mode: 'ACCESS EXCLUSIVE' as const, table: relationOf(heir.from) }));
  const keys = rename.from.startsWith('schema:') ? tablesOfKeys(rename) : [];
  return {
    title: titleOf(rename),
    statements: [...forward.map((sql) => execute(renameId(rename), sql)), ...rename.parts.map((part) => execute(renameId(part), partStatements(part).forward))],
    undo: [...rename.parts.toReversed().map((part) => execute(`back to ${lastOf(part.from)}`, partStatements(part).back)), ...back.map((sql) => execute(`back to ${isMove(rename) ? spokenOf(rename.from) : lastOf(rename.from)}`, sql))],
    locks: [...locked(rename.from), ...heirs, ...keys],
    // A column is where it was: its table has the new name already.
    undoLocks: [...locked(rename.from.startsWith('column:') ? rename.from : rename.to), ...heirs, ...keys],
    rewrite: false,
    hazards: renameCosts(rename).map((sentence) => ({ code: 'BLOCKS_READS_AND_WRITES', sentence })),
    editable: true,
  };
}

/** A constraint gets its name under a lock of its table. */
function tablesOfKeys({ parts }: TakenRename): LockClaim[] {
  const tables = new Map(parts.filter(({ from }) => from.startsWith('constraint:')).map(({ from }) => [parseObjectId(from).path.slice(0, 2).join('.'), relationOf(from)]));
  return [...tables.values()].map((table) => ({ mode: 'ACCESS EXCLUSIVE', table }));
}

/** What has rows, or is asked for them. */
const LOCKED: ReadonlySet<string> = new Set(['column', 'table', 'foreign_table', 'view', 'materialized_view', 'sequence']);

function locked(id: string): LockClaim[] {
  return LOCKED.has(parseObjectId(id).kind) ? [{ mode: 'ACCESS EXCLUSIVE', table: relationOf(id) }] : [];
}

function titleOf(rename: Rename): string {
  const { from, to } = rename;
  if (!isMove(rename)) return `Rename ${spokenOf(from)} to ${lastOf(to)}`;
  return lastOf(from) === lastOf(to) ? `Move ${spokenOf(from)} to the schema ${parseObjectId(to).path[0] ?? ''}` : `Move ${spokenOf(from)} to ${parseObjectId(to).path.join('.')}`;
}

function isThere({ from, to }: Rename): Assertion {
  const { kind } = parseObjectId(to);
  return { label: isMove({ from, to }) ? `${spokenOf(from)} is ${spokenOf(to)}` : `${spokenOf(from)} is called ${lastOf(to)}`, sql: `SELECT count(*)::text FROM ${catalogOf(kind, to)}`, expect: { from: 'literal', value: '1' } };
}

/** The catalog and the row in it that has the name. */
function catalogOf(kind: string, id: string): string {
  const { path: [schema = '', name = '', column = ''] } = parseObjectId(id);
  if (kind === 'schema') return `pg_namespace WHERE nspname = ${literal(schema)}`;
  const relation = `to_regclass(${literal(qualified({ schema, name }))})`;
  if (kind === 'column') return `pg_attribute WHERE attrelid = ${relation} AND attname = ${literal(column)} AND NOT attisdropped`;
  if (LOCKED.has(kind)) return `pg_class WHERE oid = ${relation}`;
  if (kind === 'function' || kind === 'procedure' || kind === 'aggregate') return `pg_proc WHERE oid = to_regprocedure(${literal(`${ident(schema)}.${name}`)})`;
  return `pg_type WHERE oid = to_regtype(${literal(qualified({ schema, name }))})`;
}

function lastOf(id: string): string {
  return parseObjectId(id).path.at(-1) ?? '';
}

function relationOf(id: string): TableName {
  const [schema = '', name = ''] = parseObjectId(id).path;
  return { schema, name };
}

/** `orders`, `sales.orders`, `orders.total`; what is no table with its kind: `enum public.state`. */
function spokenOf(id: string): string {
  const { kind, path } = parseObjectId(id);
  if (kind === 'table') return spoken(relationOf(id));
  return kind === 'column' ? `${spoken(relationOf(id))}.${path[2] ?? ''}` : `${kindLabel(kind as ObjectKind, 1)} ${path.join('.')}`;
}

/** What the signature holds: of a column its table, and of a schema that is made for it, that there is none. */
function touchedBy({ from, heirs, makes }: TakenRename): string[] {
  return [...[from, ...heirs.map((heir) => heir.from)].map((id) => (id.startsWith('column:') ? tableOf(id) : id)), ...(makes === null ? [] : [objectId('schema', makes)])];
}

function tableOf(id: string): string {
  const [schema = '', name = ''] = parseObjectId(id).path;
  return objectId('table', schema, name);
}
