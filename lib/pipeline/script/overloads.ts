import type { SchemaObject } from '../snapshot.ts';
import type { Action } from './order.ts';
import type { Scope } from './scope.ts';

const CALLED: ReadonlySet<string> = new Set(['function', 'procedure', 'aggregate', 'operator']);

/**
 * Of several functions of one name the server takes, at that moment, the one that fits a call best: one that goes could be taken for the one that is meant, or make the call
 * ambiguous. Whatever calls one of the name comes after those that go, unless that closes a ring.
 */
export function afterOverloads(scope: Scope, actions: readonly Action[]): readonly Action[] {
  const going = Map.groupBy([...scope.removed].flatMap((id) => called(scope.before.objects.get(id))), nameAlone);
  if (going.size === 0) return actions;
  return actions.map((action) => {
    const names = new Set([...action.creates, ...action.alters].flatMap((id) => scope.after.needs(id)).flatMap((id) => called(scope.after.objects.get(id))).map(nameAlone));
    const before = [...names].flatMap((name) => going.get(name) ?? []).map(({ id }) => `drop ${id}`);
    return before.length === 0 ? action : { ...action, rather: [...(action.rather ?? []), ...before] };
  });
}

function called(object: SchemaObject | undefined): SchemaObject[] {
  return object && CALLED.has(object.kind) ? [object] : [];
}

/** Functions, procedures and aggregates share their names, without the types of their arguments. */
function nameAlone({ kind, schema, name }: SchemaObject): string {
  return JSON.stringify([kind === 'operator', schema, name.slice(0, name.indexOf('('))]);
}
