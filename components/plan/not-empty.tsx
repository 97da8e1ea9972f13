import { byteSize } from '#components/ui/format.ts';
import { Mono } from '#components/ui/page.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanDto } from '#lib/dal/dto/plan.ts';
import type { Measurement } from '#lib/pipeline/evidence.ts';
import { DecisionLine } from './decision-line.tsx';
import { LooksLike } from './looks-like.tsx';
import { NotEmptyDecisionForm } from './not-empty-decision.tsx';
import { decisionText } from './overlap.tsx';
import { tableId, tableText } from './table-text.ts';

/** A table that should go and holds rows: how many, how large, what hangs on it, and what a person said becomes of it. */
export function NotEmpty({ plan, dto, measurement, editable }: { plan: PlanDto; dto: PhaseDto; measurement: Extract<Measurement, { kind: 'empty' }>; editable: boolean }) {
  const { rows, bytes } = measurement;
  if (rows.provenance === 'exact' && rows.value === 0) return null;
  const check = dto.phase.checks.find((one) => one.id === measurement.check);
  const like = check?.kind === 'empty' ? (check.like ?? []) : [];
  const [name, key] = [tableText(measurement.table), tableId(measurement.table)];
  const decision = dto.phase.overlapDecisions?.[key] ?? null;
  const hanging = (dto.evidence?.measurements ?? []).flatMap((one) => (one.kind === 'dependents' ? one.dependents.filter((dependent) => tableId(dependent.table) === key && !dependent.handled) : []));
  const form = { planId: plan.plan.id, version: plan.version, phaseId: dto.phase.id };
  return (
    <section aria-label={`What becomes of ${name}`} className="border-b border-line pb-2">
      <h3 className="font-medium">
        Not empty: <Mono>{name}</Mono>
      </h3>
      <p className="flex flex-wrap gap-x-5">
        <span>
          <span className="font-medium">
            <QuantityText of={rows} />
          </span>{' '}
          <span className="text-ink-muted">{rows.provenance === 'exact' && rows.value === 1 ? 'row' : 'rows'}</span>
        </span>
        {bytes === undefined ? null : (
          <span>
            <span className="font-medium">{bytes.provenance === 'exact' ? byteSize(bytes.value) : <QuantityText of={bytes} />}</span> <span className="text-ink-muted">with indexes</span>
          </span>
        )}
        <span className="text-ink-muted">{hanging.length === 0 ? 'nothing else hangs on it' : `in its way: ${hanging.map((one) => `${one.kind} ${one.description}`).join(', ')}`}</span>
      </p>
      {like.length === 0 ? null : (
        <p className="text-ink-muted">
          It has the columns of <Mono className="text-ink">{like.map(tableText).join(', ')}</Mono>.
        </p>
      )}
      <div className="mt-2">
        <DecisionLine decided={decision && { text: decisionText(decision, name, ''), reason: decision.reason, closes: decision.verdict !== 'archive' }} />
        {editable ? <NotEmptyDecisionForm {...form} table={key} name={name} target={plan.plan.target} keepSchema={plan.plan.keepSchema} decided={decision} /> : null}
        {editable && like.length > 0 ? <LooksLike {...form} table={key} name={name} like={like.map((one) => ({ key: tableId(one), name: tableText(one) }))} /> : null}
      </div>
    </section>
  );
}
