import { listOf, textOf } from './kinds/relation.ts';
import type { Rename } from './rename.ts';
import { objectId, parseObjectId, type SchemaObject, type Snapshot } from './snapshot.ts';

type Read = Pick<Snapshot, 'objects'>;

/** Columns of heirs and partitions, at whatever depth, that the server gives the new name along with the column of their parent. */
export function heirsOf({ objects }: Read, rename: Rename): Rename[] {
  if (!rename.from.startsWith('column:')) return [];
  const [before = '', after = ''] = [rename.from, rename.to].map((id) => parseObjectId(id).path.at(-1));
  const columns = new Map(objects.flatMap((object) => (object.kind === 'column' && object.name === before && object.attributes.inherited === true ? [[object.parent, object] as const] : [])));
  const family = [columnTable(objects, rename.from)];
  for (const table of family) {
    for (const heir of objects) if (columns.has(heir.id) && !family.includes(heir.id) && table !== undefined && parentsOf(heir).includes(table)) family.push(heir.id);
  }
  return family.slice(1).flatMap((table) => {
    const column = columns.get(table ?? '');
    return column ? [{ from: column.id, to: objectId('column', ...parseObjectId(column.id).path.slice(0, 2), after) }] : [];
  });
}

/** Why no statement gives this column another name: a column that is inherited takes the name of its parents', and these must all be renamed at once; that of a typed table has the name of the type's. null where one does. */
export function namedElsewhere(read: Read, rename: Rename): string | null {
  const tables = new Map(read.objects.map((object) => [object.id, object]));
  const type = textOf(tables.get(columnTable(read.objects, rename.from) ?? '') ?? NOTHING, 'ofType');
  if (type !== null) return `column ${parseObjectId(rename.from).path.join('.')} belongs to a table of the type ${type}: its name changes there, and with it here.`;
  const all = [rename, ...heirsOf(read, rename)].map(({ from }) => from);
  const family = new Set(all.map((id) => columnTable(read.objects, id)));
  for (const id of all) {
    const { path } = parseObjectId(id);
    const table = tables.get(columnTable(read.objects, id) ?? '');
    const others = table && tables.get(id)?.attributes.inherited === true ? parentsOf(table).filter((parent) => !family.has(parent) && tables.has(objectId('column', ...parseObjectId(parent).path, path[2] ?? ''))) : [];
    if (others[0] === undefined) continue;
    const parent = others[0].replace(':', ' ');
    return id === rename.from ? `column ${path.join('.')} comes from ${parent}: its name changes there, and with it here.` : `column ${path.join('.')} goes along with it and comes from ${parent} too, and no statement gives both parents' columns another name at once.`;
  }
  return null;
}

const NOTHING: SchemaObject = { id: '', kind: 'table', schema: '', name: '', parent: null, position: null, attributes: {} };

function columnTable(objects: Read['objects'], columnId: string): string | undefined {
  return objects.find((object) => object.id === columnId)?.parent ?? undefined;
}

function parentsOf(table: SchemaObject): string[] {
  const partitionOf = textOf(table, 'partitionOf');
  return [...(partitionOf === null ? [] : [partitionOf]), ...listOf(table, 'inherits')];
}
