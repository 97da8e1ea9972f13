import type { Finding } from './evidence.ts';
import type { Phase } from './plan.ts';
import type { Policy } from './policy.ts';
import type { Refusal } from './refusal.ts';
import { outdated, type Rehearsed, type RehearsalState } from './rehearsal.ts';

/** How a rehearsal that was begun ended. One that was refused says nothing about a plan. */
export type RehearsalVerdict = Extract<RehearsalState, 'proved' | 'differs' | 'failed'>;
export const REHEARSAL_VERDICTS: readonly RehearsalVerdict[] = ['proved', 'differs', 'failed'];

/** A rehearsal that came to a verdict. Nothing of it changes any more. */
export interface FinishedRehearsal {
  id: string;
  version: number;
  verdict: RehearsalVerdict;
  by: string;
  /** ISO times. */
  requestedAt: string;
  endedAt: string;
  sentence: string;
  content: Rehearsed;
}

/** What is known about the rehearsals of a plan and about what happened to its target. */
export interface RehearsalGround {
  /** Of the plan's current version, newest first. */
  finished: readonly FinishedRehearsal[];
  version: number;
  /** The newest reading of the target. */
  reading: { fingerprint: string; takenAt: string } | null;
  /** Runs on the target that were begun; `phaseId` null: of another plan. */
  runs: readonly { phaseId: string | null; requestedAt: string }[];
  /** One was asked for and has not ended. */
  underWay: boolean;
}

/** The rehearsal that speaks of a phase as plan and target are now, or why there is none. */
export type Held = { rehearsal: FinishedRehearsal; why: null } | { rehearsal: null; why: string };

/**
 * The newest rehearsal that carried the phase out and still holds; else the reason why the newest one says nothing, as a whole sentence.
 * What cannot be rehearsed (a dump, a point of no return) has none, and says so.
 */
export function heldRehearsal(phase: Pick<Phase, 'id' | 'kind' | 'pointOfNoReturn'>, ground: RehearsalGround): Held {
  const never = cannotBeRehearsed(phase);
  if (never !== null) return { rehearsal: null, why: never };
  let why: string | null = null;
  for (const rehearsal of ground.finished) {
    const left = rehearsal.content.left.find((one) => one.phase === phase.id);
    const reason = left ? `The newest rehearsal left this phase out: ${left.why}.` : outdatedBy(rehearsal, ground);
    if (reason === null) return { rehearsal, why: null };
    why ??= reason;
  }
  return { rehearsal: null, why: why ?? 'This version of the plan was never rehearsed to an end.' };
}

/** Why no rehearsal can ever prove the phase, as a sentence; null when one can. */
export function cannotBeRehearsed(phase: Pick<Phase, 'kind' | 'pointOfNoReturn'>): string | null {
  if (phase.kind === 'dump') return 'A dump changes nothing, so it is not rehearsed.';
  return phase.pointOfNoReturn ? 'This phase cannot be taken back, so it is not rehearsed.' : null;
}

function outdatedBy({ version, requestedAt, content }: FinishedRehearsal, ground: RehearsalGround): string | null {
  return outdated({ version, requestedAt, targetFingerprint: content.targetFingerprint, left: content.left }, ground);
}

/**
 * What a signature covers of a rehearsal: what decides. The verdict, the proof, every verification that came out otherwise, and for each step
 * of the phase its locks, what it rewrote and what went wrong. Times, rows, WAL and disk are left out: they differ each time and decide nothing.
 */
export function rehearsalFacts({ version, verdict, content }: FinishedRehearsal, phaseId: string): unknown {
  const { proof, steps, verifications, clone } = content;
  return {
    version, verdict, ...(clone?.sample ? { sample: clone.sample } : {}),
    proof: proof && { before: proof.fingerprintBefore, after: proof.fingerprintAfter, differences: proof.differences },
    deviations: verifications.filter((one) => !one.ok).map(({ phase, kind, label, expected, actual }) => ({ phase, kind, label, expected, actual })),
    steps: steps.filter((step) => step.phase === phaseId).map(({ step, kind, locks, rewritten, trouble }) => ({
      step, kind, trouble, rewritten: rewritten.toSorted(), locks: locks.map(({ mode, table }) => `${mode} ${table}`).sort(),
    })),
  };
}

export const VERDICT_WORDS: Readonly<Record<RehearsalVerdict, string>> = { proved: 'proved it', differs: 'did not prove it', failed: 'failed' };

/**
 * Why an approval does not stand beside a newer rehearsal, as a sentence that names both verdicts; null when it does. The same verdict never
 * moves anything, and a proof that comes where there was no rehearsal is good news that nobody has to sign for.
 * @param signed verdict of the rehearsal that the approval signed; null when it signed none.
 */
export function movedByRehearsal(phase: Pick<Phase, 'title'>, signed: RehearsalVerdict | null, now: Pick<FinishedRehearsal, 'verdict' | 'version' | 'by' | 'sentence'>): string | null {
  if (signed === now.verdict || (signed === null && now.verdict === 'proved')) return null;
  const before = signed === null ? 'without any rehearsal' : `with a rehearsal that ${VERDICT_WORDS[signed]}`;
  return `“${phase.title}” was signed ${before}; the rehearsal of version ${now.version} that ${now.by} asked for since ${VERDICT_WORDS[now.verdict]}: ${now.sentence}`;
}

/** Does the rehearsal speak of this phase at all? */
export function rehearsedIn(phase: Pick<Phase, 'id' | 'kind' | 'pointOfNoReturn'>, { left }: Pick<Rehearsed, 'left'>): boolean {
  return cannotBeRehearsed(phase) === null && !left.some((one) => one.phase === phase.id);
}

/** It ran on a sample of the target's rows: what it took of time and disk says nothing of the whole. */
export function isSampled({ content }: Pick<FinishedRehearsal, 'content'>): boolean {
  return content.clone?.sample !== undefined;
}

/** It proved the phase as policy wants it where it demands a proof: on the whole, or on a sample where the configuration says that this is enough. */
export function provesEnough({ verdict, content }: Pick<FinishedRehearsal, 'verdict' | 'content'>): boolean {
  return verdict === 'proved' && (content.clone?.sample === undefined || content.clone.sample.suffices === true);
}

/** Must a rehearsal have proved the phase before it is signed or run? Never asked of what no rehearsal can prove: it could not be done at all. */
export function proofDemanded(phase: Pick<Phase, 'kind' | 'pointOfNoReturn'>, target: string, policy: Pick<Policy, 'rehearsalRequired'>): boolean {
  return policy.rehearsalRequired.includes(target) && cannotBeRehearsed(phase) === null;
}

/** Why a phase that must be proved is not, and whose move it is; null when it is. While a rehearsal is under way it may clear by itself. */
export function unproved(phase: Pick<Phase, 'title'>, target: string, held: Held, underWay: boolean): (Refusal & Pick<Finding, 'move'>) | null {
  const demand = `Policy demands for ${target} that a rehearsal of this version has proved “${phase.title}”`;
  if (held.rehearsal && provesEnough(held.rehearsal)) return null;
  if (underWay) return { code: 'rehearsal_needed', sentence: `${demand}. It is being rehearsed now.`, move: 'clears' };
  if (held.rehearsal?.verdict === 'proved') return { code: 'rehearsal_not_proved', sentence: `${demand}, and the newest proved it on a sample of its rows alone, which is not enough here (COUNTERSIGN_REHEARSAL_SAMPLE). ${held.rehearsal.content.clone?.sample?.why ?? ''}`.trim(), move: 'yours' };
  if (held.rehearsal) return { code: 'rehearsal_not_proved', sentence: `${demand}, and the newest ${VERDICT_WORDS[held.rehearsal.verdict]}: ${held.rehearsal.sentence}`, move: 'yours' };
  return { code: 'rehearsal_needed', sentence: `${demand}. ${held.why} An author or an operator rehearses it first.`, move: 'yours' };
}
