import type { PlanListItem } from './dto/plan.ts';
import type { HomeItem } from './dto/home.ts';

/** Why something waits for the viewer, the most pressing first: a run that stands still, a plan that stands half, a way back that closes; then what holds up others. */
const TURNS = ['run', 'trouble', 'window', 'start', 'approve', 'author'] as const;

export interface Turn {
  turn: (typeof TURNS)[number];
  item: HomeItem;
}

/** The most pressing first, of equals what has waited longest; phases of a plan that wait for the same stay together, in their order. */
export function waitingInOrder(turns: readonly Turn[]): HomeItem[] {
  const groups = Map.groupBy(turns, ({ turn, item }) => `${turn} ${item.planId}`);
  return [...groups.values()].toSorted((a, b) => rankOf(a) - rankOf(b) || sinceOf(a).localeCompare(sinceOf(b))).flatMap((group) => group.toSorted((a, b) => a.item.phaseNumber - b.item.phaseNumber).map(({ item }) => item));
}

function rankOf(group: readonly Turn[]): number {
  return TURNS.indexOf(group[0]?.turn ?? 'author');
}

function sinceOf(group: readonly Turn[]): string {
  return group.map(({ item }) => item.at).toSorted()[0] ?? '';
}

/** What stands half or deviates, then what waits for the viewer, then what is not done yet; each as they came. */
export function plansInOrder(plans: readonly PlanListItem[], waiting: readonly HomeItem[]): PlanListItem[] {
  const mine = new Set(waiting.map(({ planId }) => planId));
  const rank = (plan: PlanListItem) => (plan.inTrouble ? 0 : mine.has(plan.id) ? 1 : plan.phasesDone < plan.phaseCount ? 2 : 3);
  return plans.toSorted((a, b) => rank(a) - rank(b));
}
