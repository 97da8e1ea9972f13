import { takesInAll } from '../kinds/publication.ts';
import { textOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';
import { columnsOver, partitionsBelow } from './anew.ts';
import { rowsKey } from './anew-rows.ts';
import { askedByNew, loses, rewrites, type ScriptHazard, stops } from './hazards.ts';
import type { Action } from './order.ts';
import { type Scope, spoken } from './scope.ts';
import type { Side } from './side.ts';

/** What it costs to make a table anew with its rows, and what of them may not come over. */
export function costsOfRows(scope: Scope, action: Action): ScriptHazard[] {
  const [table, wanted] = [scope.before.objects.get(action.objectId), scope.after.objects.get(action.objectId)];
  if (table?.kind !== 'table' || !wanted || !scope.recreated.has(table.id)) return [];
  if (action.key === `drop ${table.id}`) return [...rewrites(`Writes every row of ${spoken(table)} into a new table: nobody reads or writes the table until all is done, and both take up room until then.`), ...sentAgain(scope, table), ...lost(scope, table)];
  return action.key === rowsKey(table.id) ? asked(scope, table, wanted) : [];
}

/** A publication that names the table leaves it while its rows come over; one of a schema, or of all tables, sends them. */
function sentAgain(scope: Scope, table: SchemaObject): ScriptHazard[] {
  const schemas = [...new Set([table, ...partitionsBelow(scope.after, table.id)].map(({ schema }) => schema))];
  const names = [...scope.after.objects.values()].filter((object) => object.kind === 'publication' && schemas.some((schema) => takesInAll(object, schema))).map(({ name }) => name);
  return names.flatMap((name) => rewrites(`Publication ${name} sends every row of ${spoken(table)} once more to subscribers that have them.`));
}

function lost(scope: Scope, table: SchemaObject): ScriptHazard[] {
  return (scope.before.children.get(table.id) ?? []).filter((child) => child.kind === 'column' && textOf(child, 'generated') === null).flatMap((column) => {
    const wanted = scope.after.objects.get(column.id);
    if (wanted === undefined) return loses(`Loses data: ${spoken(column)} is dropped with what it holds.`);
    return textOf(wanted, 'generated') === null ? [] : loses(`Loses data: ${spoken(column)} is dropped with its values, because it is computed from now on.`);
  });
}

function asked(scope: Scope, table: SchemaObject, wanted: SchemaObject): ScriptHazard[] {
  const over = columnsOver(scope, table.id);
  const retyped = over.filter(({ from, to }) => textOf(from, 'type') !== textOf(to, 'type'));
  const strict = over.filter(({ from, to }) => from.attributes.nullable !== false && to.attributes.nullable === false);
  const coming = (scope.after.children.get(table.id) ?? []).filter((child) => child.kind === 'column' && !scope.before.objects.has(child.id));
  return [
    ...(fitsEverywhere(scope.after, wanted) ? [] : stops(`Stops at a row that fits no partition of ${spoken(wanted)}.`)),
    ...retyped.flatMap(({ to }) => stops(`Values of ${spoken(to)} that do not fit ${textOf(to, 'type')} stop the script or are rounded.`)),
    ...strict.flatMap(({ to }) => stops(`Stops at a row that has no value in ${spoken(to)}.`)),
    ...coming.flatMap((column) => askedByNew(scope, column, table)),
  ];
}

const MODULUS = /modulus (\d+)/i;

/** Every row has a place: somewhere there is a partition for all others, or every remainder has one. */
function fitsEverywhere(side: Side, table: SchemaObject): boolean {
  if (table.attributes.partitioned !== true) return true;
  const partitions = side.tables.filter((each) => textOf(each, 'partitionOf') === table.id);
  const bounds = partitions.map((each) => textOf(each, 'partitionBound') ?? '');
  const share = bounds.reduce((sum, bound) => sum + 1 / Number(MODULUS.exec(bound)?.[1] ?? Infinity), 0);
  return (bounds.includes('DEFAULT') || share > 1 - 1e-9) && partitions.every((each) => fitsEverywhere(side, each));
}
