import 'server-only';
import { numberCounts } from '#lib/pipeline/approval.ts';
import { spokenDelta } from '#lib/pipeline/diff.ts';
import type { Quantity } from '#lib/pipeline/evidence.ts';
import { ABOUT_ROWS } from '#lib/pipeline/findings.ts';
import { LOCK_MODES } from '#lib/pipeline/hazards.ts';
import { orphansAlike } from '#lib/pipeline/orphans-alike.ts';
import { fillsBeside, type Step } from '#lib/pipeline/plan.ts';
import { rollbackWords, stayingSteps } from '#lib/pipeline/stays.ts';
import { paperOf } from '#lib/pipeline/step-kinds/all.ts';
import { sumOf } from '#lib/pipeline/unknowns.ts';
import type { AssertionResult } from '#lib/pipeline/run.ts';
import type { Person } from '#lib/store/people.ts';
import type { StoredRun } from '#lib/store/runs.ts';
import type { Blocker } from './dto/answer.ts';
import type { ApprovalDto, PhaseDto, RunListItem, StepPaperDto } from './dto/phase.ts';
import type { PlanDto } from './dto/plan.ts';
import type { PlanTextHeadDto } from './dto/plan-text.ts';
import type { RehearsalDto } from './dto/rehearsal.ts';
import { followUpDtos, mayFollowUp } from './follow-up-dto.ts';
import { glassDtos } from './glass-dto.ts';
import { glassObstacles } from './glass-rules.ts';
import { isForAdmins, mayStand } from './lint.ts';
import { allPhaseFacts, type PhaseFacts, type PlanFacts } from './plan-facts.ts';
import { approveObstacles, blockersOf, executeObstacles, rollbackObstacles } from './plan-rules.ts';
import { notStartedDto, schedulableDto, scheduledDto } from './start-dto.ts';
import { phaseRehearsalDto } from './rehearsal-dto.ts';
import { authorsTask, isInTrouble, phaseSentence, planSentence } from './plan-sentences.ts';

/** A plan for one viewer. `verifications` by run id: what came out after the last step. */
export function planDto(facts: PlanFacts, person: Person, verifications: ReadonlyMap<string, readonly AssertionResult[]>, rehearsal: RehearsalDto, text: PlanTextHeadDto | null, people: readonly Person[]): Omit<PlanDto, 'counts' | 'draft'> {
  const { stored } = facts;
  const phases = allPhaseFacts(facts);
  return {
    plan: { ...stored.plan, name: stored.name },
    decided: stored.plan.decisions.map(({ deltaId, verdict, reason }) => ({ delta: spokenDelta(deltaId, { current: stored.plan.target, desired: stored.plan.desired }), verdict, reason })),
    text,
    rehearsal,
    version: stored.version,
    digest: stored.digest,
    createdBy: facts.versions[0]?.by ?? '',
    createdAt: stored.createdAt.toISOString(),
    authors: [...new Set(facts.versions.map((version) => version.by))],
    versions: facts.versions.map(({ version, by, at, reason }) => ({ version, by, at: at.toISOString(), reason })),
    phases: phases.map((one) => phaseDto(facts, one, person, verifications)),
    sentence: planSentence(phases),
    inTrouble: isInTrouble(phases),
    mayEdit: person.roles.includes('author'),
    glasses: glassDtos(facts, person),
    followUps: followUpDtos(facts),
    followUpOwners: mayFollowUp(person) ? people.filter((one) => !one.disabledAt && mayFollowUp(one)).map(({ id, name }) => ({ id, name })) : [],
    verdict: verdictOf(phases),
    currentPhaseId: currentPhase(phases)?.phase.id ?? null,
  };
}

function paperDto(step: Step): StepPaperDto {
  const paper = paperOf(step);
  const undone = paper.undone(step);
  return { sql: paper.sql(step), undo: undone ? paperOf(undone).sql(undone) : null, how: paper.how };
}

/** The first phase that does not stand applied; null when all do. */
export function currentPhase(phases: readonly PhaseFacts[]): PhaseFacts | null {
  return phases.find((one) => one.standing.state !== 'applied') ?? null;
}

function phaseDto(facts: PlanFacts, one: PhaseFacts, person: Person, verifications: ReadonlyMap<string, readonly AssertionResult[]>): PhaseDto {
  const approve = approveObstacles(facts, one, person, null);
  const execute = executeObstacles(facts, one, person);
  const last = one.standing.forwardRunId;
  return {
    phase: one.phase,
    number: one.number,
    state: one.standing.state,
    sentence: phaseSentence(one, execute),
    asksAuthor: authorsTask(one, false) !== null,
    evidence: one.evidence?.evidence ?? null,
    findings: one.findings,
    alike: person.roles.includes('author') ? orphansAlike(one.phase, one.evidence?.evidence ?? null) : null,
    mayStand: one.findings.flatMap((finding) => ('id' in finding && mayStand(finding) && !isForAdmins(finding, person, facts.policy) ? [finding.id] : [])),
    rehearsal: phaseRehearsalDto(one),
    longPause: one.longPause,
    fillsBeside: fillsBeside(one.phase),
    digest: one.digest,
    numberToType: one.numberToType,
    numberCounts: numberCounts(one.phase).many,
    aboutRows: [...new Set(one.findings.filter(({ code, severity }) => severity === 'to_know' && ABOUT_ROWS.has(code)).map(({ sentence }) => sentence))],
    approvalsNeeded: one.approvalsNeeded,
    approvals: one.approvals.map((approval) => approvalDto(approval, isStanding(one, approval))),
    changeRequests: one.changeRequests.map((request) => ({ id: request.id, person: request.person, comment: request.comment, at: request.at.toISOString(), resolvedAt: request.resolvedAt?.toISOString() ?? null })),
    runs: one.runs.map(runListItem),
    activeRunId: one.standing.activeRunId,
    approveBlockers: blockersOf(approve),
    executeBlockers: blockersOf(execute),
    rollbackBlockers: rollbackBlockers(facts, one, person),
    scheduled: scheduledDto(facts, one, person),
    schedulable: schedulableDto(facts, one, person),
    notStarted: notStartedDto(one),
    stuck: one.stuck,
    stays: stayingSteps(one.phase).map(({ title, why }) => ({ title, why })),
    mayBreakGlass: glassObstacles(facts, one, person).length === 0,
    papers: Object.fromEntries(one.phase.steps.map((step) => [step.id, paperDto(step)])),
    windowClosesAt: one.windowClosesAt?.toISOString() ?? null,
    dueAt: one.dueAt?.toISOString() ?? null,
    verification: (last ? verifications.get(last) : undefined) ?? [],
  };
}

export function rollbackBlockers(facts: PlanFacts, one: PhaseFacts, person: Person): readonly Blocker[] | null {
  return blockersOf(rollbackObstacles(facts, one, person));
}

function isStanding({ standing, valid }: PhaseFacts, approval: PhaseFacts['approvals'][number]): boolean {
  return valid.includes(approval) || (approval.voidedAt === null && standing.state !== 'pending' && standing.state !== 'rolled_back');
}

function approvalDto(approval: PhaseFacts['approvals'][number], stands: boolean): ApprovalDto {
  return {
    id: approval.id, person: approval.person, accountBy: approval.accountBy, signedAt: approval.signedAt.toISOString(), expiresAt: approval.expiresAt.toISOString(), startBy: approval.startBy?.toISOString() ?? null, comment: approval.comment, digest: approval.digest, rehearsal: approval.rehearsalVerdict,
    voidedAt: approval.voidedAt?.toISOString() ?? null, voidReason: approval.voidReason, stands,
  };
}

function runListItem(run: StoredRun): RunListItem {
  return { id: run.id, kind: run.kind, state: run.state, by: run.requestedBy, requestedAt: run.requestedAt.toISOString(), endedAt: run.endedAt?.toISOString() ?? null, reason: run.reason, sentence: run.sentence };
}

function verdictOf(phases: readonly PhaseFacts[]): PlanDto['verdict'] {
  const modes = phases.flatMap((one) => one.phase.steps.flatMap((step) => step.locks.map((lock) => LOCK_MODES.indexOf(lock.mode))));
  return {
    rowsTouched: rowsTouched(phases),
    rowsLost: rowsLost(phases),
    strongestLock: LOCK_MODES[Math.max(-1, ...modes)] ?? 'none',
    rollback: rollbackWords(phases.map((one) => one.phase)),
  };
}

/** Rows of the tables that phases change; a table that several phases count is counted once. Backups and clean-up handle copies. */
function rowsTouched(phases: readonly PhaseFacts[]): Quantity {
  const tables = new Map<string, Quantity>();
  for (const one of phases) {
    if (one.phase.kind === 'dump' || one.phase.kind === 'backup' || one.phase.kind === 'cleanup' || one.phase.kind === 'validate') continue;
    if (!one.evidence) return { provenance: 'unknown', why: `phase ${one.number} was not measured since it was last changed` };
    for (const measurement of one.evidence.evidence.measurements) {
      if (measurement.kind === 'overlap') {
        const both = [measurement.same, measurement.conflict];
        for (const [{ schema, name }, alone] of [[measurement.duplicate, measurement.onlyDuplicate], [measurement.kept, measurement.onlyKept]] as const) tables.set(`${schema}.${name}`, sumOf([alone, ...both]));
      }
      // Tables that are counted whole say more.
      if (measurement.kind === 'matched') for (const { table: { schema, name }, goes, changes } of measurement.tables) if (!tables.has(`${schema}.${name}`)) tables.set(`${schema}.${name}`, sumOf([goes, changes]));
      if (measurement.kind === 'rows' || measurement.kind === 'empty') tables.set(`${measurement.table.schema}.${measurement.table.name}`, named(measurement.rows, `${measurement.table.name}, in phase ${one.number}`));
    }
  }
  return sumOf([...tables.values()]);
}

/** Of a whole plan one must know where the number is missing. */
function named(rows: Quantity, where: string): Quantity {
  return rows.provenance === 'unknown' ? { ...rows, why: `${where}: ${rows.why}` } : rows;
}

/** What becomes of rows is a question that nobody has answered: none of them is known to stay. */
const ROWS_UNDECIDED: ReadonlySet<string> = new Set(['ORPHANS_UNDECIDED', 'NOT_EMPTY']);

/** Rows that decisions take out of the live tables (they stay in quarantine until clean-up), or that statements of people take or take values from. Unknown while one of the decisions is open. */
function rowsLost(phases: readonly PhaseFacts[]): Quantity {
  let total = 0;
  for (const one of phases) {
    if (one.findings.some((finding) => ROWS_UNDECIDED.has(finding.code))) return { provenance: 'unknown', why: `what becomes of rows in phase ${one.number} is not decided yet` };
    if (!one.evidence && one.phase.checks.some((check) => check.kind === 'orphans' || check.kind === 'empty')) return { provenance: 'unknown', why: `phase ${one.number} was not measured since it was last changed` };
    if (!one.phase.destructive || one.phase.kind === 'cleanup') continue;
    if (one.numberToType === null) return { provenance: 'unknown', why: `how many rows phase ${one.number} takes away is not measured or not decided yet` };
    total += one.numberToType;
  }
  return { provenance: 'exact', value: total };
}

