import type { Phase, Plan } from './plan.ts';
import type { PhaseStanding } from './standing.ts';
import type { Feed } from './step-kinds/feed.ts';

/** Tables that stand beside the live ones and are kept in step with them now. */
export interface Followed {
  /** The phase whose run the keeping belongs to. */
  phase: Phase;
  feed: Feed;
}

/**
 * What has to be kept in step, from what stands: the new tables while the swap has not been done or was rolled back, the old ones after it. Nothing while
 * a run is under way there, because the run does it itself, and nothing after clean-up.
 */
export function followedBy(plan: Plan, standings: ReadonlyMap<string, PhaseStanding>): Followed[] {
  const cleaned = plan.phases.some((phase) => phase.kind === 'cleanup' && (standings.get(phase.id)?.standingSteps.length ?? 0) > 0);
  if (cleaned || [...standings.values()].some((one) => one.activeRunId !== null)) return [];
  return plan.phases.flatMap((swap): Followed[] => {
    const step = swap.steps.find((one) => one.work?.kind === 'swap' && one.undoWork?.kind === 'swap');
    const build = plan.phases.find((phase) => swap.requires.includes(phase.id) && phase.steps.some((one) => one.work?.kind === 'feed' && one.work.copy));
    if (!step || !build || step.work?.kind !== 'swap' || step.undoWork?.kind !== 'swap') return [];
    if (standings.get(swap.id)?.standingSteps.includes(step.id)) return [{ phase: swap, feed: step.undoWork.feed }];
    const built = standings.get(build.id);
    return built?.state === 'applied' || built?.state === 'deviated' ? [{ phase: build, feed: step.work.feed }] : [];
  });
}
