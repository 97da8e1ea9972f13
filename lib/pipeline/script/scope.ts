import type { Delta } from '../diff.ts';
import { attributeLabel, isSatellite, kindOf, kindLabel } from '../kinds/all.ts';
import { type Change, remedyOf } from '../kinds/kind.ts';
import { namesNotNulls } from '../kinds/newer-not-null.ts';
import { listOf, textOf } from '../kinds/relation.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { remakeWithRows, settleWithRows } from './anew.ts';
import { remakeCastsInTheWay } from './casts.ts';
import { isSetAnew, refuseOwnExpressions, setsExpressions } from './expressions.ts';
import { leavesParent } from './heirs.ts';
import { isMadeAnew, remakeIncomplete } from './incomplete.ts';
import { remakeChecksInOtherWords, remakeChecksOfJoined, remakeTwinsOfJoined } from './joined.ts';
import { goesAlong, remakeChecksToBorrow } from './left-to-heirs.ts';
import { remakeKeysInRings } from './logged.ts';
import { columnOfDefault, defaultId, reached, type Side } from './side.ts';
import { refuseWhatCannotBe } from './refusals.ts';
import { refuseNotNulls } from './not-nulls.ts';
import { isFilled, viewsOfRows } from './rows.ts';

/** A difference, or what it would bring along, that no script makes. */
export interface ScriptRefusal {
  objectId: string;
  sentence: string;
}

/** Everything that a script touches, before any of it is a statement. */
export interface Scope {
  before: Side;
  after: Side;
  removed: Set<string>;
  added: Set<string>;
  /** On both sides, dropped and created again; with the reason. */
  recreated: Map<string, string>;
  altered: Map<string, Change>;
  /** Columns that keep their rows as text while their type is made anew. */
  throughText: Set<string>;
  /** Columns whose default is taken off and put back around a change of what it rests on. */
  defaultsReset: Set<string>;
  refusals: ScriptRefusal[];
  /** Whether an identity column of a partitioned table is one in its partitions: from Postgres 17 on. */
  numbersPartitions: boolean;
  /** Whether NOT NULL is a constraint with a name: from Postgres 18 on. */
  namesNotNulls: boolean;
  /** Whether a generated column can be computed in another way where it stands: from Postgres 17 on. */
  setsExpressions: boolean;
}

/** What must be out of the way while a column gets another type; indexes and constraints the server builds anew by itself. */
const BLOCKS_RETYPING = new Set(['view', 'materialized_view', 'rule', 'policy', 'trigger', 'function', 'procedure', 'publication']);

const NUMBERS_PARTITIONS = 170_000;

/** Follows every difference to the last object that it pulls along. What is in `anew` is made anew even where a statement could change it. */
export function scopeOf(before: Side, after: Side, deltas: readonly Delta[], anew: ReadonlySet<string> = new Set(), serverVersion: number = NUMBERS_PARTITIONS): Scope {
  const scope: Scope = { before, after, removed: new Set(), added: new Set(), recreated: new Map(), altered: new Map(), throughText: new Set(), defaultsReset: new Set(), refusals: [], numbersPartitions: serverVersion >= NUMBERS_PARTITIONS, namesNotNulls: namesNotNulls({ target: { serverVersion } }), setsExpressions: setsExpressions(serverVersion) };
  for (const delta of deltas) {
    if (delta.change === 'remove') for (const id of [delta.objectId, ...delta.carries]) scope.removed.add(id);
    else if (delta.change === 'add') for (const id of [delta.objectId, ...delta.carries]) scope.added.add(id);
  }
  // What differs beside an object is a delta of its own, and both are one change.
  for (const [id, both] of Map.groupBy(deltas.filter((delta) => delta.change === 'change'), (delta) => delta.objectId)) {
    const [current, desired] = [before.objects.get(id), after.objects.get(id)];
    if (current && desired) sortChange(scope, id, anew, { current, desired, names: new Set(both.flatMap((delta) => delta.attributes.map(({ name }) => name))) });
  }
  remakeWithRows(scope);
  remakeChecksOfJoined(scope);
  remakeChecksToBorrow(scope);
  remakeChecksInOtherWords(scope);
  remakeHoldersOfRows(scope);
  remakeKeysOfPartitions(scope);
  remakeTwinsOfJoined(scope);
  remakeIncomplete(scope);
  remakeKeysInRings(scope);
  do spread(scope); while (remakeCastsInTheWay(scope));
  settleWithRows(scope);
  refuseWhatCannotBe(scope);
  refuseNotNulls(scope);
  refuseOwnExpressions(scope);
  return scope;
}

function sortChange(scope: Scope, id: string, anew: ReadonlySet<string>, change: Change): void {
  const kind = kindOf(change.current.kind);
  const remedies = [...change.names].filter((name) => !kind.aside.includes(name)).map((name) => ({ name, remedy: remedyOf(kind, name) }));
  const refused = remedies.filter(({ name, remedy }) => remedy === 'refused' && !(name === 'local' && becomesItsOwn(scope, change)));
  // What an heir has from a parent alone it has so from its beginning; a check can begin anew.
  const heir = scope.before.objects.get(change.current.parent ?? '');
  if (refused.length > 0 && refused.every(({ name }) => name === 'local') && heir?.kind === 'table' && scope.after.objects.has(heir.id)) {
    scope.recreated.set(change.current.kind === 'constraint' ? id : heir.id, 'it differs');
    return;
  }
  if (refused.length > 0) {
    refuse(scope, id, `${refused.map(({ name }) => attributeLabel(kind.kind, name)).join(', ')} of ${spoken(change.desired)} differs, and no statement changes it in place.`);
    return;
  }
  // Parameters of the index of a partitioned table are what they were when it was made.
  const fixed = change.current.kind === 'constraint' && change.names.has('indexOptions') && scope.before.objects.get(change.current.parent ?? '')?.attributes.partitioned === true;
  // An index that is part of one stays so until that one goes, and a key that is part of one goes with it.
  const partOfIndex = textOf(change.current, 'partitionOf')?.startsWith('index:') === true;
  const moves = ['index', 'constraint'].includes(change.current.kind) && change.names.has('partitionOf') && textOf(change.current, 'partitionOf') !== null && (textOf(change.desired, 'partitionOf') !== null || (partOfIndex && change.current.kind === 'constraint'));
  const recreate = fixed || moves || isMadeAnew(scope, change) || asksInside(scope, change) || anew.has(id) || remedies.some(({ remedy }) => remedy === 'recreated');
  const setAnew = isSetAnew(scope, change);
  const statements = recreate ? null : kind.alter({ ...change, names: new Set(remedies.map(({ name }) => name).filter((name) => !(setAnew && name === 'generated'))) });
  if (remedies.length > 0 && (recreate || (statements === null && remedies.some(({ remedy }) => remedy === 'altered')))) scope.recreated.set(id, 'it differs');
  else scope.altered.set(id, change);
}

/** A domain cannot ask more of values that stand inside an array or a row: ALTER DOMAIN looks for columns of the domain alone, and stops at those. */
function asksInside(scope: Scope, { current, desired, names }: Change): boolean {
  if (current.kind !== 'domain') return false;
  const asksMore = (names.has('constraints') && listOf(desired, 'constraints').some((each) => !each.endsWith(' NOT VALID') && !listOf(current, 'constraints').includes(each))) || (names.has('nullable') && desired.attributes.nullable === false);
  return asksMore && scope.before.dependents(current.id).some((id) => {
    const user = scope.before.objects.get(id);
    return user?.kind === 'composite_type' || (user?.kind === 'column' && textOf(user, 'type')?.endsWith('[]') === true);
  });
}

/** The server looks at no row of a table while a materialized view holds rows of it, and does so for another type and for a new column that gets a value, be it a constant. */
function remakeHoldersOfRows(scope: Scope): void {
  const rewriting = [
    ...[...scope.altered.values()].filter(({ current, names }) => current.kind === 'column' && (names.has('type') || names.has('collation'))).map(({ current }) => current),
    ...[...scope.added].flatMap((id) => scope.after.objects.get(id) ?? []).filter((object) => object.kind === 'column' && isFilled(scope.after, object)),
  ];
  for (const column of rewriting) for (const id of remade(scope, column.parent ?? '')) scope.recreated.set(id, column.id);
}

function remade(scope: Scope, tableId: string): string[] {
  return viewsOfRows(scope.before, tableId).filter((id) => scope.after.objects.has(id) && !scope.removed.has(id));
}

/** DROP NOT NULL goes to all partitions, and stops at one with a primary key of its own over the column: that key is made anew. */
function remakeKeysOfPartitions(scope: Scope): void {
  for (const { desired, names } of scope.altered.values()) {
    if (desired.kind !== 'column' || !names.has('nullable') || desired.attributes.nullable !== true || scope.after.objects.get(desired.parent ?? '')?.attributes.partitioned !== true) continue;
    for (const partition of reached([desired.id], scope.before.followers)) {
      for (const id of scope.before.dependents(partition)) {
        const key = scope.before.objects.get(id);
        if (key?.attributes.type === 'primary key' && scope.after.objects.has(id) && !scope.removed.has(id)) scope.recreated.set(id, desired.id);
      }
    }
  }
}

/** What stops being inherited is its own from then on, also where it comes from another table later: the server says so by itself. */
function becomesItsOwn({ before, after }: Scope, { current, desired, names }: Change): boolean {
  if (desired.attributes.local !== true) return false;
  if (names.has('inherited')) return desired.attributes.inherited === false;
  const parents = listOf(after.objects.get(desired.parent ?? '') ?? desired, 'inherits');
  return before.leaders(current).every((leader) => !after.leaders(desired).includes(leader) || !parents.includes(before.objects.get(leader)?.parent ?? ''));
}

function spread(scope: Scope): void {
  const queue = [...scope.removed, ...scope.recreated.keys(), ...[...scope.altered].filter(([, change]) => kindOf(change.current.kind).disturbs(change) && !isSetAnew(scope, change)).map(([id]) => id)];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const each of new Set(pulledBy(scope, id))) queue.push(each);
  }
}

/** Marks what one change pulls along, and returns what is new among it. */
function pulledBy(scope: Scope, id: string): string[] {
  const gone = scope.removed.has(id) || scope.recreated.has(id);
  const retyped = scope.throughText.has(id);
  const pulled: string[] = [];
  const recreate = (each: string) => {
    if (scope.removed.has(each) || scope.recreated.has(each) || !scope.after.objects.has(each) || !scope.before.objects.has(each)) return;
    scope.recreated.set(each, id);
    scope.altered.delete(each);
    scope.throughText.delete(each);
    pulled.push(each);
  };
  if (isRetyped(scope, id)) for (const each of foreignBelow(scope.before, id)) recreate(each);
  if (retyped) for (const each of remade(scope, scope.before.objects.get(id)?.parent ?? '')) recreate(each);
  for (const each of scope.before.dependents(id)) {
    if (each.startsWith('default:')) pulled.push(...pulledDefault(scope, id, each));
    else {
      const object = scope.before.objects.get(each);
      if (!object || isSatellite(object.kind) || object.parent === id) continue;
      // Before Postgres 15 a generated column itself, not its expression, rests on what it is computed with.
      if (object.kind === 'column' && textOf(object, 'generated') !== null) pulled.push(...pulledDefault(scope, id, defaultId(each)));
      else if (object.kind === 'column') {
        if (gone && !scope.removed.has(each) && !scope.recreated.has(each) && !scope.throughText.has(each) && typeIsRemade(scope, id)) {
          scope.throughText.add(each);
          pulled.push(each);
        }
      } else if (object.kind === 'foreign_table' && gone && id.startsWith('foreign_server:')) recreate(each);
      else if (object.kind === 'table' || object.kind === 'sequence' || object.kind === 'foreign_table') continue;
      else if (gone || retyped || BLOCKS_RETYPING.has(object.kind) || object.attributes.type === 'foreign key' || forgetsOwner(object)) recreate(each);
      else if (onlyIncludes(scope, object, id)) for (const key of scope.before.dependents(each)) if (scope.before.objects.get(key)?.attributes.type === 'foreign key') recreate(key);
    }
  }
  if (gone) {
    for (const child of scope.before.children.get(id) ?? []) if (!isSatellite(child.kind)) recreate(child.id);
    for (const follower of scope.before.followers(id)) if (!staysBehind(scope, follower, id) && !(tableIsAnew(scope, id) && leavesParent(scope, scope.before.objects.get(follower)?.parent ?? null, scope.before.objects.get(id)?.parent ?? null)) && kindOfId(scope, follower) !== 'sequence' && !isSatelliteId(scope, follower)) recreate(follower);
    const self = scope.before.objects.get(id);
    // What was made with its parent's goes only with it.
    if (self && (scope.recreated.has(id) || isAttached(scope, self)) && self.kind !== 'sequence' && !isSatellite(self.kind) && !scope.recreated.has(self.parent ?? '')) for (const leader of scope.before.leaders(self)) recreate(leader);
  }
  return pulled;
}

function isRetyped({ altered, throughText }: Scope, id: string): boolean {
  const names = altered.get(id)?.names;
  return id.startsWith('column:') && (throughText.has(id) || names?.has('type') === true || names?.has('collation') === true);
}

/** No values are turned into others in a column as long as a foreign table is among its heirs, which has none: that is made anew. */
export function foreignBelow(before: Side, columnId: string): string[] {
  return [...reached([columnId], before.followers)].flatMap((id) => before.objects.get(id)?.parent ?? []).filter((id) => id.startsWith('foreign_table:') && id !== before.objects.get(columnId)?.parent);
}

/** The server makes a key over a column of another type anew by itself, with the foreign keys that refer to the column: of one that the key only includes it does not know. */
function onlyIncludes(scope: Scope, object: SchemaObject, columnId: string): boolean {
  const name = scope.before.objects.get(columnId)?.name ?? '';
  return object.kind === 'constraint' && (object.attributes.type === 'primary key' || object.attributes.type === 'unique') && !listOf(object, 'columns').includes(name);
}

/** The server makes statistics over a column of another type anew by itself, but without their target, and for whoever runs the script. */
function forgetsOwner(object: SchemaObject): boolean {
  return object.kind === 'statistics';
}

/** The index or key of a partition that stays one: it does not go while that of the partitioned table stands. */
function isAttached(scope: Scope, object: SchemaObject): boolean {
  const [before, after] = [scope.before, scope.after].map((side) => side.objects.get(object.parent ?? ''));
  return textOf(object, 'partitionOf') !== null && before !== undefined && after !== undefined && textOf(before, 'partitionOf') === textOf(after, 'partitionOf');
}

/** A column or constraint that was inherited from one that goes, and is the heir's own then, or has come from another parent too, or comes from another from now on. */
function staysBehind(scope: Scope, id: string, leaderId: string): boolean {
  const after = scope.after.objects.get(id);
  return (after?.kind === 'column' || after?.kind === 'constraint') && (after.attributes.inherited === false || !scope.after.leaders(after).includes(leaderId)) && !(after.kind === 'constraint' && goesAlong(scope, scope.before.objects.get(id)));
}

/** Heirs and partitions that leave a table before it is made anew keep what they had from it, also where they come under it again. */
function tableIsAnew(scope: Scope, id: string): boolean {
  return scope.recreated.has(scope.before.objects.get(id)?.parent ?? '');
}

function pulledDefault(scope: Scope, cause: string, id: string): string[] {
  const columnId = columnOfDefault(id);
  const column = scope.before.objects.get(columnId);
  const wanted = scope.after.objects.get(columnId);
  if (!column || !wanted || columnId === cause || scope.removed.has(columnId) || scope.recreated.has(columnId)) return [];
  if (textOf(column, 'generated') !== null) {
    scope.recreated.set(columnId, cause);
    scope.altered.delete(columnId);
    return [columnId];
  }
  if (!scope.removed.has(cause) && !scope.recreated.has(cause)) return [];
  scope.defaultsReset.add(columnId);
  return [];
}

const TYPE_KINDS = ['base_type', 'enum', 'domain', 'composite_type', 'range_type', 'collation'] as const;

/** Dropped and created again, or replaced by a type of another kind under the same name. */
function typeIsRemade(scope: Scope, id: string): boolean {
  const type = scope.before.objects.get(id);
  if (!type || !TYPE_KINDS.some((kind) => kind === type.kind)) return false;
  return scope.recreated.has(id) || (scope.removed.has(id) && TYPE_KINDS.some((kind) => kind !== 'collation' && scope.added.has(objectId(kind, type.schema, type.name))));
}

function kindOfId(scope: Scope, id: string): string | undefined {
  return scope.before.objects.get(id)?.kind;
}

function isSatelliteId(scope: Scope, id: string): boolean {
  const object = scope.before.objects.get(id);
  return object !== undefined && isSatellite(object.kind);
}

export function refuse(scope: Scope, objectId: string, sentence: string): void {
  if (!scope.refusals.some((each) => each.objectId === objectId && each.sentence === sentence)) scope.refusals.push({ objectId, sentence });
}

export function spoken(object: SchemaObject): string {
  if (object.kind === 'security_label') return `security label of ${object.name}`;
  if (object.kind === 'extension_tie') return `tie of ${object.name}`;
  if (object.kind === 'placement') return `tablespace of ${object.name}`;
  const id = object.id.slice(object.id.indexOf(':') + 1);
  return `${kindLabel(object.kind, 1)} ${id}`;
}

