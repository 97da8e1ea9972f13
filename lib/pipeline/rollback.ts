import { unfollowedSentence } from './followed.ts';
import { counted, firstOf, listed } from './words.ts';
import { fillsBeside, type Plan, type Phase, type Step, type TableName } from './plan.ts';
import type { Quantity } from './evidence.ts';
import { paperOf } from './step-kinds/all.ts';

export interface TablePrice {
  table: TableName;
  inserted: Quantity;
  changed: Quantity;
  deleted: Quantity;
}

/** What pressing rollback costs, measured just before. Unknown counts as lossy. */
export interface RollbackPrice {
  measuredAt: string;
  tables: readonly TablePrice[];
  /** What the tables' numbers count, where it is not the rows written since: the old tables get those, but for the ones that do not fit. */
  counts?: 'misfits';
  /** Rows written since that the live tables would no longer show; unknown when any part is. */
  lost: Quantity;
  verdict: 'lossless' | 'loses' | 'unknown' | 'impossible';
  sentence: string;
}

/** `missing`: steps that stand and of which the ledger has no row, by title; null: who looks may not read it. */
export interface LedgerSeen {
  timeline: number;
  missing: readonly string[] | null;
}

/** Why the way back may not meet what the way forward left, in sentences for whoever is about to press; null: nothing speaks for it. `applied`: the timeline on which it was applied, as far as it is known. */
export function ledgerDoubt({ timeline, missing }: LedgerSeen, applied: number | null): string | null {
  const look = 'Look at the database before you press: the way back stops by name at whatever is not there.';
  if (missing !== null && missing.length === 0) return null;
  if (missing !== null) return `The ledger of the database has no row of ${counted(missing.length, 'step that was', 'steps that were')} applied${firstOf(missing.map((title) => `“${title}”`), missing.length)}. A standby was promoted without the last commits, the database was restored, or somebody has removed the ledger. ${look}`;
  if (applied === null || applied === timeline) return null;
  return `The server failed over or was restored since this was applied (its timeline was ${applied} and is ${timeline}), and whether it has all that was applied cannot be read from here. ${look}`;
}

/** The steps that take a phase back, in reverse order, as steps like any other. What has nothing to take back is left out. */
export function rollbackSteps(phase: Phase, appliedStepIds: readonly string[]): Step[] {
  return phase.steps
    .toReversed()
    .filter((step) => appliedStepIds.includes(step.id))
    .flatMap((step) => paperOf(step).undone(step) ?? []);
}

/** Why a phase cannot go back yet; `resting` as phasesResting gives them, at least one. They are named in the order in which they go back. */
export function restingSentence(resting: readonly Pick<Phase, 'title'>[]): string {
  const titles = resting.toReversed().map(({ title }) => `“${title}”`);
  return titles.length === 1 ? `${titles[0] ?? ''} rests on this phase. Roll that one back first.` : `${listed(titles)} rest on this phase. Roll them back first, in this order.`;
}

/** Phases that must be rolled back before this one, because they rest on it: those that require it, directly or through others, and stand. */
export function phasesResting(plan: Plan, phaseId: string, standing: readonly string[]): Phase[] {
  const resting = new Set<string>();
  let grew = true;
  while (grew) {
    grew = false;
    for (const phase of plan.phases) {
      if (!resting.has(phase.id) && phase.requires.some((id) => id === phaseId || resting.has(id))) {
        resting.add(phase.id);
        grew = true;
      }
    }
  }
  return plan.phases.filter((phase) => resting.has(phase.id) && standing.includes(phase.id));
}

/** Adds the parts up. Any unknown part makes the whole unknown. `final`: all of it stands, and it cannot be undone; what stands half may still go back as far as it goes. `unfollowed`: tables of which nobody noted what was written since. */
export function totalPrice(phase: Phase, measuredAt: string, tables: readonly TablePrice[], final = phase.pointOfNoReturn, unfollowed: readonly string[] = []): RollbackPrice {
  if (final) {
    return { measuredAt, tables, lost: { provenance: 'unknown', why: 'the phase cannot be undone' }, verdict: 'impossible', sentence: 'This phase dropped what a rollback would need. It cannot be undone.' };
  }
  const parts = tables.flatMap((table) => [table.inserted, table.changed, table.deleted]);
  const unknown = parts.find((part) => part.provenance !== 'exact');
  if (unknown) {
    return { measuredAt, tables, lost: { provenance: 'unknown', why: 'not every table could be measured' }, verdict: 'unknown', sentence: 'Not every table could be measured, so what would be lost is unknown.' };
  }
  const lost = parts.reduce((sum, part) => sum + (part.provenance === 'exact' ? part.value : 0), 0);
  const swap = phase.steps.flatMap((step) => (step.work?.kind === 'swap' ? [step.work] : []))[0];
  if (swap && unfollowed.length > 0) return { measuredAt, tables, counts: 'misfits', lost: { provenance: 'unknown', why: 'nobody noted what was written since' }, verdict: 'unknown', sentence: unfollowedSentence({ direction: 'back', ...(swap.feed.within ? { within: true } : {}) }, unfollowed) };
  if (swap) return followedPrice(measuredAt, tables, lost, swap.feed.within === true);
  return lost === 0
    ? { measuredAt, tables, lost: { provenance: 'exact', value: 0 }, verdict: 'lossless', sentence: losslessSentence(phase, tables) }
    : { measuredAt, tables, lost: { provenance: 'exact', value: lost }, verdict: 'loses', sentence: `${counted(lost, 'row was', 'rows were')} written since. The rollback takes ${lost === 1 ? 'it' : 'them'} out of the live tables and keeps ${lost === 1 ? 'it' : 'them'} in the plan's keep schema.` };
}

/** Nothing written is said only where somebody looked: beside an application at work it would be read as a number. */
function losslessSentence(phase: Phase, tables: readonly TablePrice[]): string {
  if (fillsBeside(phase)) return 'The live tables stay, with every write since. The rollback takes the new ones away and loses nothing.';
  return tables.length === 0 ? 'The rollback loses nothing.' : 'Nothing was written since; the rollback loses nothing.';
}

/** The old tables got every write since, or get it before they come back; what does not fit them stays in the new tables, which are kept. */
function followedPrice(measuredAt: string, tables: readonly TablePrice[], lost: number, within: boolean): RollbackPrice {
  if (within) return { measuredAt, tables, counts: 'misfits', lost: { provenance: 'exact', value: lost }, ...(lost === 0 ? { verdict: 'lossless', sentence: 'The old columns are kept in step; they come back with every write since, and nothing is lost.' } : { verdict: 'loses', sentence: `${counted(lost, 'row has', 'rows have')} a value that does not fit the old columns. The rollback stops at ${lost === 1 ? 'it' : 'them'} and leaves the new columns in place: change ${lost === 1 ? 'it' : 'them'} first.` }) };
  return lost === 0
    ? { measuredAt, tables, counts: 'misfits', lost: { provenance: 'exact', value: 0 }, verdict: 'lossless', sentence: 'The old tables are kept in step; they come back with every write since, and nothing is lost.' }
    : { measuredAt, tables, counts: 'misfits', lost: { provenance: 'exact', value: lost }, verdict: 'loses', sentence: `${counted(lost, 'row does', 'rows do')} not fit the old tables, or ${lost === 1 ? 'is' : 'are'} not the same there. The rollback leaves ${lost === 1 ? 'it' : 'them'} in the new tables, which are kept.` };
}
