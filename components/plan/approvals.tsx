import { Section } from '#components/ui/page.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { Time, TimeLeft } from '#components/ui/time.tsx';
import type { PersonDto } from '#lib/dal/dto/people.ts';
import type { ApprovalDto, PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanDto } from '#lib/dal/dto/plan.ts';
import { RequestChanges, Withdraw } from './review-forms.tsx';
import { standingApprovals } from './primary.ts';

/** Who signed and who still must. A void signature stays, struck through, with what moved. */
export function Approvals({ plan, dto, viewer }: { plan: PlanDto; dto: PhaseDto; viewer: PersonDto }) {
  const standing = standingApprovals(dto).length;
  const missing = Math.max(0, dto.approvalsNeeded - standing);
  const finished = dto.state === 'applied' || dto.state === 'running' || dto.state === 'deviated';
  return (
    <Section title="Approvals" aside={`${standing} of ${dto.approvalsNeeded} stand`}>
      <ul className="border-t border-line">
        <li className="flex flex-wrap items-baseline gap-x-3 border-b border-line py-1.5">
          <span className="font-medium">{plan.authors.join(', ')}</span>
          <span className="text-sm text-ink-muted">{plan.authors.length === 1 ? 'author' : 'authors'}, cannot sign</span>
        </li>
        {dto.approvals.map((approval) => (
          <Approval key={approval.id} approval={approval} own={approval.person === viewer.name} finished={finished} />
        ))}
        {missing > 0 && !finished ? (
          <li className="border-b border-line py-1.5">
            <StateMark tone={dto.evidence ? 'blue' : 'grey'} plain>
              {missing === 1 ? 'waits for a second person' : `waits for ${missing} more people`}
            </StateMark>
          </li>
        ) : null}
      </ul>
      {viewer.roles.includes('approver') && !finished ? (
        <div className="mt-3">
          <RequestChanges planId={plan.plan.id} version={plan.version} phaseId={dto.phase.id} />
        </div>
      ) : null}
    </Section>
  );
}

const REHEARSED = { proved: 'rehearsal: proved', differs: 'rehearsal: not proved', failed: 'rehearsal: failed', none: 'without a rehearsal' };

function Approval({ approval, own, finished }: { approval: ApprovalDto; own: boolean; finished: boolean }) {
  const isVoid = approval.voidedAt !== null;
  return (
    <li className="border-b border-line py-1.5">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <span className={isVoid ? 'font-medium text-ink-muted line-through' : 'font-medium'}>{approval.person}</span>
        {isVoid ? (
          <span className="flex items-baseline gap-x-1.5 text-sm text-red-ink">
            <StateMark tone="red" plain>
              void
            </StateMark>
            <Time at={approval.voidedAt ?? approval.signedAt} />
          </span>
        ) : (
          <StateMark tone={approval.stands ? 'green' : 'grey'} plain>
            {approval.stands ? 'signed' : 'stands no more'}
          </StateMark>
        )}
        <span className={`text-sm text-ink-muted ${isVoid ? 'line-through' : ''}`}>
          {isVoid ? 'signed ' : ''}
          <Time at={approval.signedAt} /> · digest <code className="font-mono">{approval.digest.slice(0, 12)}</code> · {REHEARSED[approval.rehearsal ?? 'none']}
        </span>
        {isVoid || finished ? null : (
          <span className="text-sm text-ink-muted">
            expires: <TimeLeft until={approval.expiresAt} over="expired" />
            {approval.startBy === null ? null : (
              <>
                {' '}
                · to be started: <TimeLeft until={approval.startBy} over="not in time" />
              </>
            )}
          </span>
        )}
        {own && !isVoid && !finished ? <Withdraw approvalId={approval.id} /> : null}
      </div>
      {approval.accountBy === null ? null : <p className="text-sm text-ink-muted">{`${approval.accountBy}, an author of this plan, once made this account or set its password or address.`}</p>}
      {approval.comment ? <p className={isVoid ? 'text-ink-muted line-through' : ''}>“{approval.comment}”</p> : null}
      {approval.voidReason ? <p className="text-red-ink">{approval.voidReason}</p> : null}
    </li>
  );
}
