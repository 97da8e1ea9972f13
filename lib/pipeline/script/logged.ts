import { textOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { Scope } from './scope.ts';
import { reached } from './side.ts';

// A table that is logged refers to no unlogged one: of two that change, the one that is referred to is logged first, and unlogged last.

/** Keys of the changes that come before this table's. */
export function afterLogged(scope: Scope, table: SchemaObject): string[] {
  if (!isLoggedOtherwise(scope, table.id)) return [];
  const toLogged = table.attributes.persistence !== 'unlogged';
  const mine = keysOf(scope).filter((key) => [key.parent, target(key)].includes(table.id));
  const keys = mine.filter((key) => !scope.removed.has(key.id) && !scope.recreated.has(key.id));
  const others = keys.flatMap((key) => (toLogged ? (key.parent === table.id ? [target(key)] : []) : target(key) === table.id ? [key.parent ?? ''] : []));
  // A key that goes does so before.
  const going = mine.filter((key) => scope.removed.has(key.id) || scope.recreated.has(key.id));
  return [...others.filter((id) => id !== table.id && isLoggedOtherwise(scope, id)).map((id) => `alter ${id}`), ...going.map(({ id }) => `drop ${id}`)];
}

/** Foreign keys between tables that refer to each other in a ring: none of these could be the first. */
export function remakeKeysInRings(scope: Scope): void {
  const keys = keysOf(scope).filter((key) => isLoggedOtherwise(scope, key.parent ?? '') && isLoggedOtherwise(scope, target(key)) && key.parent !== target(key));
  const leadsTo = Map.groupBy(keys, (key) => key.parent ?? '');
  for (const key of keys) {
    const back = reached([target(key)], (id) => (leadsTo.get(id) ?? []).map(target)).has(key.parent ?? '');
    if (back && scope.after.objects.has(key.id) && !scope.removed.has(key.id)) scope.recreated.set(key.id, key.parent ?? '');
  }
}

function isLoggedOtherwise(scope: Scope, id: string): boolean {
  return scope.altered.get(id)?.names.has('persistence') === true;
}

const KEYS = new WeakMap<Scope, readonly SchemaObject[]>();

/** Of all tables, and only looked for where one of them changes so. */
function keysOf(scope: Scope): readonly SchemaObject[] {
  if (![...scope.altered.values()].some(({ names }) => names.has('persistence'))) return [];
  const known = KEYS.get(scope) ?? [...scope.before.objects.values()].filter((object) => object.kind === 'constraint' && textOf(object, 'references') !== null);
  KEYS.set(scope, known);
  return known;
}

function target(key: SchemaObject): string {
  return textOf(key, 'references') ?? '';
}
