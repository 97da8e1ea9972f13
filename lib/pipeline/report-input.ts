// What a report is made from, and what of it each part reads.
import type { Evidence, Quantity } from './evidence.ts';
import type { Phase, Plan, TableName } from './plan.ts';
import type { ReportChanges } from './report-changes.ts';
import { standing, type RecordInput } from './report-record.ts';
import type { AssertionResult, RunKind, RunState, RunView } from './run.ts';
import type { PhaseStanding } from './standing.ts';

export interface ReportRun {
  id: string;
  kind: RunKind;
  state: RunState;
  by: string;
  reason: string;
  requestedAt: string;
  endedAt: string | null;
  view: RunView;
}

export interface ReportPhaseInput {
  phase: Phase;
  standing: PhaseStanding;
  /** The evidence that the standing run was checked with, else the newest. */
  evidence: Evidence | null;
  /** Oldest first. */
  runs: readonly ReportRun[];
  approvals: readonly { person: string; signedAt: string; digest: string; voidedAt: string | null; voidReason: string | null }[];
}

export interface ReportInput extends RecordInput {
  plan: Plan;
  author: string;
  /** ISO time at which the report is made. */
  now: string;
  /** Tables in the snapshot that the plan was made from. */
  tablesBefore: number;
  /** Counted when the report is made, without Countersign's own schemas. */
  tablesNow: Quantity;
  /** Tables in the plan's own schemas when the report is made; null when the target could not be asked. */
  keptNow: readonly TableName[] | null;
  phases: readonly ReportPhaseInput[];
  /** What the readings on both sides of the runs say; or why they say nothing. */
  changes: ReportChanges | { why: string };
}

/** The view of the newest forward run that ended well: its assertions are the figures that count. */
export function standingView(one: ReportPhaseInput): RunView | null {
  return standing(one)?.view ?? null;
}

export function assertionsOf(one: ReportPhaseInput): AssertionResult[] {
  const view = standingView(one);
  return view ? [...view.steps.flatMap((step) => step.assertions), ...view.verification] : [];
}

export function convertedTables(phase: Phase): TableName[] {
  return phase.kind === 'convert' ? phase.price.map((question) => question.table) : [];
}
