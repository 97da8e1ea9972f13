import { StateMark } from '#components/ui/state-mark.tsx';
import { Banner } from '#components/ui/notes.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { count, fewTitles } from '#components/ui/format.ts';
import { Section } from '#components/ui/page.tsx';
import { TimeLeft } from '#components/ui/time.tsx';
import type { PersonDto } from '#lib/dal/dto/people.ts';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanDto, PlanPageDto } from '#lib/dal/dto/plan.ts';
import { Conversation } from '#components/talk/conversation.tsx';
import { PHASE_KIND_WORDS } from '#components/states.ts';
import { Approvals } from './approvals.tsx';
import { PhaseTools } from './editing/phase-tools.tsx';
import { CountExactly } from './count-exactly.tsx';
import { Evidence } from './evidence.tsx';
import { Findings } from './findings.tsx';
import { LongPauseNote } from './long-pause.tsx';
import { MeasureButton } from './measure-button.tsx';
import { PhaseMark } from './phase-mark.tsx';
import { PhaseRuns } from './phase-runs.tsx';
import { forwardRun, mayMeasure } from './primary.ts';
import { Steps } from './steps.tsx';
import { Verification } from './verification.tsx';

/** One phase: what it rests on, what it does, who signed, what came of it. */
export function Phase({ plan, dto, viewer }: { plan: PlanPageDto; dto: PhaseDto; viewer: PersonDto }) {
  const { phase } = dto;
  const changeable = dto.state === 'pending' || dto.state === 'rolled_back';
  const editable = plan.mayEdit && changeable;
  const counts = plan.counts[phase.id];
  const measurable = changeable && mayMeasure(viewer);
  return (
    <article aria-labelledby="phase-title">
      <header className="mb-4">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h2 id="phase-title" className="text-lg font-semibold">
            {dto.number} {phase.title}
          </h2>
          <PhaseMark dto={dto} currentPhaseId={plan.currentPhaseId} />
          {phase.destructive ? <StateMark tone="red" plain>removes data</StateMark> : null}
          {phase.pointOfNoReturn ? <StateMark tone="red" plain>no way back</StateMark> : null}
          {editable && phase.kind === 'written' ? <ToolsOfPhase plan={plan} dto={dto} /> : null}
        </div>
        <p className="mt-0.5 text-sm text-ink-muted">
          {PHASE_KIND_WORDS[phase.kind]} · {count(phase.steps.length, 'step')} · {strongest(dto)}
        </p>
        <p className="mt-1 max-w-prose">{phase.summary}</p>
        <p className="mt-1 font-medium">{dto.sentence}</p>
        {dto.longPause ? <LongPauseNote planId={plan.plan.id} version={plan.version} phaseId={phase.id} pause={dto.longPause} editable={editable} /> : null}
        {phase.left ? <p className="mt-1 text-sm text-ink-muted">Stands from an earlier run, and nothing takes it back: {fewTitles(phase.left.map(({ title }) => title))}.</p> : null}
        <BackButton dto={dto} />
      </header>
      <ChangesAsked dto={dto} />
      <Section id="evidence" title="Evidence" aside={measurable && dto.evidence && !counts?.long ? <MeasureButton planId={plan.plan.id} version={plan.version} phaseId={phase.id} again /> : null}>
        {counts ? <CountExactly planId={plan.plan.id} version={plan.version} phaseId={phase.id} dto={counts} /> : null}
        <Evidence plan={plan} dto={dto} editable={editable} mayMeasure={measurable} />
      </Section>
      <Section title="Findings">
        <Findings plan={plan} dto={dto} editable={editable} />
      </Section>
      <Steps plan={plan} dto={dto} editable={editable} />
      <Approvals plan={plan} dto={dto} viewer={viewer} />
      <Conversation plan={plan} open={dto} />
      <Verification plan={plan} dto={dto} />
      <PhaseRuns dto={dto} />
    </article>
  );
}

function ToolsOfPhase({ plan, dto }: { plan: PlanDto; dto: PhaseDto }) {
  const { phase } = dto;
  const { phases } = plan.plan;
  const due = phase.due && { hours: phase.due.hours, after: phases.find((one) => one.id === phase.due?.afterPhase)?.title ?? '' };
  return <PhaseTools number={dto.number} of={phases.length} title={phase.title} summary={phase.summary} due={due} before={phases[dto.number - 2]?.title ?? null} />;
}

function strongest(dto: PhaseDto): string {
  const locks = [...new Set(dto.phase.steps.flatMap((step) => step.locks.map((lock) => lock.mode)))];
  return locks.includes('ACCESS EXCLUSIVE') ? 'locks ACCESS EXCLUSIVE' : locks.length > 0 ? `locks ${locks.join(', ')}` : 'takes no lock that blocks';
}

/** The way back of an applied phase leads over its run, where the price stands. Of one that stands half or wrong it is the primary action instead. */
function BackButton({ dto }: { dto: PhaseDto }) {
  const forward = forwardRun(dto);
  const stands = dto.state === 'applied' || dto.state === 'deviated' || dto.state === 'partial';
  if (!forward || !stands) return null;
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1">
      {dto.rollbackBlockers && !dto.stuck ? <p className="text-sm text-ink-muted">Rollback: {dto.rollbackBlockers.map((blocker) => blocker.sentence).join(' ')}</p> : null}
      {!dto.rollbackBlockers && dto.state === 'applied' ? (
        <ButtonLink look="danger" size="sm" href={`/runs/${forward.id}?rollback=1`}>
          Roll back…
        </ButtonLink>
      ) : null}
      {dto.windowClosesAt ? (
        <span className="text-sm text-ink-muted">
          rollback window: <TimeLeft until={dto.windowClosesAt} />
        </span>
      ) : null}
    </div>
  );
}

function ChangesAsked({ dto }: { dto: PhaseDto }) {
  const open = dto.changeRequests.filter((request) => request.resolvedAt === null);
  if (open.length === 0) return null;
  return (
    <div className="mb-4 grid gap-2">
      {open.map((request) => (
        <Banner key={request.id} tone="red" title={`${request.person} asks for changes`}>
          <p className="whitespace-pre-line">{request.comment}</p>
          <p className="text-sm text-ink-muted">
            An author mends the phase or answers, and marks the request as settled{' '}
            <a href={`#said-${request.id}`} className="rounded underline underline-offset-2 hover:text-ink">
              in the conversation
            </a>
            .
          </p>
        </Banner>
      ))}
    </div>
  );
}
