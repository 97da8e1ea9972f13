'use client';
import { type ReactNode, useRef } from 'react';
import { classes } from '#components/ui/classes.ts';
import { Fold } from '#components/ui/fold.tsx';
import { count, duration } from '#components/ui/format.ts';
import { StateMark } from '#components/ui/state-mark.tsx';
import { stepStanding } from '#components/states.ts';
import type { RunDto } from '#lib/dal/dto.ts';
import type { RunView, StepProgress } from '#lib/pipeline/run.ts';
import { presentStep } from './run-words.ts';
import { useFollow } from './use-follow.ts';

export function RunSteps({ dto, view, sql, over, asked }: { dto: RunDto; view: RunView; sql: Readonly<Record<string, ReactNode>>; over: boolean; asked: string | null }) {
  const list = useRef<HTMLOListElement>(null);
  useFollow(list, over ? null : (presentStep(view)?.step ?? null));
  return (
    <section aria-label="Steps" className="flex min-h-0 flex-col">
      <h2 className="mb-1 font-semibold">Steps</h2>
      {/* Focusable, because a region that scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ol ref={list} tabIndex={0} className={classes('border-t border-line -outline-offset-2', over ? '' : 'min-h-0 overflow-y-auto short:max-h-64')}>
        {view.steps.map((step, index) => (
          <StepLine key={step.step} number={index + 1} step={step} told={step.sentence === view.sentence} of={dto.steps.find((each) => each.id === step.step)} sql={sql[step.step]} asked={step.step === asked} />
        ))}
      </ol>
    </section>
  );
}

/** What a person is asked now stands above the list already. `told`: so does the sentence of the step, as how the run ended. */
function StepLine({ number, step, told, of, sql, asked }: { number: number; step: StepProgress; told: boolean; of: RunDto['steps'][number] | undefined; sql: ReactNode; asked: boolean }) {
  const { tone, word } = stepStanding(step.state);
  return (
    <li data-step={step.step} className="border-b border-line py-1.5">
      <div className="flex items-baseline gap-3">
        <span className="w-4 shrink-0 text-right text-ink-muted">{number}</span>
        <span className="min-w-0 flex-1 wrap-anywhere">{of?.title ?? step.step}</span>
        <span className="hidden text-sm text-ink-muted sm:inline">{factsOf(step)}</span>
        <StateMark tone={tone} plain busy={step.state === 'running'} className="w-20 shrink-0">
          {word}
        </StateMark>
      </div>
      <div className="pl-7">
        {step.sentence && !told ? <p className={classes('text-sm', step.state === 'failed' || step.state === 'in_doubt' ? 'text-red-ink' : 'text-ink-muted')}>{step.sentence}</p> : null}
        {step.facts.length > 0 ? (
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-sm">
            {step.facts.map((fact) => (
              <div key={fact.label} className="contents">
                <dt className="text-ink-muted">{fact.label}</dt>
                <dd className="wrap-anywhere">{fact.value}</dd>
              </div>
            ))}
          </dl>
        ) : null}
        {of?.asks && !asked ? <p className="max-w-prose text-sm whitespace-pre-line wrap-anywhere text-ink-muted">{of.asks.instruction}</p> : null}
        {of?.sql.length === 0 || asked ? null : (
          <Fold name={`${step.step}.sql`} summary={of?.asks ? 'Command' : 'SQL'}>
            {sql}
          </Fold>
        )}
      </div>
    </li>
  );
}

function factsOf(step: StepProgress): string {
  const parts: string[] = [];
  if (step.rows) parts.push(count(step.rows, 'row'));
  if (step.startedAt && step.endedAt) parts.push(duration(Date.parse(step.endedAt) - Date.parse(step.startedAt)));
  return parts.join(' · ');
}
