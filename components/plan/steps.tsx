import type { ReactNode } from 'react';
import { Fold, FoldAll } from '#components/ui/fold.tsx';
import { count } from '#components/ui/format.ts';
import { Section } from '#components/ui/page.tsx';
import type { PhaseDto, PlanDto, PlanPageDto } from '#lib/dal/dto.ts';
import { CommentOnStep } from '#components/talk/talk.tsx';
import type { Step } from '#lib/pipeline/plan.ts';
import { EditStep } from './edit-step.tsx';
import { Editing } from './editing/editing.tsx';
import { AddStep } from './editing/new-step.tsx';
import { StepTools, type ToolsOf } from './editing/step-tools.tsx';
import { sentOf, StepFacts, StepSummary } from './step-facts.tsx';

/** More steps than this stand in one line each, and open one by one. */
const FOLDED_ABOVE = 12;

/** The steps with everything that will be sent, forward and back. */
export function Steps({ plan, dto, editable }: { plan: PlanPageDto; dto: PhaseDto; editable: boolean }) {
  const { phase } = dto;
  const folded = phase.steps.length > FOLDED_ABOVE;
  const names = folded ? phase.steps.map((step) => `${step.id}.step`) : phase.steps.flatMap((step) => [`${step.id}.sql`, ...(dto.papers[step.id]?.undo ? [`${step.id}.undo`] : [])]);
  const written = editable && phase.kind === 'written';
  return (
    <Section title={`Steps (${phase.steps.length})`} aside={phase.steps.length > 0 ? <FoldAll names={names} open={folded ? 'Open all steps' : 'Open all SQL'} close={folded ? 'Fold all steps' : 'Fold all SQL'} /> : null}>
      {phase.steps.length > 0 ? (
        <ol className="border-t border-line">
          {phase.steps.map((step, index) => (
            <li key={step.id} id={step.id} className={`scroll-mt-20 border-b border-line ${folded ? 'py-1.5' : 'py-2.5'}`}>
              <div className="flex items-baseline gap-3">
                <span className={`shrink-0 text-right text-ink-muted ${folded ? 'min-w-7' : 'min-w-4'}`}>{index + 1}</span>
                <div className="min-w-0 flex-1">
                  {folded ? <FoldedStep plan={plan} dto={dto} step={step} index={index} editable={editable} /> : <OpenStep plan={plan} dto={dto} step={step} index={index} editable={editable} />}
                </div>
              </div>
            </li>
          ))}
        </ol>
      ) : (
        <p className="text-ink-muted">No step yet. A step is one transaction with its undo, a question whose answer is compared, or something that a person does.</p>
      )}
      {written ? (
        <div className="mt-3">
          <AddStep first={phase.steps.length === 0} />
        </div>
      ) : null}
    </Section>
  );
}

interface StepProps {
  plan: PlanPageDto;
  dto: PhaseDto;
  step: Step;
  index: number;
  editable: boolean;
}

function OpenStep({ plan, dto, step, index, editable }: StepProps) {
  return (
    <>
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="min-w-0 font-medium wrap-anywhere">{step.title}</h3>
        <Tools plan={plan} dto={dto} step={step} index={index} editable={editable} />
      </div>
      <SaidOfStep plan={plan} step={step} />
      <StepFacts plan={plan} dto={dto} step={step} index={index} />
    </>
  );
}

/** The way from a step to what is said about it. */
function SaidOfStep({ plan, step }: { plan: PlanPageDto; step: Step }) {
  const threads = plan.talk.threads.filter((thread) => thread.settled === null && thread.stepId === step.id);
  const [first] = threads;
  if (!first) return null;
  return (
    <a href={`#said-${first.id}`} className="rounded text-sm text-ink-muted underline decoration-line-strong underline-offset-2 hover:text-ink">
      {count(threads.length, 'open thread')}
    </a>
  );
}

/** One line; what is behind it comes to the page when it is opened. */
function FoldedStep({ plan, dto, step, index, editable }: StepProps) {
  return (
    <Fold
      lazy
      look="plain"
      name={`${step.id}.step`}
      summary={<span className="min-w-0 font-medium wrap-anywhere">{step.title}</span>}
      aside={<><SaidOfStep plan={plan} step={step} /><StepSummary step={step} sent={sentOf(step.work, dto.papers[step.id]?.sql ?? step.statements)} /></>}
    >
      <div className="-mt-1 flex justify-end">
        <Tools plan={plan} dto={dto} step={step} index={index} editable={editable} />
      </div>
      <StepFacts plan={plan} dto={dto} step={step} index={index} />
    </Fold>
  );
}

function Tools({ plan, dto, step, index, editable }: StepProps) {
  const { phase } = dto;
  const comment = <CommentOnStep step={{ id: step.id, number: index + 1, title: step.title }} />;
  if (!editable || !step.editable) return comment;
  const sql = step.work === undefined || step.work.kind === 'open' || step.work.kind === 'outside';
  return (
    <div className="flex items-center gap-1">
      {comment}
      {sql ? <EditStep planId={plan.plan.id} version={plan.version} phaseId={phase.id} step={{ id: step.id, title: step.title }} /> : null}
      {phase.kind === 'written' ? <StepTools step={toolsOf(step, index, index === phase.steps.length - 1)} /> : null}
    </div>
  );
}

function toolsOf(step: Step, index: number, last: boolean): ToolsOf {
  const { work } = step;
  return {
    id: step.id, number: index + 1, title: step.title, last,
    kind: work === undefined ? 'sql' : work.kind === 'manual' ? 'manual' : 'other',
    statements: step.statements.map((statement) => statement.label.slice(0, 80)),
    asks: step.statements.flatMap((statement, at) => (statement.do === 'assert' ? [at] : [])),
    manual: work?.kind === 'manual' ? { instruction: work.instruction, command: work.command ?? '' } : null,
  };
}

/** Tells the tools of a phase where they are. */
export function EditingPhase({ plan, dto, children }: { plan: PlanDto; dto: PhaseDto; children: ReactNode }) {
  const others = plan.plan.phases.filter((phase) => phase.kind === 'written' && phase.id !== dto.phase.id).map(({ id, title }) => ({ id, title }));
  return <Editing place={{ planId: plan.plan.id, version: plan.version, phaseId: dto.phase.id, others }}>{children}</Editing>;
}
