'use client';
import { memo, useMemo, useRef } from 'react';
import { classes } from '#components/ui/classes.ts';
import { Fold } from '#components/ui/fold.tsx';
import { count, duration } from '#components/ui/format.ts';
import { StateMark } from '#components/ui/state-mark.tsx';
import { stepStanding } from '#components/states.ts';
import type { RunDto } from '#lib/dal/dto/run.ts';
import type { RunView, StepProgress } from '#lib/pipeline/run.ts';
import { RunSql } from './run-sql.tsx';
import { presentStep } from './run-words.ts';
import { useFollow } from './use-follow.ts';

export function RunSteps({ dto, view, over, asked }: { dto: RunDto; view: RunView; over: boolean; asked: string | null }) {
  const documents = useMemo(() => new Map(dto.steps.map((step) => [step.id, step])), [dto.steps]);
  const numberWidth = view.steps.length > 99 ? 'min-w-7' : view.steps.length > 9 ? 'min-w-5' : 'min-w-4';
  const list = useRef<HTMLOListElement>(null);
  useFollow(list, over ? null : (presentStep(view)?.step ?? null));
  return (
    <section aria-label="Steps" className="flex min-h-0 flex-col">
      <h2 className="mb-1 font-semibold">Steps</h2>
      {/* Focusable, because a region that scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ol ref={list} tabIndex={0} className={classes('border-t border-line -outline-offset-2', over ? '' : 'min-h-0 overflow-y-auto short:max-h-64')}>
        {view.steps.map((step, index) => (
          <StepLine key={step.step} number={index + 1} numberWidth={numberWidth} step={step} told={step.sentence === view.sentence} runId={dto.id} of={documents.get(step.step)} asked={step.step === asked} />
        ))}
      </ol>
    </section>
  );
}

interface StepLineProps {
  number: number;
  /** The same for all, so that their titles stand below each other. */
  numberWidth: string;
  step: StepProgress;
  told: boolean;
  runId: string;
  of: RunDto['steps'][number] | undefined;
  asked: boolean;
}

/** Of two hundred steps one moves: the others are not drawn again for it. What a person is asked now stands above the list already. `told`: so does the sentence of the step, as how the run ended. */
const StepLine = memo(({ number, numberWidth, step, told, runId, of, asked }: StepLineProps) => {
  const { tone, word } = stepStanding(step.state);
  return (
    <li data-step={step.step} className="flex items-baseline gap-3 border-b border-line py-1.5">
      <span className={classes('shrink-0 text-right text-ink-muted', numberWidth)}>{number}</span>
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline gap-3">
          <span className="min-w-0 flex-1 wrap-anywhere">{of?.title ?? step.step}</span>
          <span className="hidden text-sm text-ink-muted sm:inline">{factsOf(step)}</span>
          <StateMark tone={tone} plain busy={step.state === 'running'} className="w-20 shrink-0">
            {word}
          </StateMark>
        </div>
        {step.sentence && !told ? <p className={classes('text-sm', step.state === 'failed' || step.state === 'in_doubt' ? 'text-red-ink' : 'text-ink-muted')}>{step.sentence}</p> : null}
        <Facts facts={step.facts} />
        {of?.asks && !asked ? <p className="max-w-prose text-sm whitespace-pre-line wrap-anywhere text-ink-muted">{of.asks.instruction}</p> : null}
        {of === undefined || of.sql.length === 0 || asked ? null : (
          <Fold lazy name={`${step.step}.sql`} summary={of.asks ? 'Command' : 'SQL'}>
            <RunSql runId={runId} step={of} />
          </Fold>
        )}
      </div>
    </li>
  );
});

function Facts({ facts }: Pick<StepProgress, 'facts'>) {
  if (facts.length === 0) return null;
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-sm">
      {facts.map((fact) => (
        <div key={fact.label} className="contents">
          <dt className="text-ink-muted">{fact.label}</dt>
          <dd className="wrap-anywhere">{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}

function factsOf(step: StepProgress): string {
  const parts: string[] = [];
  if (step.rows) parts.push(count(step.rows, 'row'));
  if (step.startedAt && step.endedAt) parts.push(duration(Date.parse(step.endedAt) - Date.parse(step.startedAt)));
  return parts.join(' · ');
}
