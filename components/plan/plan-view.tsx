import { Link } from '#components/ui/link.tsx';
import { Blockers } from '#components/ui/blockers.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import type { PersonDto } from '#lib/dal/dto/people.ts';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanDto, PlanPageDto } from '#lib/dal/dto/plan.ts';
import { isLoss } from '#components/states.ts';
import { Glasses } from '#components/glass/glasses.tsx';
import { Since } from '#components/talk/since.tsx';
import { Talk } from '#components/talk/talk.tsx';
import { FollowUps } from '#components/follow-ups/follow-ups.tsx';
import { StartNow } from '#components/start/start-now.tsx';
import { KeepFresh } from '#components/shell/keep-fresh.tsx';
import { AddPhase } from './editing/phase-tools.tsx';
import { Phase } from './phase.tsx';
import { PlanHead } from './plan-head.tsx';
import { primaryFor, type Primary } from './primary.ts';
import { Stays } from './decided.tsx';
import { DraftCheck, isUnderWay } from './draft-check.tsx';
import { Scheduled } from './scheduled.tsx';
import { Rehearsal } from './rehearsal.tsx';
import { Stepper } from './stepper.tsx';
import { EditingPhase } from './steps.tsx';

/** What is looked at again, so often: what a worker counts, what runs or is tried, and otherwise what other people do. */
const FRESH_MS = { counting: 2_000, working: 3_000, quiet: 10_000 };

export function PlanView({ dto, open, viewer, lost }: { dto: PlanPageDto; open: PhaseDto; viewer: PersonDto; lost: boolean }) {
  const primary = primaryFor(dto, open, viewer);
  return (
    <>
      <KeepFresh everyMs={FRESH_MS[isCounting(dto) ? 'counting' : isWorking(dto) ? 'working' : 'quiet']} />
      <PlanHead dto={dto} open={open} primary={primary} />
      <Glasses glasses={dto.glasses} />
      <Since planId={dto.plan.id} version={dto.version} since={dto.talk.since} seen={dto.talk.seen} />
      <Verdict dto={dto} />
      <div className="border-b border-line py-2 empty:hidden">
        <Stays decided={dto.decided} />
      </div>
      <div className="flex flex-col">
        {/* On a phone the phases come first: what was tried of the whole plan stands below them. */}
        <div className="grid grid-cols-1 gap-x-8 border-line max-lg:order-1 max-lg:not-empty:mt-6 max-lg:not-empty:border-t lg:auto-cols-fr lg:grid-flow-col lg:grid-cols-none lg:border-b lg:empty:border-0">
          <DraftCheck plan={dto} />
          <Rehearsal plan={dto} />
        </div>
        <OpenPhase dto={dto} open={open} primary={primary} viewer={viewer} lost={lost} />
      </div>
      <FollowUps dto={dto} viewerId={viewer.id} />
    </>
  );
}

/** The phases beside the one that is open, with what keeps it from going on. `lost`: another was asked for. */
function OpenPhase({ dto, open, primary, viewer, lost }: { dto: PlanPageDto; open: PhaseDto; primary: Primary; viewer: PersonDto; lost: boolean }) {
  const planId = dto.plan.id;
  const phaseId = open.phase.id;
  return (
    <EditingPhase plan={dto} dto={open}>
      <div className="mt-5 grid items-start gap-x-8 gap-y-4 grid-cols-1 lg:grid-cols-[17rem_minmax(0,1fr)]">
        <Stepper dto={dto} openId={phaseId}>{dto.mayEdit && dto.plan.origin ? <AddPhase behind={open.phase.title} /> : null}</Stepper>
        <div className="min-w-0">
          {lost ? <p className="mb-4 border-l-2 border-line pl-3 text-sm text-ink-muted">The plan has no phase of this address, or none any more. This is the one to look at.</p> : null}
          <Scheduled phase={open} />
          {primary.do === 'run' || open.scheduled ? <StartNow key={phaseId} planId={planId} phaseId={phaseId} target={dto.plan.target} scheduled={open.scheduled !== null} /> : null}
          {primary.do === 'blocked' || primary.do === 'decide' ? (
            <div className="mb-4 border-l-2 border-line pl-3">
              <Blockers title={primary.title} blockers={primary.blockers} />
            </div>
          ) : null}
          <Talk place={{ planId, version: dto.version, phaseId, people: dto.talk.people }}>
            <Phase plan={dto} dto={open} viewer={viewer} />
          </Talk>
        </div>
      </div>
    </EditingPhase>
  );
}

function isWorking({ phases, rehearsal, draft }: PlanPageDto): boolean {
  return phases.some((phase) => phase.activeRunId !== null) || rehearsal.last?.state === 'queued' || rehearsal.last?.state === 'running' || isUnderWay(draft.last);
}

function isCounting(dto: PlanDto): boolean {
  return Object.values(dto.counts).some(({ last }) => last?.state === 'queued' || last?.state === 'running');
}

function Verdict({ dto }: { dto: PlanDto }) {
  const { verdict } = dto;
  const staying = dto.phases.filter((one) => one.stays.length > 0);
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 border-y border-line py-3 md:grid-cols-4">
      <Figure name="Rows touched">
        <QuantityText of={verdict.rowsTouched} />
      </Figure>
      <Figure name={dto.phases.some(({ phase }) => phase.destructive && phase.kind === 'written') ? 'Rows going, or losing values' : 'Rows leaving live tables'} loud={isLoss(verdict.rowsLost)}>
        <QuantityText of={verdict.rowsLost} />
      </Figure>
      <Figure name="Strongest lock">{verdict.strongestLock}</Figure>
      <Figure name="Rollback" loud={staying.length > 0}>
        {verdict.rollback}
      </Figure>
      {staying.length > 0 ? <Staying planId={dto.plan.id} phases={staying} /> : null}
    </dl>
  );
}

const STAYING_MOST = 3;

/** What no rollback takes back, and why; the whole list is on the pages of the phases. */
function Staying({ planId, phases }: { planId: string; phases: readonly PhaseDto[] }) {
  const all = phases.flatMap((one) => one.stays.map((step) => ({ ...step, phase: one })));
  return (
    <div className="col-span-full text-sm">
      <dt className="text-xs text-ink-muted">Not taken back by a rollback</dt>
      {all.slice(0, STAYING_MOST).map(({ title, why, phase }) => (
        <dd key={`${phase.phase.id} ${title}`} className="mt-0.5 wrap-anywhere">
          <Link href={`/plans/${planId}?phase=${encodeURIComponent(phase.phase.id)}`} className="rounded underline decoration-line-strong underline-offset-2 hover:text-ink">
            phase {phase.number}
          </Link>
          , “{title}”: <span className="text-ink-muted">{why}</span>
        </dd>
      ))}
      {all.length > STAYING_MOST ? <dd className="mt-0.5 text-ink-muted">and {all.length - STAYING_MOST} more</dd> : null}
    </div>
  );
}

function Figure({ name, loud = false, children }: { name: string; loud?: boolean; children: React.ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-ink-muted">{name}</dt>
      <dd className={`mt-0.5 font-semibold ${loud ? 'text-red-ink' : ''}`}>{children}</dd>
    </div>
  );
}
