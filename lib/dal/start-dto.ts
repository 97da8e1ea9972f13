import 'server-only';
import { windowAt } from '#lib/pipeline/policy-time.ts';
import type { Person } from '#lib/store/people.ts';
import type { PhaseDto, ScheduledStartDto } from './dto/phase.ts';
import type { PhaseFacts, PlanFacts } from './plan-facts.ts';
import { maySchedule, scheduleObstacles } from './plan-rules.ts';

/** What was refused so long ago is in the log, and no news on the first page any more. */
const NEWS_MS = 7 * 86_400_000;

export function scheduledDto(facts: PlanFacts, one: PhaseFacts, person: Person): ScheduledStartDto | null {
  const { start } = one;
  if (!start) return null;
  const { roles } = person;
  // Asked for the one on whose word it starts: that the viewer is no operator is no trouble of the start.
  const asOperator: Person = { ...person, roles: ['operator'] };
  const moved = start.version !== facts.stored.version || start.digest !== one.digest;
  const first = scheduleObstacles(facts, one, asOperator, start.startAt)[0];
  const trouble = first?.sentence ?? (moved ? 'What was scheduled is not what stands now: stop it, and schedule the phase anew.' : null);
  return { id: start.id, startAt: start.startAt.toISOString(), by: start.by.name, reason: start.reason, trouble, mayStop: roles.includes('operator') || roles.includes('admin'), mayMove: roles.includes('operator') && !moved };
}

/** The first instant at which neither freeze, window nor due time stands in the way; null where no start can be scheduled, or none opens within a year. */
export function schedulableDto(facts: PlanFacts, one: PhaseFacts, person: Person): PhaseDto['schedulable'] {
  if (!maySchedule(facts, one, person)) return null;
  const from = one.dueAt && one.dueAt > facts.now ? one.dueAt : facts.now;
  const opening = windowAt(facts.policy, facts.stored.target, from);
  const earliest = opening.state === 'open' ? from : opening.opensAt;
  return earliest && { earliest: earliest.toISOString() };
}

/** Refused before it became a run, or as a run before its first step. Whoever runs or schedules the phase again has answered it. */
export function notStartedDto({ notStarted, runs, start }: PhaseFacts): PhaseDto['notStarted'] {
  const run = runs.at(-1);
  if (start) return null;
  if (notStarted?.endedAt && isNews(notStarted.endedAt)) return { startAt: notStarted.startAt.toISOString(), by: notStarted.by.name, sentence: notStarted.sentence ?? '' };
  if (run?.state === 'refused' && run.scheduledStartId !== null && isNews(run.requestedAt)) return { startAt: run.requestedAt.toISOString(), by: run.requestedBy, sentence: run.sentence ?? '' };
  return null;
}

function isNews(at: Date): boolean {
  return Date.now() - at.getTime() < NEWS_MS;
}
