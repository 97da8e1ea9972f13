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

/** One sentence on how the other side stands, for a person who thinks of going on or back. */
export function keptSentence({ direction, within }: Pick<Feed, 'direction' | 'within'>, kept: { waiting: number; errors: number; keys: readonly string[] }): string {
  const figures = `backlog ${kept.waiting.toLocaleString('en-US')} ${kept.waiting === 1 ? 'key' : 'keys'}, errors ${kept.errors}`;
  const named = `${kept.keys.join(', ')}${kept.errors > kept.keys.length ? ' …' : ''}`;
  if (direction === 'forward' && within) return kept.errors === 0 ? `The new columns are in step: ${figures}.` : `The new columns lack the values of ${kept.errors} ${kept.errors === 1 ? 'row, which does' : 'rows, which do'} not convert (${named}); the swap waits until ${kept.errors === 1 ? 'it is' : 'they are'} mended. Now: ${figures}.`;
  if (direction === 'forward') return kept.errors === 0 ? `The new tables are in step: ${figures}.` : `The new tables lack ${kept.errors} ${kept.errors === 1 ? 'row' : 'rows'} that ${kept.errors === 1 ? 'does' : 'do'} not convert (${named}); the swap waits until ${kept.errors === 1 ? 'it is' : 'they are'} mended. Now: ${figures}.`;
  if (within && kept.errors > 0) return `Rollback would stop: ${kept.errors} ${kept.errors === 1 ? 'row has' : 'rows have'} a value that the old columns cannot hold (${named}). Change ${kept.errors === 1 ? 'it' : 'them'} first. Now: ${figures}.`;
  return kept.errors === 0 ? `Rollback is lossless: ${figures}.` : `Rollback is lossy: ${kept.errors} ${kept.errors === 1 ? 'row does' : 'rows do'} not go back (${named}). Now: ${figures}.`;
}
