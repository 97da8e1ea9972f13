import 'server-only';
import { z } from 'zod';
import { Refused } from '#lib/pipeline/refusal.ts';
import { listPeople } from '#lib/store/people.ts';
import { verificationsOf } from '#lib/store/runs.ts';
import { configuration } from './control.ts';
import { countsDto } from './count-dto.ts';
import type { RefusedDto } from './dto/answer.ts';
import type { PlanPageDto } from './dto/plan.ts';
import type { RollbackPriceDto } from './dto/run.ts';
import { draftCheckDto } from './draft-dto.ts';
import { load, orRefused, type RouteContext } from './gate.ts';
import { planDto } from './plan-dto.ts';
import { planTextHead } from './load-plan-text.ts';
import { readPlanFacts } from './plan-facts.ts';
import { rehearsalDto } from './rehearsal-dto.ts';
import { priceDto, priceRollback } from './rollback-price.ts';
import { mentionable, talkDto } from './talk.ts';

/** One plan as the viewer sees it. */
export const loadPlan = load(async ({ db, person }, planId: string): Promise<PlanPageDto> => {
  const env = configuration();
  const facts = await readPlanFacts(db, knownId(planId), env.policy);
  const people = await listPeople(db);
  const draft = await draftCheckDto(db, facts, person, { databases: env.databases.map(({ name }) => name), sources: env.sources });
  const dto = planDto(facts, person, await verificationsOf(db, facts.runs), await rehearsalDto(db, facts, person), await planTextHead(db, facts.stored.plan), people);
  return { ...dto, draft, counts: await countsDto(db, facts, dto.phases, person), talk: await talkDto(db, facts, person, mentionable(people)) };
});

/** What going back from a run would do and cost, measured now. */
export const loadRollbackPrice = load(
  ({ db }, runId: string): Promise<RollbackPriceDto | RefusedDto> => orRefused(async () => priceDto(await priceRollback({ db, env: configuration() }, knownId(runId)))),
);

/** The same for a sheet that opens on a button: a refusal comes as one. */
export async function answerPrice({ db }: RouteContext, runId: string): Promise<Response> {
  const price = priceDto(await priceRollback({ db, env: configuration() }, knownId(runId)));
  return Response.json(price, { headers: { 'Cache-Control': 'no-store' } });
}

/** An id out of an address. What is no uuid exists as little as an unknown one, and must not reach the database as an error. */
export function knownId(text: string): string {
  if (!z.uuid().safeParse(text).success) throw new Refused('not_found', 'There is nothing under this address.');
  return text;
}
