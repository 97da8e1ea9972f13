import type { ReactNode } from 'react';
import { FoldAll } from '#components/ui/fold.tsx';
import { Section } from '#components/ui/page.tsx';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanDto, PlanPageDto } from '#lib/dal/dto/plan.ts';
import { Editing } from './editing/editing.tsx';
import { AddStep } from './editing/new-step.tsx';
import { StepLine } from './step-line.tsx';
import { stepViews } from './step-view.ts';

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
          {stepViews(plan, dto, editable).map((step) => (
            <li key={step.id} id={step.id} className={`scroll-mt-20 border-b border-line ${folded ? 'py-1.5' : 'py-2.5'}`}>
              <StepLine step={step} folded={folded} />
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

/** Tells the tools of a phase where they are. */
export function EditingPhase({ plan, dto, children }: { plan: PlanDto; dto: PhaseDto; children: ReactNode }) {
  const others = plan.plan.phases.filter((phase) => phase.kind === 'written' && phase.id !== dto.phase.id).map(({ id, title }) => ({ id, title }));
  return <Editing place={{ planId: plan.plan.id, version: plan.version, phaseId: dto.phase.id, others }}>{children}</Editing>;
}
