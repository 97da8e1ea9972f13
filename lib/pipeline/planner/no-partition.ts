import type { Delta } from '../diff.ts';
import type { Hazard } from '../hazards.ts';
import { textOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';
import { listed } from '../words.ts';
import { tableName, type Workbench } from './input.ts';
import { spoken } from './names.ts';

/** Tables that become partitioned, or come as such, and have no partition when the plan is done. Somebody may make their partitions otherwise, so that it is said and not refused. */
export function withoutPartition(bench: Workbench, deltas: readonly Delta[]): Hazard[] {
  return deltas.flatMap(({ kind, change, attributes, desired }): Hazard[] => {
    if (kind !== 'table' || desired?.attributes.partitioned !== true || (change === 'change' && !attributes.some(({ name }) => name === 'partitioned'))) return [];
    const partOf = (object: SchemaObject | null): boolean => object !== null && textOf(object, 'partitionOf') === desired.id;
    const gone = new Set(bench.chosen.filter((delta) => delta.change === 'remove' || !partOf(delta.desired)).map((delta) => delta.objectId));
    if (bench.chosen.some((delta) => partOf(delta.desired)) || [...bench.current.values()].some((object) => partOf(object) && !gone.has(object.id))) return [];
    const left = bench.differences.filter((delta) => delta.change !== 'remove' && partOf(delta.desired)).flatMap((delta) => (delta.desired ? [spoken(tableName(delta.desired))] : []));
    return [{ code: 'STOPS_ON_ROWS', sentence: `${spoken(tableName(desired))} has no partition when the plan is done, so that every row written to it is refused${left.length === 0 ? '' : `: ${listed(left)} ${left.length === 1 ? 'was' : 'were'} not chosen`}.` }];
  });
}
