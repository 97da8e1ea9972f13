import { kindOf } from './kinds/all.ts';
import { STAGES } from './kinds/kind.ts';
import type { SchemaObject } from './snapshot.ts';

/**
 * Statements that create the objects in an empty database, in an order in which they can run: schemas, types, sequences, tables, partitions,
 * keys, indexes, foreign keys. A column must come with its table; what is inherited comes with its parent.
 */
export function renderObjects(objects: readonly SchemaObject[]): string[] {
  const families = familiesOf(objects);
  const statements = objects.flatMap((object) => kindOf(object.kind).create(object, families.get(object.id) ?? []));
  return STAGES.flatMap((stage) => statements.filter((statement) => statement.stage === stage).map((statement) => statement.sql));
}

/** Objects by the id of the object they belong to. */
function familiesOf(objects: readonly SchemaObject[]): Map<string, SchemaObject[]> {
  const families = new Map<string, SchemaObject[]>();
  for (const object of objects) {
    if (object.parent === null) continue;
    const family = families.get(object.parent);
    if (family) family.push(object);
    else families.set(object.parent, [object]);
  }
  return families;
}
