import type { Action } from './order.ts';
import type { Scope } from './scope.ts';
import type { Side } from './side.ts';

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
  const before = reached(side.needs, [cast]);
  const types = side.needs(cast).filter((id) => TYPES.test(id));
  const over = types.length === 0 ? null : reached(side.dependents, types);
  return (id) => !id.startsWith('cast:') && !before.has(id) && (over === null || over.has(id));
}

/** Ids that lead to these, and these themselves. */
function reached(next: Side['needs'], from: readonly string[]): Set<string> {
  const seen = new Set(from);
  const queue = [...from];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const each of next(id)) {
      if (seen.has(each)) continue;
      seen.add(each);
      queue.push(each);
    }
  }
  return seen;
}
