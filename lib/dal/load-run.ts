import 'server-only';
import { logSurprise } from '#lib/log.ts';
import { measureKept, otherwiseNow } from '#lib/pg/kept.ts';
import { withReader } from '#lib/pg/session.ts';
import { followedBy, keptSentence } from '#lib/pipeline/followed.ts';
import { newRun, reduce, TERMINAL_STATES } from '#lib/pipeline/run.ts';
import { findPhase, type Phase, type Step } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { stepsOfRun } from '#lib/pipeline/run-steps.ts';
import { stayingSteps } from '#lib/pipeline/stays.ts';
import { paperOf } from '#lib/pipeline/step-kinds/all.ts';
import { askedOf } from '#lib/pipeline/step-kinds/manual.ts';
import type { ControlDb } from '#lib/store/db.ts';
import type { Person } from '#lib/store/people.ts';
import { findVersion } from '#lib/store/plans.ts';
import { eventsAfter, listRuns, summariesOf, type StoredRun } from '#lib/store/runs.ts';
import { configuration, databaseNamed } from './control.ts';
import type { RunDto } from './dto/run.ts';
import { foundRun } from './found-run.ts';
import { load, type RouteContext } from './gate.ts';
import { knownId } from './load-plan.ts';
import { currentPhase, rollbackBlockers } from './plan-dto.ts';
import { allPhaseFacts, phaseFactsOf, readPlanFacts, type PlanFacts } from './plan-facts.ts';
import { runRehearsed } from './rehearsal-dto.ts';

/** One run with all that happened in it so far. */
export const loadRun = load(async ({ db, person }, runId: string): Promise<RunDto> => {
  const run = await foundRun(db, knownId(runId));
  return runDto(db, person, run);
});

async function runDto(db: ControlDb, person: Person, run: StoredRun): Promise<RunDto> {
  const facts = await readPlanFacts(db, run.planId, configuration().policy);
  const { phase, steps } = await documentOfRun(db, run);
  const events = await eventsAfter(db, run.id, 0);
  const one = facts.stored.plan.phases.some((other) => other.id === run.phaseId) ? phaseFactsOf(facts, run.phaseId) : null;
  const undoable = one !== null && one.standing.forwardRunId === run.id;
  return {
    id: run.id, planId: run.planId, planName: facts.stored.name, phaseId: run.phaseId, phaseTitle: phase.title, phaseNumber: one?.number ?? 0, phaseCount: facts.stored.plan.phases.length,
    target: run.target, kind: run.kind, requestedBy: run.requestedBy, requestedAt: run.requestedAt.toISOString(), reason: run.reason, endedAt: run.endedAt?.toISOString() ?? null,
    steps: steps.map((step) => ({ id: step.id, title: step.title, sql: paperOf(step).sql(step), asks: askedOf(step) })),
    view: events.reduce(reduce, newRun(run.kind, steps.map((step) => step.id))),
    events,
    rehearsed: run.endedAt === null ? await runRehearsed(db, run, phase) : null,
    mayCancel: run.endedAt === null && (person.roles.includes('operator') || person.roles.includes('admin')),
    mayConfirm: run.endedAt === null && person.roles.includes('operator'),
    rollbackBlockers: undoable ? rollbackBlockers(facts, one, person) : [{ code: 'nothing_to_roll_back', sentence: nothingSentence(run), move: 'clears' }],
    stays: stayingSteps(phase).filter(({ id }) => one?.standing.standingSteps.includes(id)).map(({ title }) => title),
    windowClosesAt: undoable ? (one.windowClosesAt?.toISOString() ?? null) : null,
    kept: await keptOf(facts, run),
    next: nextOf(facts, run),
  };
}

/** So many steps are answered at once; a page asks again for the rest. */
const STEPS_AT_ONCE = 50;

/** What the steps of a run send that the address names. */
export async function loadRunSql({ db, request }: Pick<RouteContext, 'db' | 'request'>, runId: string): Promise<Pick<RunDto['steps'][number], 'id' | 'sql'>[]> {
  const wanted = new URL(request.url).searchParams.getAll('step').slice(0, STEPS_AT_ONCE);
  const { steps } = await documentOfRun(db, await foundRun(db, knownId(runId)));
  return steps.filter(({ id }) => wanted.includes(id)).map((step) => ({ id: step.id, sql: paperOf(step).sql(step) }));
}

const KEPT_MS = 3_000;

/** Measured with the reader while the page is loaded; a target that does not answer is said, not passed over. */
async function keptOf(facts: PlanFacts, run: StoredRun): Promise<RunDto['kept']> {
  if (run.endedAt === null) return null;
  const standings = new Map(allPhaseFacts(facts).map((one) => [one.phase.id, one.standing]));
  const followed = followedBy(facts.stored.plan, standings).find((one) => one.phase.id === run.phaseId);
  if (!followed) return null;
  try {
    const kept = await withReader(databaseNamed(run.target), async (client) => ({ ...(await measureKept(client, followed.feed, followed.follows)), otherwise: await otherwiseNow(client, followed.columns) }), { statementTimeoutMs: KEPT_MS });
    return { sentence: keptSentence(followed.feed, kept), fine: kept.errors + kept.differing + kept.unfollowed.length + kept.otherwise.length === 0 };
  } catch (error) {
    if (!(error instanceof Refused)) logSurprise(error, `measuring what is kept in step by run ${run.id}`);
    return { sentence: 'How far the tables beside the live ones are behind is unknown: the database did not answer.', fine: false };
  }
}

function nothingSentence(run: StoredRun): string {
  if (run.endedAt === null) return 'While the run goes on it can be cancelled, not rolled back.';
  return run.kind === 'rollback' ? 'This run is itself a rollback.' : 'Nothing of this run stands any more.';
}

/** The phase as it stood in the version that ran, and the steps in the order of the run. */
export async function documentOfRun(db: ControlDb, run: StoredRun): Promise<{ phase: Phase; steps: readonly Step[] }> {
  const plan = await findVersion(db, run.planId, run.version);
  const phase = plan ? findPhase(plan, run.phaseId) : undefined;
  if (!phase) throw new Error(`run ${run.id} names a phase that version ${run.version} of its plan does not have`);
  const runs = await listRuns(db, { planId: run.planId });
  return { phase, steps: stepsOfRun(phase, run, await summariesOf(db, runs)) };
}

function nextOf(facts: PlanFacts, run: StoredRun): RunDto['next'] {
  if (!TERMINAL_STATES.includes(run.state)) return null;
  const next = currentPhase(allPhaseFacts(facts));
  if (!next) return { sentence: 'All phases are applied. Read the report.', href: `/plans/${run.planId}/report` };
  return { sentence: next.phase.id === run.phaseId ? 'Back to the phase.' : `Next: phase ${next.number}, “${next.phase.title}”.`, href: phaseHref(run.planId, next.phase.id) };
}

export function phaseHref(planId: string, phaseId: string): string {
  return `/plans/${planId}?phase=${encodeURIComponent(phaseId)}`;
}
