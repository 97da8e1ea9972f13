import { Button, ButtonLink } from '#components/ui/button.tsx';
import { count } from '#components/ui/format.ts';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanPageDto } from '#lib/dal/dto/plan.ts';
import { ApproveDialog } from './approve-dialog.tsx';
import { GoOn } from './go-on.tsx';
import { StopStart } from './stop-start.tsx';
import { RunButton } from './run-button.tsx';
import { Signed } from './signed.tsx';
import { MeasureButton } from './measure-button.tsx';
import type { Primary } from './primary.ts';

export function PrimaryAction({ primary, plan, phase }: { primary: Primary; plan: PlanPageDto; phase: PhaseDto }) {
  const planId = plan.plan.id;
  switch (primary.do) {
    case 'watch':
      return <ButtonLink look="primary" href={`/runs/${primary.runId}`}>Watch the run</ButtonLink>;
    case 'approve':
      return (
        <ApproveDialog planId={planId} version={plan.version} phaseId={phase.phase.id} number={phase.number} title={phase.phase.title} digest={phase.digest ?? ''} numberToType={phase.numberToType} numberCounts={phase.numberCounts} final={phase.phase.pointOfNoReturn}>
          <Signed phase={phase} />
          <OpenThreads plan={plan} phaseId={phase.phase.id} />
        </ApproveDialog>
      );
    case 'stop':
      return <StopStart start={primary.start} what={`phase ${phase.number}`} />;
    case 'run':
      return <RunButton planId={planId} version={plan.version} phaseId={phase.phase.id} digest={phase.digest ?? ''} text={`Run phase ${phase.number} on ${plan.plan.target}`} />;
    case 'rollback':
      return <ButtonLink look="danger" href={`/runs/${primary.runId}?rollback=1`}>{`Roll back phase ${phase.number}…`}</ButtonLink>;
    case 'go_on':
      return <GoOn planId={planId} version={plan.version} phaseId={phase.phase.id} stands={primary.stands} />;
    case 'measure':
      return <MeasureButton look="primary" planId={planId} version={plan.version} phaseId={phase.phase.id} again={false} />;
    case 'next':
      return <ButtonLink look="primary" href={`/plans/${planId}?phase=${encodeURIComponent(primary.phaseId)}`}>{`Go to phase ${primary.number}`}</ButtonLink>;
    case 'decide':
      return <ButtonLink look="primary" href={primary.href}>{primary.text}</ButtonLink>;
    case 'report':
      return <ButtonLink look="primary" href={`/plans/${planId}/report`}>Report</ButtonLink>;
    case 'blocked':
      return (
        <Button look="primary" disabled title={primary.blockers.map((blocker) => blocker.sentence).join(' ')}>
          {`${primary.verb} phase ${phase.number}`}
        </Button>
      );
  }
}

/** Talk closes nothing, but whoever signs should know that others are still at it. */
function OpenThreads({ plan, phaseId }: { plan: PlanPageDto; phaseId: string }) {
  const open = plan.talk.threads.filter((thread) => thread.settled === null && (thread.phaseId === phaseId || thread.phaseId === null)).length;
  return open === 0 ? null : <p className="text-sm text-ink-muted">{`${count(open, 'open thread')} about this phase or the whole plan; none of them keeps you from signing.`}</p>;
}
