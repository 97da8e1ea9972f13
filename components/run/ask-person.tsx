'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { TextArea } from '#components/ui/field.tsx';
import { PlainCode } from '#components/ui/plain-code.tsx';
import { StateShape } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import { confirmStep } from '#lib/actions/runs.ts';
import type { RunDto } from '#lib/dal/dto/run.ts';
import type { RunView, StepProgress } from '#lib/pipeline/run.ts';

const REACHED: readonly StepProgress['state'][] = ['running', 'waiting', 'in_doubt'];

/** The step at work, where only a person can do it; else null. In doubt: its worker went away, and the next one goes on waiting. */
export function askedNow(dto: RunDto, present: StepProgress | null): { step: StepProgress; asks: NonNullable<RunDto['steps'][number]['asks']>; title: string } | null {
  if (!present || !REACHED.includes(present.state)) return null;
  const step = dto.steps.find((one) => one.id === present.step);
  return step?.asks ? { step: present, asks: step.asks, title: step.title } : null;
}

/** What a person is to do, and the answer that the run waits for. */
export function AskPerson({ dto, asked, view }: { dto: RunDto; asked: NonNullable<ReturnType<typeof askedNow>>; view: RunView }) {
  const { step, asks, title } = asked;
  return (
    <section aria-labelledby="asked" className="rounded-md border border-blue-ink/30 bg-blue-tint px-3 py-2.5">
      <div className="flex items-baseline justify-between gap-x-4">
        <h2 id="asked" className="flex min-w-0 items-start gap-2 font-semibold">
          <StateShape tone="blue" className="mt-1" />
          <span className="min-w-0 wrap-anywhere">For a person: {title}</span>
        </h2>
        <p className="shrink-0 text-sm text-ink-muted">
          step {view.steps.indexOf(step) + 1} of {view.steps.length}
          {step.startedAt ? (
            <span className="max-sm:sr-only">
              {', asked '}
              <Time at={step.startedAt} />
            </span>
          ) : null}
        </p>
      </div>
      <div className="mt-1 grid gap-2.5 sm:pl-5.5">
        <p className="max-w-prose whitespace-pre-line wrap-anywhere">{asks.instruction}</p>
        {asks.command === null ? null : <PlainCode text={asks.command} label="for a person to run, not Countersign" />}
        {step.answer ? (
          <p className="font-medium">
            {step.answer.by} {step.answer.verdict === 'done' ? 'did it' : 'could not do it'}: “{step.answer.note}”{view.pace === 0 ? ' The run is paused and goes on when it is resumed.' : ''}
          </p>
        ) : dto.mayConfirm && !view.cancelRequested ? (
          <ActionForm action={confirmStep} hidden={{ runId: dto.id, step: step.step }} className="grid max-w-2xl gap-2.5" label="Answer for the step">
            <TextArea label="Note" name="note" required maxLength={2000} rows={2} hint="What was done, or why not. It stays with the step, in the log and in the report." />
            <div className="flex flex-wrap items-center gap-2">
              <Submit name="verdict" value="done" busy="Noting…">
                Done
              </Submit>
              <Submit look="danger" name="verdict" value="not_done" busy="Noting…">
                Could not be done
              </Submit>
              <p className="text-sm text-ink-muted">{dto.kind === 'forward' ? 'If it could not be done the run ends here; what was applied stands and can be rolled back.' : 'If it could not be done the rollback ends here; what was taken back stays so, and the rest can be rolled back later.'}</p>
            </div>
          </ActionForm>
        ) : (
          <p className="text-ink-muted">{view.cancelRequested ? 'The run was asked to stop, so nobody is waited for any more.' : 'The run waits until an operator has done it and says so here.'}</p>
        )}
      </div>
    </section>
  );
}
