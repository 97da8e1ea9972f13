import type { Assertion, Phase, Plan, Step } from './plan.ts';
import { followedName, isColumnsLabel } from './planner/labels.ts';
import type { PhaseStanding } from './standing.ts';
import type { Feed } from './step-kinds/feed.ts';
import { listed } from './words.ts';

/** Tables that stand beside the live ones and are kept in step with them now. */
export interface Followed {
  /** The phase whose run the keeping belongs to. */
  phase: Phase;
  feed: Feed;
  follows: readonly Assertion[];
  /** What must hold of the columns of the live tables, or the swap or its way back stops. */
  columns: readonly Assertion[];
}

/** By what the swap, or its way back, is going to stop when the triggers that follow the live tables are gone or switched off: to be asked before somebody presses. */
export function followingOf(step: Pick<Step, 'statements' | 'undo'>, direction: Feed['direction']): Assertion[] {
  const statements = direction === 'forward' ? step.statements : step.undo;
  return statements.flatMap((statement) => (statement.do === 'assert' && followedName(statement.label) !== null ? [statement] : []));
}

/** By what the swap, or its way back, is going to stop under its lock when a column has come or gone since: to be asked before somebody presses. */
export function columnsBefore(step: Pick<Step, 'statements' | 'undo'>, direction: Feed['direction']): Assertion[] {
  const statements = direction === 'forward' ? step.statements : step.undo;
  return statements.flatMap((statement) => (statement.do === 'assert' && isColumnsLabel(statement.label) ? [statement] : []));
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
    if (standings.get(swap.id)?.standingSteps.includes(step.id)) return [{ phase: swap, feed: step.undoWork.feed, follows: followingOf(step, 'back'), columns: columnsBefore(step, 'back') }];
    const built = standings.get(build.id);
    return built?.state === 'applied' || built?.state === 'deviated' ? [{ phase: build, feed: step.work.feed, follows: followingOf(step, 'forward'), columns: columnsBefore(step, 'forward') }] : [];
  });
}

export interface KeptFigures {
  waiting: number;
  errors: number;
  /** Of the last comparison; absent: none is known. */
  differing?: number;
  /** Tables that nothing follows any more. */
  unfollowed?: readonly string[];
  /** Sentences on columns of the live tables that came, went or became others. */
  otherwise?: readonly string[];
  /** Of both; such as do not go over first. */
  keys: readonly string[];
}

/** One sentence on how the other side stands, for a person who thinks of going on or back. */
export function keptSentence(feed: Pick<Feed, 'direction' | 'within'>, kept: KeptFigures): string {
  const figures = `backlog ${kept.waiting.toLocaleString('en-US')} ${kept.waiting === 1 ? 'key' : 'keys'}, errors ${kept.errors}`;
  const differing = kept.differing ?? 0;
  const named = `${kept.keys.join(', ')}${kept.errors + differing > kept.keys.length ? ' …' : ''}`;
  if (kept.unfollowed && kept.unfollowed.length > 0) return `${unfollowedSentence(feed, kept.unfollowed)} Now: ${figures}.`;
  if (kept.otherwise && kept.otherwise.length > 0) return `${feed.direction === 'back' ? 'Rollback' : 'The swap'} would stop under its lock, and change nothing: ${kept.otherwise.join(' ')} Mend that first. Now: ${figures}.`;
  if (kept.errors > 0) return `${misfitSentence(feed, kept.errors, named)} Now: ${figures}.`;
  if (differing > 0) return `${differingSentence(feed, differing, named)} Now: ${figures}.`;
  if (feed.direction === 'back') return `Rollback is lossless: ${figures}.`;
  return `The new ${feed.within ? 'columns' : 'tables'} are in step: ${figures}.`;
}

/** Somebody dropped the triggers, or switched them off: nobody knows what was written since. */
export function unfollowedSentence({ direction, within }: Pick<Feed, 'direction' | 'within'>, names: readonly string[]): string {
  const other = `${direction === 'back' ? 'old' : 'new'} ${within ? 'columns' : 'tables'}`;
  const way = direction === 'back' ? 'Keep what is live now, and roll back by a plan of its own if it must be' : 'Roll this phase back, and build anew';
  return `${direction === 'back' ? 'Rollback' : 'The swap'} would stop: nothing follows ${listed(names)} any more, because the triggers that keep the ${other} in step are gone or switched off. What was written since is not there. ${way}.`;
}

function misfitSentence({ direction, within }: Pick<Feed, 'direction' | 'within'>, errors: number, named: string): string {
  const one = errors === 1;
  if (direction === 'forward' && within) return `The new columns lack the values of ${errors} ${one ? 'row, which does' : 'rows, which do'} not convert (${named}); the swap waits until ${one ? 'it is' : 'they are'} mended.`;
  if (direction === 'forward') return `The new tables lack ${errors} ${one ? 'row' : 'rows'} that ${one ? 'does' : 'do'} not convert (${named}); the swap waits until ${one ? 'it is' : 'they are'} mended.`;
  if (within) return `Rollback would stop: ${errors} ${one ? 'row has' : 'rows have'} a value that the old columns cannot hold (${named}). Change ${one ? 'it' : 'them'} first.`;
  return `Rollback is lossy: ${errors} ${one ? 'row does' : 'rows do'} not go back (${named}).`;
}

/** What the hourly comparison found: somebody wrote past the triggers. */
function differingSentence({ direction, within }: Pick<Feed, 'direction' | 'within'>, differing: number, named: string): string {
  const one = differing === 1;
  const where = `the ${direction === 'back' ? 'old' : 'new'} ${within ? 'columns' : 'tables'}`;
  const what = `${differing.toLocaleString('en-US')} ${one ? 'row is' : 'rows are'} not the same in ${where}, because somebody wrote past the triggers (${named}). Write ${one ? 'it' : 'them'} once more in the live table; the next comparison finds out.`;
  if (direction === 'forward') return `The swap would stop: ${what}`;
  return `${within ? 'Rollback would stop' : 'Rollback is lossy'}: ${what}`;
}
