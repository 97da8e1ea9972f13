import { Link } from '#components/ui/link.tsx';
import type { ReactNode } from 'react';
import { classes } from '#components/ui/classes.ts';
import { StateShape } from '#components/ui/state-mark.tsx';
import { Time, TimeLeft } from '#components/ui/time.tsx';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanDto } from '#lib/dal/dto/plan.ts';
import { phaseStanding } from '#components/states.ts';
import { InSight } from './in-sight.tsx';
import { OnTheWay } from './on-the-way.tsx';
import { standingApprovals } from './primary.ts';

/** The phases in order, with state and the initials of who signed. On a phone a row of numbers. */
export function Stepper({ dto, openId, children }: { dto: PlanDto; openId: string; children?: ReactNode }) {
  return (
    <nav aria-label="Phases" className="min-w-0 lg:sticky lg:top-16 lg:flex lg:max-h-[calc(100dvh-5rem)] lg:flex-col">
      <ol className="relative flex gap-1 overflow-x-auto pb-1 max-lg:-mx-3 max-lg:px-3 lg:grid lg:min-h-0 lg:gap-0 lg:overflow-x-hidden lg:overflow-y-auto">
        {dto.phases.map((phase) => (
          <Step key={phase.phase.id} plan={dto} phase={phase} open={phase.phase.id === openId} />
        ))}
      </ol>
      <InSight key={openId} />
      {children}
    </nav>
  );
}

function Step({ plan, phase, open }: { plan: PlanDto; phase: PhaseDto; open: boolean }) {
  const { tone, word } = phaseStanding(phase.state, phase.phase.id === plan.currentPhaseId, phase.scheduled !== null, phase.asksAuthor);
  return (
    <li className="shrink-0">
      <Link
        href={`/plans/${plan.plan.id}?phase=${encodeURIComponent(phase.phase.id)}`}
        data-row=""
        scroll={false}
        aria-current={open ? 'step' : undefined}
        className={classes('relative flex h-full items-start gap-2.5 rounded-md px-2 py-2 -outline-offset-2 max-lg:items-center max-lg:gap-1.5 max-lg:border max-lg:border-line', open ? 'bg-hover' : 'hover:bg-hover')}
      >
        <OnTheWay />
        <StateShape tone={tone} size={16} className={classes('lg:mt-0.5', phase.state === 'running' && 'animate-pulse-slow')} />
        <span aria-hidden="true" className={classes('lg:hidden', open && 'font-semibold')}>
          {phase.number}
        </span>
        <span className="min-w-0 max-lg:sr-only">
          <span className={classes('block', open && 'font-medium')}>
            {phase.number} {phase.phase.title}
          </span>
          <span className="block text-sm text-ink-muted">
            {word}
            <Signers phase={phase} />
            {phase.windowClosesAt && phase.state === 'applied' ? (
              <>
                {' · '}
                <TimeLeft until={phase.windowClosesAt} over="window over" />
              </>
            ) : null}
            {phase.state === 'pending' && phase.dueAt ? (
              <>
                {' · due '}
                <Time at={phase.dueAt} />
              </>
            ) : null}
          </span>
        </span>
      </Link>
    </li>
  );
}

function Signers({ phase }: { phase: PhaseDto }) {
  const standing = standingApprovals(phase);
  if (standing.length === 0) return null;
  return (
    <>
      {' · signed '}
      {standing.map((approval) => (
        <abbr key={approval.id} title={approval.person} className="ml-0.5 no-underline">
          {initials(approval.person)}
        </abbr>
      ))}
    </>
  );
}

/** `Ada Lovelace` → `AL`. */
function initials(name: string): string {
  return name
    .split(/\s+/)
    .map((word) => word.charAt(0).toUpperCase())
    .slice(0, 3)
    .join('');
}
