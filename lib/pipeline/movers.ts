import type { DriftRun } from './drift.ts';
import type { Movement } from './evidence.ts';
import { tableKey } from './expectation.ts';
import type { Phase } from './plan.ts';
import { parseObjectId } from './snapshot.ts';
import { objectOf } from './touches.ts';
import { listed } from './words.ts';

/** A run that may have changed the target since something was signed, with the phase that it carried out or took back. */
export interface Mover {
  phase: Phase;
  run: DriftRun;
}

const DEFINITION = 'definition:';

/**
 * Who or what moved the definitions that are not as they were signed, as far as our own runs tell: those that touch them, by whom and when; or that none does, so that it came from outside.
 * Null: no definition moved. Of rows nobody can say who wrote them. Pure.
 */
export function moverSentence(moved: readonly Movement[], movers: readonly Mover[], since: string): string | null {
  const ids = [...new Set(moved.flatMap(({ what }) => (what.startsWith(DEFINITION) ? [objectOf(what.slice(DEFINITION.length))] : [])))];
  if (ids.length === 0) return null;
  const ours = movers.map((mover) => ({ ...mover, of: ids.filter((id) => touches(mover.phase, id)) })).filter(({ of }) => of.length > 0);
  const outside = ids.filter((id) => !ours.some(({ of }) => of.includes(id)));
  return [
    ...ours.map(({ run, of }) => `“${run.phaseTitle}” of “${run.planName}” touches ${namesOf(of)} and ${run.kind === 'forward' ? 'ran here' : 'was rolled back here'} since, asked for by ${run.by} (${minute(run.at)} UTC).`),
    ...(outside.length > 0 ? [`No plan that ran here since ${minute(since)} UTC touches ${namesOf(outside)}: that came from outside.`] : []),
  ].join(' ');
}

function touches({ touches: touched, steps }: Phase, id: string): boolean {
  const { path } = parseObjectId(id);
  const table = path.slice(0, 2).join('.');
  return touched.some((touch) => objectOf(touch) === id) || steps.some(({ locks }) => locks.some((lock) => lock.mode === 'ACCESS EXCLUSIVE' && tableKey(lock.table) === table));
}

function namesOf(ids: readonly string[]): string {
  return listed(ids.map((id) => parseObjectId(id).path.join('.')));
}

function minute(iso: string): string {
  return new Date(iso).toISOString().slice(0, 16).replace('T', ' ');
}
