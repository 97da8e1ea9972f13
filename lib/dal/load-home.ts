import 'server-only';
import type { Step } from '#lib/pipeline/plan.ts';
import { newRun, reduce, type RunView, type StepProgress } from '#lib/pipeline/run.ts';
import { askedOf } from '#lib/pipeline/step-kinds/manual.ts';
import type { ControlDb } from '#lib/store/db.ts';
import type { Person } from '#lib/store/people.ts';
import { listPlans } from '#lib/store/plans.ts';
import { eventsAfter, type StoredRun } from '#lib/store/runs.ts';
import { type Mention, openMentions } from '#lib/store/threads.ts';
import { answerDriftSpec } from './commands/drift.ts';
import { configuration } from './control.ts';
import { driftDto } from './drift-dto.ts';
import type { PlanListItem } from './dto/plan.ts';
import type { HomeDto, HomeItem, HomeMention } from './dto/home.ts';
import { plansInOrder, type Turn, waitingInOrder } from './home-order.ts';
import { followUpDtos, mayFollowUp } from './follow-up-dto.ts';
import { load } from './gate.ts';
import { glassDtos } from './glass-dto.ts';
import { documentOfRun, phaseHref } from './load-run.ts';
import { currentPhase } from './plan-dto.ts';
import { allPhaseFacts, readPlanFacts, type PhaseFacts, type PlanFacts } from './plan-facts.ts';
import { approveObstacles, executeObstacles, rollbackObstacles } from './plan-rules.ts';
import { authorsTask, isInTrouble, planSentence } from './plan-sentences.ts';
import { isLost } from './run-pulse.ts';
import { notStartedDto, scheduledDto } from './start-dto.ts';
import { commentHref } from './talk.ts';
import { moment } from './words.ts';

interface PlanNow {
  facts: PlanFacts;
  phases: readonly PhaseFacts[];
}

/** What needs the viewer, what runs, which windows are open, what is due. */
export const loadHome = load(async ({ db, person }): Promise<HomeDto> => {
  const plans = await plansNow(db);
  const active = (await Promise.all(plans.map((plan) => activeIn(db, plan)))).flat();
  const waiting = waitingInOrder([...active.flatMap((run) => askedOfOperator(run, person)), ...plans.flatMap((plan) => waitingFor(plan, person))]);
  return {
    waiting,
    running: active.map(runningItem),
    glasses: plans.flatMap(({ facts }) => glassDtos(facts, person).flatMap((glass) => (glass.state === 'open' ? [{ ...glass, planName: facts.stored.name }] : []))),
    scheduled: plans.flatMap((plan) => scheduledIn(plan, person)),
    notStarted: plans.flatMap(notStartedIn),
    windows: plans.flatMap((plan) => windowsOf(plan, person)),
    mentions: (await openMentions(db, person.id)).flatMap((mention) => mentionItem(plans, mention)),
    due: plans.flatMap(dueIn).toSorted((a, b) => (a.dueAt ?? '').localeCompare(b.dueAt ?? '')),
    mayFollowUp: mayFollowUp(person),
    plans: plansInOrder(plans.map(listItem), waiting),
    drift: await driftDto(db, configuration().databases.map((database) => database.name)),
    mayAnswerDrift: answerDriftSpec.roles.some((role) => person.roles.includes(role)),
  };
});

export const loadPlans = load(async ({ db }): Promise<readonly PlanListItem[]> => (await plansNow(db)).map(listItem));

async function plansNow(db: ControlDb): Promise<PlanNow[]> {
  const plans: PlanNow[] = [];
  for (const stored of await listPlans(db)) {
    const facts = await readPlanFacts(db, stored.plan.id, configuration().policy);
    plans.push({ facts, phases: allPhaseFacts(facts) });
  }
  return plans;
}

function waitingFor({ facts, phases }: PlanNow, person: Person): Turn[] {
  const next = currentPhase(phases);
  const turns: Turn[] = [];
  const add = (turn: Turn['turn'], one: PhaseFacts, sentence: string) => turns.push({ turn, item: item(facts, one, sentence) });
  for (const one of phases) {
    const open = one.standing.state === 'pending' || one.standing.state === 'rolled_back';
    if (open && (one.valid.length < one.approvalsNeeded || one.groups !== null) && approveObstacles(facts, one, person, null).length === 0) add('approve', one, 'Waits for your approval.');
  }
  if (next && executeObstacles(facts, next, person).length === 0) add('start', next, 'Approved; waits for you to start it.');
  if (next && ['deviated', 'partial'].includes(next.standing.state) && rollbackObstacles(facts, next, person).length === 0) add('trouble', next, next.standing.state === 'partial' ? 'Ended in the middle; waits for you to roll it back.' : 'Deviates from what was expected; decide whether to roll it back.');
  for (const one of phases) if (one.windowEnds && one.windowClosesAt && !turns.some(({ item: { phaseId } }) => phaseId === one.phase.id) && rollbackObstacles(facts, one, person).length === 0) add('window', one, `Its rollback window closes ${moment(one.windowClosesAt)}: look once more; after that going back needs a new plan.`);
  if (person.roles.includes('author')) turns.push(...phases.flatMap((one) => authorsTurn(facts, one, one === next)));
  return turns;
}

function authorsTurn(facts: PlanFacts, one: PhaseFacts, isNext: boolean): Turn[] {
  if (one.stuck) return [{ turn: 'trouble', item: item(facts, one, 'Ended in the middle, and nothing takes back what stands: go on after it.') }];
  if (one.standing.state !== 'pending' && one.standing.state !== 'rolled_back') return [];
  if (one.openRequests > 0) return [{ turn: 'author', item: item(facts, one, changesAsked(one)) }];
  const task = authorsTask(one, isNext);
  return task === null ? [] : [{ turn: 'author', item: item(facts, one, task) }];
}

function changesAsked(one: PhaseFacts): string {
  const last = one.changeRequests.findLast((request) => !request.resolvedAt);
  return `${last?.person ?? 'Somebody'} asks for changes: ${last?.comment ?? ''}`;
}

interface ActiveRun {
  facts: PlanFacts;
  one: PhaseFacts;
  run: StoredRun;
  steps: readonly Step[];
  view: RunView;
}

async function activeIn(db: ControlDb, { facts, phases }: PlanNow): Promise<ActiveRun[]> {
  const active = facts.runs.filter((run) => run.endedAt === null);
  return Promise.all(active.flatMap((run) => {
    const one = phases.find((phase) => phase.phase.id === run.phaseId);
    return one ? [activeRun(db, facts, one, run)] : [];
  }));
}

async function activeRun(db: ControlDb, facts: PlanFacts, one: PhaseFacts, run: StoredRun): Promise<ActiveRun> {
  const { steps } = await documentOfRun(db, run);
  const view = (await eventsAfter(db, run.id, 0)).reduce(reduce, newRun(run.kind, steps.map((step) => step.id)));
  return { facts, one, run, steps, view };
}

function underway({ view }: ActiveRun): StepProgress | undefined {
  return view.steps.find((step) => step.state === 'running' || step.state === 'waiting');
}

/** A run that stands still until somebody has done what only a person can do. */
function askedOfOperator(active: ActiveRun, person: Person): Turn[] {
  const { facts, one, run, steps, view } = active;
  const now = underway(active);
  const step = steps.find((other) => other.id === now?.step);
  if (!now || !step || !askedOf(step) || now.answer || view.cancelRequested || !person.roles.includes('operator')) return [];
  return [{ turn: 'run', item: { ...item(facts, one, `The run waits for a person: ${step.title}.`), at: now.startedAt ?? run.requestedAt.toISOString(), href: `/runs/${run.id}` } }];
}

function runningItem(active: ActiveRun): HomeDto['running'][number] {
  const { facts, one, run, view } = active;
  const now = underway(active);
  const { sentence: _, ...what } = item(facts, one, '');
  return { ...what, at: run.requestedAt.toISOString(), href: `/runs/${run.id}`, state: view.state, kind: run.kind, done: now?.done ?? 0, total: now?.total ?? null, waiting: now?.waiting ?? null, workerLost: isLost(run.endedAt, run.heartbeatAt ?? run.requestedAt) };
}

function windowsOf({ facts, phases }: PlanNow, person: Person): HomeDto['windows'][number][] {
  return phases.flatMap((one) => {
    const { windowClosesAt, standing } = one;
    if (!windowClosesAt || windowClosesAt <= facts.now || one.phase.pointOfNoReturn || one.phase.kind === 'validate') return [];
    const first = rollbackObstacles(facts, one, person).find((obstacle) => obstacle.code !== 'not_allowed');
    return [{ ...item(facts, one, first?.sentence ?? 'Can be rolled back.'), closesAt: windowClosesAt.toISOString(), href: standing.forwardRunId ? `/runs/${standing.forwardRunId}` : phaseHref(facts.stored.plan.id, one.phase.id) }];
  });
}

function scheduledIn({ facts, phases }: PlanNow, person: Person): HomeDto['scheduled'][number][] {
  return phases.flatMap((one) => {
    const start = scheduledDto(facts, one, person);
    if (!start) return [];
    const sentence = start.trouble ? `As things stand it would not start: ${start.trouble}` : `Starts at ${moment(new Date(start.startAt))} on ${facts.stored.target}; scheduled by ${start.by}.`;
    return [{ ...item(facts, one, sentence), start }];
  }).toSorted((a, b) => a.start.startAt.localeCompare(b.start.startAt));
}

function notStartedIn({ facts, phases }: PlanNow): HomeItem[] {
  return phases.flatMap((one) => {
    const last = notStartedDto(one);
    return last ? [{ ...item(facts, one, `Was to start at ${moment(new Date(last.startAt))} and did not: ${last.sentence}`), at: last.startAt }] : [];
  });
}

function dueIn({ facts }: PlanNow): HomeDto['due'][number][] {
  return followUpDtos(facts).flatMap((one) => (one.state === 'open' && one.dueAt !== null ? [{ ...one, planName: facts.stored.name }] : []));
}

const MOST_OF_BODY = 200;

function mentionItem(plans: readonly PlanNow[], mention: Mention): HomeMention[] {
  const plan = plans.find(({ facts }) => facts.stored.plan.id === mention.planId);
  if (!plan) return [];
  // Where its phase has gone, the thread stands under the plan.
  const phase = plan.phases.find((one) => one.phase.id === mention.phaseId);
  return [{
    planName: plan.facts.stored.name, about: phase ? `phase ${phase.number} of ${plan.phases.length} · ${phase.phase.title}` : '', by: mention.by, at: mention.at.toISOString(),
    body: mention.body.length > MOST_OF_BODY ? `${mention.body.slice(0, MOST_OF_BODY)}…` : mention.body, href: commentHref(mention.planId, phase?.phase.id ?? null, mention.commentId, false),
  }];
}

function item(facts: PlanFacts, one: PhaseFacts, sentence: string): HomeItem {
  const { plan } = facts.stored;
  const at = since(facts, one);
  return { planId: plan.id, planName: facts.stored.name, phaseId: one.phase.id, phaseTitle: one.phase.title, phaseNumber: one.number, phaseCount: plan.phases.length, sentence, at: at.toISOString(), href: phaseHref(plan.id, one.phase.id) };
}

/** Since when the phase stands as it does: the newest of what was measured, signed, asked, run, in it or before it. */
function since(facts: PlanFacts, one: PhaseFacts): Date {
  const before = new Set(facts.stored.plan.phases.slice(0, one.number).map((phase) => phase.id));
  const moments = [
    one.measuredAt ?? facts.stored.editedAt,
    ...one.approvals.map((approval) => approval.voidedAt ?? approval.signedAt),
    ...one.changeRequests.map((request) => request.resolvedAt ?? request.at),
    ...facts.runs.filter((run) => before.has(run.phaseId)).map((run) => run.endedAt ?? run.requestedAt),
  ];
  return new Date(Math.max(...moments.map((moment) => moment.getTime())));
}

function listItem({ facts, phases }: PlanNow): PlanListItem {
  const changed = [facts.stored.editedAt, ...facts.runs.map((run) => run.endedAt ?? run.requestedAt), ...facts.approvals.map((approval) => approval.voidedAt ?? approval.signedAt)];
  return {
    id: facts.stored.plan.id, name: facts.stored.name, target: facts.stored.target, author: facts.versions[0]?.by ?? '', sentence: planSentence(phases), inTrouble: isInTrouble(phases),
    updatedAt: new Date(Math.max(...changed.map((date) => date.getTime()))).toISOString(),
    phasesDone: phases.filter((one) => one.standing.state === 'applied').length, phaseCount: phases.length,
  };
}
