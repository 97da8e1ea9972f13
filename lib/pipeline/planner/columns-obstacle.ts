import { qualifiedId } from '../kinds/relation.ts';
import { defaultId } from '../script/side.ts';
import type { SchemaObject } from '../snapshot.ts';
import { listed } from '../words.ts';
import { digestOf } from '../digest.ts';
import { replicaIndex, publishedAs } from './carried-parts.ts';
import { drawsNumbers } from './carried-sequences.ts';
import { restingOnIds } from './carried-views.ts';
import { type SwappedColumn, swappedColumns } from './columns-names.ts';
import { freshIndex, freshText, type SwappedPart, swappedParts, textOf } from './columns-parts.ts';
import { SWAP_TRIGGER } from './columns-trigger.ts';
import type { Conversion } from './convert-sql.ts';
import { constraintsOf, list, tableName, text, type Workbench } from './input.ts';
import { spoken } from './names.ts';

/** Without an equality of their own, or without a way there and back by a cast. */
const INCOMPARABLE = /^(json|xml|point|line|lseg|box|path|polygon|circle)(\[\])*$/;

/** Why the columns of the group cannot change places inside their table, as the end of a sentence; null when they can. Whatever is not known to come along is an obstacle by its name. */
export function columnsObstacle(bench: Workbench, tables: readonly Conversion[]): string | null {
  const [one, ...more] = tables;
  if (!one || more.length > 0) return `${listed(tables.map((table) => spoken(table.live)))} are joined by keys or readers and change together`;
  const columns = swappedColumns(bench, one);
  return tableObstacle(bench, one) ?? firstOf(columns, (column) => columnObstacle(bench, one, column)) ?? partsObstacle(bench, one, columns) ?? changesObstacle(bench, one, columns) ?? dependentsObstacle(bench, one, columns) ?? viewsObstacle(bench, one, columns) ?? rowsObstacle(bench, one);
}

function firstOf<T>(items: readonly T[], ask: (item: T) => string | null): string | null {
  for (const item of items) {
    const answer = ask(item);
    if (answer !== null) return answer;
  }
  return null;
}

function tableObstacle(bench: Workbench, one: Conversion): string | null {
  const name = spoken(one.live);
  const table = bench.current.get(one.id);
  if (!table || table.attributes.partitioned === true || text(table, 'partitionOf') !== null) return `${name} is partitioned or a partition`;
  if (list(table, 'inherits').length > 0 || [...bench.current.values()].some((other) => other.kind === 'table' && (list(other, 'inherits').includes(one.id) || text(other, 'partitionOf') === one.id))) return `${name} is inherited from or inherits`;
  if (text(table, 'ofType') !== null) return `${name} is a table of a type, which would have to change with it`;
  if (one.key.length === 0) return `${name} has no primary key by which its rows could be filled in batches`;
  const published = publishedAs(bench, one)[0];
  return published === undefined ? null : `publication ${published} sends its rows, and subscribers do not have the column that stands beside the old one`;
}

function columnObstacle(bench: Workbench, one: Conversion, { name, before, after, from, to }: SwappedColumn): string | null {
  const column = `${spoken(one.live)}.${name}`;
  if (one.key.includes(name)) return `${column} is part of the primary key, and what refers to it would have to change with it`;
  if ([before, after].some((object) => text(object, 'identity') !== null || text(object, 'generated') !== null)) return `${column} is an identity or generated column`;
  if (one.sequences.some((sequence) => sequence.column === name) || drawsNumbers(bench, before.id) || drawsNumbers(bench, after.id)) return `${column} draws its numbers from a sequence, and both columns would draw`;
  if ([from, to].some((type) => INCOMPARABLE.test(type))) return `${column} is or becomes ${INCOMPARABLE.test(from) ? from : to}, whose values cannot be compared`;
  if ([before, after].some((object) => text(object, 'notNullName') !== null || list(object, 'notNullFlags').length > 0)) return `the NOT NULL of ${column} has a name or conditions of its own`;
  return null;
}

/** Indexes and rules on the columns: each can be said of the new column from the server's own text, and has nothing that a second one would not have. */
function partsObstacle(bench: Workbench, one: Conversion, columns: readonly SwappedColumn[]): string | null {
  const on = (object: SchemaObject): boolean => columns.some((column) => list(object, 'columns').includes(column.name));
  const held = [...one.beforeFamily, ...one.family];
  const exclusion = constraintsOf(held, 'exclusion').find((object) => on(object) || columns.some((column) => textOf(object).includes(column.name)));
  if (exclusion) return `${exclusion.name} is an exclusion constraint, which has no form that does not lock`;
  const key = constraintsOf(held, 'foreign key').find(on);
  if (key) return `the foreign key ${key.name} is on the column, and would have to stand on both`;
  const parts = [...swappedParts(bench, one, columns, 'before'), ...swappedParts(bench, one, columns, 'after')];
  return firstOf(parts, (part) => partObstacle(bench, one, part, columns)) ?? uniqueGone(bench, one, columns);
}

function partObstacle(bench: Workbench, one: Conversion, part: SwappedPart, columns: readonly SwappedColumn[]): string | null {
  const { attributes, name } = part.object;
  if (replicaIndex(bench, one) === name) return `${name} is its replica identity`;
  const special = attributes.clustered === true || attributes.valid === false || attributes.inherited === true || attributes.validated === false || attributes.enforced === false || list(part.object, 'columnSettings').length > 0 || list(part.object, 'indexOptions').length > 0;
  if (special) return `${name} has settings of its own (a mark for CLUSTER, statistics targets, storage parameters, NOT VALID)`;
  if (part.what === 'check' && textOf(part.object).endsWith('NO INHERIT')) return `${name} is NO INHERIT`;
  if (freshText(part, columns) === null) return `${name} uses the word of the column for something else too, and cannot be said of another column`;
  return part.what !== 'check' && freshIndex(part, columns, one.live) === null ? `${name} is deferrable, or says more than its columns` : null;
}

/** Without it two values of the new column could be one of the old, and a write after the swap would fail by a rule that nobody has any more. */
function uniqueGone(bench: Workbench, one: Conversion, columns: readonly SwappedColumn[]): string | null {
  const after = swappedParts(bench, one, columns, 'after').filter(isUnique).map((part) => textOf(part.object));
  const gone = swappedParts(bench, one, columns, 'before').filter(isUnique).find((part) => !after.includes(textOf(part.object)));
  return gone ? `${gone.name} keeps the old column unique and is chosen to go or to change` : null;
}

function isUnique(part: SwappedPart): boolean {
  return part.what === 'unique' || part.object.attributes.unique === true;
}

function printOf(object: SchemaObject | undefined): string {
  return object ? digestOf(object.attributes) : '';
}

/** The columns alone change: everything else of the table stays what it is in this phase. */
function changesObstacle(bench: Workbench, one: Conversion, columns: readonly SwappedColumn[]): string | null {
  const own = new Set([...columns.map((column) => column.after.id), ...(['before', 'after'] as const).flatMap((of) => swappedParts(bench, one, columns, of).map((part) => part.object.id))]);
  const before = new Map(one.beforeFamily.map((object) => [object.id, object]));
  const after = new Map(one.family.map((object) => [object.id, object]));
  const moved = [...new Set([...before.keys(), ...after.keys()])].find((id) => !own.has(id) && printOf(before.get(id)) !== printOf(after.get(id)));
  const object = moved === undefined ? undefined : (before.get(moved) ?? after.get(moved));
  return object ? `${object.kind} ${object.name} of ${spoken(one.live)} is chosen to change in the same plan: plan that apart` : null;
}

/** What names a column by its number stays with the old one. Views are made anew, parts have a second one; all else is named. */
function dependentsObstacle(bench: Workbench, one: Conversion, columns: readonly SwappedColumn[]): string | null {
  const parts = new Set(swappedParts(bench, one, columns, 'before').map((part) => part.object.id));
  const queue = columns.map((column) => column.before.id);
  const seen = new Set([...queue, ...columns.map((column) => defaultId(column.before.id)), ...parts]);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const next of bench.dependents(id)) {
      if (seen.has(next)) continue;
      seen.add(next);
      const object = bench.current.get(next);
      if (object?.kind === 'view') queue.push(next);
      else if (!object || object.parent === null || bench.current.get(object.parent)?.kind !== 'view') return `${object ? `${object.kind.replaceAll('_', ' ')} ${object.name}` : next.replace(':', ' ')} names the column, and would stay with the old one`;
    }
  }
  return null;
}

/** Views are made anew as they are. */
function viewsObstacle(bench: Workbench, one: Conversion, columns: readonly SwappedColumn[]): string | null {
  const { views } = restingOnIds(bench, columns.map((column) => column.before.id));
  const chosen = views.find((view) => bench.chosen.some((delta) => delta.objectId === view.id));
  if (chosen) return `view ${chosen.name} reads it and is chosen to change in the same plan: plan that apart`;
  const twice = views.find((view, at) => views.findIndex((other) => other.name === view.name) !== at);
  return twice ? `two views that read ${spoken(one.live)} have the name ${twice.name}, and both would step aside into one schema` : null;
}

/** Whatever fires for an update of any column would fire for every row that is filled; whoever takes whole rows would get one column more. */
function rowsObstacle(bench: Workbench, one: Conversion): string | null {
  const name = spoken(one.live);
  const triggers = one.beforeFamily.filter((object) => object.kind === 'trigger' && !['disabled', 'replica'].includes(text(object, 'enabled') ?? 'origin'));
  const firing = triggers.find((trigger) => /\bUPDATE\b(?! OF )/.test((text(trigger, 'definition') ?? '').split(/ ON /)[0] ?? ''));
  if (firing) return `trigger ${firing.name} would fire for every row of ${name} that is filled: let it name the columns that it is about (UPDATE OF)`;
  const late = triggers.find((trigger) => trigger.name > SWAP_TRIGGER && / BEFORE /.test(text(trigger, 'definition') ?? ''));
  if (late) return `trigger ${late.name} fires after the one that keeps both columns in step, and may change the row again`;
  const rule = one.beforeFamily.find((object) => object.kind === 'rule');
  if (rule) return `rule ${rule.name} would answer the statements that fill the column`;
  const taker = bench.dependents(one.id).map((id) => bench.current.get(id)).find((object) => object && ['function', 'procedure', 'aggregate', 'column', 'composite_type', 'domain', 'operator', 'cast'].includes(object.kind) && object.parent !== one.id);
  return taker ? `${taker.kind.replaceAll('_', ' ')} ${taker.kind === 'column' ? qualifiedId(taker.id) : spoken(tableName(taker))} takes or gives whole rows of ${name}, which have a column more until clean-up` : null;
}

/** What can only be kept where the table stays what it is: why neither of the other ways is open. */
export function heldByNumber(bench: Workbench, one: Conversion, tables: readonly Conversion[]): string[] {
  const keys = [...bench.current.values()].filter((object) => object.kind === 'constraint' && text(object, 'references') === one.id && tables.every((other) => other.id !== object.parent));
  const ids = [one.id, ...one.beforeFamily.map((part) => part.id)];
  const routines = [...new Set(ids.flatMap((id) => bench.dependents(id)))].flatMap((id) => bench.current.get(id) ?? []).filter((object) => ['function', 'procedure'].includes(object.kind));
  return [...keys.map((key) => `foreign key ${key.name}`), ...routines.map((routine) => `${routine.kind} ${routine.name}`)];
}

