import type { Check } from '../evidence.ts';
import type { Step } from '../plan.ts';
import { type BatchesWork, batchesPaper } from './batches.ts';
import { type DumpWork, dumpPaper, type RestoreTestWork, restoreTestPaper } from './dump.ts';
import type { StepPaper } from './kind.ts';
import { feedPaper, type FeedWork } from './feed.ts';
import { manualPaper, type ManualWork } from './manual.ts';
import { openPaper, type OpenWork } from './open.ts';
import { type OutsideWork, outsidePaper } from './outside.ts';
import { sqlPaper } from './sql.ts';
import { swapPaper, type SwapWork } from './swap.ts';
import { takeOverPaper, type TakeOverWork } from './take-over.ts';

/** What a step does when it is not statements in one transaction. One member per kind; everything in it is JSON and part of what is signed. */
export type Work = OutsideWork | BatchesWork | DumpWork | RestoreTestWork | FeedWork | SwapWork | TakeOverWork | ManualWork | OpenWork;

/** The kind of a step, as its row in the registries is called. */
export type StepKindName = 'sql' | Work['kind'];

const PAPERS: Readonly<Record<StepKindName, StepPaper>> = { sql: sqlPaper, outside: outsidePaper, batches: batchesPaper, dump: dumpPaper, restore_test: restoreTestPaper, feed: feedPaper, swap: swapPaper, take_over: takeOverPaper, manual: manualPaper, open: openPaper };

export function kindOf(step: Pick<Step, 'work'>): StepKindName {
  return step.work?.kind ?? 'sql';
}

/** The pure half of the step's kind. */
export function paperOf(step: Pick<Step, 'work'>): StepPaper {
  return PAPERS[kindOf(step)];
}

/** What preflight measures for these steps; a planner puts it into the checks of the phase, each question once. */
export function previewsOf(steps: readonly Step[]): Check[] {
  const checks = steps.flatMap((step) => paperOf(step).previews(step));
  return checks.filter((check, index) => checks.findIndex((other) => other.id === check.id) === index);
}
