'use client';
import { Fold } from '#components/ui/fold.tsx';
import { count } from '#components/ui/format.ts';
import { CommentOnStep, useTalk } from '#components/talk/talk.tsx';
import { EditStep } from './edit-step.tsx';
import { StepTools } from './editing/step-tools.tsx';
import { StepFacts, StepSummary } from './step-facts.tsx';
import type { StepView } from './step-view.ts';

/** A step with its number: open, or in one line with what is behind it coming when it is opened. */
export function StepLine({ step, folded }: { step: StepView; folded: boolean }) {
  return (
    <div className="flex items-baseline gap-3">
      <span className={`shrink-0 text-right text-ink-muted ${folded ? 'min-w-7' : 'min-w-4'}`}>{step.number}</span>
      <div className="min-w-0 flex-1">{folded ? <FoldedStep step={step} /> : <OpenStep step={step} />}</div>
    </div>
  );
}

function OpenStep({ step }: { step: StepView }) {
  return (
    <>
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="min-w-0 font-medium wrap-anywhere">{step.title}</h3>
        <Tools step={step} />
      </div>
      <SaidOfStep said={step.said} />
      <StepFacts step={step} />
    </>
  );
}

function FoldedStep({ step }: { step: StepView }) {
  return (
    <Fold
      lazy
      look="plain"
      name={`${step.id}.step`}
      summary={<span className="min-w-0 font-medium wrap-anywhere">{step.title}</span>}
      aside={<><SaidOfStep said={step.said} /><StepSummary step={step} /></>}
    >
      <div className="-mt-1 flex justify-end">
        <Tools step={step} />
      </div>
      <StepFacts step={step} />
    </Fold>
  );
}

/** The way from a step to what is said about it. */
function SaidOfStep({ said }: Pick<StepView, 'said'>) {
  if (!said) return null;
  return (
    <a href={`#said-${said.first}`} className="rounded text-sm text-ink-muted underline decoration-line-strong underline-offset-2 hover:text-ink">
      {count(said.threads, 'open thread')}
    </a>
  );
}

function Tools({ step: { id, number, title, tools } }: { step: StepView }) {
  const { planId, version, phaseId } = useTalk();
  const comment = <CommentOnStep step={{ id, number, title }} />;
  if (!tools) return comment;
  return (
    <div className="flex items-center gap-1">
      {comment}
      {tools.sql ? <EditStep planId={planId} version={version} phaseId={phaseId} step={{ id, title }} /> : null}
      {tools.more ? <StepTools step={tools.more} /> : null}
    </div>
  );
}
