import type { SchemaObject } from '../snapshot.ts';
import { leavesParent } from './heirs.ts';
import { refuse, type Scope, spoken } from './scope.ts';
import { reached } from './side.ts';

// A column or check that a parent loses goes from its heirs too, unless it is taken from the parent alone: then each heir has it as its own, and where one is not to keep it, it goes there by itself.

/** An heir keeps it as its own, so that it goes from this table alone. */
export function goesAlone(scope: Scope, object: SchemaObject): boolean {
  if (!isHandedDown(object) || scope.before.objects.get(object.parent ?? '')?.attributes.partitioned === true) return false;
  const heirs = scope.before.followers(object.id);
  if (!heirs.some((id) => becomesOwn(scope, id)) || goesAlong(scope, object)) return false;
  // A check is rather made anew where it becomes an heir's own than called the own of an heir that has it from another parent.
  return object.kind === 'column' || !heirs.some((id) => staysBorrowed(scope, id));
}

/** It is its table's own in nothing, and goes with those of all parents. */
export function goesAlong(scope: Scope, object: SchemaObject | undefined): boolean {
  if (!object || !isHandedDown(object) || object.aside?.local === true) return false;
  const leaders = scope.before.leaders(object).flatMap((id) => scope.before.objects.get(id) ?? []);
  const goes = (leader: SchemaObject) => (scope.removed.has(leader.id) || scope.recreated.has(leader.id)) && !leavesParent(scope, object.parent, leader.parent);
  return leaders.length > 0 && leaders.every(goes) && leaders.some((leader) => !goesAlone(scope, leader));
}

/** A check that an heir no longer declares itself goes there, and comes with the parents': these come anew where they stand. */
export function remakeChecksToBorrow(scope: Scope): void {
  for (const id of scope.recreated.keys()) {
    const [before, after] = [scope.before, scope.after].map((side) => side.objects.get(id));
    if (before?.kind !== 'constraint' || !after || before.attributes.local !== true || after.attributes.local !== false) continue;
    for (const leader of reached(scope.after.leaders(after), (each) => scope.after.leaders(scope.after.objects.get(each) ?? after))) {
      if (!scope.before.objects.has(leader) || scope.removed.has(leader) || scope.recreated.has(leader)) continue;
      scope.recreated.set(leader, id);
      scope.altered.delete(leader);
    }
  }
}

/** No statement says of one heir that a column is its own, and of another that it is not. */
export function refuseHalfOwn(scope: Scope, id: string): void {
  const column = scope.before.objects.get(id);
  if (column?.kind !== 'column' || !goesAlone(scope, column)) return;
  const other = scope.before.followers(id).find((each) => staysBorrowed(scope, each));
  const heir = scope.after.objects.get(other ?? '');
  if (heir) refuse(scope, id, `${spoken(column)} goes and becomes the own of one heir, while ${spoken(heir)} has it from another parent alone: no statement does the one without saying the other's own too.`);
}

function isHandedDown({ kind, attributes }: SchemaObject): boolean {
  return kind === 'column' || attributes.type === 'check';
}

function becomesOwn(scope: Scope, id: string): boolean {
  return scope.after.objects.get(id)?.attributes.inherited === false && !scope.recreated.has(id);
}

function staysBorrowed(scope: Scope, id: string): boolean {
  const attributes = scope.after.objects.get(id)?.attributes;
  return attributes?.inherited === true && attributes.local === false && !scope.recreated.has(id);
}
