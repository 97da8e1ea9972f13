import 'server-only';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { withAsks } from '#lib/pipeline/lint/asks.ts';
import { applySafer } from '#lib/pipeline/lint/safer/safer.ts';
import type { LintFinding } from '#lib/pipeline/lint/finding.ts';
import type { Plan } from '#lib/pipeline/plan.ts';
import { fingerprint, type Snapshot } from '#lib/pipeline/snapshot.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { ReadingNote } from '#lib/pipeline/runbook/reading.ts';
import { planOfReading } from '#lib/pipeline/runbook/plan.ts';
import { readRunbook } from '#lib/pipeline/runbook/read.ts';
import { withPassage } from '#lib/pipeline/runbook/take.ts';
import { addPlanText, findPlanText } from '#lib/store/plan-texts.ts';
import { findPlan, insertPlan } from '#lib/store/plans.ts';
import { latestSnapshot } from '#lib/store/snapshots.ts';
import { databaseNamed } from '../control.ts';
import { id, reason, version, word } from '../forms.ts';
import { command } from '../gate.ts';
import { isForAdmins, keepLint, lintGround, mayStand } from '../lint.ts';
import type { CommandContext, CommandSpec } from '../perform.ts';
import { lockPlanFacts, type PlanFacts } from '../plan-facts.ts';
import { refuseOldVersion } from '../plan-rules.ts';
import { keepSides, readSides, type SideRead } from '../readings.ts';
import { isDatabase } from '../sources.ts';
import { keepEvidence, firstMeasured, type FirstMeasured, planOrRefusal, planName, save, TOLERANCE_PERCENT, windowHours } from './plans.ts';

export const MOST_CHARACTERS = 1_000_000;

const importInput = z.object({
  target: word('the target'),
  /** Empty: the target is to resemble nothing but what the text makes of it. */
  desired: z.string().trim().max(1000).default(''),
  name: planName,
  textName: z.string().trim().max(200, 'The name of the text may have at most 200 characters.').default(''),
  text: z.string({ error: 'The form lacks the text.' }).refine((text) => text.trim() !== '', 'There is nothing in the text.').refine((text) => text.length <= MOST_CHARACTERS, `The text may have at most ${MOST_CHARACTERS.toLocaleString('en-GB')} characters.`).refine((text) => !text.includes('\0'), 'This is no text.'),
  windowHours,
});
const findingRef = { planId: id('the plan'), version, findingId: word('the finding') };
const saferInput = z.object(findingRef);
const takeInput = z.object({ planId: id('the plan'), version, line: z.string().regex(/^\d{1,7}$/, 'The form lacks the line of the passage. Load the page again.').transform(Number) });
const acceptInput = z.object({ ...findingRef, reason });

interface Read extends FirstMeasured {
  plan: Plan;
  textId: string;
  textName: string;
  notes: readonly ReadingNote[];
  /** Both sides as they are now, to be kept with the plan. */
  readings: readonly SideRead[];
}

/** A plan from a runbook: its text is read into phases and kept as it was given. What cannot run stands in the plan as an open step, by name. */
export const importRunbookSpec: CommandSpec<z.infer<typeof importInput>, Read> = {
  action: 'import runbook',
  roles: ['author'],
  schema: importInput,
  prepare: async (context, input) => {
    const read = await readPlan(context, input);
    return { ...read, ...(await firstMeasured(context, read.plan)) };
  },
  run: async (trx, { person, env }, input, { plan, textId, textName, notes, readings, evidence, trouble }) => {
    await keepSides(trx, readings, person.id);
    await addPlanText(trx, { id: textId, name: textName, content: normalised(input.text), notes, by: person.id });
    await insertPlan(trx, plan, person.id, `Read from ${textName}.`);
    await keepEvidence(trx, plan, evidence, person.id);
    const findings = await keepLint(trx, plan, 1, env.policy);
    return { sentence: importedSentence(plan, findings, trouble), to: `/plans/${plan.id}`, planId: plan.id, detail: { name: plan.name, target: input.target, text: { id: textId, name: textName, digest: plan.origin?.from === 'runbook' ? plan.origin.digest : null }, phases: plan.phases.map((phase) => phase.title), findings: findings.map((finding) => finding.id), trouble } };
  },
};

async function readPlan(context: CommandContext, input: z.infer<typeof importInput>): Promise<Omit<Read, 'evidence' | 'trouble'>> {
  if (!isDatabase(input.target)) throw new Refused('no_target', `A plan changes a declared database, and ${input.target} is none.`);
  databaseNamed(input.target, context.env);
  const desired = input.desired === '' ? input.target : input.desired;
  const text = { name: input.textName === '' ? `${input.name}.md` : input.textName, text: normalised(input.text) };
  const planId = randomUUID();
  const reading = await readRunbook(text, { target: input.target, desired: desired === input.target ? null : desired, windowHours: input.windowHours, planId });
  if (reading.phases.length === 0) throw new Refused('plan_empty', `There is nothing in ${text.name} that could run: no SQL, no command and no list of things to do.`);
  // What can change is read now: the lint goes by it.
  const readings = await readSides(context, [input.target, desired]);
  const sideOf = async (name: string) => readings.find((one) => one.name === name)?.snapshot ?? knownSnapshot(context, name);
  const [current, wanted] = [await sideOf(input.target), await sideOf(desired)];
  const textId = randomUUID();
  const read = planOfReading(text, reading, {
    id: planId, textId, name: input.name, target: input.target, desired, basis: { current: fingerprint(current.objects), desired: fingerprint(wanted.objects) },
    windowHours: input.windowHours, tolerance: { rowsPercent: TOLERANCE_PERCENT }, writePauseSeconds: context.env.policy.writePauseSeconds,
  });
  const plan = await withAsks(read, { major: Math.floor(current.target.serverVersion / 10_000), current, desired: desired === input.target ? null : wanted, evidence: {}, teamRules: context.env.policy.teamRules });
  return { plan, textId, textName: text.name, notes: reading.notes, readings };
}

async function knownSnapshot({ db }: CommandContext, name: string): Promise<Snapshot> {
  const known = await latestSnapshot(db, name);
  if (!known) throw new Refused('source_unknown', `There is nothing called “${name}” to compare with.`);
  return known.snapshot;
}

/** A form sends line ends as CR LF; lines are counted the same either way. */
function normalised(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function importedSentence(plan: Plan, findings: readonly LintFinding[], trouble: string | null): string {
  const open = plan.phases.flatMap((phase) => phase.steps).filter((step) => step.work?.kind === 'open').length;
  const blocking = findings.filter((finding) => finding.severity === 'blocking').length;
  const parts = [`Read ${plan.phases.length} ${plan.phases.length === 1 ? 'phase' : 'phases'}`, ...(open > 0 ? [`${open} ${open === 1 ? 'step is' : 'steps are'} still open`] : []), ...(blocking > 0 ? [`${blocking} ${blocking === 1 ? 'finding blocks' : 'findings block'}`] : [])];
  return `${parts.join('; ')}.${trouble === null ? '' : ` Not measured yet: ${trouble}`}`;
}

/** Reads a passage of the plan's text that was told and not done: what it says to do comes into the plan behind the rest. */
export const takePassageSpec: CommandSpec<z.infer<typeof takeInput>, Plan> = {
  action: 'read passage',
  roles: ['author'],
  schema: takeInput,
  prepare: async ({ db }, input) => {
    const stored = await findPlan(db, input.planId);
    const text = stored?.plan.origin?.from === 'runbook' ? await findPlanText(db, stored.plan.origin.text) : null;
    if (!stored || !text) throw new Refused('not_found', 'This plan was not read from a text.');
    const { plan } = stored;
    const about = { target: plan.target, desired: plan.desired === plan.target ? null : plan.desired, windowHours: plan.windowHours, planId: plan.id };
    const words = { name: text.name, text: text.content };
    return planOrRefusal(withPassage(plan, await readRunbook(words, about), await readRunbook(words, { ...about, take: [input.line] })));
  },
  run: async (trx, context, input, plan) => {
    const facts = await lockPlanFacts(trx, input.planId, context.env.policy);
    refuseOldVersion(facts, input.version);
    const came = plan.phases.find((phase) => !facts.stored.plan.phases.some((one) => one.id === phase.id));
    const saved = await save(trx, context, facts, plan, { sentence: `Read the passage at line ${input.line} into the plan.`, detail: { line: input.line } }, `The passage at line ${input.line} of the text was read too.`);
    return { ...saved, to: `/plans/${plan.id}${came ? `?phase=${encodeURIComponent(came.id)}` : ''}` };
  },
};

/** Puts the safer form of a finding in the place of what was written. */
export const useSaferFormSpec: CommandSpec<z.infer<typeof saferInput>, void> = {
  action: 'use safer form',
  roles: ['author'],
  schema: saferInput,
  run: async (trx, context, input) => {
    const { facts, finding } = await findingOf(trx, context, input);
    if (!finding.safer) throw new Refused('not_found', 'There is no safer form of this that could be put in its place.');
    const ground = await lintGround(trx, facts.stored.plan, context.env.policy);
    const plan = planOrRefusal(await applySafer(facts.stored.plan, finding, ground.facts, { writePauseSeconds: context.env.policy.writePauseSeconds }));
    // Phases that the planner made are made anew from the readings that they were made from, when rows without a parent are decided.
    const basis = plan.generated?.length === facts.stored.plan.generated?.length ? plan.basis : { current: ground.current?.fingerprint ?? plan.basis.current, desired: ground.desired?.fingerprint ?? plan.basis.desired };
    return save(trx, context, facts, { ...plan, basis }, { sentence: finding.safer.sentence, ...goTo(plan, facts.stored.plan, finding.phaseId), detail: { finding: finding.id, form: finding.safer.form } });
  },
};

/** A phase that went is left for what came in its place. */
function goTo(plan: Plan, before: Plan, phaseId: string): { to?: string } {
  if (plan.phases.some((phase) => phase.id === phaseId)) return {};
  const came = plan.phases.find((phase) => phase.kind !== 'backup' && !before.phases.some((one) => one.id === phase.id));
  return { to: `/plans/${plan.id}${came ? `?phase=${encodeURIComponent(came.id)}` : ''}` };
}

/** Lets a finding stand. The reason is part of the phase, and the second person signs it with the rest. */
export const acceptFindingSpec: CommandSpec<z.infer<typeof acceptInput>, void> = {
  action: 'let finding stand',
  roles: ['author'],
  schema: acceptInput,
  run: async (trx, context, input) => {
    const { facts, finding } = await findingOf(trx, context, input);
    if (!mayStand(finding)) throw new Refused('findings_block', `${finding.sentence} This cannot be let stand: it has to be mended.`);
    if (isForAdmins(finding, context.person, facts.policy)) throw new Refused('not_allowed', 'Policy leaves it to admins to let a breach of the team’s rules stand. An author who is an admin as well can do it, with a reason, and cannot sign then.');
    const phases = facts.stored.plan.phases.map((phase) => (phase.id === finding.phaseId ? { ...phase, findingDecisions: { ...phase.findingDecisions, [finding.id]: { verdict: 'accepted' as const, reason: input.reason } } } : phase));
    return save(trx, context, facts, { ...facts.stored.plan, phases }, { sentence: 'The finding stands, with your reason beside it.', reason: input.reason, detail: { finding: finding.id } });
  },
};

async function findingOf(trx: Parameters<typeof lockPlanFacts>[0], { env }: CommandContext, input: { planId: string; version: number; findingId: string }): Promise<{ facts: PlanFacts; finding: LintFinding }> {
  const facts = await lockPlanFacts(trx, input.planId, env.policy);
  refuseOldVersion(facts, input.version);
  const finding = facts.lint?.findings.find((one) => one.id === input.findingId);
  if (!finding) throw new Refused('not_found', 'This finding is no longer there: the plan was changed or measured again. Look at it anew.');
  return { facts, finding };
}

export const importRunbook = command(importRunbookSpec);
export const takePassage = command(takePassageSpec);
export const useSaferForm = command(useSaferFormSpec);
export const acceptFinding = command(acceptFindingSpec);
