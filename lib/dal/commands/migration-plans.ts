import 'server-only';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { folderPlan } from '#lib/pipeline/migrations/folder-plan.ts';
import { markPlan } from '#lib/pipeline/migrations/mark-plan.ts';
import type { NewPlan } from '#lib/pipeline/editor/new-plan.ts';
import type { Plan } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import type { ControlTrx } from '#lib/store/db.ts';
import { insertPlan } from '#lib/store/plans.ts';
import { latestReading, writeDown } from '#lib/store/snapshots.ts';
import { rememberSnapshot } from '../comparison.ts';
import { databaseNamed } from '../control.ts';
import { listOf, reason, word } from '../forms.ts';
import { command } from '../gate.ts';
import { keepLint } from '../lint.ts';
import { folderOnTarget } from '../migrations.ts';
import type { CommandContext, CommandResult, CommandSpec } from '../perform.ts';
import { readAnew, savedReading } from '../readings.ts';
import { isDatabase } from '../sources.ts';
import { keepEvidence, firstMeasured, type FirstMeasured, planName, planOrRefusal, TOLERANCE_PERCENT, windowHours } from './plans.ts';

const WHERE = { folder: word('the folder'), target: word('the target') };
const planInput = z.object({
  ...WHERE, name: planName, windowHours, upTo: word('the last migration'), from: z.string().default(''),
  /** Two lists side by side: what is let stand, and why. */
  standName: listOf(z.string()), standReason: listOf(z.string().trim().max(2000, 'A reason may have at most 2,000 characters.')),
});
const markInput = z.object({ ...WHERE, name: word('the migration'), mark: z.enum(['applied', 'applied_up_to', 'rolled_back'], { error: 'Choose what is to be said of it.' }), reason, windowHours });

interface Made extends FirstMeasured {
  plan: Plan;
  /** The target as it is now: what the plan is linted against. */
  snapshot: Snapshot;
}

/** Runs what is pending of a folder, with the ledger of its tool. */
export const createFolderPlanSpec: CommandSpec<z.infer<typeof planInput>, Made> = {
  action: 'create plan from migrations',
  roles: ['author'],
  schema: planInput,
  prepare: async (context, input) => {
    const { about, snapshot } = await aboutOf(context, input);
    const read = await folderOnTarget(context.env, input.folder, input.target);
    const letStand = Object.fromEntries(input.standName.map((name, index) => [name, input.standReason[index] ?? '']));
    return measured(context, planOrRefusal(await folderPlan({ about, ...read, from: input.from === '' ? null : input.from, upTo: input.upTo, letStand, newId: randomUUID })), snapshot);
  },
  run: async (trx, context, input, made) => keep(trx, context, made, `Made from ${input.folder}.`, `Made a plan of ${made.plan.phases.length} ${made.plan.phases.length === 1 ? 'migration' : 'migrations'}.`),
};

/** Says in the ledger what is true already: a baseline, or what became of a try that failed. Nothing is written but by the plan that comes of it. */
export const markMigrationSpec: CommandSpec<z.infer<typeof markInput>, Made> = {
  action: 'mark migration',
  roles: ['author'],
  schema: markInput,
  prepare: async (context, input) => {
    const { about, snapshot } = await aboutOf(context, { ...input, name: markName(input) });
    const read = await folderOnTarget(context.env, input.folder, input.target);
    return measured(context, planOrRefusal(markPlan({ about, ...read, mark: input.mark, name: input.name, reason: input.reason, newId: randomUUID })), snapshot);
  },
  run: async (trx, context, input, made) => ({ ...(await keep(trx, context, made, input.reason, 'Made a plan that only writes the ledger: it is signed and run like any other.')), reason: input.reason }),
};

function markName({ mark, name }: z.infer<typeof markInput>): string {
  const what = { applied: `Mark ${name} as applied`, applied_up_to: `Mark everything up to ${name} as applied`, rolled_back: `Mark ${name} as rolled back` }[mark];
  return what.slice(0, 200);
}

async function aboutOf(context: CommandContext, { name, target, windowHours: hours }: { name: string; target: string; windowHours: number }): Promise<{ about: NewPlan; snapshot: Snapshot }> {
  if (!isDatabase(target)) throw new Refused('no_target', `A plan changes a declared database, and ${target} is none.`);
  databaseNamed(target, context.env);
  const snapshot = await readAnew(context, target);
  if (!snapshot) throw new Refused('no_target', `${target} cannot be read.`);
  await writeDown(snapshot);
  return { about: { id: randomUUID(), name, target, desired: target, windowHours: hours, tolerance: { rowsPercent: TOLERANCE_PERCENT }, basis: { current: '', desired: '' } }, snapshot };
}

async function measured(context: CommandContext, plan: Plan, snapshot: Snapshot): Promise<Made> {
  return { plan, snapshot, ...(await firstMeasured(context, plan)) };
}

async function keep(trx: ControlTrx, { person, env }: CommandContext, made: Made, why: string, sentence: string): Promise<CommandResult> {
  const { target } = made.plan;
  rememberSnapshot(await savedReading(trx, target, made.snapshot, person.id), made.snapshot);
  const fingerprint = (await latestReading(trx, target))?.fingerprint ?? '';
  const plan: Plan = { ...made.plan, basis: { current: fingerprint, desired: fingerprint } };
  await insertPlan(trx, plan, person.id, why);
  await keepEvidence(trx, plan, made.evidence, person.id);
  await keepLint(trx, plan, 1, env.policy);
  return { sentence: made.trouble === null ? sentence : `${sentence} It is not measured yet: ${made.trouble}`, to: `/plans/${plan.id}`, planId: plan.id, detail: { name: plan.name, target, origin: plan.origin, phases: plan.phases.map((phase) => phase.title) } };
}

export const createFolderPlan = command(createFolderPlanSpec);
export const markMigration = command(markMigrationSpec);
