import { spokenDelta } from './diff.ts';
import type { Evidence, Quantity } from './evidence.ts';
import { tableKey } from './expectation.ts';
import type { OrphanDecision, Phase, Plan, PlanDecision, TableName } from './plan.ts';
import { asideLabel, rowsLabel, sameLabel } from './planner/labels.ts';
import { spoken } from './planner/names.ts';
import type { FollowUpState } from './follow-ups.ts';
import { isDue } from './follow-ups.ts';
import type { ReportChanges } from './report-changes.ts';
import { letStand, madeOutside, standing, timelineOf, writtenRows, type RecordInput, type ReportMoment, type ReportRehearsal, type WrittenRows } from './report-record.ts';
import type { AssertionResult, RunKind, RunState, RunView } from './run.ts';
import { stayingSteps } from './stays.ts';
import { dueTime, type PhaseStanding, type PhaseState } from './standing.ts';

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

/** The view of the newest forward run that ended well: its assertions are the figures that count. */
function standingView(one: ReportPhaseInput): RunView | null {
  return standing(one)?.view ?? null;
}

function assertionsOf(one: ReportPhaseInput): AssertionResult[] {
  const view = standingView(one);
  return view ? [...view.steps.flatMap((step) => step.assertions), ...view.verification] : [];
}

function convertedTables(phase: Phase): TableName[] {
  return phase.kind === 'convert' ? phase.price.map((question) => question.table) : [];
}

/** Under one lock, what was copied; beside the live tables, what the last proof counted, out of which other phases may have taken rows. */
function rowFigures(applied: readonly ReportPhaseInput[]): RowFigure[] {
  const assertions = applied.flatMap(assertionsOf);
  const actual = (label: string) => assertions.findLast((assertion) => assertion.label === label)?.actual;
  return applied.flatMap(({ phase }) => convertedTables(phase)).flatMap((table) => {
    const after = actual(rowsLabel(table)) ?? /^\d+(?= rows)/.exec(actual(sameLabel(spoken(table))) ?? '')?.[0];
    if (after === undefined) return [];
    const setAside = Number(actual(asideLabel(table)) ?? '0');
    return [{ table: spoken(table), before: Number(after) + setAside, after: Number(after), setAside }];
  });
}

/** Building and swapping ask for the same. */
function typeChanges(applied: readonly ReportPhaseInput[]): Report['types'] {
  const casts = applied.flatMap(({ phase }) => phase.checks.flatMap((check) => (check.kind === 'casts' ? check.casts.map((cast) => ({ column: `${spoken(check.table)}.${cast.column}`, before: cast.from, after: cast.to })) : [])));
  return [...new Map(casts.map((cast) => [JSON.stringify(cast), cast])).values()];
}

function milestones(before: number, applied: readonly ReportPhaseInput[]): Report['tables']['milestones'] {
  let count = before;
  return applied.flatMap(({ phase }) => {
    if (phase.kind === 'duplicate' || phase.kind === 'empty') {
      count -= phase.steps.length;
      return [{ phase: phase.title, after: count, note: `${phase.steps.length} set aside` }];
    }
    if (phase.kind === 'create' && phase.price.length > 0) {
      count += phase.price.length;
      return [{ phase: phase.title, after: count, note: `${phase.price.length} created` }];
    }
    return [];
  });
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

function orphansOf(one: ReportPhaseInput): ReportOrphans[] {
  const sets = one.evidence?.measurements.flatMap((measurement) => (measurement.kind === 'orphans' ? measurement.sets : [])) ?? [];
  return sets.filter((set) => set.rows.provenance !== 'exact' || set.rows.value > 0).map((set) => {
    const decision = one.phase.orphanDecisions[set.foreignKey] ?? null;
    const names = one.phase.checks.flatMap((check) => (check.kind === 'free_names' ? check.names : []));
    const quarantine = names.find((name) => name.name === `${set.child.name}_quarantine`);
    return { foreignKey: set.foreignKey, table: spoken(set.child), rows: set.rows, cascade: set.depth > 0, decision, keptIn: decision?.verdict === 'delete' && quarantine ? tableKey(quarantine) : null };
  });
}

/** Each change of spelling or value once, with the number of rows that carry it; null where the evidence holds only the first rows. */
function respelledOf(applied: readonly ReportPhaseInput[]): Report['respelled'] {
  const found = new Map<string, Report['respelled'][number]>();
  const casts = applied.flatMap((one) => (one.evidence?.measurements ?? []).flatMap((measurement) => (measurement.kind === 'casts' ? [measurement] : [])));
  // Building and swapping measure the same columns; the later is nearer to what became of them.
  for (const measurement of new Map(casts.map((each) => [tableKey(each.table), each])).values()) {
    for (const column of measurement.columns) {
      const complete = column.respelled.provenance === 'exact' && column.respelled.value === column.respelledRows.length;
      for (const { value, becomes, changed } of column.respelledRows) {
        const key = JSON.stringify([measurement.table, column.column, value]);
        const before = found.get(key);
        found.set(key, { table: spoken(measurement.table), column: column.column, value, becomes, changed: changed === true, rows: complete ? (before?.rows ?? 0) + 1 : null });
      }
    }
  }
  return [...found.values()];
}

function standingTables(plan: Plan, applied: readonly ReportPhaseInput[], dueAt: string | null): Report['standing'] {
  const cleanup = plan.phases.find((phase) => phase.kind === 'cleanup');
  const done = new Set(applied.map((one) => one.phase.kind));
  return (cleanup?.checks ?? []).flatMap((check) => {
    if (check.kind !== 'rows') return [];
    const what = keptAs(check.table, plan);
    return (what.phase === null ? applied.some(({ phase }) => asksFreeName(phase, check.table)) : done.has(what.phase)) ? [{ table: tableKey(check.table), what: what.word, dueAt, byHand: false }] : [];
  });
}

/** Tables that a text drops some time after the rest: until then they are what a way back rests on. */
function writtenKept(input: ReportInput): Report['standing'] {
  const standings = new Map(input.phases.map((one) => [one.phase.id, one.standing]));
  return input.phases.flatMap(({ phase, standing: now }) => {
    if (phase.kind !== 'written' || phase.due === null || !phase.destructive || now.state === 'applied' || now.state === 'deviated' || !standings.get(phase.due.afterPhase)?.appliedAt) return [];
    return phase.checks.flatMap((check) => (check.kind === 'rows' ? [{ table: tableKey(check.table), what: `until “${phase.title}”`, dueAt: dueTime(phase, standings), byHand: false }] : []));
  });
}

/** Rows that a rollback took out of live tables: clean-up leaves them, because nobody has looked at them yet. */
function writtenSince(input: ReportInput): Report['standing'] {
  const kept = (input.keptNow ?? []).filter((table) => table.name.endsWith('_written_since'));
  return kept.map((table) => ({ table: tableKey(table), what: 'rows written since, kept by a rollback', dueAt: null, byHand: true }));
}

function asksFreeName(phase: Phase, table: TableName): boolean {
  return phase.checks.some((check) => check.kind === 'free_names' && check.names.some((name) => tableKey(name) === tableKey(table)));
}

/** `phase` null: whichever asked for the name. */
function keptAs(table: TableName, plan: Plan): { phase: Phase['kind'] | null; word: string } {
  if (table.name.endsWith('_backup')) return { phase: 'backup', word: 'backup' };
  if (table.name.endsWith('_quarantine')) return { phase: null, word: 'quarantined orphans' };
  if (table.name.endsWith('_unlinked')) return { phase: null, word: 'rows that lost a reference' };
  if (plan.phases.some((phase) => convertedTables(phase).some((one) => one.name === table.name))) return { phase: 'convert', word: 'table before the conversion' };
  if (plan.phases.some((phase) => phase.kind === 'duplicate' && phase.checks.some((check) => check.kind === 'overlap' && check.duplicate.name === table.name))) return { phase: 'duplicate', word: 'duplicate set aside' };
  if (table.name.endsWith('_replaced')) return { phase: 'duplicate', word: 'rows before a duplicate overwrote them' };
  if (table.name.endsWith('_merged')) return { phase: 'duplicate', word: 'note of merged rows' };
  return { phase: 'empty', word: 'empty table set aside' };
}

function followUps(input: ReportInput): ReportFollowUp[] {
  const now = new Date(input.now);
  const kept = writtenSince(input).map((one): ReportFollowUp => ({ title: `Look at the rows that a rollback kept in ${one.table}, then drop the table by hand: clean-up leaves it`, state: 'open', dueAt: null, overdue: false, owner: null, end: null }));
  return [...input.followUps.map((one) => ({ title: one.title, state: one.state, dueAt: one.dueAt, overdue: isDue(one, now), owner: one.owner?.name ?? null, end: one.end })), ...kept];
}
