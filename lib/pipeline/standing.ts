import type { Phase, Step } from './plan.ts';
import type { RunKind, RunState } from './run.ts';
import { TERMINAL_STATES } from './run.ts';
import { kindOf, paperOf } from './step-kinds/all.ts';

/** What is needed of a run to know how its phase stands. Oldest first. */
export interface RunSummary {
  id: string;
  phaseId: string;
  kind: RunKind;
  state: RunState;
  /** Steps that this run applied (forward) or undid (rollback). */
  doneSteps: readonly string[];
  endedAt: string | null;
}

/** pending: nothing stands. partial: an ended run left steps standing. applied / deviated: all of it stands. */
export type PhaseState = 'pending' | 'running' | 'applied' | 'deviated' | 'partial' | 'rolled_back';

export interface PhaseStanding {
  state: PhaseState;
  /** Forward steps whose effect is in the target now. */
  standingSteps: readonly string[];
  /** The forward run that a rollback would undo. */
  forwardRunId: string | null;
  /** ISO time when the phase was applied; the rollback window counts from here. */
  appliedAt: string | null;
  activeRunId: string | null;
}

/**
 * Does the step leave anything in the target that a rollback would have to take back? A question, a dump, a vacuum and what a person did elsewhere do not, nor what
 * is written into a table that another step makes and takes away: a run that ended behind them alone left nothing standing, so that the phase is neither stuck nor
 * rolled back, but run again.
 */
export function leavesSomething(step: Step): boolean {
  if (paperOf(step).undone(step) !== null) return true;
  switch (kindOf(step)) {
    case 'sql':
    case 'manual': return step.statements.some((statement) => statement.do !== 'assert');
    case 'outside': return step.work?.kind === 'outside' && step.work.act.act !== 'vacuum' && step.work.act.act !== 'reindex';
    case 'feed':
    case 'dump':
    case 'restore_test':
    case 'open': return false;
    default: return true;
  }
}

/** Is what it has to take back that of the steps behind it? A proof changes nothing, and its way back looks once more at what the way back of the swap brought. Where a run ended behind such steps alone, there is nothing to look at. */
function preparesOnly(step: Step): boolean {
  return step.work?.kind === 'feed' && !step.work.copy;
}

/** Steps behind which a run that ends has left nothing standing. */
export function idleSteps(steps: readonly Step[]): ReadonlySet<string> {
  return new Set(steps.filter((step) => !leavesSomething(step) || preparesOnly(step)).map((step) => step.id));
}

/** Does its effect stay whatever is rolled back? A step without an undo of its own may go with what another one takes back; one that says so does not. */
export function staysForGood(step: Step): boolean {
  return step.hazards.some(({ code }) => code === 'NOT_REVERSIBLE') && paperOf(step).undone(step) === null && leavesSomething(step);
}

/**
 * How a phase stands, from its runs alone.
 * @param phase its document, by which steps that leave nothing do not count as standing; without it every step counts.
 */
export function phaseStanding(runs: readonly RunSummary[], phase?: Pick<Phase, 'steps' | 'left'>): PhaseStanding {
  const nothing = new Set([...(phase?.steps.filter((step) => !leavesSomething(step)) ?? []), ...(phase?.left ?? [])].map((step) => step.id));
  const final = new Set(phase?.steps.filter(staysForGood).map((step) => step.id));
  const preparing = new Set(phase?.steps.filter(preparesOnly).map((step) => step.id));
  const standing = new Set<string>();
  let state: PhaseState = 'pending';
  let forwardRunId: string | null = null;
  let appliedAt: string | null = null;
  let activeRunId: string | null = null;
  for (const run of runs) {
    for (const step of run.doneSteps) {
      if (run.kind === 'forward' && !nothing.has(step)) standing.add(step);
      else if (run.kind === 'rollback') standing.delete(step);
    }
    if (!TERMINAL_STATES.includes(run.state)) {
      activeRunId = run.id;
      continue;
    }
    if (run.kind === 'forward') {
      if (run.state === 'applied' || run.state === 'deviated') {
        state = run.state;
        appliedAt = run.endedAt;
        forwardRunId = run.id;
        continue;
      }
      if ([...standing].every((id) => preparing.has(id) && run.doneSteps.includes(id))) standing.clear();
      if (standing.size > 0) {
        state = 'partial';
        forwardRunId = run.id;
      }
    } else if (run.state === 'applied' || run.state === 'deviated') {
      // It had a step for whatever has something to take back: a copy into a table that was dropped has no step of its own there.
      for (const step of standing) if (!final.has(step)) standing.delete(step);
      appliedAt = null;
      state = standing.size > 0 ? 'partial' : 'rolled_back';
      if (standing.size === 0) forwardRunId = null;
    } else if (run.doneSteps.length > 0) {
      state = 'partial';
    }
  }
  // An author went on after what stood: the rest is a phase of its own, which nothing of has run.
  if (state === 'partial' && standing.size === 0 && phase?.left) return { state: activeRunId ? 'running' : 'pending', standingSteps: [], forwardRunId: null, appliedAt: null, activeRunId };
  return { state: activeRunId ? 'running' : state, standingSteps: [...standing], forwardRunId, appliedAt, activeRunId };
}

/**
 * ISO time from which a phase may run: so many hours after the last of the phases that it requires was applied, so that no rollback
 * window is still open. Null while the phase that it waits for is not applied, or when it waits for none.
 */
export function dueTime(phase: { due: { afterPhase: string; hours: number } | null; requires: readonly string[] }, standings: ReadonlyMap<string, PhaseStanding>): string | null {
  const { due } = phase;
  if (!due || !standings.get(due.afterPhase)?.appliedAt) return null;
  const applied = [due.afterPhase, ...phase.requires].flatMap((id) => standings.get(id)?.appliedAt ?? []);
  const last = Math.max(...applied.map((at) => Date.parse(at)));
  return new Date(last + due.hours * 3_600_000).toISOString();
}

/**
 * How every phase of a plan stands, in plan order. A validation phase changes nothing, so it counts only while it is newer than
 * everything before it: a conversion that was rolled back and run again must be validated again.
 */
export function planStanding(phases: readonly { id: string; kind: string; steps?: readonly Step[]; left?: Phase['left'] }[], runs: readonly RunSummary[]): Map<string, PhaseStanding> {
  const standings = new Map<string, PhaseStanding>();
  let newest = '';
  let complete = true;
  for (const phase of phases) {
    let standing = phaseStanding(runs.filter((run) => run.phaseId === phase.id), phase.steps ? { steps: phase.steps, ...(phase.left ? { left: phase.left } : {}) } : undefined);
    const done = standing.state === 'applied' || standing.state === 'deviated';
    if (phase.kind === 'validate' && done && (!complete || (standing.appliedAt ?? '') < newest)) {
      standing = { ...standing, state: 'pending', standingSteps: [], forwardRunId: null, appliedAt: null };
    }
    complete &&= standing.state === 'applied';
    if (standing.appliedAt && standing.appliedAt > newest) newest = standing.appliedAt;
    standings.set(phase.id, standing);
  }
  return standings;
}
