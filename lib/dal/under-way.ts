import 'server-only';
import { asks } from '#lib/pipeline/count.ts';
import type { Phase, Plan } from '#lib/pipeline/plan.ts';
import type { UnderWayDto } from './dto/plan.ts';

interface Held {
  person: string;
  at: UnderWayDto;
}

// On globalThis, because the bundler may load this module more than once: for pages and for routes.
const shared = globalThis as typeof globalThis & { countersignUnderWay?: Map<string, Held> };

function held(): Map<string, Held> {
  shared.countersignUnderWay ??= new Map();
  return shared.countersignUnderWay;
}

export type Tell = (at: UnderWayDto) => void;

/**
 * A command says how far it is, under the name that its form gave it, for as long as it takes. It stands in this process alone: another web
 * process knows nothing of it, and its page waits without figures.
 */
export async function underWay<T>(person: string, form: FormData, work: (tell: Tell) => Promise<T>): Promise<T> {
  const name = form.get('underWay');
  if (typeof name !== 'string' || !/^[0-9a-f]{32}$/.test(name)) return work(() => {});
  try {
    return await work((at) => held().set(name, { person, at }));
  } finally {
    held().delete(name);
  }
}

/** Only to the person whose command it is. */
export function answerUnderWay(person: string, name: string): Response {
  const found = held().get(name);
  const headers = { 'Cache-Control': 'no-store' };
  return found?.person === person ? Response.json(found.at, { headers }) : new Response(null, { status: 204, headers });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** While the phases of a new plan are measured, before the check of that place in the phase, from 0, is asked. */
export function measuringNow({ target, phases }: Plan, phase: Phase, check: number): UnderWayDto {
  const at = phases.indexOf(phase);
  const questions = phases.map(({ checks }) => checks.length);
  return { target, phase: { number: at + 1, of: phases.length, title: phase.title }, now: phase.checks[check] ? asks(phase.checks[check]) : '', asked: sum(questions.slice(0, at)) + check, questions: sum(questions) };
}
