import { spokenDelta } from './diff.ts';
import type { Quantity } from './evidence.ts';
import type { FollowUpState } from './follow-ups.ts';
import { isDue } from './follow-ups.ts';
import type { OrphanDecision, PlanDecision } from './plan.ts';
import type { ReportChanges } from './report-changes.ts';
import { milestones, orphansOf, respelledOf, rowFigures, typeChanges } from './report-figures.ts';
import { assertionsOf, standingView, type ReportInput, type ReportPhaseInput } from './report-input.ts';
import { letStand, madeOutside, standing, timelineOf, writtenRows, type RecordInput, type ReportMoment, type ReportRehearsal, type WrittenRows } from './report-record.ts';
import { standingTables, writtenKept, writtenSince } from './report-standing.ts';
import type { AssertionResult, RunKind, RunState } from './run.ts';
import { stayingSteps } from './stays.ts';
import { dueTime, type PhaseState } from './standing.ts';

export interface RowFigure {
  table: string;
  before: number;
  after: number;
  setAside: number;
}
export interface ReportPhase {
  number: number;
  title: string;
  state: PhaseState;
  signers: readonly { person: string; at: string; digest: string }[];
  /** The newest run was started without its signatures, and how a second person answered for it; null: they stood. */
  unsigned: { answer: string | null } | null;
  runs: readonly { id: string; kind: RunKind; state: RunState; by: string; reason: string; at: string; endedAt: string | null }[];
  verification: readonly AssertionResult[];
  /** Promises of earlier phases that this one asked again and found kept; not listed twice. */
  repeated: number;
  /** What stands of it and no rollback takes back. */
  stays: readonly { step: string; why: string }[];
  /** Steps that only a person could do, as that person said. */
  byPeople: readonly { step: string; by: string; note: string; at: string }[];
}
export interface ReportOrphans {
  foreignKey: string;
  table: string;
  rows: Quantity;
  /** True: these rows lost their parent because the parent itself was an orphan. */
  cascade: boolean;
  decision: OrphanDecision | null;
  keptIn: string | null;
}
export interface Report {
  planId: string;
  title: string;
  target: string;
  desired: string;
  author: string;
  madeAt: string;
  finished: boolean;
  headline: string;
  rows: readonly RowFigure[];
  types: readonly { column: string; before: string; after: string }[];
  /** Tables of the product; what Countersign keeps for the window is counted apart. */
  tables: { before: number; milestones: readonly { phase: string; after: number; note: string }[]; now: Quantity };
  phases: readonly ReportPhase[];
  orphans: readonly ReportOrphans[];
  respelled: readonly { table: string; column: string; value: string; becomes: string; rows: number | null; changed: boolean }[];
  /** Backups, originals and tables set aside that still stand. */
  standing: readonly { table: string; what: string; dueAt: string | null; byHand: boolean }[];
  decisions: readonly { delta: string; verdict: PlanDecision['verdict']; reason: string }[];
  followUps: readonly ReportFollowUp[];
  changes: ReportChanges | { why: string };
  /** What steps wrote. */
  written: readonly WrittenRows[];
  /** What steps made outside the target: full dumps. */
  made: readonly { phase: number; step: string; facts: readonly { label: string; value: string }[] }[];
  letStand: readonly { phase: number | null; finding: string; reason: string }[];
  rehearsals: readonly ReportRehearsal[];
  timeline: readonly ReportMoment[];
}
export interface ReportFollowUp {
  title: string;
  state: FollowUpState;
  dueAt: string | null;
  overdue: boolean;
  owner: string | null;
  /** How it ended; `by` is null where its phase did it. */
  end: { by: string | null; at: string; note: string } | null;
}

/** The record of a migration from what was signed and what the runs reported. Pure; figures come from assertions that ran under the lock. */
export function makeReport(input: ReportInput): Report {
  const { plan } = input;
  const applied = input.phases.filter((one) => one.standing.state === 'applied' || one.standing.state === 'deviated');
  const open = input.phases.filter((one) => one.standing.state !== 'applied' && one.phase.due === null);
  const cleanup = input.phases.find((one) => one.phase.kind === 'cleanup');
  const dueAt = cleanup ? dueTime(cleanup.phase, new Map(input.phases.map((one) => [one.phase.id, one.standing]))) : null;
  return {
    planId: plan.id,
    title: plan.name,
    target: plan.target,
    desired: plan.desired,
    author: input.author,
    madeAt: input.now,
    finished: open.length === 0,
    headline: headline(input, open, applied),
    rows: rowFigures(applied),
    // Where both readings are there they say it, and more.
    types: 'why' in input.changes ? typeChanges(applied) : [],
    tables: { before: input.tablesBefore, milestones: milestones(input.tablesBefore, applied), now: input.tablesNow },
    phases: input.phases.map((one, i) => reportPhase(one, i + 1, input.phases.slice(0, i).flatMap(assertionsOf), input.glasses)),
    orphans: applied.flatMap((one) => orphansOf(one)),
    respelled: respelledOf(applied),
    standing: [...(cleanup && cleanup.standing.state !== 'applied' ? standingTables(plan, applied, dueAt) : []), ...writtenKept(input), ...writtenSince(input)],
    decisions: plan.decisions.map((decision) => ({ delta: spokenDelta(decision.deltaId, { current: plan.target, desired: plan.desired }), verdict: decision.verdict, reason: decision.reason })),
    followUps: followUps(input),
    changes: input.changes,
    written: writtenRows(input.phases),
    made: madeOutside(input.phases),
    letStand: letStand(plan, input.findings),
    rehearsals: input.rehearsals,
    timeline: timelineOf(input),
  };
}

function headline(input: ReportInput, open: readonly ReportPhaseInput[], applied: readonly ReportPhaseInput[]): string {
  const deviated = applied.filter((one) => one.standing.state === 'deviated').length;
  if (deviated > 0) return `${deviated} of ${applied.length} applied phases differ from what was expected.`;
  if (open.length === 0) return `${input.plan.name} is done and verified on ${input.plan.target}.`;
  return `${applied.length} of ${input.phases.length} phases are applied on ${input.plan.target}.`;
}

function reportPhase(one: ReportPhaseInput, number: number, earlier: readonly AssertionResult[], glasses: RecordInput['glasses']): ReportPhase {
  const glass = glasses.findLast(({ run }) => run === standing(one)?.id);
  const kept = new Set(earlier.filter((result) => result.ok && !result.noted).map((result) => result.label));
  const results = assertionsOf(one);
  const verification = results.filter((result) => result.noted || !(result.ok && kept.has(result.label)));
  return {
    number,
    title: one.phase.title,
    state: one.standing.state,
    signers: one.approvals.filter((approval) => approval.voidedAt === null).map((approval) => ({ person: approval.person, at: approval.signedAt, digest: approval.digest })),
    unsigned: glass ? { answer: glass.answer ? `${glass.answer.verdict} by ${glass.answer.by}` : null } : null,
    runs: one.runs.map((run) => ({ id: run.id, kind: run.kind, state: run.state, by: run.by, reason: run.reason, at: run.requestedAt, endedAt: run.endedAt })),
    verification,
    repeated: results.length - verification.length,
    stays: stayingSteps(one.phase).filter(({ id }) => one.standing.standingSteps.includes(id)).map(({ title, why }) => ({ step: title, why })),
    byPeople: standingView(one)?.steps.flatMap(({ step, state, answer }) => (answer && state === 'applied' ? [{ step: one.phase.steps.find((each) => each.id === step)?.title ?? step, by: answer.by, note: answer.note, at: answer.at }] : [])) ?? [],
  };
}

function followUps(input: ReportInput): ReportFollowUp[] {
  const now = new Date(input.now);
  const kept = writtenSince(input).map((one): ReportFollowUp => ({ title: `Look at the rows that a rollback kept in ${one.table}, then drop the table by hand: clean-up leaves it`, state: 'open', dueAt: null, overdue: false, owner: null, end: null }));
  return [...input.followUps.map((one) => ({ title: one.title, state: one.state, dueAt: one.dueAt, overdue: isDue(one, now), owner: one.owner?.name ?? null, end: one.end })), ...kept];
}
