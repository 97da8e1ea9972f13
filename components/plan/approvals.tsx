import { Section } from '#components/ui/page.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { Time, TimeLeft } from '#components/ui/time.tsx';
import type { ApprovalDto, ChangeRequestDto, PersonDto, PhaseDto, PlanDto } from '#lib/dal/dto.ts';
import { RequestChanges, Resolve, Withdraw } from './review-forms.tsx';
import { standingApprovals } from './primary.ts';

/** Who signed, who still must, what was asked for. A void signature stays, struck through, with what moved. */
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
      <Requests requests={dto.changeRequests} mayResolve={(request) => viewer.roles.includes('author') || request.person === viewer.name} />
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
          <StateMark tone="red" plain>
            void
          </StateMark>
        ) : (
          <StateMark tone="green" plain>
            signed
          </StateMark>
        )}
        <span className={`text-sm text-ink-muted ${isVoid ? 'line-through' : ''}`}>
          <Time at={approval.signedAt} /> · digest <code className="font-mono">{approval.digest.slice(0, 12)}</code> · {REHEARSED[approval.rehearsal ?? 'none']}
        </span>
        {isVoid || finished ? null : (
          <span className="text-sm text-ink-muted">
            expires: <TimeLeft until={approval.expiresAt} over="expired" />
          </span>
        )}
        {own && !isVoid && !finished ? <Withdraw approvalId={approval.id} /> : null}
      </div>
      {approval.comment ? <p className={isVoid ? 'text-ink-muted line-through' : ''}>“{approval.comment}”</p> : null}
      {approval.voidReason ? <p className="text-red-ink">{approval.voidReason}</p> : null}
    </li>
  );
}

function Requests({ requests, mayResolve }: { requests: readonly ChangeRequestDto[]; mayResolve: (request: ChangeRequestDto) => boolean }) {
  if (requests.length === 0) return null;
  return (
    <div className="mt-4">
      <h3 className="font-medium">Requests for changes</h3>
      <ol className="border-t border-line">
        {requests.map((request) => (
          <li key={request.id} className="border-b border-line py-1.5">
            <div className="flex flex-wrap items-baseline gap-x-3">
              <span className="font-medium">{request.person}</span>
              <span className="text-sm text-ink-muted">
                <Time at={request.at} />
              </span>
              <StateMark tone={request.resolvedAt ? 'grey' : 'red'} plain>
                {request.resolvedAt ? 'settled' : 'open'}
              </StateMark>
              {!request.resolvedAt && mayResolve(request) ? <Resolve changeRequestId={request.id} /> : null}
            </div>
            <p className="whitespace-pre-line">{request.comment}</p>
          </li>
        ))}
      </ol>
    </div>
  );
}
