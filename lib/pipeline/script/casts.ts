import type { SchemaObject } from '../snapshot.ts';
import type { Action } from './order.ts';
import type { Scope } from './scope.ts';
import { reached, type Side } from './side.ts';

const TYPES = /^(?:base_type|enum|domain|composite_type|range_type|table|foreign_table|view|materialized_view):/;

/** With these search paths the server only says so where the operator is not found by its name: two of that name fit, since somebody's cast lets values be taken for another type. */
const NOT_FOUND_BY_NAME = 'OPERATOR(pg_catalog.';

/** What comes after the casts that come, as far as nothing else decides; and what must come before them. */
export function afterCasts(scope: Scope, actions: readonly Action[]): readonly Action[] {
  if (![...scope.added, ...scope.removed, ...scope.recreated.keys()].some((id) => id.startsWith('cast:'))) return actions;
  const casts = castsIn(scope.after, [...scope.added, ...scope.recreated.keys()]).map((cast) => ({ cast, relies: reliesOn(scope.after, cast) }));
  const relying = casts.reduce((all, { cast, relies }) => all.map((action) => (!withoutCasts(scope, action) && [...action.creates, ...action.alters].some(relies) ? { ...action, rather: [...(action.rather ?? []), `create ${cast}`] } : action)), actions);
  return relying.some((action) => withoutCasts(scope, action)) ? apartFromCasts(scope, relying) : relying;
}

/** Casts that stand all the time and are taken away for a moment, because something that comes is understood without them only. Returns whether there are more than before. */
export function remakeCastsInTheWay(scope: Scope): boolean {
  const unclear = [...scope.added, ...scope.recreated.keys(), ...scope.altered.keys()].filter((id) => isUnclear(scope.after.objects.get(id)));
  const standing = unclear.length === 0 ? [] : castsIn(scope.after, Array.from(scope.before.objects.values(), ({ id }) => id)).filter((cast) => !scope.recreated.has(cast) && !scope.removed.has(cast));
  const found = standing.flatMap((cast) => { const id = unclear.find(reliesOn(scope.after, cast)); return id === undefined ? [] : [{ cast, id }]; });
  for (const { cast, id } of found) {
    scope.recreated.set(cast, id);
    scope.altered.delete(cast);
  }
  return found.length > 0;
}

/**
 * A cast that the server applies by itself stands in no expression's text, and no catalog says who relies on it: whatever has to do with one of its types may, or
 * anything where both are the server's own, but for what the cast itself rests on.
 */
export function reliesOn(side: Side, cast: string): (id: string) => boolean {
  const before = reached([cast], side.needs);
  const types = side.needs(cast).filter((id) => TYPES.test(id));
  const over = types.length === 0 ? null : reached(types, side.dependents);
  return (id) => !id.startsWith('cast:') && !before.has(id) && (over === null || over.has(id));
}

/** Values that go through text are written and read as their types do it, not as a cast does that somebody defined. */
function withoutCasts(scope: Scope, { objectId: id, creates, alters }: Action): boolean {
  return (scope.throughText.has(id) && !isDefault(creates)) || [...creates, ...alters].some((each) => isUnclear(scope.after.objects.get(each)));
}

/** What is said of a column when its values are there. */
function isDefault(creates: readonly string[]): boolean {
  return creates.length === 1 && creates[0]?.startsWith('default:') === true;
}

/** Comes after the casts of its types have gone, and before they come. */
function apartFromCasts(scope: Scope, actions: readonly Action[]): readonly Action[] {
  const going = castsOfTypes(scope.before, [...scope.removed, ...scope.recreated.keys()]);
  const coming = castsOfTypes(scope.after, [...scope.added, ...scope.recreated.keys()]);
  const apart = actions.filter((action) => withoutCasts(scope, action));
  return actions.map((action) => {
    const first = [
      ...(apart.includes(action) ? going.filter(({ relies }) => relies(action.objectId)).map(({ cast }) => `drop ${cast}`) : []),
      ...coming.filter(({ cast }) => action.key === `create ${cast}`).flatMap(({ relies }) => apart.filter((each) => relies(each.objectId)).map(({ key }) => key)),
    ];
    return first.length === 0 ? action : { ...action, after: [...action.after, ...first] };
  });
}

/** Not those between types of the server's own. */
function castsOfTypes(side: Side, ids: Iterable<string>): { cast: string; relies(id: string): boolean }[] {
  return castsIn(side, ids).filter((cast) => side.needs(cast).some((id) => TYPES.test(id))).map((cast) => ({ cast, relies: reliesOn(side, cast) }));
}

function castsIn(side: Side, ids: Iterable<string>): string[] {
  return [...ids].filter((id) => id.startsWith('cast:') && side.objects.has(id));
}

/** Says an operator that nobody finds by its name while the casts stand: it is made without them, and cannot be asked for rows beside them. */
export function isUnclear(object: SchemaObject | undefined): boolean {
  return object !== undefined && Object.values(object.attributes).flat().some((text) => typeof text === 'string' && text.includes(NOT_FOUND_BY_NAME));
}
