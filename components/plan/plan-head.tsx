import { Link } from '#components/ui/link.tsx';
import { BreakGlass } from '#components/glass/glass-forms.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { Mono, PageHead } from '#components/ui/page.tsx';
import { Time } from '#components/ui/time.tsx';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanPageDto } from '#lib/dal/dto/plan.ts';
import { ApproveSeveral } from './approve-several.tsx';
import type { Primary } from './primary.ts';
import { PrimaryAction } from './primary-action.tsx';
import { ScheduleStart } from './schedule-start.tsx';
import { signableOf } from './signable.ts';
import { Versions } from './versions.tsx';

/** What plan it is, how it stands, and what can be done with it and with the open phase. */
export function PlanHead({ dto, open, primary }: { dto: PlanPageDto; open: PhaseDto; primary: Primary }) {
  const planId = dto.plan.id;
  return (
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
      sentence={<p className={dto.inTrouble ? 'text-red-ink' : undefined}>{dto.sentence}</p>}
      tools={
        <>
          <ApproveSeveral planId={planId} version={dto.version} signable={signableOf(dto)} />
          {open.mayBreakGlass ? <BreakGlass planId={planId} version={dto.version} phaseId={open.phase.id} number={open.number} digest={open.digest ?? ''} target={dto.plan.target} /> : null}
          {open.schedulable ? <ScheduleStart planId={planId} version={dto.version} phaseId={open.phase.id} number={open.number} digest={open.digest ?? ''} earliest={open.schedulable.earliest} target={dto.plan.target} /> : null}
          {primary.do === 'report' ? null : (
            <ButtonLink href={`/plans/${planId}/report`} look="plain">
              Report
            </ButtonLink>
          )}
        </>
      }
      action={primary.do === 'blocked' && primary.verb === null ? null : <PrimaryAction primary={primary} plan={dto} phase={open} />}
    >
      <p className="mt-0.5 flex flex-wrap items-center gap-x-2 text-sm text-ink-muted">
        <span>
          by {dto.authors.join(', ')} · made <Time at={dto.createdAt} />
        </span>
        {dto.text ? (
          <Link href={`/plans/${planId}/text`} className="rounded underline decoration-line-strong underline-offset-2 hover:text-ink">
            read from {dto.text.name}
          </Link>
        ) : null}
        <Versions planId={planId} version={dto.version} versions={dto.versions} digest={dto.digest} />
      </p>
    </PageHead>
  );
}
