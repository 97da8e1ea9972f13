import 'server-only';
import { isDue } from '#lib/pipeline/follow-ups.ts';
import type { Person } from '#lib/store/people.ts';
import type { RoleName } from '#lib/store/tables.ts';
import type { FollowUpDto } from './dto/home.ts';
import { phaseHref } from './load-run.ts';
import type { PlanFacts } from './plan-facts.ts';

/** Whoever acts on plans may add a follow-up, take it over and end it: reading alone is not enough. */
export const FOLLOW_UP_ROLES: readonly RoleName[] = ['author', 'approver', 'operator', 'admin'];

export function mayFollowUp({ roles }: Pick<Person, 'roles'>): boolean {
  return FOLLOW_UP_ROLES.some((role) => roles.includes(role));
}

export function followUpDtos(facts: PlanFacts): FollowUpDto[] {
  const planId = facts.stored.plan.id;
  return facts.followUps.map((one) => ({ ...one, planId, overdue: isDue(one, facts.now), href: one.phaseId === null ? `/plans/${planId}#follow-ups` : phaseHref(planId, one.phaseId) }));
}
