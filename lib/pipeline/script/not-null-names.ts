import { inventedName } from '../ddl.ts';
import { namesNotNulls } from '../kinds/newer-not-null.ts';
import { comesFromParents, writtenNotNull } from '../kinds/not-null.ts';
import { parseObjectId, type SchemaObject, type Snapshot } from '../snapshot.ts';
import type { Applied } from './apply.ts';
import type { Scripted } from './side.ts';

/**
 * What is to stand after a script, with a name said for each not-null constraint that the server would call otherwise than usual: since Postgres 18 it makes up another name where a
 * constraint of any table of the schema has that one, as partitions have their table's, and a table that was renamed has the name of the one that comes in its place.
 */
export function namingTaken(current: Scripted & Partial<Pick<Snapshot, 'target'>>, made: Applied): Applied {
  if (!namesNotNulls(current)) return made;
  const wanted = [...made.objects.values()].filter((object) => object !== null);
  const taken = new Set([...current.objects, ...wanted].flatMap(unusualName));
  if (taken.size === 0) return made;
  const stays = current.objects.filter(({ id }) => !made.objects.has(id));
  return { ...made, objects: new Map([...made.objects, ...[...wanted, ...stays].flatMap((object) => named(object, taken))]) };
}

/** The column with its usual name said, where that is taken. */
function named(column: SchemaObject, taken: ReadonlySet<string>): [string, SchemaObject][] {
  if (column.kind !== 'column' || column.attributes.nullable !== false || writtenNotNull(column) !== null || comesFromParents(column)) return [];
  const [schema = '', table = ''] = parseObjectId(column.parent ?? '').path;
  const usual = inventedName(table, column.name, 'not_null');
  return taken.has(`${schema}.${usual}`) ? [[column.id, { ...column, attributes: { ...column.attributes, notNullCalled: usual } }]] : [];
}

/** Of a not-null constraint that is not called after its own table and column. */
function unusualName(object: SchemaObject): string[] {
  if (object.kind !== 'column' || object.attributes.nullable !== false) return [];
  const name = writtenNotNull(object) ?? object.aside?.notNullCalled;
  return typeof name === 'string' ? [`${object.schema}.${name}`] : [];
}
