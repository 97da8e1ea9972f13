import { ident } from './ddl.ts';
import type { Delta } from './diff.ts';
import { listOf, textOf } from './kinds/relation.ts';
import { once } from './once.ts';
import { canBeRenamed, MOVES } from './rename-kinds.ts';
import { type Rename, renameId, renameOf } from './rename.ts';
import { parseObjectId, type SchemaObject, type Snapshot } from './snapshot.ts';

type Read = Pick<Snapshot, 'objects'>;

/** Two differences that look like one thing in another place, with what speaks for it. */
export interface Proposed extends Rename {
  remove: Delta;
  add: Delta;
  evidence: readonly string[];
}

/** Fewer than half of what is in a schema or a table alike, and they are two. */
const ALIKE = 0.5;

/**
 * Schemas that look renamed, and what looks moved into another schema: the same kind and name, of much the same shape, and each other's only candidate.
 * What goes with a schema that looks renamed is not asked for one by one.
 */
export function proposedMoves(current: Read, desired: Read, deltas: readonly Delta[]): Proposed[] {
  const schemas = proposedSchemas(current, desired, deltas);
  const covered = new Set(schemas.map(({ from, to }) => JSON.stringify([schemaOf(from), schemaOf(to)])));
  const asked = deltas.filter((delta) => delta.change !== 'change' && MOVES.includes(delta.kind) && !isOwned(delta));
  // Of two large schemas without a candidate no column is looked at.
  const columns = { current: once(() => columnsOf(current, asked)), desired: once(() => columnsOf(desired, asked)) };
  const byName = [...Map.groupBy(asked, (delta) => JSON.stringify([delta.kind, parseObjectId(delta.objectId).path[1]])).values()];
  const pairs = byName.flatMap((family): Proposed[] => {
    const [remove, add] = [family.filter(({ change }) => change === 'remove'), family.filter(({ change }) => change === 'add')].map((side) => (side.length === 1 ? side[0] : undefined));
    if (!remove?.current || !add?.desired || remove.current.schema === add.desired.schema || covered.has(JSON.stringify([remove.current.schema, add.desired.schema]))) return [];
    const speaks = likeness(remove.current, add.desired, columns);
    return speaks === null ? [] : [{ from: remove.objectId, to: add.objectId, remove, add, evidence: ['the same name in another schema', ...speaks] }];
  });
  return [...schemas, ...pairs].filter((pair) => canBeRenamed(pair) && renameOf(renameId(pair)) !== null);
}

function proposedSchemas(current: Read, desired: Read, deltas: readonly Delta[]): Proposed[] {
  const of = (change: Delta['change']) => deltas.filter((delta) => delta.kind === 'schema' && delta.change === change);
  const [going, coming] = [of('remove'), of('add')];
  if (going.length === 0 || coming.length === 0) return [];
  const [before, after] = [contents(current, going), contents(desired, coming)];
  const shared = (remove: Delta, add: Delta) => [...(before.get(schemaOf(remove.objectId)) ?? [])].filter((word) => after.get(schemaOf(add.objectId))?.has(word)).length;
  const size = (remove: Delta, add: Delta) => Math.max(before.get(schemaOf(remove.objectId))?.size ?? 0, after.get(schemaOf(add.objectId))?.size ?? 0);
  const alike = (remove: Delta, add: Delta) => size(remove, add) > 0 && shared(remove, add) / size(remove, add) >= ALIKE;
  return going.flatMap((remove): Proposed[] => {
    const candidates = coming.filter((add) => alike(remove, add));
    const [add] = candidates;
    if (!add || candidates.length > 1 || going.filter((other) => alike(other, add)).length > 1) return [];
    return [{ from: remove.objectId, to: add.objectId, remove, add, evidence: [`${shared(remove, add)} of ${size(remove, add)} ${size(remove, add) === 1 ? 'thing' : 'things'} in it of the same kind and name`] }];
  });
}

/** What stands in these schemas by itself, as kind and name. */
function contents({ objects }: Read, schemas: readonly Delta[]): Map<string, Set<string>> {
  const words = new Map(schemas.map((delta) => [schemaOf(delta.objectId), new Set<string>()]));
  for (const object of objects) if (object.parent === null && object.kind !== 'schema') words.get(object.schema)?.add(`${object.kind} ${object.name}`);
  return words;
}

function schemaOf(id: string): string {
  return parseObjectId(id).path[0] ?? '';
}

/** It goes with the column that owns it. */
function isOwned({ current, desired }: Delta): boolean {
  const object = desired ?? current;
  return object?.kind === 'sequence' && textOf(object, 'ownedBy') !== null;
}

type Columns = ReadonlyMap<string, readonly SchemaObject[]>;

function columnsOf({ objects }: Read, deltas: readonly Delta[]): Columns {
  const tables = new Set(deltas.map(({ objectId }) => objectId));
  return Map.groupBy(objects.filter((object) => object.kind === 'column' && object.parent !== null && tables.has(object.parent)), (object) => object.parent ?? '');
}

/** What else the two have in common; null: too little. */
function likeness(before: SchemaObject, after: SchemaObject, columns: { current: () => Columns; desired: () => Columns }): string[] | null {
  const place = (text: string) => text.replaceAll(`${ident(before.schema)}.`, '').replaceAll(`${ident(after.schema)}.`, '');
  if (before.kind === 'table' || before.kind === 'foreign_table') {
    const [old, wanted] = [columns.current().get(before.id) ?? [], columns.desired().get(after.id) ?? []];
    const said = new Set(wanted.map((column) => `${column.name} ${place(String(column.attributes.type))}`));
    return counted(old.filter((column) => said.has(`${column.name} ${place(String(column.attributes.type))}`)).length, Math.max(old.length, wanted.length), 'column');
  }
  if (before.kind === 'enum') return counted(listOf(before, 'labels').filter((label) => listOf(after, 'labels').includes(label)).length, Math.max(listOf(before, 'labels').length, listOf(after, 'labels').length), 'label');
  if (before.kind === 'view' || before.kind === 'materialized_view') return place(JSON.stringify(before.attributes.columns ?? null)) === place(JSON.stringify(after.attributes.columns ?? null)) ? ['the same columns'] : null;
  return place(JSON.stringify(before.attributes)) === place(JSON.stringify(after.attributes)) ? ['the same definition'] : null;
}

function counted(shared: number, all: number, word: string): string[] | null {
  if (all === 0) return [];
  return shared / all < ALIKE ? null : [shared === all ? `the same ${all} ${word}${all === 1 ? '' : 's'}` : `${shared} of ${all} ${word}s`];
}
