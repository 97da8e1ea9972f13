import { listOf, textOf } from '../kinds/relation.ts';
import { joinsLater, staysApart } from './heirs.ts';
import type { Scope } from './scope.ts';
import { reached } from './side.ts';

// What is made anew because a table comes under another.

/**
 * A table joins its parent with the parent's checks, which are its own then; one that is only inherited comes when the parent makes it anew. A new heir has all checks as
 * valid, because it has no rows: one that is to be NOT VALID there too comes when its parents' does.
 */
export function remakeChecksOfJoined(scope: Scope): void {
  for (const id of scope.added) {
    const check = scope.after.objects.get(id);
    if (check?.kind !== 'constraint' || check.attributes.inherited !== true) continue;
    const newHeir = check.attributes.type === 'check' && check.attributes.validated === false && listOf(scope.after.objects.get(check.parent ?? '') ?? check, 'inherits').length > 0;
    if (!newHeir && (check.attributes.local !== false || !scope.altered.has(check.parent ?? ''))) continue;
    const leaders = newHeir ? [...reached(scope.after.leaders(check), (each) => scope.after.leaders(scope.after.objects.get(each) ?? check))] : scope.after.leaders(check);
    for (const leader of leaders) if (scope.before.objects.has(leader) && !scope.removed.has(leader) && !scope.recreated.has(leader)) scope.recreated.set(leader, id);
  }
}

/** A check that means what the new parent's does, but is another tree to the server, keeps the table from joining: it is made anew in the parent's words. */
export function remakeChecksInOtherWords(scope: Scope): void {
  for (const id of [...scope.altered.keys()].filter((each) => joinsLater(scope, each))) {
    for (const check of scope.after.children.get(id) ?? []) {
      const standing = scope.before.objects.get(check.id);
      if (standing?.attributes.type !== 'check' || standing.attributes.definition !== check.attributes.definition || scope.recreated.has(check.id)) continue;
      const leader = scope.after.leaders(check).flatMap((each) => (scope.recreated.has(each) ? [] : (scope.before.objects.get(each) ?? [])))[0];
      if (leader && leader.attributes.definition === check.attributes.definition && leader.aside?.written !== standing.aside?.written) scope.recreated.set(check.id, leader.id);
    }
  }
}

/** Of two indexes over the same columns the server makes one a part of the parent's when the table joins, and nobody can say which: the one that stays apart is made anew after that. */
export function remakeTwinsOfJoined(scope: Scope): void {
  for (const id of [...scope.altered.keys()].filter((each) => joinsLater(scope, each))) {
    const family = scope.after.children.get(id) ?? [];
    const parts = new Set(family.filter((child) => textOf(child, 'partitionOf') !== null).map((child) => listOf(child, 'columns').join('\0')));
    for (const child of family) if (staysApart(child) && parts.has(listOf(child, 'columns').join('\0')) && scope.before.objects.has(child.id) && !scope.recreated.has(child.id)) scope.recreated.set(child.id, id);
  }
}
