import { isSatellite, kindOf } from '../kinds/all.ts';
import { dropWithFunctions } from '../kinds/base-type.ts';
import { listOf, qualifiedId, relationOf, textOf } from '../kinds/relation.ts';
import { ident, qualified } from '../ddl.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { Action } from './order.ts';
import type { Scope } from './scope.ts';
import { above, goesWithin, referrersOf } from './anew.ts';
import { setAside } from './anew-aside.ts';
import { emptying, isEmptied } from './emptied.ts';
import { namesOf } from './names.ts';
import { RANK } from './rank.ts';
import { defaultId, reached } from './side.ts';
import { goneFrom, leaveKey, leavesParent } from './heirs.ts';
import { goesAlone } from './left-to-heirs.ts';
import { typeOfFunction } from './shells.ts';
import { untypeKey } from './typed.ts';

const FIRST_TO_GO = new Set(['trigger', 'policy', 'rule', 'event_trigger', 'view', 'materialized_view', 'publication']);

/** Actions that take away what is removed or recreated. What goes by itself with another object is named in that object's action. */
export function dropActions(scope: Scope): Action[] {
  const gone = [...scope.removed, ...scope.recreated.keys()].flatMap((id) => scope.before.objects.get(id) ?? []).filter((object) => !isSatellite(object.kind));
  const ids = new Set(gone.map((object) => object.id));
  const goesWith = new Map(gone.map((object) => [object.id, carrierOf(scope, ids, object)]));
  const root = (id: string): string => {
    const carrier = goesWith.get(id);
    return carrier === undefined || carrier === null ? id : root(carrier);
  };
  const carried = Map.groupBy(gone.filter((object) => goesWith.get(object.id) !== null), (object) => root(object.id));
  const drops = gone.filter((object) => goesWith.get(object.id) === null).map((object): Action => {
    const all = [object, ...(carried.get(object.id) ?? [])];
    // A key that goes by itself goes first; where one stays, the partition is let go, and that fails when rows are referred to.
    const referring = object.kind === 'table' ? referrersOf(scope.before, object.id) : [];
    const functions = all.filter((each) => typeOfFunction(scope.before, each) === object.id).map((each) => kindOf(each.kind).address(each).slice('FUNCTION '.length));
    const waited = new Set(referring.filter((id) => ids.has(id) && ![object.id, ...(object.kind === 'table' ? above(scope.before, object.id) : [])].includes(root(id))));
    return {
      key: `drop ${object.id}`,
      objectId: object.id,
      rank: RANK.drop + (FIRST_TO_GO.has(object.kind) ? 0 : 1),
      sql: isEmptied(scope, object) ? emptying(scope, object) : functions.length > 0 ? [dropWithFunctions(object, functions)] : object.kind === 'table' && scope.recreated.has(object.id) ? setAside(scope, object, all) : referring.some((id) => !waited.has(id)) ? [detached(object), ...kindOf(object.kind).drop(object)] : goesAlone(scope, object) ? kindOf(object.kind).drop(object).map((sql) => sql.replace('ALTER TABLE ', 'ALTER TABLE ONLY ')) : kindOf(object.kind).drop(object).map((sql) => (takesKeys(object, all) ? `${sql} CASCADE` : sql)),
      drops: all.flatMap((each) => [each.id, ...(each.kind === 'column' ? [defaultId(each.id)] : []), ...namesOf(each)]),
      creates: [],
      alters: [],
      // What rests on the column of a partition or heir that goes as a whole goes with that.
      rather: object.kind === 'column' ? scope.before.followers(object.id).flatMap((id) => scope.before.objects.get(id)?.parent ?? []).filter((id) => ids.has(id)).map((id) => `drop ${root(id)}`) : [],
      after: [untypeKey(object.parent), ...[...waited].map((id) => `drop ${root(id)}`), ...afterLeaders(scope, ids, object, root), ...afterHeirs(scope, object)],
    };
  });
  return [...drops, ...resetDefaults(scope, 'drop')];
}

/** What a table only inherits does not go before it has left the parent, and else goes after the parent's. */
function afterLeaders(scope: Scope, ids: ReadonlySet<string>, object: SchemaObject, root: (id: string) => string): string[] {
  const leaders = scope.before.leaders(object);
  const going = leaders.filter((leader) => ids.has(leader) && !isLeft(scope, object, leader));
  return [...(going.length < leaders.length ? [leaveKey(object.parent ?? '')] : []), ...going.map((leader) => `drop ${root(leader)}`)];
}

/** Heirs leave a table before it goes, or before anything of it goes that they are to keep. */
function afterHeirs(scope: Scope, object: SchemaObject): string[] {
  const followers = [...reached([object.id], scope.before.followers)].map((id) => scope.before.objects.get(id)?.parent ?? '');
  const tables = object.kind === 'table' ? scope.before.dependents(object.id) : [];
  return [...[...tables, ...followers].filter((id) => id.startsWith('table:')).flatMap((id) => (id === object.parent ? [leaveKey(id)] : goneFrom(scope, id))), ...heirsOf(scope, object).flatMap((heir) => [leaveKey(heir), `drop ${heir}`])];
}

/** The key of a partition whose index is part of one that is no key's: neither goes before the other. */
function takesKeys(object: SchemaObject, goes: readonly SchemaObject[]): boolean {
  return object.kind === 'index' && goes.some((each) => each.kind === 'constraint');
}

function detached(partition: SchemaObject): string {
  return `ALTER TABLE ${qualifiedId(textOf(partition, 'partitionOf') ?? '')} DETACH PARTITION ${qualified(partition)}`;
}

/** The key of a table that once was a partition is looked for in its heirs, which have none: they go first. */
function heirsOf(scope: Scope, object: SchemaObject): string[] {
  const table = ['primary key', 'unique', 'exclusion'].includes(textOf(object, 'type') ?? '') ? scope.before.objects.get(object.parent ?? '') : undefined;
  return table === undefined || table.attributes.partitioned === true ? [] : scope.before.dependents(table.id).filter((id) => listOf(scope.before.objects.get(id) ?? object, 'inherits').includes(table.id));
}

/** The object that takes this one along when it is dropped; null when it needs a statement of its own. */
function carrierOf(scope: Scope, ids: ReadonlySet<string>, object: SchemaObject): string | null {
  const references = textOf(object, 'references');
  // A foreign key between two tables that both go would make each wait for the other.
  const crossing = references !== null && references !== object.parent && ids.has(references) && object.attributes.inherited !== true;
  // A server does not go while somebody is mapped to it.
  if (object.kind === 'table') return goesWithin(scope, object);
  // The foreign key of a partition that is set aside within its table has gone with the table's.
  if (references !== null && object.attributes.inherited === true && goesWithin(scope, scope.before.objects.get(object.parent ?? '') ?? object) !== null) return scope.before.leaders(object).find((each) => ids.has(each)) ?? object.parent;
  if (object.kind === 'rule' && writesToWhatGoes(scope, ids, object)) return null;
  if (object.parent !== null && ids.has(object.parent) && !crossing && object.kind !== 'user_mapping') return object.parent;
  const type = typeOfFunction(scope.before, object);
  if (type !== null && ids.has(type)) return type;
  const leader = scope.before.leaders(object).find((each) => ids.has(each) && !isLeft(scope, object, each) && !isLeftToHeirs(scope, each));
  if (leader !== undefined && object.aside?.local !== true) return leader;
  if (leader !== undefined && object.kind === 'constraint' && textOf(object, 'partitionOf') !== null) return leader;
  if (leader !== undefined && (object.kind === 'index' || object.kind === 'sequence')) return leader;
  return null;
}

/** What the rule of a view writes to may hold rows of the view: each would wait for the other. */
function writesToWhatGoes(scope: Scope, ids: ReadonlySet<string>, rule: SchemaObject): boolean {
  return scope.before.needs(rule.id).some((id) => id !== rule.parent && scope.before.objects.get(id)?.parent !== rule.parent && (ids.has(id) || ids.has(scope.before.objects.get(id)?.parent ?? '')));
}

function isLeftToHeirs(scope: Scope, leaderId: string): boolean {
  const leader = scope.before.objects.get(leaderId);
  return leader !== undefined && goesAlone(scope, leader);
}

/** Its table has gone from the leader's when that goes: the two go by themselves. */
function isLeft(scope: Scope, object: SchemaObject, leader: string): boolean {
  return leavesParent(scope, object.parent, scope.before.objects.get(leader)?.parent ?? null);
}

/** Taking a default off, or putting it back, around a change of what it rests on. */
export function resetDefaults(scope: Scope, verb: 'drop' | 'create'): Action[] {
  return [...scope.defaultsReset].flatMap((id): Action[] => {
    const column = (verb === 'drop' ? scope.before : scope.after).objects.get(id);
    const expression = column ? textOf(column, 'default') : null;
    if (!column || expression === null || (verb === 'drop' && scope.throughText.has(id)) || (verb === 'create' && (scope.throughText.has(id) || scope.altered.get(id)?.names.has('default')))) return [];
    const alter = `ALTER TABLE ONLY ${relationOf(column)} ALTER COLUMN ${ident(column.name)}`;
    return [{
      key: `${verb} ${defaultId(id)}`,
      objectId: id,
      rank: verb === 'drop' ? RANK.drop : RANK.late,
      sql: [verb === 'drop' ? `${alter} DROP DEFAULT` : `${alter} SET DEFAULT ${expression}`],
      drops: verb === 'drop' ? [defaultId(id)] : [],
      creates: verb === 'create' ? [defaultId(id)] : [],
      alters: [],
      after: [],
    }];
  });
}
