import 'server-only';
import { OPEN_DIFFERENCES } from '#lib/pipeline/compare-list.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { planIds } from '#lib/store/plans.ts';
import { openDto } from '../compare-parts.ts';
import { createPlanSpec } from '../commands/plans.ts';
import { standNow } from '../load-compare.ts';
import { asCommand, readSidesAnew } from './command.ts';
import { endpoint, type ApiContext } from './endpoint.ts';
import { planAnswer, planSummaryAnswer } from './plan-answer.ts';
import { nothing, plan, planMade, planPath, planQuestion, plans, plansQuestion } from './shapes.ts';

export const listPlansEndpoint = endpoint({
  method: 'GET', path: '/plans', name: 'listPlans', summary: 'Plans that are not archived, newest change first.', scope: 'read',
  params: nothing, query: plansQuestion, body: null, answer: plans, status: 200,
  handle: async (context, { query }) => {
    // One more than asked for tells whether there is a next page.
    const ids = await planIds(context.db, query, query.limit + 1, query.offset);
    const shown = [];
    for (const id of ids.slice(0, query.limit)) shown.push(await planSummaryAnswer(context, id));
    return { plans: shown, next: ids.length > query.limit ? query.offset + query.limit : null };
  },
});

export const readPlanEndpoint = endpoint({
  method: 'GET', path: '/plans/{planId}', name: 'readPlan', summary: 'A plan with its phases: how they stand, what they wait for, what was found.', scope: 'read',
  params: planPath, query: nothing, body: null, answer: plan, status: 200,
  handle: (context, { params }) => planAnswer(context, params.planId),
});

export const createPlanEndpoint = endpoint({
  method: 'POST', path: '/plans', name: 'createPlan', summary: 'Makes a plan of chosen differences and measures it. It waits for people then: no token approves.', scope: 'plan:write',
  params: nothing, query: nothing, body: planQuestion, answer: planMade, status: 201,
  handle: async (context, { body }) => {
    if (body.fresh) await readSidesAnew(context, body);
    const deltaId = body.deltaIds === 'all' ? await allOpen(context, body) : body.deltaIds;
    const done = await asCommand(context, createPlanSpec, { current: body.current, desired: body.desired, deltaId, name: body.name, windowHours: String(body.windowHours), fullBackup: body.fullBackup, conversion: body.conversion });
    return { sentence: done.sentence, plan: await planAnswer(context, done.to?.split('/').at(-1) ?? '') };
  },
});

/** What “Choose all undecided” chooses on the page. */
async function allOpen({ db, person }: ApiContext, sides: { current: string; desired: string }): Promise<string[]> {
  const { ids } = openDto(await standNow(db, person, sides), OPEN_DIFFERENCES);
  if (ids.length === 0) throw new Refused('plan_empty', `Nothing is open between ${sides.current} and ${sides.desired}: they are identical, or people have answered every difference.`);
  return ids.map(({ id }) => id);
}
