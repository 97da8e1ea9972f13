import type { ManualAnswer } from '#lib/pipeline/run.ts';
import type { ControlTrx, Reader } from './db.ts';
import { appendEvent } from './runs.ts';

export interface NewConfirmation {
  runId: string;
  step: string;
  person: { id: string; name: string };
  verdict: ManualAnswer['verdict'];
  note: string;
}

/**
 * Keeps what a person answered to a step that waits for a person, and tells it as an event of the run. The caller has locked the run's row
 * (lockRun) and looked whether the step waits; triggers refuse people who are no operators, other steps, and a second answer.
 */
export async function insertConfirmation(trx: ControlTrx, { runId, step, person, verdict, note }: NewConfirmation): Promise<void> {
  await trx.insertInto('manual_confirmation').values({ run_id: runId, step_id: step, person_id: person.id, verdict, note }).execute();
  await appendEvent(trx, runId, { type: 'confirmed', step, by: person.name, verdict, note });
}

/** The answers of a run by step; the first of a step is the only one. */
export async function answersIn(db: Reader, runId: string): Promise<Map<string, ManualAnswer>> {
  const rows = await db
    .selectFrom('manual_confirmation as c').innerJoin('person as p', 'p.id', 'c.person_id')
    .select(['c.step_id', 'c.verdict', 'c.note', 'c.at', 'p.name']).where('c.run_id', '=', runId).execute();
  return new Map(rows.map((row) => [row.step_id, { by: row.name, verdict: row.verdict, note: row.note, at: row.at.toISOString() }]));
}
