import Link from 'next/link';
import { Fold } from '#components/ui/fold.tsx';
import { exactNumber } from '#components/ui/format.ts';
import { StateShape } from '#components/ui/state-mark.tsx';
import type { PhaseDto, PlanDto } from '#lib/dal/dto.ts';
import { AcceptFinding, SaferForm } from './finding-forms.tsx';

type Finding = PhaseDto['findings'][number];
type Lint = Extract<Finding, { id: string }>;

/** What stands in the way of a signature, and what a person should know: each with what can be done about it. */
export function Findings({ plan, dto, editable }: { plan: PlanDto; dto: PhaseDto; editable: boolean }) {
  const blocking = dto.findings.filter((finding) => finding.severity === 'blocking');
  const toKnow = dto.findings.filter((finding) => finding.severity === 'to_know');
  const ordered = [...blocking, ...toKnow];
  const rest = ordered.length - MOST;
  if (!dto.evidence && dto.findings.length === 0) return <p className="text-ink-muted">Nothing can be found before the target was measured.</p>;
  return (
    <>
      <p className="text-ink-muted">
        {blocking.length === 0 ? 'Nothing blocks' : `${exactNumber(blocking.length)} blocking`}
        {toKnow.length > 0 ? ` · ${exactNumber(toKnow.length)} to know` : ''}
        {dto.evidence ? '' : ' · more may be found when the target is measured'}
      </p>
      <FindingList plan={plan} dto={dto} editable={editable} shown={rest > 0 ? ordered.slice(0, MOST) : ordered} all={ordered} />
      {rest > 0 ? (
        <div className="mt-2">
          <Fold name="findings" summary={`${exactNumber(rest)} more`}>
            <FindingList plan={plan} dto={dto} editable={editable} shown={ordered.slice(MOST)} all={ordered} />
          </Fold>
        </div>
      ) : null}
    </>
  );
}

/** More than this are folded: of a long runbook hundreds are found, and the steps would stand below all of them. */
const MOST = 24;

function FindingList({ plan, dto, editable, shown, all }: { plan: PlanDto; dto: PhaseDto; editable: boolean; shown: readonly Finding[]; all: readonly Finding[] }) {
  return (
    <ul className="mt-1 grid gap-1.5">
      {shown.map((finding) => (
        <li key={isLint(finding) ? finding.id : `${finding.code} ${finding.sentence}`} className="flex items-start gap-2">
          <StateShape tone={finding.severity === 'blocking' ? 'red' : 'grey'} className="mt-1" />
          <div className="min-w-0 flex-1">
            <p className="wrap-anywhere">
              <span className="sr-only">{finding.severity === 'blocking' ? 'Blocks: ' : 'To know: '}</span>
              {finding.sentence}
              {finding.severity === 'blocking' ? <span className="text-ink-muted"> {finding.move === 'clears' ? 'Clears by itself.' : plan.mayEdit ? 'Yours to do.' : 'An author’s to do.'}</span> : null}
            </p>
            {isLint(finding) ? <About plan={plan} dto={dto} finding={finding} editable={editable} offered={offeredAt(finding, all)} /> : null}
          </div>
        </li>
      ))}
    </ul>
  );
}

function isLint(finding: Finding): finding is Lint {
  return 'id' in finding;
}

/** Forms that rewrite what several findings of a phase are about: one press answers them all, so that the button stands once. */
const OF_THE_PHASE = new Set(['engine_conversion', 'engine_create']);

/** How many findings the press answers, where the button stands; null: an earlier one has it. */
function offeredAt(finding: Lint, all: readonly Finding[]): number | null {
  const form = finding.safer?.form;
  if (form === undefined || !OF_THE_PHASE.has(form)) return 1;
  const same = all.filter((one) => isLint(one) && one.safer?.form === form);
  return same[0] === finding ? same.length : null;
}

/** Where it is, and what one press would do about it. */
function About({ plan, dto, finding, editable, offered }: { plan: PlanDto; dto: PhaseDto; finding: Lint; editable: boolean; offered: number | null }) {
  const ref = { planId: plan.plan.id, version: plan.version, findingId: finding.id };
  const offers = editable && (finding.safer !== undefined || dto.mayStand.includes(finding.id));
  return (
    <div className="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-muted">
      <Where plan={plan} dto={dto} finding={finding} />
      <span className="font-mono text-xs">{finding.code}</span>
      {offers ? (
        <span className="flex flex-wrap items-center gap-2">
          {finding.safer && offered !== null ? <SaferForm {...ref} label={offered > 1 ? `${finding.safer.label} (answers ${offered})` : finding.safer.label} sentence={finding.safer.sentence} /> : null}
          {finding.safer && offered === null ? <span>“{finding.safer.label}” answers it too</span> : null}
          {dto.mayStand.includes(finding.id) ? <AcceptFinding {...ref} sentence={finding.sentence} /> : null}
        </span>
      ) : null}
    </div>
  );
}

function Where({ plan, dto, finding }: { plan: PlanDto; dto: PhaseDto; finding: Lint }) {
  const at = dto.phase.steps.findIndex((step) => step.id === finding.stepId);
  const step = dto.phase.steps[at];
  if (!step) return null;
  const line = finding.at?.line ?? step.source?.from;
  return (
    <span>
      <a href={`#${encodeURIComponent(step.id)}`} className="underline decoration-line-strong underline-offset-2 hover:text-ink">
        step {at + 1}
      </a>
      {plan.text && line !== undefined ? (
        <>
          {', '}
          <Link href={`/plans/${plan.plan.id}/text#L${line}`} className="underline decoration-line-strong underline-offset-2 hover:text-ink">
            line {line}
          </Link>
        </>
      ) : null}
    </span>
  );
}
