import { qualified } from '../ddl.ts';
import { listOf, textOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { Action } from './order.ts';
import type { Scope } from './scope.ts';
import type { Side } from './side.ts';

/** A new column that gets a value in the rows that are there, be it a constant: the server looks then at rows of the table wherever they stand, and refuses where something else holds them. */
export function isFilled(side: Pick<Side, 'objects' | 'needs'>, column: SchemaObject): boolean {
  return ['generated', 'identity', 'default'].some((name) => textOf(column, name) !== null) || side.needs(column.id).some((each) => isStrict(side, each));
}

/** A domain that gives a value of its own, or asks something of it, or is made of one that does. */
function isStrict(side: Pick<Side, 'objects' | 'needs'>, id: string): boolean {
  const domain = side.objects.get(id);
  if (domain?.kind !== 'domain') return false;
  return textOf(domain, 'default') !== null || listOf(domain, 'constraints').length > 0 || domain.attributes.nullable === false || side.needs(id).some((each) => isStrict(side, each));
}

/** Materialized views with whole rows of the table in a column, which their text shows as `t.*`, or which come from a view. */
export function viewsOfRows({ objects, dependents }: Pick<Side, 'objects' | 'dependents'>, tableId: string): string[] {
  const table = objects.get(tableId);
  if (!table) return [];
  return dependents(tableId).filter((id) => {
    const view = objects.get(id);
    const text = view?.kind === 'materialized_view' ? (textOf(view, 'definition') ?? '') : null;
    return text !== null && (text.includes('.*') || !text.includes(qualified(table)));
  });
}

/** A column of another table that holds rows of this one, as they are or inside a type; null when there is none. `stays`: whether a column counts. */
export function userOfRows({ objects, dependents }: Pick<Side, 'objects' | 'dependents'>, tableId: string, stays: (id: string) => boolean = () => true): SchemaObject | null {
  const queue = [tableId];
  const seen = new Set(queue);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const each of dependents(id)) {
      const object = objects.get(each);
      if (!object || seen.has(each)) continue;
      seen.add(each);
      if (object.kind === 'column' && object.parent !== tableId && textOf(object, 'generated') === null && stays(each)) return object;
      if (object.kind === 'composite_type' || object.kind === 'domain') queue.push(each);
    }
  }
  return null;
}

/** While a column goes through text nothing holds rows of its table: such views go before it and come after it, though they rest on the table alone. */
export function apartFromRows({ before, throughText }: Pick<Scope, 'before' | 'throughText'>, actions: readonly Action[]): readonly Action[] {
  if (throughText.size === 0) return actions;
  const held = new Map([...throughText].map((column) => [column, viewsOfRows(before, before.objects.get(column)?.parent ?? '')]));
  return actions.map((action) => {
    const views = action.key === `drop ${action.objectId}` ? (held.get(action.objectId) ?? []).map((view) => `drop ${view}`) : [];
    const columns = action.key === `create ${action.objectId}` ? [...held].flatMap(([column, all]) => (all.includes(action.objectId) ? [`create ${column}`] : [])) : [];
    return views.length + columns.length === 0 ? action : { ...action, after: [...action.after, ...views, ...columns] };
  });
}
