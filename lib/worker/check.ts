import type pg from 'pg';
import type { RunSession } from '#lib/pg/execute-session.ts';
import type { Beside } from '#lib/pg/execute-kind.ts';
import { kindOfStep } from '#lib/pg/execute-kinds.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import { measurePrice } from '#lib/pg/price.ts';
import { functionTrouble, readHardFacts } from '#lib/pg/start-reading.ts';
import { approvalDigest, phaseDocumentDigest } from '#lib/pipeline/approval.ts';
import { questionMs } from '#lib/pipeline/count.ts';
import type { Evidence, Movement } from '#lib/pipeline/evidence.ts';
import { tableKey } from '#lib/pipeline/expectation.ts';
import { openRefusal } from '#lib/pipeline/open-phase.ts';
import { movements } from '#lib/pipeline/movements.ts';
import type { Phase } from '#lib/pipeline/plan.ts';
import { overSentence, startBy } from '#lib/pipeline/execution-window.ts';
import { approvalsNeeded, type Policy } from '#lib/pipeline/policy.ts';
import type { PolicyDocument } from '#lib/pipeline/policy-document.ts';
import { closedRefusal } from '#lib/pipeline/policy-time.ts';
import { paperOf } from '#lib/pipeline/step-kinds/all.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { heldRehearsal, proofDemanded, unproved } from '#lib/pipeline/rehearsal-evidence.ts';
import { lossWasSeen } from '#lib/pipeline/loss-growth.ts';
import { phasesResting, restingSentence, type RollbackPrice } from '#lib/pipeline/rollback.ts';
import { counted, grouped } from '#lib/pipeline/words.ts';
import { runFacts } from '#lib/pipeline/run-facts.ts';
import { groupsRefusal } from '#lib/pipeline/signing-groups.ts';
import { runsBefore } from '#lib/pipeline/run-steps.ts';
import { judgeRights } from '#lib/pipeline/operator-rights.ts';
import { phaseStanding, planStanding } from '#lib/pipeline/standing.ts';
import { hardReasons, type StartTerms } from '#lib/pipeline/start-light.ts';
import { startNeeds } from '#lib/pipeline/start-needs.ts';
import { WHY } from '#lib/pipeline/unknowns.ts';
import { writeBlockRefusal } from '#lib/pipeline/write-block.ts';
import { listApprovals, type StoredApproval, voidApprovals } from '#lib/store/approvals.ts';
import type { AuditRecord } from '#lib/store/audit.ts';
import type { ControlDb, ControlTrx } from '#lib/store/db.ts';
import { saveEvidence } from '#lib/store/evidence.ts';
import { findPerson } from '#lib/store/people.ts';
import { moverOf } from '#lib/store/movers.ts';
import { teamDemands } from '#lib/store/policy.ts';
import { rehearsalGround } from '#lib/store/rehearsals.ts';
import { sql } from '#lib/sql.ts';
import type { RunCase } from './run-case.ts';

export interface CheckResult {
  movements: readonly Movement[];
  facts: Readonly<Record<string, string>>;
  /** Written in the transaction of the `checked` event. */
  write?: (trx: ControlTrx) => Promise<void>;
  audit: readonly AuditRecord[];
}

/** What a worker knows of the configuration's demands. */
export type WorkerPolicy = Pick<Policy, 'rehearsalRequired' | 'approvals' | 'approvalsDestructive'> & { maxLagSeconds: number };

/**
 * The last look before the first change. Throws Refused for what a person must mend, and answers with movements where the target is not
 * what was signed: those void the approvals. Everything is measured anew on the run's own session.
 */
export async function checkRun(db: ControlDb, session: RunSession, found: RunCase, beside: Beside, policy: WorkerPolicy): Promise<CheckResult> {
  await refuseWithoutRole(db, found);
  await refuseUnready(session, found, beside);
  await refuseUnownedTables(session.client, found);
  return found.run.kind === 'forward' ? checkForward(db, session, found, policy, beside) : checkRollback(session, found);
}

async function refuseWithoutRole(db: ControlDb, { run }: RunCase): Promise<void> {
  const person = await findPerson(db, run.requestedById);
  if (!person || !person.roles.includes('operator') || person.disabledAt) throw new Refused('not_allowed', `${run.requestedBy} is not an operator any more, so the run does not start.`);
}

/** What a step needs of this worker besides the database: a tool, a folder, a scratch server. */
async function refuseUnready(session: RunSession, { steps }: RunCase, beside: Beside): Promise<void> {
  for (const step of steps) {
    const sentence = await kindOfStep(step).refuses?.(step, session, beside);
    if (sentence) throw new Refused('worker_not_ready', sentence);
  }
}

/** Only a role that owns a table may alter it; found out now, not in the middle. */
async function refuseUnownedTables(client: pg.Client, { run, steps }: RunCase): Promise<void> {
  const altered = steps.flatMap((step) => paperOf(step).locks(step)).filter((claim) => claim.mode === 'ACCESS EXCLUSIVE').map((claim) => claim.table);
  const answer = await client.query<{ not_owned: string[] }>(sql('probe/operator_rights'), [altered.map((table) => table.schema), altered.map((table) => table.name)]);
  const missing = answer.rows[0]?.not_owned ?? [];
  if (missing.length > 0) throw new Refused('operator_cannot_write', `The operator credential of ${run.target} does not own ${missing.join(', ')}, and only an owner may alter a table. Let it act as the role that owns them, as the README says under “Your own databases”, then measure and sign again.`);
}

async function checkForward(db: ControlDb, session: RunSession, found: RunCase, policy: WorkerPolicy, beside: Beside): Promise<CheckResult> {
  const { run, plan, phase, signed, rehearsal } = found;
  const open = openRefusal(phase);
  if (open) throw new Refused(open.code, open.sentence);
  const document = await teamDemands(db);
  const terms: StartTerms = { maxLagSeconds: policy.maxLagSeconds, volumeBytes: beside.config.volumeBytes ?? null };
  const approvals = standingApprovals(await listApprovals(db, plan.id), found);
  const needed = Math.max(run.approvalsNeeded, approvalsNeeded(phase, { approvals: Math.max(policy.approvals, document.approvals ?? 1), approvalsDestructive: Math.max(policy.approvalsDestructive, document.approvalsDestructive ?? 1, document.distinctGroups ?? 1) }));
  // Break-glass stands in for signatures, and for nothing else that follows.
  if (run.breakGlassId === null && new Set(approvals.map((approval) => approval.personId)).size < needed) {
    throw new Refused('approval_void', `Fewer than ${needed} approvals of “${phase.title}” still stand: one was voided or ran out after the run was requested, or policy demands more since.`);
  }
  if (run.breakGlassId === null) refuseLate(approvals);
  const groups = run.breakGlassId === null ? groupsRefusal(phase, document.distinctGroups, approvals.map((approval) => approval.group)) : null;
  if (groups) throw new Refused(groups.code, groups.sentence);
  if (approvalDigest(plan, phase, signed, rehearsal) !== run.digest) {
    throw new Refused('approval_void', `What is stored of “${phase.title}” is not what was signed: the digests differ.`);
  }
  await refuseUnproved(db, found, policy);
  await refuseLongBlock(db, found, document);
  if (phaseStanding(runsBefore(phase, run.id, found.summaries), phase).standingSteps.length > 0 && phase.kind !== 'validate') {
    throw new Refused('steps_stand', `Steps of “${phase.title}” stand from an earlier run. Roll them back first.`);
  }
  // First, because nothing needs to be measured for a no that is known already.
  refuseClosed(found, document);
  await refuseRed(session, found, terms);
  await refuseImpaired(session, found);
  const now = await measurePhase(session.client, phase, { operator: signed.target.operator, statementTimeoutMs: questionMs(signed) });
  const moved = movements(phase, signed, now, plan.tolerance);
  refuseUnknown(run.target, now);
  // And last, because measuring took its time: from here on it is the first step.
  refuseClosed(found, document);
  await refuseRed(session, found, terms);
  if (moved.length === 0) return { movements: [], facts: runFacts(phase, now), audit: [] };
  return refusedForDrift(found, now, moved, approvals, await moverOf(db, run.target, moved, signed.measuredAt, now.measuredAt));
}

/** A lock or a slow moment now is no reason to void what was signed: it clears by itself. A right that the operator lacks does not, and is said with what it takes. */
function refuseUnknown(target: string, now: Evidence): void {
  const [lacking] = now.rights ? judgeRights(now.target.operator ?? target, now.rights) : [];
  if (lacking) throw new Refused('operator_cannot_write', `${lacking.sentence} The approvals stand.`);
  const whys: string[] = [];
  JSON.stringify(now.measurements, (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'provenance' in value && value.provenance === 'unknown' && 'why' in value) whys.push(String(value.why));
    return value;
  });
  if (whys.includes(WHY.noRights)) throw new Refused('operator_cannot_write', `The operator credential of ${target} may not read all rows that this phase measures. Let it act as the role that owns the tables, as the README says under “Your own databases”, with BYPASSRLS where policies hide rows. The approvals stand.`);
  if (whys.length > 0) throw new Refused('database_timeout', `Not everything could be measured again before the run: ${[...new Set(whys)].join('; ')}. The approvals stand; try again.`);
}

/** What was demanded when the run was asked for is demanded still, and what this worker's policy demands as well. */
async function refuseUnproved(db: ControlDb, { run, phase }: RunCase, policy: Pick<Policy, 'rehearsalRequired'>): Promise<void> {
  if (!run.proofDemanded && !proofDemanded(phase, run.target, policy)) return;
  const ground = await rehearsalGround(db, run);
  const refusal = unproved(phase, run.target, heldRehearsal(phase, ground), ground.underWay);
  if (refusal) throw new Refused(refusal.code, refusal.sentence);
}

async function refuseLongBlock(db: ControlDb, { run, phase }: RunCase, { writeBlockSeconds }: PolicyDocument): Promise<void> {
  if (writeBlockSeconds === null) return;
  const { rehearsal } = heldRehearsal(phase, await rehearsalGround(db, run));
  const refusal = writeBlockRefusal(phase, rehearsal, writeBlockSeconds);
  if (refusal) throw new Refused(refusal.code, refusal.sentence);
}

/** A window that closed, or a freeze that was laid down, between the press and now. What was signed stands. */
function refuseClosed({ run }: RunCase, document: PolicyDocument): void {
  const refusal = closedRefusal(document, run.target, new Date());
  if (refusal) throw new Refused(refusal.code, `${refusal.sentence} Nothing was changed, and the approvals stand.`);
}

/** What the page shows in red beside the button is asked once more: a copy that does not fit, a replica too far behind. Rollbacks are never closed by it. */
async function refuseRed(session: RunSession, { phase, rehearsal }: RunCase, terms: StartTerms): Promise<void> {
  const needs = startNeeds(phase, rehearsal);
  const red = hardReasons(needs, await readHardFacts(session.client, needs.tables, { disk: terms.volumeBytes !== null }), terms).find((reason) => reason.light === 'red');
  if (red) throw new Refused(red.code === 'DISK' ? 'no_room' : 'replica_behind', `${red.sentence} Nothing was changed, and the approvals stand.`);
}

/** Half of what a phase does rests on functions and triggers: better not begun. */
async function refuseImpaired(session: RunSession, { run }: RunCase): Promise<void> {
  const state = await functionTrouble(session.client);
  if (state !== null) throw new Refused('server_impaired', `${run.target} cannot run functions (${state}): if the programs of its server were upgraded, it has to be restarted. Nothing was changed, and the approvals stand.`);
}

function standingApprovals(all: readonly StoredApproval[], { run }: RunCase): StoredApproval[] {
  return all.filter((approval) => approval.phaseId === run.phaseId && approval.digest === run.digest && approval.voidedAt === null && approval.expiresAt > new Date());
}

/** The time between the press and now counts: a run that waited for its turn too long is signed again. */
function refuseLate(approvals: readonly StoredApproval[]): void {
  const until = startBy(approvals);
  if (until !== null && until <= new Date()) throw new Refused('execution_over', `${overSentence(until)} Nothing was changed.`);
}

/** The new measurements are kept, so that the author sees what the approvers will be asked next. */
function refusedForDrift({ run, plan, phase }: RunCase, now: Evidence, moved: readonly Movement[], approvals: readonly StoredApproval[], by: string | null): CheckResult {
  const reason = [...moved.map((movement) => movement.sentence), ...(by === null ? [] : [by])].join(' ');
  return {
    movements: moved,
    facts: {},
    write: async (trx) => {
      await saveEvidence(trx, plan.id, phaseDocumentDigest(phase), now, null);
      await voidApprovals(trx, approvals.map((approval) => approval.id), reason);
    },
    audit: [{ actor: 'Countersign', actorId: null, action: 'approval.voided', planId: plan.id, runId: run.id, reason, detail: { phase: phase.id, people: approvals.map((approval) => approval.person), movements: moved } }],
  };
}

async function checkRollback(session: RunSession, found: RunCase): Promise<CheckResult> {
  const { run, plan, phase, steps } = found;
  const standings = planStanding(plan.phases, found.summaries.filter((one) => one.id !== run.id));
  const half = standings.get(phase.id)?.state === 'partial';
  if (phase.pointOfNoReturn && !half) throw new Refused('not_reversible', `“${phase.title}” cannot be undone.`);
  if (steps.length === 0) throw new Refused('nothing_to_roll_back', `Nothing of “${phase.title}” stands.`);
  const standing = [...standings].filter(([, one]) => one.standingSteps.length > 0).map(([id]) => id);
  const resting = phasesResting(plan, phase.id, standing);
  if (resting.length > 0) throw new Refused('later_phase_stands', restingSentence(resting));
  const applied = found.summaries.find(({ id }) => id === run.undoes)?.endedAt ?? null;
  refuseDearer(run.price, await measurePrice(session.client, phase, steps.map((step) => step.id), { half }), phase, applied);
  return { movements: [], facts: found.forwardFacts, audit: [] };
}

/**
 * Going back may not lose more than was confirmed, but for what the application writes between the press and this look as it did before. Who was told that nothing is lost loses not
 * one row. An unknown price was confirmed as unknown; one that became unknown was not. `applied`: when the phase was.
 */
function refuseDearer(confirmed: RollbackPrice | null, now: RollbackPrice, phase: Phase, applied: string | null): void {
  if (!confirmed) throw new Refused('price_moved', `Nobody confirmed what rolling back “${phase.title}” would lose.`);
  if (confirmed.lost.provenance !== 'exact') return;
  if (now.lost.provenance !== 'exact') throw new Refused('price_moved', `What rolling back “${phase.title}” would lose is not known any more. ${now.sentence}`);
  if (now.lost.value <= confirmed.lost.value) return;
  const moments = { appliedAt: applied === null ? null : new Date(applied), seenAt: new Date(confirmed.measuredAt), now: new Date(now.measuredAt) };
  if (confirmed.lost.value > 0 && lossWasSeen(confirmed.lost.value, now.lost.value, moments)) return;
  const where = now.tables.filter((one) => [one.inserted, one.changed, one.deleted].some((part) => part.provenance === 'exact' && part.value > 0)).map((one) => tableKey(one.table));
  throw new Refused('price_moved', `Rolling back “${phase.title}” would now lose ${counted(now.lost.value, 'row', 'rows')} (${where.join(', ')}), and ${grouped(confirmed.lost.value)} were confirmed. Look at the price again.`);
}
