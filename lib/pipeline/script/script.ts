import { ident } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import { isSatellite, kindOf } from '../kinds/all.ts';
import { identitySequence } from '../kinds/column.ts';
import { remedyOf } from '../kinds/kind.ts';
import { textOf } from '../kinds/relation.ts';
import { objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { alterActions } from './alters.ts';
import { appliedTo } from './apply.ts';
import { afterCasts } from './casts.ts';
import { createActions, undoDefaultPrivileges } from './creates.ts';
import { dropActions } from './drops.ts';
import { type HazardousStatement, hazardsOf } from './hazards.ts';
import { type Action, type Graph, ordered } from './order.ts';
import { openedRing } from './rings.ts';
import { type Scope, scopeOf, type ScriptRefusal } from './scope.ts';
import { type Scripted, type Side, sideOf } from './side.ts';
import { typedActions } from './typed.ts';

export type { ScriptRefusal } from './scope.ts';

/** Statements that run in one transaction. */
export interface ScriptStep {
  statements: readonly HazardousStatement[];
}

export interface Script {
  steps: readonly ScriptStep[];
  /** Differences that the script leaves as they are, each with its reason. */
  refusals: readonly ScriptRefusal[];
}

export interface ScriptOptions {
  /** Owners are compared: what is new gets the owner that it has on the desired side. */
  owners?: boolean;
  /** Ids of what is dropped and created again although it could be changed in place. */
  anew?: ReadonlySet<string>;
}

/**
 * What a session must set before it runs a script: bodies of functions may name what does not exist yet, and a backslash in a string is a
 * backslash. Every name in a statement is qualified; search_path stays what it is, because functions that a check, an index or a default calls may rely on it.
 */
export const SCRIPT_SETTINGS: readonly string[] = ['SET check_function_bodies = off', 'SET standard_conforming_strings = on'];

/**
 * The statements that turn `current` into what `deltas` ask of it, in an order in which they run: what goes, what changes, what comes, each
 * after what it rests on. What rests on something that is made anew is dropped and created again with its grants and comments. New enum
 * values are a step of their own, because a value can only be used after it is committed. Pure. Never leaves a difference out in silence:
 * what cannot be scripted is in `refusals`, and then the script as a whole must not be taken for complete.
 * @param deltas of diff() or differences(), all or some; with satellites when comments and grants are to be scripted.
 */
export function makeScript(current: Scripted, desired: Scripted, deltas: readonly Delta[], options: ScriptOptions = {}): Script {
  const before = sideOf([...current.objects, ...(current.satellites ?? [])], current.dependencies ?? {});
  const wanted = appliedTo(current, desired, deltas);
  const after = sideOf([...wanted.objects, ...wanted.satellites], wanted.dependencies);
  const scope = scopeOf(before, after, deltas, options.anew);
  const defaultPrivileges = (current.satellites ?? []).filter((object) => object.kind === 'default_privileges');
  const { early: values, rest } = newEnumValues(alterActions(scope));
  const actions = afterCasts(scope, [...dropActions(scope), ...typedActions(scope), ...rest, ...createActions(scope, { owners: options.owners ?? false, defaultPrivileges })]).toSorted((a, b) => ((a.place ?? a.key) < (b.place ?? b.key) ? -1 : 1));
  // pg_depend says that a sequence rests on the column that owns it; it is made before it all the same, for the column's default.
  const { order, ring } = orderedInName(scope, actions, { dependentsBefore: before.dependents, needsAfter: (id) => (id.startsWith('sequence:') ? after.needs(id).filter((each) => !each.startsWith('column:')) : after.needs(id)) });
  const rings = ring.map((action) => ({ objectId: action.objectId, sentence: `${action.objectId.replace(':', ' ')} and ${ring.length - 1} others wait for each other: ${ring.map((each) => each.key).slice(0, 6).join(', ')}.` }));
  const satellites = satelliteActions(scope);
  const early = satellites.filter(({ objectId: id }) => ofPart(before.objects.get(id)) && !after.objects.has(id));
  const statements = [...early, ...order, ...identityPrivileges(scope, defaultPrivileges), ...satellites.filter((action) => !early.includes(action))].flatMap((action) => hazardsOf(scope, action));
  return {
    steps: [values.flatMap((action) => hazardsOf(scope, action)), statements].filter((step) => step.length > 0).map((step) => ({ statements: step })),
    refusals: [...scope.refusals, ...rings],
  };
}

/** In an order in which all can run; what waits for each other comes and goes in name where it can. */
function orderedInName(scope: Scope, actions: readonly Action[], graph: Graph): ReturnType<typeof ordered> {
  const first = ordered(actions, graph);
  const opened = first.ring.length === 0 ? null : openedRing(scope, actions, first.ring, graph);
  return opened === null ? first : ordered(opened.actions, opened.graph);
}

function newEnumValues(actions: readonly Action[]): { early: Action[]; rest: Action[] } {
  const early = actions.filter((action) => action.objectId.startsWith('enum:'));
  const values = early.map((action) => ({ ...action, sql: action.sql.filter((sql) => sql.includes(' ADD VALUE ')) }));
  const others = early.map((action) => ({ ...action, sql: action.sql.filter((sql) => !sql.includes(' ADD VALUE ')) })).filter((action) => action.sql.length > 0);
  return { early: values, rest: [...actions.filter((action) => !early.includes(action)), ...others] };
}

/** Default privileges, grants and comments: nothing rests on them, so they come last; what went with its object needs no statement. */
function satelliteActions(scope: Scope): Action[] {
  const renewed = (object: SchemaObject) => {
    const target = textOf(object, 'target');
    return target !== null && (scope.added.has(target) || scope.recreated.has(target) || (isOfSequence(object) && getsIdentity(scope, target)) || (ofPart(object) && scope.altered.has(target)));
  };
  const schemaGone = (object: SchemaObject) => object.kind === 'default_privileges' && scope.removed.has(objectId('schema', object.schema));
  const targetGone = (object: SchemaObject) => {
    const target = textOf(object, 'target');
    return target !== null && (scope.removed.has(target) || scope.recreated.has(target) || (isOfSequence(object) && identityOf(scope.after, target) === null && target.startsWith('column:')));
  };
  const comes: { object: SchemaObject; sql: readonly string[] }[] = [];
  for (const object of scope.before.objects.values()) {
    if (isSatellite(object.kind) && scope.removed.has(object.id) && !targetGone(object) && !schemaGone(object)) comes.push({ object, sql: kindOf(object.kind).drop(ownedAfter(scope, object)) });
  }
  for (const object of scope.after.objects.values()) {
    if (!isSatellite(object.kind)) continue;
    const kind = kindOf(object.kind);
    const change = scope.altered.get(object.id);
    if (scope.added.has(object.id) || renewed(object)) comes.push({ object, sql: kind.create(ownedAfter(scope, object), []).map(({ sql }) => sql) });
    else if (change) comes.push({ object, sql: kind.alter({ ...change, desired: ownedAfter(scope, change.desired), names: new Set([...change.names].filter((name) => remedyOf(kind, name) === 'altered')) }) ?? [] });
  }
  const rank = { default_privileges: 0, grant: 1, comment: 2 } as Readonly<Record<string, number>>;
  return comes
    .filter(({ sql }) => sql.length > 0)
    .toSorted((a, b) => (rank[a.object.kind] ?? 0) - (rank[b.object.kind] ?? 0) || (a.object.id < b.object.id ? -1 : 1))
    .map(({ object, sql }) => ({ key: `satellite ${object.id}`, objectId: object.id, rank: 0, sql, drops: [], creates: [], alters: [], after: [] }));
}

/** A comment on a constraint that is part of a column or domain: the constraint behind NOT NULL, a check of a domain. It may be called otherwise, or be made anew, in place. */
function ofPart(object: SchemaObject | undefined): boolean {
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
function identityPrivileges(scope: Scope, defaultPrivileges: readonly SchemaObject[]): Action[] {
  if (!defaultPrivileges.some((rule) => rule.attributes.objects === 'SEQUENCES')) return [];
  const columns = [...scope.added, ...scope.recreated.keys(), ...scope.altered.keys()].flatMap((id) => scope.after.objects.get(id) ?? []).filter((object) => object.kind === 'column' && textOf(object, 'identity') !== null && (!scope.altered.has(object.id) || getsIdentity(scope, object.id)));
  return columns.flatMap((column) => {
    const owner = scope.after.objects.get(column.parent ?? '')?.aside?.owner;
    const [schema = ''] = parseObjectId(column.parent ?? '').path;
    const sequence: SchemaObject = { ...column, kind: 'sequence', schema, name: identitySequence(column) };
    const sql = undoDefaultPrivileges(sequence, defaultPrivileges).filter((text) => typeof owner !== 'string' || !text.endsWith(` FROM ${ident(owner)}`));
    return sql.length === 0 ? [] : [{ key: `privileges ${column.id}`, objectId: column.id, rank: 0, sql, drops: [], creates: [], alters: [], after: [] }];
  });
}

/** One text for a person or a file: the settings, then each step in a transaction of its own. */
export function scriptText(script: Script): string {
  const steps = script.steps.map((step) => ['BEGIN', ...step.statements.flatMap((statement) => [...statement.hazards.map((hazard) => `-- ${hazard}`), statement.sql]), 'COMMIT'].map((line) => (line.startsWith('-- ') ? line : `${line};`)).join('\n'));
  const refused = script.refusals.map((refusal) => `-- differs, no script: ${refusal.sentence.replaceAll('\n', ' ')}`);
  return `${[...refused, ...SCRIPT_SETTINGS.map((setting) => `${setting};`), ...steps].join('\n')}\n`;
}
