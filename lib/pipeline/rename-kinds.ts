import { createSchema, ident } from './ddl.ts';
import { kindOf } from './kinds/all.ts';
import { wordOf } from './moved-names.ts';
import { withMove } from './moved.ts';
import type { Rename } from './rename.ts';
import { withRename } from './renamed.ts';
import { objectId, type ObjectKind, parseObjectId, type Snapshot } from './snapshot.ts';

type Read = Pick<Snapshot, 'objects'> & Partial<Pick<Snapshot, 'satellites' | 'dependencies' | 'estimates' | 'carried' | 'unread'>>;

/** What a statement moves into another schema, in the order in which they move: what others are of, before what is of them. */
export const MOVES: readonly ObjectKind[] = ['enum', 'domain', 'composite_type', 'range_type', 'base_type', 'sequence', 'table', 'foreign_table', 'view', 'materialized_view', 'function', 'procedure', 'aggregate'];

/** A query says their columns behind their bare name. */
const NAMED_IN_QUERIES: ReadonlySet<string> = new Set(['table', 'foreign_table', 'view', 'materialized_view']);

const PUBLIC = objectId('schema', 'public');

/** What a person can say is one thing under two names. */
export function canBeRenamed({ from, to }: Rename): boolean {
  const [before, after] = [parseObjectId(from), parseObjectId(to)];
  if (before.kind !== after.kind || from === to) return false;
  if (before.kind === 'column') return before.path.slice(0, 2).join('\0') === after.path.slice(0, 2).join('\0');
  // Every database begins with a public schema and its grants.
  if (before.kind === 'schema') return from !== PUBLIC && to !== PUBLIC;
  return MOVES.some((kind) => kind === before.kind);
}

/** From one schema into another: with the new name or without. */
export function isMove({ from, to }: Rename): boolean {
  const [before, after] = [parseObjectId(from), parseObjectId(to)];
  return before.kind !== 'schema' && before.kind !== 'column' && before.path[0] !== after.path[0];
}

/**
 * One statement each: another schema first and then another name, or, where the name that it has is taken there, the other way round.
 * @param held names of one kind, as `schema.name` ids, that are taken.
 */
export function elementsOf(rename: Rename, held: (id: string) => boolean): Rename[] {
  const [{ kind, path: before }, { path: after }] = [parseObjectId(rename.from), parseObjectId(rename.to)];
  if (!isMove(rename) || before[1] === after[1]) return [{ from: rename.from, to: rename.to }];
  const moved = objectId(kind as ObjectKind, after[0] ?? '', before[1] ?? '');
  const between = held(moved) ? objectId(kind as ObjectKind, before[0] ?? '', after[1] ?? '') : moved;
  return [{ from: rename.from, to: between }, { from: between, to: rename.to }];
}

/** The snapshot as it is after one statement. */
export function withElement<S extends Read>(snapshot: S, rename: Rename): S {
  const { kind } = parseObjectId(rename.from);
  return kind === 'column' || (NAMED_IN_QUERIES.has(kind) && !isMove(rename)) ? withRename(snapshot, rename) : withMove(snapshot, rename);
}

/** How a rename is carried out: see TakenRename. */
export type Carried = Rename & { by?: readonly Rename[]; makes?: string | null; takesBack?: readonly string[] };

/** The statements, and those that take them back. */
export function renameStatements(rename: Carried): { forward: string[]; back: string[] } {
  const elements = rename.by ?? elementsOf(rename, () => false);
  const makes = rename.makes ?? null;
  return {
    forward: [...(makes === null ? [] : [createSchema(makes), ...(rename.takesBack ?? [])]), ...elements.map(({ from, to }) => statement(from, to))],
    back: [...elements.toReversed().map(({ from, to }) => statement(to, from)), ...(makes === null ? [] : [`DROP SCHEMA ${ident(makes)}`])],
  };
}

function statement(from: string, to: string): string {
  const [{ kind, path: before }, { path: after }] = [parseObjectId(from), parseObjectId(to)];
  const [schema = '', name = schema] = before;
  if (kind === 'column') return `ALTER TABLE ${ident(schema)}.${ident(name)} RENAME COLUMN ${ident(before[2] ?? '')} TO ${ident(after[2] ?? '')}`;
  const object = { id: from, kind: kind as ObjectKind, schema, name, parent: null, position: null, attributes: {} };
  const alter = `ALTER ${kindOf(object.kind).address(object)}`;
  return isMove({ from, to }) ? `${alter} SET SCHEMA ${ident(after[0] ?? '')}` : `${alter} RENAME TO ${wordOf(kind, after.at(-1) ?? '')}`;
}
