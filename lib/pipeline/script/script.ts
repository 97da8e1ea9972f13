import { asHere } from '../as-here.ts';
import type { Delta } from '../diff.ts';
import { alterActions } from './alters.ts';
import { aroundRows, rowsActions, rowsOf, type TableAnew } from './anew-rows.ts';
import { allOf, applied } from './apply.ts';
import { afterCasts } from './casts.ts';
import { createActions } from './creates.ts';
import { dropActions } from './drops.ts';
import { type HazardousStatement, hazardsOf } from './hazards.ts';
import { type Action, type Graph, ordered } from './order.ts';
import { afterOverloads } from './overloads.ts';
import { madeInPlace } from './placed.ts';
import { columnsByPlace } from './places.ts';
import { withPositions } from './positions.ts';
import { ringRefusals } from './ring-words.ts';
import { openedRing } from './rings.ts';
import { apartFromRows } from './rows.ts';
import { type Scope, scopeOf, type ScriptRefusal } from './scope.ts';
import { namingTaken } from './not-null-names.ts';
import { identityPrivileges, ofPart, satelliteActions, untyingActions } from './satellites.ts';
import { type Scripted, sideOf } from './side.ts';
import type { Snapshot } from '../snapshot.ts';
import { withoutWhole } from './index-over-all.ts';
import { sideAfter } from './side-after.ts';
import { withShells } from './shells.ts';
import { typedActions } from './typed.ts';
import { written } from './written.ts';

export type { ScriptRefusal } from './scope.ts';

/** Statements that run in one transaction. */
export interface ScriptStep {
  statements: readonly HazardousStatement[];
}

export interface Script {
  steps: readonly ScriptStep[];
  /** Differences that the script leaves as they are, each with its reason. */
  refusals: readonly ScriptRefusal[];
  /** Tables that are made anew, with their rows copied. */
  anew: readonly TableAnew[];
}

export interface ScriptOptions {
  /** Owners are compared: what is new gets the owner that it has on the desired side. */
  owners?: boolean;
  /** Ids of what is dropped and created again although it could be changed in place. */
  anew?: ReadonlySet<string>;
  /** A column that gets its numbers from another sequence goes on from its last one. */
  positions?: boolean;
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
export function makeScript(current: Scripted & Partial<Pick<Snapshot, 'target'>>, wanted: Scripted & Partial<Pick<Snapshot, 'target'>>, deltas: readonly Delta[], options: ScriptOptions = {}): Script {
  const desired = asHere(current, wanted);
  const before = sideOf(allOf(current), current.dependencies ?? {});
  const after = sideAfter(before, current.dependencies ?? {}, namingTaken(current, applied(before, current, desired, deltas)));
  const scope = scopeOf(before, after, deltas, options.anew, current.target?.serverVersion);
  const defaultPrivileges = (current.satellites ?? []).filter((object) => object.kind === 'default_privileges');
  const { early: values, rest } = newEnumValues(alterActions(scope));
  const all = aroundRows(scope, afterOverloads(scope, apartFromRows(scope, afterCasts(scope, [...dropActions(scope), ...typedActions(scope), ...rest, ...createActions(scope, { owners: options.owners ?? false, defaultPrivileges }), ...rowsActions(scope)])))).toSorted((a, b) => ((a.place ?? a.key) < (b.place ?? b.key) ? -1 : 1));
  const { actions, placed } = madeInPlace(scope, all);
  const { order, ring, waitsFor } = orderedInName(scope, actions, { dependentsBefore: before.dependents, needsAfter: (id) => neededBefore(scope, id) });
  const rings = ringRefusals(scope, ring, waitsFor);
  const satellites = satelliteActions(scope, placed);
  const early = satellites.filter(({ objectId: id }) => ofPart(before.objects.get(id)) && !after.objects.has(id));
  const statements = [...untyingActions(scope), ...early, ...order, ...identityPrivileges(scope, defaultPrivileges), ...satellites.filter((action) => !early.includes(action))].flatMap((action) => hazardsOf(scope, action));
  return {
    steps: [values.flatMap((action) => hazardsOf(scope, action)), options.positions === true ? withPositions(scope, statements) : statements].filter((step) => step.length > 0).map((step) => ({ statements: step })),
    refusals: [...scope.refusals, ...rings],
    anew: rowsOf(scope),
  };
}

/** What must be there when an object comes or changes: most of what it rests on. */
function neededBefore(scope: Scope, id: string): readonly string[] {
  const { after } = scope;
  if (id.startsWith('function:')) return withShells(after, id, after.needs(id));
  // pg_depend says that a sequence rests on the column that owns it; it is made before it all the same, for the column's default.
  if (id.startsWith('sequence:')) return after.needs(id).filter((each) => !each.startsWith('column:'));
  if (/^(?:materialized_)?view:/.test(id)) return [...after.needs(id), ...columnsByPlace(scope, id)];
  if (id.startsWith('index:')) return withoutWhole(after, id, after.needs(id));
  // By which of its own indexes a table's rows are told is said of it when it has them.
  return id.startsWith('table:') ? after.needs(id).filter((each) => after.objects.get(each)?.parent !== id) : after.needs(id);
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

/** One text for a person or a file: the settings, then each step in a transaction of its own. */
export function scriptText(script: Script): string {
  const steps = script.steps.map((step) => ['BEGIN', ...written(step.statements).flatMap((statement) => [...statement.hazards.map((hazard) => `-- ${hazard}`), statement.sql]), 'COMMIT'].map((line) => (line.startsWith('-- ') ? line : `${line};`)).join('\n'));
  const refused = script.refusals.map((refusal) => `-- differs, no script: ${refusal.sentence.replaceAll('\n', ' ')}`);
  return `${[...refused, ...SCRIPT_SETTINGS.map((setting) => `${setting};`), ...steps].join('\n')}\n`;
}
