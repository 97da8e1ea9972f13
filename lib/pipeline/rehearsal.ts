import type { LockMode } from './hazards.ts';
import { openRefusal } from './open-phase.ts';
import { otherThan } from './other-than.ts';
import type { Phase } from './plan.ts';
import type { AssertionResult, RunKind } from './run.ts';
import { sampledText, sampleLimits, type Sample } from './sample.ts';
import type { PhaseStanding } from './standing.ts';
import { counted } from './words.ts';

/** proved: forward and back, and the clone is what it was. differs: it is not, or a verification failed. failed: a step did. refused: not begun. */
export type RehearsalState = 'queued' | 'running' | 'proved' | 'differs' | 'failed' | 'refused';

/** What one step did to the clone, measured and not estimated. */
export interface RehearsedStep {
  phase: string;
  step: string;
  title: string;
  kind: RunKind;
  ms: number;
  rows: number;
  /** What its statements counted as their totals; a later run of another size is estimated by it. Absent in rehearsals of before it was noted. */
  counted?: readonly { label: string; total: number }[];
  /** Of the whole rehearsal server, so that what others write there counts too. */
  walBytes: number;
  /** By how much the clone grew; negative where it shrank. */
  diskBytes: number;
  /** The strongest lock of each table that stood before the step, as pg_locks showed it just before each COMMIT (and while statements ran outside a transaction). */
  locks: readonly { mode: LockMode; table: string }[];
  /** Tables that have another file than before: rewritten, or another table under the name. */
  rewritten: readonly string[];
  /** Why it did not work; null when it did. */
  trouble: string | null;
}

/** A database in short: its schema, and count and hash of every table's rows by `schema.name`. */
export interface StatePrint {
  fingerprint: string;
  tables: Readonly<Record<string, { rows: number; hash: string }>>;
}

/** `sample`: of `by: 'sample'` alone. */
export interface RehearsedClone {
  by: 'template' | 'dump' | 'sample';
  /** Of the target. */
  bytes: number;
  ms: number;
  sample?: Sample;
  /** What the clone lacks because the rehearsal server does: sentences. */
  leftOut?: readonly string[];
}

export interface Rehearsed {
  /** What is under way, for whoever watches. */
  stage: string;
  clone: RehearsedClone | null;
  /** Of the target when it was cloned: the state that the rehearsal speaks of. */
  targetFingerprint: string | null;
  /** Phases that were not rehearsed, and why. */
  left: readonly { phase: string; why: string }[];
  steps: readonly RehearsedStep[];
  /** Steps that only a person can do: passed over, both ways. Absent in rehearsals of before there were any. */
  skipped?: readonly { phase: string; step: string; title: string; kind: RunKind }[];
  verifications: readonly (AssertionResult & { phase: string; kind: RunKind })[];
  proof: Proof | null;
}

export interface Proof {
  fingerprintBefore: string;
  fingerprintAfter: string;
  tables: number;
  rows: number;
  /** What differs, in sentences; empty = the clone is what it was. */
  differences: readonly string[];
}

export const NOTHING_REHEARSED: Rehearsed = { stage: 'waiting for a worker', clone: null, targetFingerprint: null, left: [], steps: [], verifications: [], proof: null };

const DIFFERENCES_MOST = 20;

/**
 * Which phases are carried out on the clone, in order: those that do not stand and can be taken back. The others with the reason why not.
 * @param standings how every phase stands in the target, by its id.
 */
export function phasesToRehearse(phases: readonly Phase[], standings: ReadonlyMap<string, PhaseStanding>): { now: readonly Phase[]; left: Rehearsed['left'] } {
  const now: Phase[] = [];
  const left: { phase: string; why: string }[] = [];
  for (const phase of phases) {
    const missing = phase.requires.find((id) => left.some((one) => one.phase === id && one.why !== STANDS && one.why !== DUMPS));
    const why = standings.get(phase.id)?.state === 'applied' || standings.get(phase.id)?.state === 'deviated' ? STANDS
      : phase.kind === 'dump' ? DUMPS
      : phase.pointOfNoReturn ? 'it cannot be taken back'
      : openRefusal(phase) !== null ? 'something in it is still open'
      : missing === undefined ? null : 'a phase that it rests on is not rehearsed';
    if (why === null) now.push(phase);
    else left.push({ phase: phase.id, why });
  }
  return { now, left };
}

const STANDS = 'it stands in the target already';
/** Why a dump is left out; it changes nothing of what rests on it. */
export const DUMPS = 'it changes nothing, and its file would be of the clone';

/** What proves that a database is again what it was. */
export function proofOf(before: StatePrint, after: StatePrint): Proof {
  const names = [...new Set([...Object.keys(before.tables), ...Object.keys(after.tables)])].sort();
  const differing = names.flatMap((name) => {
    const [was, is] = [before.tables[name], after.tables[name]];
    if (!was) return [`${name} is there now and was not.`];
    if (!is) return [`${name} was there and is not any more.`];
    if (was.rows !== is.rows) return [`${name} has ${is.rows} rows and had ${was.rows}.`];
    return was.hash === is.hash ? [] : [`${name} has as many rows as before, and not the same.`];
  });
  return {
    fingerprintBefore: before.fingerprint, fingerprintAfter: after.fingerprint, tables: Object.keys(before.tables).length,
    rows: Object.values(before.tables).reduce((sum, table) => sum + table.rows, 0),
    differences: [...(before.fingerprint === after.fingerprint ? [] : ['The schema is not what it was.']), ...differing.slice(0, DIFFERENCES_MOST), ...(differing.length > DIFFERENCES_MOST ? [`And ${differing.length - DIFFERENCES_MOST} more tables.`] : [])],
  };
}

/** How a rehearsal that came to its end ended, in a word and a sentence. */
export function rehearsalVerdict(phases: readonly Pick<Phase, 'id' | 'title'>[], { clone, steps, verifications, proof, skipped = [] }: Rehearsed): { state: Extract<RehearsalState, 'proved' | 'differs' | 'failed'>; sentence: string } {
  const state = proof === null ? 'Whether the clone is what it was could not be looked at.' : proof.differences.length > 0 ? `The clone is not what it was: ${proof.differences.join(' ')}` : `The clone is again what it was: the same schema, and the same ${counted(proof.rows, 'row', 'rows')} in ${counted(proof.tables, 'table', 'tables')}.`;
  const sample = clone?.sample ? ` It was a sample: ${sampledText(clone.sample)}. ${sampleLimits(clone.sample)}` : '';
  const equal = skipped.length === 0 ? `${state}${sample}` : `${state}${sample} Not rehearsed, because only a person can do it: ${[...new Set(skipped.map((step) => `“${step.title}”`))].join(', ')}.`;
  const broken = steps.find((step) => step.trouble !== null);
  if (broken) return { state: 'failed', sentence: `It stopped ${broken.kind === 'forward' ? 'on the way forward' : 'on the way back'} in “${titleOf(phases, broken.phase)}”, step “${broken.title}”: ${broken.trouble} ${equal}` };
  const off = verifications.filter((one) => !one.ok);
  if (off[0]) return { state: 'differs', sentence: `${off.length} of ${verifications.length} verifications came out otherwise; the first in “${titleOf(phases, off[0].phase)}”: ${otherThan(off[0])} ${equal}` };
  if (proof === null || proof.differences.length > 0) return { state: 'differs', sentence: `Forward and back went through. ${equal}` };
  return { state: 'proved', sentence: `Forward and back went through. ${equal}` };
}

function titleOf(phases: readonly Pick<Phase, 'id' | 'title'>[], id: string): string {
  return phases.find((phase) => phase.id === id)?.title ?? id;
}

/**
 * Why a rehearsal says nothing about a plan any more; null when it does. Runs of phases that were rehearsed with it lead to the very state that
 * it rehearsed the next one in; any other run does not. After such a run the schema is meant to be another, so readings decide nothing any more.
 * @param now version of the plan, newest reading of the target with its moment, and the runs on the target (`phaseId` null: of another plan).
 */
export function outdated(rehearsal: { version: number; requestedAt: string; targetFingerprint: string | null; left: Rehearsed['left'] }, now: { version: number; reading: { fingerprint: string; takenAt: string } | null; runs: readonly { phaseId: string | null; requestedAt: string }[] }): string | null {
  const { version, requestedAt, targetFingerprint, left } = rehearsal;
  if (version !== now.version) return `It was of version ${version}; the plan is at version ${now.version}.`;
  const since = now.runs.filter((run) => run.requestedAt > requestedAt);
  if (since.some((run) => run.phaseId === null)) return 'A run of another plan has changed the target since.';
  if (since.some((run) => left.some((one) => one.phase === run.phaseId && one.why !== DUMPS))) return 'A run of a phase that was not rehearsed has changed the target since.';
  const { reading } = now;
  if (reading && targetFingerprint !== null && reading.takenAt > requestedAt && reading.fingerprint !== targetFingerprint && !since.some((run) => run.requestedAt < reading.takenAt)) return 'The target has another schema since.';
  return null;
}
