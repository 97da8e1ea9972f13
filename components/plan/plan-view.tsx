import Link from 'next/link';
import { Blockers } from '#components/ui/blockers.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { Mono, PageHead } from '#components/ui/page.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import { Time } from '#components/ui/time.tsx';
import type { PersonDto, PhaseDto, PlanDto, PlanPageDto } from '#lib/dal/dto.ts';
import { isLoss } from '#components/states.ts';
import { BreakGlass } from '#components/glass/glass-forms.tsx';
import { Glasses } from '#components/glass/glasses.tsx';
import { Since } from '#components/talk/since.tsx';
import { Talk } from '#components/talk/talk.tsx';
import { FollowUps } from '#components/follow-ups/follow-ups.tsx';
import { StartNow } from '#components/start/start-now.tsx';
import { KeepFresh } from '#components/shell/keep-fresh.tsx';
import { ApproveSeveral } from './approve-several.tsx';
import { AddPhase } from './editing/phase-tools.tsx';
import { Phase } from './phase.tsx';
import { primaryFor } from './primary.ts';
import { PrimaryAction } from './primary-action.tsx';
import { DraftCheck, isUnderWay } from './draft-check.tsx';
import { ScheduleStart } from './schedule-start.tsx';
import { Scheduled } from './scheduled.tsx';
import { Rehearsal } from './rehearsal.tsx';
import { signableOf } from './signable.ts';
import { Stepper } from './stepper.tsx';
import { EditingPhase } from './steps.tsx';
import { Versions } from './versions.tsx';

export function PlanView({ dto, open, viewer }: { dto: PlanPageDto; open: PhaseDto; viewer: PersonDto }) {
  const primary = primaryFor(dto, open, viewer);
  return (
    <>
      <KeepFresh everyMs={isCounting(dto) ? 2_000 : dto.phases.some((phase) => phase.activeRunId !== null) || dto.rehearsal.last?.state === 'queued' || dto.rehearsal.last?.state === 'running' || isUnderWay(dto.draft.last) ? 3_000 : 10_000} />
      <PageHead
        above={
          <>
            <Link href="/plans" className="rounded hover:text-ink">
              Plans
            </Link>{' '}
            · changes <Mono className="text-ink">{dto.plan.target}</Mono>
            {dto.plan.desired === dto.plan.target ? null : (
              <>
                {' '}
                to resemble <Mono>{dto.plan.desired}</Mono>
              </>
            )}
          </>
        }
        title={dto.plan.name}
        sentence={<p>{dto.sentence}</p>}
        tools={
          <>
            <ApproveSeveral planId={dto.plan.id} version={dto.version} signable={signableOf(dto)} />
            {open.mayBreakGlass ? <BreakGlass planId={dto.plan.id} version={dto.version} phaseId={open.phase.id} number={open.number} digest={open.digest ?? ''} target={dto.plan.target} /> : null}
            {open.schedulable ? <ScheduleStart planId={dto.plan.id} version={dto.version} phaseId={open.phase.id} number={open.number} digest={open.digest ?? ''} earliest={open.schedulable.earliest} target={dto.plan.target} /> : null}
            {primary.do === 'report' ? null : (
              <ButtonLink href={`/plans/${dto.plan.id}/report`} look="plain">
                Report
              </ButtonLink>
            )}
          </>
        }
        action={<PrimaryAction primary={primary} plan={dto} phase={open} />}
      >
        <p className="mt-0.5 flex flex-wrap items-center gap-x-2 text-sm text-ink-muted">
          <span>
            by {dto.authors.join(', ')} · made <Time at={dto.createdAt} />
          </span>
          {dto.text ? (
            <Link href={`/plans/${dto.plan.id}/text`} className="rounded underline decoration-line-strong underline-offset-2 hover:text-ink">
              read from {dto.text.name}
            </Link>
          ) : null}
          <Versions planId={dto.plan.id} version={dto.version} versions={dto.versions} digest={dto.digest} />
        </p>
      </PageHead>
      <Glasses glasses={dto.glasses} />
      <Since planId={dto.plan.id} version={dto.version} since={dto.talk.since} seen={dto.talk.seen} />
      <Verdict dto={dto} />
      <DraftCheck plan={dto} />
      <Rehearsal plan={dto} />
      <EditingPhase plan={dto} dto={open}>
        <div className="mt-5 grid items-start gap-x-8 gap-y-4 grid-cols-1 lg:grid-cols-[17rem_minmax(0,1fr)]">
          <Stepper dto={dto} openId={open.phase.id}>{dto.mayEdit && dto.plan.origin ? <AddPhase behind={open.phase.title} /> : null}</Stepper>
          <div className="min-w-0">
            <Scheduled phase={open} />
            {primary.do === 'run' || open.scheduled ? <StartNow key={open.phase.id} planId={dto.plan.id} phaseId={open.phase.id} target={dto.plan.target} scheduled={open.scheduled !== null} /> : null}
          {primary.do === 'blocked' ? (
              <div className="mb-4 border-l-2 border-line pl-3">
                <Blockers title={primary.title} blockers={primary.blockers} />
              </div>
            ) : null}
            <Talk place={{ planId: dto.plan.id, version: dto.version, phaseId: open.phase.id, people: dto.talk.people }}>
              <Phase plan={dto} dto={open} viewer={viewer} />
            </Talk>
          </div>
        </div>
      </EditingPhase>
      <FollowUps dto={dto} viewerId={viewer.id} />
    </>
  );
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
      <Figure name="Rows leaving live tables" loud={isLoss(verdict.rowsLost)}>
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
