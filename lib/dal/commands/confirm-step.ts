import 'server-only';
import { z } from 'zod';
import { Refused } from '#lib/pipeline/refusal.ts';
import { type ManualAnswer, newRun, reduce, type RunKind } from '#lib/pipeline/run.ts';
import { kindOf } from '#lib/pipeline/step-kinds/all.ts';
import { insertConfirmation } from '#lib/store/manual-confirmations.ts';
import { eventsAfter, lockRun } from '#lib/store/runs.ts';
import { id, word } from '../forms.ts';
import { command } from '../gate.ts';
import { documentOfRun } from '../load-run.ts';
import type { CommandSpec } from '../perform.ts';

const input = z.object({
  runId: id('the run'),
  step: word('the step'),
  verdict: z.enum(['done', 'not_done'], { error: 'Say whether it was done or could not be done.' }),
  note: z.string({ error: 'Write what was done, or why not.' }).trim().min(1, 'Write what was done, or why not: it is kept with the step.').max(2000, 'The note may have at most 2,000 characters.'),
});

/** A person's answer to a step that only a person can do. The worker that waits for it goes on within a second. */
export const confirmStepSpec: CommandSpec<z.infer<typeof input>, void> = {
  action: 'confirm step',
  roles: ['operator'],
  schema: input,
  run: async (trx, { person }, { runId, step: stepId, verdict, note }) => {
    const run = await lockRun(trx, runId);
    if (!run) throw new Refused('not_found', 'There is no such run.');
    if (run.endedAt) throw new Refused('run_ended', 'The run has already ended.');
    const { steps } = await documentOfRun(trx, run);
    const step = steps.find((one) => one.id === stepId);
    if (!step || kindOf(step) !== 'manual') throw new Refused('step_not_waiting', 'This step does not wait for a person.');
    const view = (await eventsAfter(trx, runId, 0)).reduce(reduce, newRun(run.kind, steps.map((one) => one.id)));
    const now = view.steps.find((one) => one.step === stepId);
    if (now?.answer) throw new Refused('step_not_waiting', `${now.answer.by} has answered already: “${now.answer.note}”.`);
    if (view.cancelRequested) throw new Refused('run_ended', 'The run was asked to stop, so it waits for nobody any more.');
    // In doubt: its worker went away while it waited, and the next one goes on waiting.
    if (!now || !['running', 'waiting', 'in_doubt'].includes(now.state)) throw new Refused('step_not_waiting', `The run has not come to “${step.title}” yet.`);
    await insertConfirmation(trx, { runId, step: stepId, person, verdict, note });
    return { sentence: sentenceOf(verdict, run.kind, view.pace), planId: run.planId, runId, reason: note, detail: { phaseId: run.phaseId, kind: run.kind, step: stepId, title: step.title, verdict } };
  },
};

function sentenceOf(verdict: ManualAnswer['verdict'], kind: RunKind, pace: number): string {
  if (verdict === 'not_done') return kind === 'forward' ? 'Noted. The run ends here; what was applied before stands and can be rolled back.' : 'Noted. The rollback ends here; what was taken back stays so, and the rest can be rolled back later.';
  return pace === 0 ? 'Noted. The run is paused, and goes on when it is resumed.' : 'Noted. The run goes on.';
}

export const confirmStep = command(confirmStepSpec);
