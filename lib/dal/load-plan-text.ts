import 'server-only';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { Plan } from '#lib/pipeline/plan.ts';
import type { Reader } from '#lib/store/db.ts';
import { findPlanText, type PlanText } from '#lib/store/plan-texts.ts';
import { findPlan } from '#lib/store/plans.ts';
import type { PlanTextDto, PlanTextHeadDto } from './dto/plan-text.ts';
import { load } from './gate.ts';
import { knownId } from './load-plan.ts';

/** The text that a plan was read from, with what became of its lines in the current version. */
export const loadPlanText = load(async ({ db, person }, planId: string): Promise<PlanTextDto> => {
  const stored = await findPlan(db, knownId(planId));
  const text = stored ? await textOf(db, stored.plan) : null;
  if (!stored || !text) throw new Refused('not_found', 'This plan was not read from a text.');
  const lines = text.content.split('\n');
  const steps = stepsOf(stored.plan);
  const carried = new Set(steps.flatMap(({ from, to }) => range(from, to))).size;
  return { ...head(text), planId, planName: stored.name, version: stored.version, mayEdit: person.roles.includes('author'), lines, noted: text.notes, steps, carried: { lines: carried, of: lines.filter((line) => line.trim() !== '').length } };
});

/** Null for a plan that was not read from a text. */
export async function planTextHead(db: Reader, plan: Plan): Promise<PlanTextHeadDto | null> {
  const text = await textOf(db, plan);
  return text && head(text);
}

async function textOf(db: Reader, plan: Plan): Promise<PlanText | null> {
  return plan.origin?.from === 'runbook' ? findPlanText(db, plan.origin.text) : null;
}

function head(text: PlanText): PlanTextHeadDto {
  return { name: text.name, by: text.by, at: text.at.toISOString(), notes: text.notes.length };
}

function stepsOf(plan: Plan): PlanTextDto['steps'] {
  const steps = plan.phases.flatMap((phase, at) => phase.steps.flatMap((step, index) => (step.source ? [{ id: step.id, title: step.title, number: `${at + 1}.${index + 1}`, phaseId: phase.id, open: step.work?.kind === 'open', ...step.source }] : [])));
  return steps.toSorted((a, b) => a.from - b.from || a.to - b.to);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
