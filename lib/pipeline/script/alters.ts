import { ident, ownSequence, qualified } from '../ddl.ts';
import { isSatellite, kindOf } from '../kinds/all.ts';
import { type Change, remedyOf } from '../kinds/kind.ts';
import { relationOf, textOf } from '../kinds/relation.ts';
import { parseObjectId, type SchemaObject } from '../snapshot.ts';
import { RANK } from './drops.ts';
import type { Action } from './order.ts';
import type { Scope } from './scope.ts';
import { defaultId } from './side.ts';

/** Actions that change objects in place, and those that carry columns through a type that is made anew. */
export function alterActions(scope: Scope): Action[] {
  return [
    ...[...scope.altered].flatMap(([id, change]) => (isSatellite(change.current.kind) || scope.throughText.has(id) ? [] : change.current.kind === 'column' ? columnActions(scope, change) : objectActions(change))),
    ...[...scope.throughText].flatMap((id) => retypeActions(scope, id)),
  ];
}

function objectActions(change: Change): Action[] {
  const { desired } = change;
  const sql = [...inPlace(change), ...ownership(change), ...ownerOf(change)];
  if (sql.length === 0) return [];
  return [{ key: `alter ${desired.id}`, objectId: desired.id, rank: RANK.alter, sql, drops: [], creates: [], alters: [desired.id], after: [] }];
}

/** What stands in the way (a default, an identity) is taken off early, so that its sequence or function can go. */
function columnActions(scope: Scope, change: Change): Action[] {
  const { desired } = change;
  const followed = ['type', 'collation', 'generated', 'identity'].some((name) => change.names.has(name)) && scope.after.leaders(desired).some((leader) => scope.altered.has(leader));
  const all = inPlace(change).filter((statement) => !(followed && / (DROP EXPRESSION|(ADD|SET) GENERATED .*|DROP IDENTITY)$/.test(statement)));
  const clearing = all.filter((statement) => / DROP (DEFAULT|IDENTITY)$/.test(statement));
  const rest = all.filter((statement) => !clearing.includes(statement));
  const id = desired.id;
  const early: Action[] = clearing.length === 0 ? [] : [{ key: `clear ${id}`, objectId: id, rank: RANK.drop, sql: clearing, drops: [defaultId(id)], creates: [], alters: [], after: [] }];
  const late: Action[] = rest.length === 0 ? [] : [{ key: `alter ${id}`, objectId: id, rank: RANK.alter, sql: rest, drops: [], creates: early.length === 0 ? [] : [defaultId(id)], alters: early.length === 0 ? [id, defaultId(id)] : [id], after: [...early.map((action) => action.key), ...scope.after.leaders(desired).map((leader) => `alter ${leader}`)] }];
  return [...early, ...late];
}

function inPlace(change: Change): readonly string[] {
  const kind = kindOf(change.current.kind);
  const names = new Set([...change.names].filter((name) => !kind.aside.includes(name)));
  return [...names].some((name) => remedyOf(kind, name) === 'altered') ? (kind.alter({ ...change, names }) ?? []) : [];
}

function ownership({ current, desired, names }: Change): string[] {
  if (desired.kind !== 'sequence' || !names.has('ownedBy')) return [];
  const to = textOf(desired, 'ownedBy');
  if (to === null) return textOf(current, 'ownedBy') === null ? [] : [`ALTER SEQUENCE ${qualified(desired)} OWNED BY NONE`];
  const [schema = '', name = '', column = ''] = parseObjectId(to).path;
  return [ownSequence(desired, { schema, name }, column)];
}

function ownerOf({ desired, names }: Change): string[] {
  const kind = kindOf(desired.kind);
  const owner = desired.aside?.owner;
  const version = desired.aside?.version;
  return [
    ...(names.has('owner') && typeof owner === 'string' ? [`ALTER ${kind.address(desired)} OWNER TO ${ident(owner)}`] : []),
    ...(names.has('version') && typeof version === 'string' ? [`ALTER EXTENSION ${ident(desired.name)} UPDATE TO ${ident(version)}`] : []),
  ];
}

/** Out of the old type into text, and from text into the new one: rows that the new type does not take make the script fail, never lose them. */
function retypeActions(scope: Scope, id: string): Action[] {
  const column = scope.before.objects.get(id);
  const wanted = scope.after.objects.get(id);
  if (!column || !wanted) return [];
  const inherited = column.attributes.inherited === true;
  const both = { objectId: id, alters: [], after: [] };
  return [
    { ...both, key: `drop ${id}`, rank: RANK.drop, sql: toText(column, inherited), drops: [id, defaultId(id)], creates: [] },
    { ...both, key: `create ${id}`, rank: RANK.alter, sql: fromText(scope, wanted, inherited), drops: [], creates: [id, defaultId(id)] },
  ];
}

function toText(column: SchemaObject, inherited: boolean): string[] {
  const text = textOf(column, 'type')?.endsWith('[]') ? 'text[]' : 'text';
  const name = ident(column.name);
  return [
    ...(textOf(column, 'default') === null ? [] : [`ALTER TABLE ONLY ${relationOf(column)} ALTER COLUMN ${name} DROP DEFAULT`]),
    ...(inherited ? [] : [`ALTER TABLE ${relationOf(column)} ALTER COLUMN ${name} TYPE ${text} USING ${name}::${text}`]),
  ];
}

function fromText(scope: Scope, column: SchemaObject, inherited: boolean): string[] {
  const type = textOf(column, 'type');
  const collation = textOf(column, 'collation');
  const fallback = textOf(column, 'default');
  const name = ident(column.name);
  const rest = scope.altered.get(column.id);
  const names = new Set([...(rest?.names ?? [])].filter((each) => !['type', 'collation', 'default'].includes(each)));
  return [
    ...(inherited ? [] : [`ALTER TABLE ${relationOf(column)} ALTER COLUMN ${name} TYPE ${type}${collation === null ? '' : ` COLLATE ${collation}`} USING ${name}::${type}`]),
    ...(fallback === null ? [] : [`ALTER TABLE ONLY ${relationOf(column)} ALTER COLUMN ${name} SET DEFAULT ${fallback}`]),
    ...(rest && names.size > 0 ? inPlace({ ...rest, names }) : []),
  ];
}
