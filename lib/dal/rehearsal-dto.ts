import 'server-only';
import type { Phase } from '#lib/pipeline/plan.ts';
import { outdated, phasesToRehearse, type RehearsedStep } from '#lib/pipeline/rehearsal.ts';
import { heldRehearsal, isSampled, VERDICT_WORDS } from '#lib/pipeline/rehearsal-evidence.ts';
import { sampledText } from '#lib/pipeline/sample.ts';
import type { Reader } from '#lib/store/db.ts';
import type { Person } from '#lib/store/people.ts';
import { latestRehearsal, rehearsalGround } from '#lib/store/rehearsals.ts';
import type { StoredRun } from '#lib/store/runs.ts';
import type { PhaseRehearsalDto, RehearsalDto, RehearsedStepDto } from './dto/rehearsal.ts';
import type { RunDto } from './dto/run.ts';
import type { PhaseFacts, PlanFacts } from './plan-facts.ts';
import { mayRehearse } from './plan-rules.ts';

/** The newest rehearsal of a plan, with what it still says about the plan as it is now. */
export async function rehearsalDto(db: Reader, facts: PlanFacts, person: Person): Promise<RehearsalDto> {
  const { stored } = facts;
  const found = await latestRehearsal(db, stored.plan.id);
  const underWay = found !== null && found.endedAt === null;
  const offered = mayRehearse(person) && !underWay && facts.busy === null && phasesToRehearse(stored.plan.phases, facts.standings).now.length > 0;
  if (!found) return { offered, last: null };
  const { content } = found;
  // In another version a step of the same number may be another step.
  const titles = new Map(stored.plan.phases.flatMap((phase) => phase.steps.map((step) => [step.id, step.title])));
  const forward = content.steps.filter((step) => step.kind === 'forward' && titles.get(step.step) === step.title);
  return {
    offered,
    last: {
      state: found.state, by: found.requestedBy, at: (found.endedAt ?? found.requestedAt).toISOString(), version: found.version, sentence: found.sentence, stage: content.stage, stoppedBy: found.stoppedBy, stoppable: underWay && found.stoppedBy === null && mayRehearse(person), clone: content.clone && { by: content.clone.by, bytes: content.clone.bytes, ms: content.clone.ms, leftOut: content.clone.leftOut ?? [], sample: content.clone.sample ? { text: sampledText(content.clone.sample), why: content.clone.sample.why } : null },
      targetFingerprint: content.targetFingerprint, proof: content.proof, left: content.left,
      outdated: outdated({ version: found.version, requestedAt: found.requestedAt.toISOString(), targetFingerprint: content.targetFingerprint, left: content.left }, facts.rehearsals),
      forwardMs: timeOf(content.steps, 'forward'), backMs: timeOf(content.steps, 'rollback'),
      steps: Object.fromEntries(forward.map((step) => [step.step, stepDto(step, content.steps.find((one) => one.kind === 'rollback' && one.step === step.step) ?? null)])),
    },
  };
}

/** What an approver of the phase signs of its rehearsal. */
export function phaseRehearsalDto({ phase, rehearsal, held }: Pick<PhaseFacts, 'phase' | 'rehearsal' | 'held'>): PhaseRehearsalDto {
  const newer = held.rehearsal;
  if (!rehearsal) return { verdict: null, sentence: newer ? `It was signed without a rehearsal; since then one ${VERDICT_WORDS[newer.verdict]}.` : held.why };
  const { verdict, endedAt, by, version, sentence, content } = rehearsal;
  const steps = content.steps.filter((step) => step.phase === phase.id);
  const since = newer && newer.id !== rehearsal.id ? `The newest rehearsal came to the same: it ${VERDICT_WORDS[newer.verdict]}.` : held.why;
  return { verdict, at: endedAt, by, version, sentence, forwardMs: timeOf(steps, 'forward'), backMs: timeOf(steps, 'rollback'), since };
}

/** What a rehearsal that had proved the phase when the run was asked for says of its steps; null where there was none: nothing is invented. */
export async function runRehearsed(db: Reader, run: Pick<StoredRun, 'planId' | 'version' | 'target' | 'kind' | 'requestedAt'>, phase: Phase): Promise<RunDto['rehearsed']> {
  const ground = await rehearsalGround(db, run);
  const asked = run.requestedAt.toISOString();
  // As it stood then: the run itself, and what was read and rehearsed after it, say nothing about it.
  const { rehearsal } = heldRehearsal(phase, {
    ...ground, finished: ground.finished.filter((one) => one.endedAt < asked), runs: ground.runs.filter((one) => one.requestedAt < asked), reading: ground.reading && ground.reading.takenAt < asked ? ground.reading : null,
  });
  if (rehearsal?.verdict !== 'proved') return null;
  const steps = rehearsal.content.steps.filter((step) => step.phase === phase.id && step.kind === run.kind);
  return { at: rehearsal.endedAt, sampled: isSampled(rehearsal), steps: Object.fromEntries(steps.map(({ step, ms, locks, counted }) => [step, { ms, locks: inTheWay(locks), counted: counted ?? [] }])) };
}

/** What only reads, or is locked in a schema of the plan, is in nobody's way. */
function inTheWay(locks: RehearsedStep['locks']): RehearsedStep['locks'] {
  return locks.filter(({ mode, table }) => mode !== 'ACCESS SHARE' && !table.startsWith('countersign_'));
}

function timeOf(steps: readonly RehearsedStep[], kind: RehearsedStep['kind']): number {
  return steps.filter((step) => step.kind === kind).reduce((sum, step) => sum + step.ms, 0);
}

function stepDto(step: RehearsedStep, back: RehearsedStep | null): RehearsedStepDto {
  const { ms, rows, walBytes, diskBytes, rewritten, trouble } = step;
  return { ms, rows, walBytes, diskBytes, rewritten, trouble, locks: inTheWay(step.locks), backMs: back?.ms ?? null, backTrouble: back?.trouble ?? null };
}
