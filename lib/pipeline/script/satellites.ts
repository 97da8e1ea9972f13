import { ident } from '../ddl.ts';
import { kindOf } from '../kinds/all.ts';
import { identitySequence } from '../kinds/column.ts';
import { grantChange, takenFromColumns } from '../kinds/grant.ts';
import { remedyOf } from '../kinds/kind.ts';
import { listOf, textOf } from '../kinds/relation.ts';
import { objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { undoDefaultPrivileges } from './creates.ts';
import type { Action } from './order.ts';
import type { Scope } from './scope.ts';
import type { Side } from './side.ts';

/** Default privileges, grants, comments, labels, ties and tablespaces: nothing rests on them, so they come last; what went with its object needs no statement, nor does what was made in its place (`placed`). */
export function satelliteActions(scope: Scope, placed: ReadonlySet<string>): Action[] {
  const renewed = (object: SchemaObject) => {
    const target = textOf(object, 'target');
    return target !== null && (scope.added.has(target) || scope.recreated.has(target) || (isOfSequence(object) && getsIdentity(scope, target)) || (ofPart(object) && scope.altered.has(target)));
  };
  const schemaGone = (object: SchemaObject) => object.kind === 'default_privileges' && scope.removed.has(objectId('schema', object.schema));
  const targetGone = (object: SchemaObject) => {
    const target = textOf(object, 'target');
    return target !== null && (scope.removed.has(target) || scope.recreated.has(target) || (isOfSequence(object) && identityOf(scope.after, target) === null && target.startsWith('column:')));
  };
  const comes: Satellite[] = [];
  for (const object of scope.before.satellites) {
    if (scope.removed.has(object.id) && !targetGone(object) && !schemaGone(object) && !goesWithExtension(scope, object)) comes.push(...statementsFor(ownedAfter(scope, object), object, null));
  }
  for (const object of scope.after.satellites) {
    if (object.kind === 'placement' && placed.has(textOf(object, 'target') ?? '')) continue;
    const change = scope.altered.get(object.id);
    if (scope.added.has(object.id) || renewed(object)) comes.push(...statementsFor(ownedAfter(scope, object), null, ownedAfter(scope, object)));
    else if (change) comes.push(...statementsFor(ownedAfter(scope, change.desired), change.current, ownedAfter(scope, change.desired), change.names));
    if (!scope.added.has(object.id) && !renewed(object)) comes.push(...takenWithTable(scope, object));
  }
  return comes
    .filter(({ sql }) => sql.length > 0)
    .toSorted((a, b) => a.rank - b.rank || (a.object.id < b.object.id ? -1 : 1))
    .map(({ object, part, sql }) => ({ key: `satellite ${part}${object.id}`, objectId: object.id, rank: 0, sql, drops: [], creates: [], alters: [], after: [] }));
}

/** An extension takes along what is tied to it: that is untied before the extension goes, and stays or goes by its own difference. */
export function untyingActions(scope: Scope): Action[] {
  return scope.before.satellites.filter((object) => goesWithExtension(scope, object))
    .map((object) => ({ key: `untie ${object.id}`, objectId: object.id, rank: 0, sql: kindOf(object.kind).drop(object), drops: [], creates: [], alters: [], after: [] }));
}

function goesWithExtension(scope: Scope, object: SchemaObject): boolean {
  return object.kind === 'extension_tie' && scope.removed.has(objectId('extension', String(object.attributes.extension)));
}

/** Statements about one of them, and where these stand among those about the others. */
interface Satellite {
  object: SchemaObject;
  part: '' | 'revoke ' | 'renew ';
  rank: number;
  sql: readonly string[];
}

/** Rights are taken from columns before their tables and from schemas last, and given the other way round: who passes a right on must reach what it is on. */
const RANKS = { defaultPrivileges: 0, revoke: { column: 1, other: 2, schema: 3 }, grant: { schema: 4, other: 5, column: 6 }, said: 7 } as const;

function placeOf(grant: SchemaObject): 'column' | 'other' | 'schema' {
  return textOf(grant, 'column') !== null ? 'column' : textOf(grant, 'on')?.startsWith('SCHEMA ') === true ? 'schema' : 'other';
}

function statementsFor(object: SchemaObject, current: SchemaObject | null, desired: SchemaObject | null, names?: ReadonlySet<string>): Satellite[] {
  if (object.kind === 'grant') {
    const { revokes, grants } = grantChange(object, current, desired);
    return [{ object, part: 'revoke ', rank: RANKS.revoke[placeOf(object)], sql: revokes }, { object, part: '', rank: RANKS.grant[placeOf(object)], sql: grants }];
  }
  const kind = kindOf(object.kind);
  const altered = new Set([...(names ?? [])].filter((name) => remedyOf(kind, name) === 'altered'));
  const sql = desired === null ? kind.drop(object) : current === null ? kind.create(desired, []).map((statement) => statement.sql) : (kind.alter({ current, desired, names: altered }) ?? []);
  return [{ object, part: '', rank: object.kind === 'default_privileges' ? RANKS.defaultPrivileges : RANKS.said, sql }];
}

/** What REVOKE on a table takes from a column that is to keep it. */
function takenWithTable(scope: Scope, grant: SchemaObject): Satellite[] {
  if (grant.kind !== 'grant' || placeOf(grant) !== 'column') return [];
  const table = objectId('grant', String(grant.attributes.on));
  if (!scope.removed.has(table) && !scope.altered.has(table)) return [];
  const taken = takenFromColumns(scope.before.objects.get(table) ?? null, scope.after.objects.get(table) ?? null);
  const kept = (name: string) => listOf(grant, name).filter((entry) => taken.some((each) => entry === each || entry.startsWith(`${each} `)));
  const again = { ...ownedAfter(scope, grant), attributes: { ...grant.attributes, granted: kept('granted'), passedOn: kept('passedOn'), revoked: [] } };
  return [{ object: again, part: 'renew ', rank: RANKS.grant.column, sql: grantChange(again, null, again).grants }];
}

/** A comment on a constraint that is part of a column or domain: the constraint behind NOT NULL, a check of a domain. It may be called otherwise, or be made anew, in place. */
export function ofPart(object: SchemaObject | undefined): boolean {
  return object?.kind === 'comment' && /^(?:column|domain):/.test(textOf(object, 'target') ?? '') && textOf(object, 'on')?.startsWith('CONSTRAINT ') === true;
}

/** A grant that speaks of the owner means who it is when grants are made. */
function ownedAfter(scope: Scope, grant: SchemaObject): SchemaObject {
  const target = scope.after.objects.get(textOf(grant, 'target') ?? '');
  const owner = target?.aside?.owner ?? scope.after.objects.get(target?.parent ?? '')?.aside?.owner;
  return owner === undefined ? grant : { ...grant, aside: { ...grant.aside, ownerOfObject: owner } };
}

/** What is said of the sequence that an identity column brings along. */
function isOfSequence(object: SchemaObject): boolean {
  return textOf(object, 'on')?.startsWith('SEQUENCE ') === true;
}

function identityOf(side: Side, columnId: string): string | null {
  const column = side.objects.get(columnId);
  return column?.kind === 'column' ? textOf(column, 'identity') : null;
}

function getsIdentity(scope: Scope, columnId: string): boolean {
  return identityOf(scope.before, columnId) === null && identityOf(scope.after, columnId) !== null;
}

/** Default privileges hold for the sequences of new identity columns too; whom the table belongs to keeps what is the owner's. */
export function identityPrivileges(scope: Scope, defaultPrivileges: readonly SchemaObject[]): Action[] {
  if (!defaultPrivileges.some((rule) => rule.attributes.objects === 'SEQUENCES')) return [];
  const columns = [...scope.added, ...scope.recreated.keys(), ...scope.altered.keys()].flatMap((id) => scope.after.objects.get(id) ?? []).filter((object) => object.kind === 'column' && textOf(object, 'identity') !== null && (!scope.altered.has(object.id) || getsIdentity(scope, object.id)));
  return columns.flatMap((column) => {
    const owner = scope.after.objects.get(column.parent ?? '')?.aside?.owner;
    const [schema = ''] = parseObjectId(column.parent ?? '').path;
    const sequence: SchemaObject = { ...column, kind: 'sequence', schema, name: identitySequence(column) };
    const sql = undoDefaultPrivileges(sequence, defaultPrivileges, typeof owner === 'string' ? ident(owner) : undefined);
    return sql.length === 0 ? [] : [{ key: `privileges ${column.id}`, objectId: column.id, rank: 0, sql, drops: [], creates: [], alters: [], after: [] }];
  });
}
