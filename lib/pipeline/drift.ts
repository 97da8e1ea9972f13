import type { Delta } from './diff.ts';
import { isSatellite, kindLabel } from './kinds/all.ts';
import { differences, isNoise } from './noise.ts';
import type { Plan } from './plan.ts';
import { foldRenames } from './renames.ts';
import { parseObjectId, type Snapshot } from './snapshot.ts';

/** A run that changed the database between two readings. */
export interface DriftRun {
  runId: string;
  planId: string;
  planName: string;
  phaseTitle: string;
  kind: 'forward' | 'rollback';
  by: string;
  /** ISO time of its end. */
  at: string;
}

/** What changed between two readings of one database. */
export interface Drift {
  /** All differences, noise (owners, grants, comments …) included. */
  differences: number;
  /** Of them, those that no run in between was to make. */
  outside: number;
  /** The first few outside (of all, when none is), as a person reads them: `+ table public.orders`. */
  names: readonly string[];
}

const MOST_NAMES = 6;

/**
 * What changed between two readings, and how much of it no plan was to make. `expected`: the phases that ran in between. Null when nothing
 * changed, and when the two were not read in the same way, because then what differs may be the reading. Pure.
 */
export function driftBetween(before: Snapshot, after: Snapshot, expected: readonly { plan: Plan; phaseId: string }[]): Drift | null {
  if (before.reader !== after.reader) return null;
  const deltas = differences(before, after);
  if (deltas.length === 0) return null;
  const outside = outsideOf(before, after, deltas, expected);
  const shown = outside.length > 0 ? outside : deltas;
  const loudFirst = [...shown.filter((delta) => !isNoise(delta)), ...shown.filter((delta) => isNoise(delta))];
  return { differences: deltas.length, outside: outside.length, names: loudFirst.slice(0, MOST_NAMES).map(nameOf) };
}

/** Of the differences between two readings, those that no phase that ran in between was to make. */
export function outsideOf(before: Snapshot, after: Snapshot, deltas: readonly Delta[], expected: readonly { plan: Plan; phaseId: string }[]): Delta[] {
  const foreseen = foreseenBy(expected);
  const renamed = renamedBy(expected, before, after);
  return (renamed === before ? deltas : differences(renamed, after)).filter((delta) => !isForeseen(delta, foreseen));
}

/** What rests on a renamed object says its new name, and no plan names it: the reading as the renames left it, forward or back. */
function renamedBy(expected: readonly { plan: Plan; phaseId: string }[], before: Snapshot, after: Snapshot): Snapshot {
  const renames = expected.flatMap(({ plan, phaseId }) => (plan.phases.find((phase) => phase.id === phaseId)?.kind === 'rename' ? (plan.renames ?? []) : []));
  const forward = foldRenames(before, after, renames).renamed;
  // Backwards the columns come first: their table still has the new name.
  return renames.toReversed().reduce((state, { from, to }) => foldRenames(state, after, [{ from: to, to: from }]).renamed, forward);
}

/** Ids of objects that the phases touch or that their plan was made for. */
function foreseenBy(expected: readonly { plan: Plan; phaseId: string }[]): ReadonlySet<string> {
  return new Set(expected.flatMap(({ plan, phaseId }) => [
    ...plan.deltaIds.map((deltaId) => deltaId.slice(deltaId.indexOf(':') + 1)),
    ...(plan.renames ?? []).flatMap((rename) => [rename.from, rename.to]),
    ...(plan.phases.find((phase) => phase.id === phaseId)?.touches ?? []),
  ]));
}

function isForeseen(delta: Delta, foreseen: ReadonlySet<string>): boolean {
  const target = (delta.desired ?? delta.current)?.attributes.target;
  return foreseen.has(delta.objectId) || foreseen.has(delta.group) || (typeof target === 'string' && foreseen.has(target));
}

function nameOf(delta: Delta): string {
  const sign = { add: '+', remove: '−', change: '~' }[delta.change];
  const { name } = delta.desired ?? delta.current ?? { name: '' };
  return `${sign} ${kindLabel(delta.kind, 1)} ${isSatellite(delta.kind) ? name : parseObjectId(delta.objectId).path.join('.')}`;
}
