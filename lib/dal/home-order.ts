import type { PlanListItem } from './dto/plan.ts';
import type { HomeDto, HomeItem, TurnName } from './dto/home.ts';

const TURNS: readonly TurnName[] = ['run', 'trouble', 'window', 'start', 'approve', 'author'];

export interface Turn {
  turn: TurnName;
  item: HomeItem;
}

/** The most pressing first, of equals what has waited longest; phases of a plan that wait for the same stay together, in their order. */
export function waitingInOrder(turns: readonly Turn[]): HomeDto['waiting'] {
  const groups = Map.groupBy(turns, ({ turn, item }) => `${turn} ${item.planId}`);
  return [...groups.values()].toSorted((a, b) => rankOf(a) - rankOf(b) || sinceOf(a).localeCompare(sinceOf(b))).flatMap((group) => group.toSorted((a, b) => a.item.phaseNumber - b.item.phaseNumber).map(({ turn, item }) => ({ ...item, turn })));
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
