import type { Action } from './order.ts';
import type { Scope } from './scope.ts';
import { reached, type Side } from './side.ts';

const TYPES = /^(?:enum|domain|composite_type|range_type|table|foreign_table|view|materialized_view):/;

/** What comes after the casts that come, as far as nothing else decides. */
export function afterCasts(scope: Scope, actions: readonly Action[]): readonly Action[] {
  const casts = [...scope.added, ...scope.recreated.keys()].filter((id) => id.startsWith('cast:') && scope.after.objects.has(id));
  return casts.reduce((all, cast) => {
    const relies = reliesOn(scope.after, cast);
    return all.map((action) => ([...action.creates, ...action.alters].some(relies) ? { ...action, rather: [...(action.rather ?? []), `create ${cast}`] } : action));
  }, actions);
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
