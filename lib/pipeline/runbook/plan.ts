import { sha256 } from '../digest.ts';
import type { Plan, Tolerance } from '../plan.ts';
import { keepSchemaOf } from '../planner/names.ts';
import type { RunbookReading, RunbookText } from './reading.ts';

export interface ReadPlanInput {
  /** uuid of the plan, and of the text as it is kept. */
  id: string;
  textId: string;
  name: string;
  target: string;
  /** The target itself: it is to resemble nothing but what the text makes of it. */
  desired: string;
  /** Fingerprints of the readings at that moment. */
  basis: Plan['basis'];
  windowHours: number;
  tolerance: Tolerance;
  writePauseSeconds?: number;
}

/** What was read from a text as version 1 of a plan. The text itself is kept beside it and named by its digest. */
export function planOfReading(text: RunbookText, reading: RunbookReading, input: ReadPlanInput): Plan {
  return {
    id: input.id,
    name: input.name,
    target: input.target,
    desired: input.desired,
    basis: input.basis,
    keepSchema: keepSchemaOf(input.id),
    deltaIds: [],
    decisions: [],
    tolerance: input.tolerance,
    windowHours: input.windowHours,
    ...(input.writePauseSeconds === undefined ? {} : { writePauseSeconds: input.writePauseSeconds }),
    origin: { from: 'runbook', text: input.textId, name: text.name, digest: sha256(text.text) },
    ...(reading.followUps.length > 0 ? { followUps: reading.followUps } : {}),
    phases: reading.phases,
  };
}
