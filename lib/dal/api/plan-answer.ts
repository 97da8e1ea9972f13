import 'server-only';
import type { z } from 'zod';
import { draftAnswer } from '../draft-dto.ts';
import { phaseHref } from '../load-run.ts';
import { allPhaseFacts, readPlanFacts, type PhaseFacts, type PlanFacts } from '../plan-facts.ts';
import { executeObstacles } from '../plan-rules.ts';
import { phaseSentence, planSentence } from '../plan-sentences.ts';
import type { ApiContext } from './endpoint.ts';
import type { phase, plan, planSummary, WAIT_FOR } from './shapes.ts';

export type PlanAnswer = z.input<typeof plan>;
type Situation = PlanAnswer['state'];

export async function planAnswer(context: ApiContext, planId: string): Promise<PlanAnswer> {
  const facts = await readPlanFacts(context.db, planId, context.env.policy);
  const phases = allPhaseFacts(facts);
  return { ...summaryOf(context, facts, phases), draftCheck: await draftAnswer(context.db, facts), digest: facts.stored.digest, phases: phases.map((one) => phaseAnswer(context, facts, one)) };
}

export async function planSummaryAnswer(context: ApiContext, planId: string): Promise<z.input<typeof planSummary>> {
  const facts = await readPlanFacts(context.db, planId, context.env.policy);
  return { ...summaryOf(context, facts, allPhaseFacts(facts)), draftCheck: await draftAnswer(context.db, facts) };
}

function summaryOf({ env }: ApiContext, { stored, versions }: PlanFacts, phases: readonly PhaseFacts[]): Omit<z.input<typeof planSummary>, 'draftCheck'> {
  return {
    id: stored.plan.id, name: stored.name, target: stored.target, desired: stored.desired, version: stored.version, state: situationOf(phases), sentence: planSentence(phases),
    createdBy: versions[0]?.by ?? '', createdAt: stored.createdAt.toISOString(), phasesApplied: phases.filter((one) => one.standing.state === 'applied').length, phaseCount: phases.length,
    url: addressOf(env, `/plans/${stored.plan.id}`),
  };
}

function phaseAnswer({ env, person }: ApiContext, facts: PlanFacts, one: PhaseFacts): z.input<typeof phase> {
  return {
    id: one.phase.id, number: one.number, title: one.phase.title, kind: one.phase.kind, state: one.standing.state, destructive: one.phase.destructive,
    sentence: phaseSentence(one, executeObstacles(facts, one, person)),
    measuredAt: one.measuredAt?.toISOString() ?? null,
    approvals: { needed: one.approvalsNeeded, given: one.valid.length, by: one.valid.map((approval) => approval.person) },
    changesRequested: one.openRequests,
    findings: one.findings.map(({ code, severity, sentence }) => ({ code, severity, sentence })),
    dueAt: one.dueAt?.toISOString() ?? null, rollbackUntil: one.windowClosesAt?.toISOString() ?? null,
    steps: one.phase.steps.length,
    url: addressOf(env, phaseHref(facts.stored.plan.id, one.phase.id)),
  };
}

function addressOf(env: ApiContext['env'], path: string): string {
  return new URL(path, env.nextAuthUrl).href;
}

/** The plan in one word. What comes first wins: a run that goes on may still end well, a deviation closes what is behind it. */
function situationOf(phases: readonly PhaseFacts[]): Situation {
  const states = phases.map((one) => one.standing.state);
  if (states.includes('running')) return 'running';
  if (states.some((state) => state === 'deviated' || state === 'partial')) return 'halted';
  if (states.every((state) => state === 'applied')) return 'finished';
  const open = phases.filter((one) => one.standing.state !== 'applied');
  if (open.every((one) => one.phase.kind === 'cleanup')) return 'applied';
  // A clean-up is signed when its window is over, not together with the rest.
  return open.every((one) => one.phase.kind === 'cleanup' || one.valid.length >= one.approvalsNeeded) ? 'approved' : 'open';
}

const REACHED: Readonly<Record<(typeof WAIT_FOR)[number], readonly Situation[]>> = {
  approved: ['approved', 'running', 'applied', 'finished'],
  applied: ['applied', 'finished'],
  finished: ['finished'],
};

/** Is it so, will it never be without a person, or is there something to wait for? */
export function outcomeOf(state: Situation, wanted: (typeof WAIT_FOR)[number]): 'reached' | 'halted' | 'waiting' {
  if (REACHED[wanted].includes(state)) return 'reached';
  return state === 'halted' ? 'halted' : 'waiting';
}
