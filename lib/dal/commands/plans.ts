import 'server-only';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { measurePhases } from '#lib/pg/measure.ts';
import { withReader } from '#lib/pg/session.ts';
import { movedSentence, phaseDocumentDigest, placeMoved } from '#lib/pipeline/approval.ts';
import { digestOf } from '#lib/pipeline/digest.ts';
import type { Evidence } from '#lib/pipeline/evidence.ts';
import { withAsks } from '#lib/pipeline/lint/asks.ts';
import { ORPHAN_VERDICT_WORDS } from '#lib/pipeline/orphan-words.ts';
import { underDecisions } from '#lib/pipeline/orphans-decided.ts';
import type { OrphanDecision, OverlapDecision, Plan } from '#lib/pipeline/plan.ts';
import { decideOrphans as orphansDecided } from '#lib/pipeline/planner/decide-orphans.ts';
import { decideOverlap as overlapDecided, keepTable } from '#lib/pipeline/planner/decide-overlap.ts';
import { editStep as stepEdited } from '#lib/pipeline/planner/edit-step.ts';
import { makePlan, type PlanResult } from '#lib/pipeline/planner/make-plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { firstSentences } from '#lib/pipeline/words.ts';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import { voidApprovals } from '#lib/store/approvals.ts';
import type { ControlTrx, Reader } from '#lib/store/db.ts';
import { standingDecisions } from '#lib/store/decisions.ts';
import { evidenceKey, saveEvidence } from '#lib/store/evidence.ts';
import { findPlan, insertPlan, rename, saveVersion } from '#lib/store/plans.ts';
import { latestSnapshot, snapshotByFingerprint } from '#lib/store/snapshots.ts';
import { takenRenames } from '../comparison.ts';
import { databaseNamed } from '../control.ts';
import { id, listOf, reason, version, word } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandContext, CommandResult, CommandSpec } from '../perform.ts';
import { keepLint, lintGround } from '../lint.ts';
import { allPhaseFacts, lockPlanFacts, phaseFactsOf, type PhaseFacts, type PlanFacts } from '../plan-facts.ts';
import { groundOf } from '../plan-ground.ts';
import { refuseOldVersion, STANDING } from '../plan-rules.ts';
import { isDatabase } from '../sources.ts';
import { measuringNow } from '../under-way.ts';

/** Live row counts may move this much between signature and run, in percent. */
export const TOLERANCE_PERCENT = 5;
/** Measuring a large table for the first time may take a while; a page waits no longer than this. */
export const MEASURE_MS = 60_000;

export const planName = z.string({ error: 'Give the plan a name.' }).trim().min(1, 'Give the plan a name.').max(200, 'The name may have at most 200 characters.');
export const windowHours = z.string().default('72').transform((text) => Number(text.trim() === '' ? 'x' : text)).refine((hours) => Number.isFinite(hours) && hours >= 0 && hours <= 24 * 90, 'The rollback window is a number of hours from 0 to 2160.');
const createInput = z.object({
  current: word('the target'),
  desired: word('the desired database'),
  deltaId: listOf(word('a difference')),
  name: planName,
  windowHours,
  fullBackup: z.enum(['none', 'dump', 'dump_and_restore'], { error: 'Choose whether the whole database is dumped first.' }).default('none'),
  conversion: z.enum(['planner', 'inside'], { error: 'Choose how tables get columns of another type.' }).default('planner'),
});
const renameInput = z.object({ planId: id('the plan'), version, name: planName });
const decideInput = z.object({ planId: id('the plan'), version, phaseId: word('the phase'), foreignKey: word('the foreign key'), verdict: z.enum(['delete', 'set_null', 're_point', 'stop'], { error: 'Choose what becomes of the rows: delete, set null, point elsewhere, or stop.' }), to: z.string().max(1_000, 'A key has at most 1,000 characters.').default(''), reason });
const overlapInput = z.object({ planId: id('the plan'), version, phaseId: word('the phase'), duplicate: word('the duplicate table'), verdict: z.enum(['keep_kept', 'keep_duplicate', 'newest', 'stop', 'not_a_duplicate', 'archive', 'keep_table'], { error: 'Choose what becomes of its rows.' }), into: z.string().max(200, 'A table’s name is shorter.').default(''), by: z.string().max(200, 'A column’s name is shorter.').default(''), reason });
export const sqlText = z.string({ error: 'The form lacks the SQL. Load the page again.' }).max(200_000, 'The SQL may have at most 200,000 characters.');
const editInput = z.object({ planId: id('the plan'), version, phaseId: word('the phase'), stepId: word('the step'), sql: sqlText, undo: sqlText.default('') });

interface Made extends FirstMeasured {
  plan: Plan;
}

export const createPlanSpec: CommandSpec<z.infer<typeof createInput>, Made> = {
  action: 'create plan',
  roles: ['author'],
  token: 'plan:write',
  schema: createInput,
  prepare: async (context, input) => {
    const plan = await planFrom(context, input);
    return { plan, ...(await firstMeasured(context, plan)) };
  },
  run: async (trx, { person }, input, { plan, evidence, trouble }) => {
    await insertPlan(trx, plan, person.id, 'Made from the comparison.');
    await keepEvidence(trx, plan, evidence, person.id);
    const sentence = trouble === null ? `Made a plan of ${plan.phases.length} phases and measured them.` : `Made a plan of ${plan.phases.length} phases. It is not measured yet: ${trouble}`;
    return { sentence, to: `/plans/${plan.id}`, planId: plan.id, detail: { name: plan.name, target: input.current, desired: input.desired, deltaIds: plan.deltaIds, phases: plan.phases.map((phase) => phase.title), trouble } };
  },
};

async function planFrom({ db, env }: CommandContext, input: z.infer<typeof createInput>): Promise<Plan> {
  if (!isDatabase(input.current)) throw new Refused('no_target', `A plan changes a declared database, and ${input.current} is none. Choose the database that will change as the current side.`);
  databaseNamed(input.current, env);
  const [current, desired] = await Promise.all([latestSnapshot(db, input.current), latestSnapshot(db, input.desired)]);
  if (!current || !desired) throw new Refused('not_found', 'These two databases were not read yet.');
  const decisions = await standingDecisions(db, input.current, input.desired);
  const chosen = [...new Set(input.deltaId)];
  return planOrRefusal(makePlan({
    id: randomUUID(), name: input.name, target: input.current, desired: input.desired, current: current.snapshot, desiredSnapshot: desired.snapshot, deltaIds: chosen,
    decisions: decisions.filter(({ deltaId, verdict }) => verdict !== 'renamed' || chosen.includes(deltaId)).map(({ deltaId, verdict, reason }) => ({ deltaId, verdict, reason })), renames: takenRenames(decisions), windowHours: input.windowHours, tolerance: { rowsPercent: TOLERANCE_PERCENT },
    writePauseSeconds: env.policy.writePauseSeconds,
    ...(input.fullBackup === 'none' ? {} : { fullBackup: input.fullBackup }),
    ...(input.conversion === 'inside' ? { keepTables: true } : {}),
  }));
}

export function planOrRefusal(result: PlanResult): Plan {
  if (result.ok) return result.plan;
  const [first] = result.refusals;
  throw new Refused(first?.code ?? 'cannot_plan', firstSentences(result.refusals.map((refusal) => refusal.sentence), 5));
}

export interface FirstMeasured {
  evidence: readonly Evidence[];
  /** Why it could not be measured now; the plan is kept and can be measured later. */
  trouble: string | null;
}

/** Measures every phase of a new plan, in their order; a target that refuses is no reason to lose the plan. */
export async function firstMeasured(context: Pick<CommandContext, 'env' | 'tell'>, plan: Plan): Promise<FirstMeasured> {
  try {
    return { evidence: await measureAll(context, plan), trouble: null };
  } catch (error) {
    if (error instanceof Refused) return { evidence: [], trouble: error.refusal.sentence };
    throw error;
  }
}

async function measureAll({ env, tell }: Pick<CommandContext, 'env' | 'tell'>, plan: Plan): Promise<Evidence[]> {
  const target = databaseNamed(plan.target, env);
  return withReader(target, (client) => measurePhases(client, plan.phases, { operator: target.operatorRole, begins: (phase, check) => tell?.(measuringNow(plan, phase, check)) }), { statementTimeoutMs: MEASURE_MS });
}

export async function keepEvidence(trx: ControlTrx, plan: Plan, evidence: readonly Evidence[], by: string): Promise<void> {
  for (const one of evidence) await saveEvidence(trx, plan.id, documentDigest(plan, one.phaseId), one, by);
}

export const renamePlanSpec: CommandSpec<z.infer<typeof renameInput>, void> = {
  action: 'rename plan',
  roles: ['author'],
  schema: renameInput,
  run: async (trx, { env }, input) => {
    const facts = await lockPlanFacts(trx, input.planId, env.policy);
    refuseOldVersion(facts, input.version);
    await rename(trx, input.planId, input.name);
    return { sentence: `The plan is now called “${input.name}”.`, planId: input.planId, detail: { before: facts.stored.name, after: input.name } };
  },
};

export const decideOrphansSpec: CommandSpec<z.infer<typeof decideInput>, void> = {
  action: 'decide orphans',
  roles: ['author'],
  schema: decideInput,
  run: async (trx, context, input) => {
    const facts = await lockPlanFacts(trx, input.planId, context.env.policy);
    refuseOldVersion(facts, input.version);
    const decision: OrphanDecision = { verdict: input.verdict, reason: input.reason, ...(input.verdict === 're_point' ? { to: input.to } : {}) };
    const { current, desired } = await readingsOf(trx, facts.stored.plan);
    const plan = planOrRefusal(orphansDecided(facts.stored.plan, [input.foreignKey], decision, current, desired));
    return save(trx, context, facts, plan, { sentence: `Decided on the orphans of ${input.foreignKey}: ${ORPHAN_VERDICT_WORDS[input.verdict]}.`, reason: input.reason, detail: { foreignKey: input.foreignKey, verdict: input.verdict, ...(input.verdict === 're_point' ? { to: input.to } : {}) } });
  },
};

export const decideOverlapSpec: CommandSpec<z.infer<typeof overlapInput>, void> = {
  action: 'decide duplicate',
  roles: ['author'],
  schema: overlapInput,
  run: async (trx, context, input) => {
    const facts = await lockPlanFacts(trx, input.planId, context.env.policy);
    refuseOldVersion(facts, input.version);
    const { into, by, duplicate } = input;
    if (input.verdict === 'keep_table') return keptTable(trx, context, facts, duplicate, input.reason);
    const { verdict } = input;
    if (verdict === 'newest' && by === '') throw new Refused('invalid_input', 'Choose the column that tells which row is newer.');
    const decision: OverlapDecision = { verdict, reason: input.reason, ...(into === '' ? {} : { into }), ...(by === '' ? {} : { by }) };
    const readings = await readingsOf(trx, facts.stored.plan);
    const plan = planOrRefusal(overlapDecided(facts.stored.plan, duplicate, decision, readings.current, readings.desired));
    return save(trx, context, facts, plan, { sentence: overlapSentence(duplicate, decision), reason: input.reason, detail: { duplicate, ...decision } });
  },
};

/** It stays in the target: the plan has one difference less. */
async function keptTable(trx: ControlTrx, context: CommandContext, facts: PlanFacts, table: string, reason: string): Promise<CommandResult> {
  const { current, desired } = await readingsOf(trx, facts.stored.plan);
  const plan = planOrRefusal(keepTable(facts.stored.plan, table, reason, current, desired));
  return save(trx, context, facts, plan, { sentence: `Decided: ${table} stays in ${facts.stored.target}.`, reason, detail: { duplicate: table, verdict: 'keep_table' } });
}

function overlapSentence(duplicate: string, { verdict, by, into }: OverlapDecision): string {
  switch (verdict) {
    case 'not_a_duplicate': return `Decided: ${duplicate} is no duplicate, and must be empty to go.`;
    case 'archive': return `Decided: ${duplicate} is set aside with its rows.`;
    case 'stop': return `Decided: ${duplicate} is merged${into === undefined ? '' : ` into ${into}`}, and rows that contradict each other stop it.`;
    case 'newest': return `Decided: of rows that contradict each other, the one that is newer by ${by ?? ''} stays.`;
    default: return `Decided: of rows that contradict each other, that of ${verdict === 'keep_duplicate' ? duplicate : 'the table that stays'} stays.`;
  }
}

/** Those that the plan was made from: it is rendered anew from them, so that nothing but a decision changes. */
export async function readingsOf(db: Reader, plan: Plan): Promise<{ current: Snapshot; desired: Snapshot }> {
  const current = await snapshotByFingerprint(db, plan.target, plan.basis.current);
  const desired = await snapshotByFingerprint(db, plan.desired, plan.basis.desired);
  if (!current || !desired) throw new Refused('cannot_plan', 'The readings that the plan was made from are no longer kept. Make a new plan.');
  return { current: current.snapshot, desired: desired.snapshot };
}

export const editStepSpec: CommandSpec<z.infer<typeof editInput>, Plan> = {
  action: 'edit step',
  roles: ['author'],
  schema: editInput,
  prepare: async ({ db }, input) => {
    const stored = await findPlan(db, input.planId);
    if (!stored) throw new Refused('not_found', 'There is no such plan.');
    return planOrRefusal(await stepEdited(stored.plan, input.phaseId, input.stepId, { sql: input.sql, undo: input.undo }, await groundOf(db, stored.plan.target)));
  },
  run: async (trx, context, input, plan) => {
    const facts = await lockPlanFacts(trx, input.planId, context.env.policy);
    refuseOldVersion(facts, input.version);
    return save(trx, context, facts, plan, { sentence: 'Saved. The phase must be measured and approved again.', detail: { phaseId: input.phaseId, stepId: input.stepId, sql: input.sql, undo: input.undo } });
  },
};

/**
 * Saves the next version. Phases that have left a mark in the target keep their text and what comes before them: it is the record of what was done.
 * Approvals of every phase whose text moved become void with the sentence that names it; in a plan that people write, those of a phase before which
 * something else now comes, too. Facts of an unchanged question stay; others are measured again.
 * @param why the reason of the version, where it is not what moved.
 * @param goneOn the phase of which an author leaves what stands, and which is asked anew.
 */
export async function save(trx: ControlTrx, { person, env }: CommandContext, facts: PlanFacts, given: Plan, result: CommandResult, why?: string, goneOn?: string): Promise<CommandResult> {
  const before = facts.stored.plan;
  if (digestOf(given.phases) === digestOf(before.phases)) throw new Refused('invalid_input', 'This is what the plan says already.');
  const plan = await askedAnew(trx, facts, given, env.policy, goneOn);
  const moved = movedPhases(before, plan);
  refuseWhereStepsStand(facts, plan, goneOn);
  const saved = await saveVersion(trx, { ...plan, name: facts.stored.name }, facts.stored.version, person.id, why ?? (moved.map((one) => one.sentence).join(' ').slice(0, 500) || result.sentence));
  for (const { id: phaseId, sentence } of moved) {
    await voidApprovals(trx, facts.approvals.filter((approval) => approval.phaseId === phaseId && !approval.voidedAt).map((approval) => approval.id), `${sentence} By ${person.name}, in version ${saved}.`);
    await keepFacts(trx, facts, plan, phaseId);
  }
  await keepLint(trx, plan, saved, env.policy);
  return { ...result, planId: plan.id, detail: { version: saved, moved: moved.map((one) => one.sentence), ...Object(result.detail) } };
}

/** What is measured for phases of people follows from their text. A phase that has left its mark keeps the questions that were signed. */
async function askedAnew(trx: ControlTrx, facts: PlanFacts, plan: Plan, policy: CommandContext['env']['policy'], goneOn?: string): Promise<Plan> {
  if (!plan.origin) return plan;
  const marked = markedPhases(facts, goneOn);
  return withAsks(plan, (await lintGround(trx, plan, policy)).facts, new Set(marked.map((one) => one.phase.id)));
}

/** Phases of the version before that are not what was signed any more, each with the sentence that says why. */
function movedPhases(before: Plan, plan: Plan): { id: string; sentence: string }[] {
  return before.phases.flatMap((old) => {
    const phase = plan.phases.find((one) => one.id === old.id);
    const sentence = phase ? (movedSentence(old, phase) ?? (plan.origin ? placeMoved(before, plan, phase.id) : null)) : `“${old.title}” was taken out of the plan.`;
    return sentence === null ? [] : [{ id: old.id, sentence }];
  });
}

function markedPhases(facts: PlanFacts, goneOn?: string): PhaseFacts[] {
  return allPhaseFacts(facts).filter((one) => one.phase.id !== goneOn && (STANDING.includes(one.standing.state) || one.standing.state === 'running'));
}

function refuseWhereStepsStand(facts: PlanFacts, plan: Plan, goneOn?: string): void {
  const before = facts.stored.plan;
  const marked = markedPhases(facts, goneOn);
  const standing = marked.find((one) => changed(one.phase.id, before, plan));
  if (standing) throw new Refused('steps_stand', `“${standing.phase.title}” has left its mark in ${plan.target}. Roll it back before you change its text.`);
  const passed = plan.origin ? marked.find((one) => placeMoved(before, plan, one.phase.id) !== null) : undefined;
  if (passed) throw new Refused('steps_stand', `“${passed.phase.title}” has left its mark in ${plan.target}. What comes before it stays as it was.`);
}

function changed(phaseId: string, before: Plan, after: Plan): boolean {
  const phase = after.phases.find((one) => one.id === phaseId);
  return !phase || documentDigest(before, phaseId) !== phaseDocumentDigest(phase);
}

/** A decision changes what is done with the facts, and the facts only where rows follow from others: when no question is new, the answers are kept under the new text. */
async function keepFacts(trx: ControlTrx, facts: PlanFacts, plan: Plan, phaseId: string): Promise<void> {
  const before = phaseFactsOf(facts, phaseId);
  const after = plan.phases.find((phase) => phase.id === phaseId);
  const measured = facts.latest.get(evidenceKey(phaseId, phaseDocumentDigest(before.phase)));
  if (!after || !measured) return;
  // By digest: jsonb gives keys back in another order.
  const answered = new Set(before.phase.checks.map((check) => digestOf(check)));
  if (digestOf(before.phase.touches) !== digestOf(after.touches) || after.checks.some((check) => !answered.has(digestOf(check)))) return;
  const asked = new Set(after.checks.map((check) => check.id));
  const evidence = { ...measured.evidence, measurements: measured.evidence.measurements.filter((one) => asked.has(one.check)) };
  await saveEvidence(trx, plan.id, phaseDocumentDigest(after), underDecisions(before.phase, after, evidence), measured.measuredBy);
}

function documentDigest(plan: Plan, phaseId: string): string {
  const phase = plan.phases.find((one) => one.id === phaseId);
  if (!phase) throw new Error(`evidence of ${phaseId}, which the plan does not have`);
  return phaseDocumentDigest(phase);
}

export const createPlan = command(createPlanSpec);
export const renamePlan = command(renamePlanSpec);
export const decideOrphans = command(decideOrphansSpec);
export const decideOverlap = command(decideOverlapSpec);
export const editStep = command(editStepSpec);
