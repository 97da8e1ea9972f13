import 'server-only';
import type { Person } from '#lib/store/people.ts';
import type { GlassDto } from './dto/home.ts';
import { answerObstacles } from './glass-rules.ts';
import type { PlanFacts } from './plan-facts.ts';

/** Starts of the plan's phases without their signatures, for one viewer; oldest first. */
export function glassDtos(facts: PlanFacts, person: Person): GlassDto[] {
  const { phases } = facts.stored.plan;
  return facts.glasses.map((glass) => {
    const index = phases.findIndex((phase) => phase.id === glass.phaseId);
    return {
      id: glass.id, planId: glass.planId, phaseId: glass.phaseId, phaseTitle: phases[index]?.title ?? glass.phaseId, phaseNumber: index + 1, by: glass.by.name, at: glass.at.toISOString(), reason: glass.reason, state: glass.state,
      answer: glass.answer ? { ...glass.answer, at: glass.answer.at.toISOString() } : null,
      mayNot: answerObstacles(facts, glass, person)[0]?.sentence ?? null,
    };
  });
}
