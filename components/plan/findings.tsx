import { Fold } from '#components/ui/fold.tsx';
import { exactNumber } from '#components/ui/format.ts';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanDto } from '#lib/dal/dto/plan.ts';
import { FindingList } from './finding-list.tsx';
import { findingViews } from './finding-view.ts';

/** More than this are folded: of a long runbook hundreds are found, and the steps would stand below all of them. */
const MOST = 24;

/** What stands in the way of a signature, and what a person should know: each with what can be done about it. */
export function Findings({ plan, dto, editable }: { plan: PlanDto; dto: PhaseDto; editable: boolean }) {
  if (!dto.evidence && dto.findings.length === 0) return <p className="text-ink-muted">Nothing can be found before the target was measured.</p>;
  const findings = findingViews(plan, dto, editable);
  const blocking = findings.filter((finding) => finding.blocking).length;
  const toKnow = findings.length - blocking;
  const rest = findings.slice(MOST);
  return (
    <>
      <p className="text-ink-muted">
        {blocking === 0 ? 'Nothing blocks' : `${exactNumber(blocking)} blocking`}
        {toKnow > 0 ? ` · ${exactNumber(toKnow)} to know` : ''}
        {dto.evidence ? '' : ' · more may be found when the target is measured'}
      </p>
      <FindingList findings={findings.slice(0, MOST)} />
      {rest.length > 0 ? (
        <div className="mt-2">
          <Fold lazy name="findings" summary={`${exactNumber(rest.length)} more`}>
            <FindingList findings={rest} />
          </Fold>
        </div>
      ) : null}
    </>
  );
}
