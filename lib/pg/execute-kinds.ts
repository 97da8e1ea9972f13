import { kindOf, type StepKindName } from '#lib/pipeline/step-kinds/all.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import { sqlKind } from './execute.ts';
import { feedKind } from './execute-feed.ts';
import { batchesKind } from './execute-batches.ts';
import { outsideKind } from './execute-outside.ts';
import { manualKind } from './execute-manual.ts';
import { openKind } from './execute-open.ts';
import { dumpKind, restoreTestKind } from './execute-dump-kind.ts';
import type { StepKind } from './execute-kind.ts';
import { swapKind } from './execute-swap.ts';
import { takeOverKind } from './execute-take-over.ts';

/** One line per kind; the names are those of lib/pipeline/step-kinds/all.ts, and the compiler misses none. */
const KINDS: Readonly<Record<StepKindName, StepKind>> = { sql: sqlKind, outside: outsideKind, batches: batchesKind, dump: dumpKind, restore_test: restoreTestKind, feed: feedKind, swap: swapKind, take_over: takeOverKind, open: openKind, manual: manualKind };

/** The half of the step's kind that touches the target. */
export function kindOfStep(step: Pick<Step, 'work'>): StepKind {
  return KINDS[kindOf(step)];
}
