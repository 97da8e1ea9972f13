import type { Phase, Step } from './plan.ts';
import { rollbackSteps } from './rollback.ts';
import type { RunKind } from './run.ts';
import { phaseStanding, type RunSummary } from './standing.ts';

/**
 * The steps that a run executes, in order: those of the phase, or for a rollback the undoing of what stood when it was requested. The
 * same for every attempt and every page, because runs after it, and its own progress, do not count.
 * @param runs runs of the plan, oldest first; may hold the run itself.
 */
export function stepsOfRun(phase: Phase, run: { id: string; kind: RunKind }, runs: readonly RunSummary[]): readonly Step[] {
  if (run.kind === 'forward') return phase.steps;
  return rollbackSteps(phase, phaseStanding(runsBefore(phase, run.id, runs)).standingSteps);
}

/** The runs of the phase before this one. */
export function runsBefore(phase: Pick<Phase, 'id'>, runId: string, runs: readonly RunSummary[]): RunSummary[] {
  const at = runs.findIndex((run) => run.id === runId);
  return (at === -1 ? runs : runs.slice(0, at)).filter((run) => run.phaseId === phase.id);
}
