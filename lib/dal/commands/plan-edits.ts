import 'server-only';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { handPlan } from '#lib/pipeline/editor/new-plan.ts';
import { operate, operationSentence, type Operation } from '#lib/pipeline/editor/operation.ts';
import type { Plan } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { findPlan, insertPlan } from '#lib/store/plans.ts';
import { latestReading } from '#lib/store/snapshots.ts';
import { databaseNamed } from '../control.ts';
import { id, version, word } from '../forms.ts';
import { command } from '../gate.ts';
import { keepLint } from '../lint.ts';
import type { CommandSpec } from '../perform.ts';
import { lockPlanFacts } from '../plan-facts.ts';
import { groundOf } from '../plan-ground.ts';
import { refuseOldVersion } from '../plan-rules.ts';
import { isDatabase } from '../sources.ts';
import { planName, planOrRefusal, save, sqlText, TOLERANCE_PERCENT, windowHours } from './plans.ts';

const text = (most: number) => z.string().max(most, `A field may have at most ${most} characters.`).default('');
const number = (what: string) => z.string({ error: `The form lacks ${what}. Load the page again.` }).regex(/^\d{1,6}$/, `The form lacks ${what}. Load the page again.`).transform(Number);
const direction = z.enum(['up', 'down'], { error: 'Choose up or down.' });
const expectation = z.enum(['value', 'rows', 'any'], { error: 'Say whether a value, a number of rows, or any answer is expected.' }).default('any');
const stepId = word('the step');

const BASE = { planId: id('the plan'), version, phaseId: word('the phase') };
const operationInput = z.discriminatedUnion('operation', [
  z.object({
    ...BASE, operation: z.literal('insert_step'), side: z.enum(['before', 'after', 'end']).default('end'), stepId: z.string().default(''), kind: z.enum(['sql', 'verification', 'manual'], { error: 'Choose what kind of step it is.' }),
    title: text(1000), sql: sqlText.default(''), undo: sqlText.default(''), expect: expectation, value: text(20_000), instruction: text(10_000), command: text(10_000),
  }),
  z.object({ ...BASE, operation: z.enum(['remove_step', 'duplicate_step', 'join_step']), stepId }),
  z.object({ ...BASE, operation: z.literal('split_step'), stepId, count: number('the place'), title: text(1000) }),
  z.object({ ...BASE, operation: z.literal('move_step'), stepId, to: direction }),
  z.object({ ...BASE, operation: z.literal('move_step_to_phase'), stepId, toPhaseId: word('the other phase') }),
  z.object({ ...BASE, operation: z.literal('rename_step'), stepId, title: text(1000) }),
  z.object({ ...BASE, operation: z.literal('instruct_step'), stepId, instruction: text(10_000), command: text(10_000) }),
  z.object({ ...BASE, operation: z.literal('expect'), stepId, statement: number('the statement'), expect: expectation, value: text(20_000) }),
  z.object({ ...BASE, operation: z.literal('add_phase'), title: text(1000) }),
  z.object({ ...BASE, operation: z.literal('rename_phase'), title: text(1000), summary: text(2000) }),
  z.object({ ...BASE, operation: z.literal('remove_phase') }),
  z.object({ ...BASE, operation: z.literal('move_phase'), to: direction }),
  z.object({ ...BASE, operation: z.literal('set_due'), hours: z.string().default('').transform((typed) => (typed.trim() === '' ? null : Number(typed.trim()))) }),
], { error: 'The form does not say what is to be done. Load the page again.' });

type OperationInput = z.infer<typeof operationInput>;

interface Edited {
  plan: Plan;
  sentence: string;
}

/** Everything that is done to a plan as a whole but the SQL of a step: one operation, one version. */
export const editPlanSpec: CommandSpec<OperationInput, Edited> = {
  action: 'edit plan',
  roles: ['author'],
  schema: operationInput,
  prepare: async ({ db }, input) => {
    const stored = await findPlan(db, input.planId);
    if (!stored) throw new Refused('not_found', 'There is no such plan.');
    const operation = operationOf(input);
    return { plan: planOrRefusal(await operate(stored.plan, operation, await groundOf(db, stored.plan.target))), sentence: operationSentence(stored.plan, operation) };
  },
  run: async (trx, context, input, { plan, sentence }) => {
    const facts = await lockPlanFacts(trx, input.planId, context.env.policy);
    refuseOldVersion(facts, input.version);
    const { planId: _plan, version: _version, ...detail } = input;
    const saved = await save(trx, context, facts, plan, { sentence, detail }, sentence);
    return { ...saved, ...goTo(input, plan, facts.stored.plan) };
  },
};

/** A phase that came is opened, and one that went is left. */
function goTo(input: OperationInput, plan: Plan, before: Plan): { to?: string } {
  const address = (phaseId: string) => ({ to: `/plans/${plan.id}?phase=${encodeURIComponent(phaseId)}` });
  if (input.operation === 'add_phase') return address(plan.phases.find((phase) => !before.phases.some((one) => one.id === phase.id))?.id ?? input.phaseId);
  const at = before.phases.findIndex((phase) => phase.id === input.phaseId);
  return input.operation === 'remove_phase' ? address((plan.phases[at] ?? plan.phases.at(-1))?.id ?? '') : {};
}

function operationOf(input: OperationInput): Operation {
  if (input.operation !== 'insert_step') return input;
  const { phaseId, operation, side, stepId: beside, kind, title, sql, undo, expect, value, instruction, command: shell } = input;
  const step = kind === 'sql' ? { kind, title, sql, undo } : kind === 'verification' ? { kind, title, sql, expect, value } : { kind, title, instruction, command: shell };
  return { phaseId, operation, step, beside: side === 'end' ? { side } : { side, stepId: beside } };
}

const handInput = z.object({ name: planName, target: word('the target'), desired: z.string().trim().default(''), windowHours });

/** A plan with one empty phase, which its author then writes. */
export const createPlanByHandSpec: CommandSpec<z.infer<typeof handInput>, void> = {
  action: 'create plan by hand',
  roles: ['author'],
  schema: handInput,
  run: async (trx, { person, env }, input) => {
    if (!isDatabase(input.target)) throw new Refused('no_target', `A plan changes a declared database, and ${input.target} is none.`);
    databaseNamed(input.target, env);
    // What resembles nothing is to resemble itself.
    const wanted = input.desired === '' ? input.target : input.desired;
    databaseNamed(wanted, env);
    const current = await latestReading(trx, input.target);
    const desired = wanted === input.target ? current : await latestReading(trx, wanted);
    const plan = handPlan({
      id: randomUUID(), name: input.name, target: input.target, desired: wanted, windowHours: input.windowHours, tolerance: { rowsPercent: TOLERANCE_PERCENT },
      basis: { current: current?.fingerprint ?? '', desired: desired?.fingerprint ?? '' },
    });
    await insertPlan(trx, plan, person.id, 'Begun by hand.');
    await keepLint(trx, plan, 1, env.policy);
    return { sentence: 'Made an empty plan: add its first step.', to: `/plans/${plan.id}`, planId: plan.id, detail: { name: plan.name, target: plan.target, desired: plan.desired } };
  },
};

export const editPlan = command(editPlanSpec);
export const createPlanByHand = command(createPlanByHandSpec);
