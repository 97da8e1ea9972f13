import type { Plan, Tolerance } from '../plan.ts';
import { keepSchemaOf } from '../planner/names.ts';
import { emptyPhase } from './phases.ts';

/** What a plan that somebody begins by hand is about. */
export interface NewPlan {
  /** uuid. */
  id: string;
  name: string;
  target: string;
  /** The target itself when the plan is to resemble nothing. */
  desired: string;
  /** Fingerprints of the newest readings; empty where there is none. */
  basis: Plan['basis'];
  tolerance: Tolerance;
  windowHours: number;
}

/** A plan with one empty phase. */
export function handPlan(about: NewPlan): Plan {
  return { ...about, keepSchema: keepSchemaOf(about.id), deltaIds: [], decisions: [], origin: { from: 'hand' }, phases: [emptyPhase('written.1', 'First phase')] };
}
