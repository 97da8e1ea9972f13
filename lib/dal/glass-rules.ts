import 'server-only';
import type { RefusalCode } from '#lib/pipeline/refusal.ts';
import type { BreakGlass } from '#lib/store/break-glass.ts';
import type { Person } from '#lib/store/people.ts';
import type { PhaseFacts, PlanFacts } from './plan-facts.ts';
import { executeObstacles, type Obstacle } from './plan-rules.ts';

/** What a broken glass stands in for: signatures, and nothing else. */
const SIGNATURES: readonly RefusalCode[] = ['approval_missing', 'approval_void', 'approval_expired', 'execution_over', 'groups_missing'];

/** What stands in the way of starting the phase without its signatures. Everything that a signed start must have is asked as well. */
export function glassObstacles(facts: PlanFacts, one: PhaseFacts, person: Person): Obstacle[] {
  const usual = executeObstacles(facts, one, person);
  const rest = usual.filter((obstacle) => !SIGNATURES.includes(obstacle.code));
  const allowed: Obstacle[] = facts.policy.breakGlass ? [] : [{ code: 'glass_not_allowed', sentence: 'Policy allows nobody to start a phase without its signatures.', move: 'clears' }];
  const own: Obstacle[] = facts.authorIds.includes(person.id) ? [{ code: 'own_plan', sentence: 'You wrote or edited this plan, and nobody breaks the glass for their own: two people see every change before it runs.', move: 'clears' }] : [];
  const needless: Obstacle[] = rest.length === usual.length && usual.length === 0 ? [{ code: 'glass_needless', sentence: 'Its signatures stand: start it the usual way.', move: 'yours' }] : [];
  return [...allowed, ...own, ...needless, ...rest];
}

/** What stands in the way of answering for it afterwards. */
export function answerObstacles(facts: PlanFacts, glass: BreakGlass, person: Person): Obstacle[] {
  const answered: Obstacle[] = glass.state === 'open' ? [] : [{ code: 'glass_answered', sentence: `${glass.answer?.by ?? 'Somebody'} has answered for it already.`, move: 'clears' }];
  const role: Obstacle[] = person.roles.includes('approver') ? [] : [{ code: 'not_allowed', sentence: 'An approver answers for it.', move: 'clears' }];
  const own: Obstacle[] = facts.authorIds.includes(person.id) ? [{ code: 'own_plan', sentence: 'You wrote or edited this plan: somebody else answers for it.', move: 'clears' }] : [];
  const broke: Obstacle[] = glass.by.id === person.id ? [{ code: 'own_plan', sentence: 'You broke the glass: a second person answers for it.', move: 'clears' }] : [];
  return [...answered, ...role, ...own, ...broke];
}
