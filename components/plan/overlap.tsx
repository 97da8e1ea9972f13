import { Fold, FoldRow } from '#components/ui/fold.tsx';
import { count } from '#components/ui/format.ts';
import { Mono } from '#components/ui/page.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import { Table, Td, Th } from '#components/ui/table.tsx';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanDto } from '#lib/dal/dto/plan.ts';
import type { Conflicting, Measurement, Quantity } from '#lib/pipeline/evidence.ts';
import type { OverlapDecision } from '#lib/pipeline/plan.ts';
import { DecisionLine } from './decision-line.tsx';
import { OverlapDecisionForm } from './overlap-decision.tsx';
import { RowsTable } from './rows-table.tsx';
import { tableId, tableText } from './table-text.ts';

type OverlapMeasurement = Extract<Measurement, { kind: 'overlap' }>;

/** Two tables of which one goes: what they have in common, where they contradict each other, and what was decided about it. */
export function Overlap({ plan, dto, measurement, editable }: { plan: PlanDto; dto: PhaseDto; measurement: OverlapMeasurement; editable: boolean }) {
  const [duplicate, kept] = [tableText(measurement.duplicate), tableText(measurement.kept)];
  const parts: readonly [string, Quantity][] = [[`only in ${duplicate}`, measurement.onlyDuplicate], [`only in ${kept}`, measurement.onlyKept], ['the same in both', measurement.same], ['in both, but different', measurement.conflict]];
  const check = dto.phase.checks.find((one) => one.id === measurement.check);
  const key = check?.kind === 'overlap' ? check.key : [];
  const conflicts = exactOr(measurement.conflict, 0);
  const decision = dto.phase.overlapDecisions?.[tableId(measurement.duplicate)] ?? null;
  return (
    <section aria-label={`Overlap of ${duplicate} and ${kept}`} className="border-b border-line pb-2">
      <h3 className="font-medium">
        Duplicate <Mono>{duplicate}</Mono> against <Mono>{kept}</Mono>
      </h3>
      <p className="flex flex-wrap gap-x-5">
        {parts.map(([name, quantity]) => (
          <span key={name}>
            <span className="font-medium">
              <QuantityText of={quantity} />
            </span>{' '}
            <span className="text-ink-muted">{name}</span>
          </span>
        ))}
      </p>
      <FoldRow>
        {measurement.conflicting && measurement.conflicting.rows.length > 0 ? (
          <Fold inRow name={`${measurement.check}.conflicts`} summary={firstText(measurement.conflicting.rows.length, measurement.conflict, 'conflict')}>
            <ConflictTable duplicate={duplicate} kept={kept} keyColumns={key} rows={measurement.conflicting.rows} />
          </Fold>
        ) : measurement.firstConflicts.length > 0 ? (
          <Fold inRow name={`${measurement.check}.conflicts`} summary={firstText(measurement.firstConflicts.length, measurement.conflict, 'conflict')}>
            <RowsTable label="Rows that conflict" rows={measurement.firstConflicts} />
          </Fold>
        ) : null}
        {measurement.firstOnly && measurement.firstOnly.length > 0 ? (
          <Fold inRow lazy name={`${measurement.check}.only`} summary={firstText(measurement.firstOnly.length, measurement.onlyDuplicate, 'row that comes over', 'rows that come over')}>
            <RowsTable label={`Rows that only ${duplicate} has`} rows={measurement.firstOnly} />
          </Fold>
        ) : null}
      </FoldRow>
      {conflicts === 0 && decision === null ? null : (
        <div className="mt-2">
          <DecisionLine decided={decision && { text: decisionText(decision, duplicate, kept), reason: decision.reason, closes: decision.verdict === 'stop' && conflicts > 0 }} />
          {editable ? <OverlapDecisionForm planId={plan.plan.id} version={plan.version} phaseId={dto.phase.id} table={tableId(measurement.duplicate)} duplicate={duplicate} kept={kept} decided={decision} conflicts={conflicts} newest={measurement.conflicting?.newest ?? []} /> : null}
        </div>
      )}
    </section>
  );
}

function exactOr(quantity: Quantity, other: number): number {
  return quantity.provenance === 'exact' ? quantity.value : other;
}

function firstText(first: number, all: Quantity, one: string, more?: string): string {
  const total = exactOr(all, first);
  return total > first ? `first ${first} of ${count(total, one, more)}` : count(total, one, more);
}

/** Each conflict as two lines, one for each table, with what differs marked; columns in which none differs stand last. */
function ConflictTable({ duplicate, kept, keyColumns, rows }: { duplicate: string; kept: string; keyColumns: readonly string[]; rows: Conflicting['rows'] }) {
  const all = Object.keys(rows[0]?.duplicate ?? {});
  const differing = all.filter((column) => rows.some((row) => row.duplicate[column] !== row.kept[column]));
  const columns = [...keyColumns, ...differing.filter((column) => !keyColumns.includes(column)), ...all.filter((column) => !keyColumns.includes(column) && !differing.includes(column))];
  return (
    <Table label={`Rows of ${duplicate} and ${kept} that contradict each other`} className="text-sm">
      <thead>
        <tr>
          <Th>in</Th>
          {columns.map((column) => (
            <Th key={column} className="font-mono">
              {column}
            </Th>
          ))}
        </tr>
      </thead>
      {rows.map((row) => (
        <tbody key={keyColumns.map((column) => row.duplicate[column]).join('\n')} className="border-b border-line">
          {([[duplicate, row.duplicate], [kept, row.kept]] as const).map(([name, values]) => (
            <tr key={name}>
              <Td className="border-b-0 text-xs whitespace-nowrap text-ink-muted">{name}</Td>
              {columns.map((column) => (
                <Td key={column} className="border-b-0 font-mono text-xs whitespace-nowrap">
                  <Cell value={values[column] ?? null} differs={row.duplicate[column] !== row.kept[column]} />
                </Td>
              ))}
            </tr>
          ))}
        </tbody>
      ))}
    </Table>
  );
}

function Cell({ value, differs }: { value: string | null; differs: boolean }) {
  const text = value ?? <span className={differs ? 'italic' : 'text-ink-muted italic'}>null</span>;
  return differs ? <mark className="bg-orange-tint px-1 font-semibold text-ink underline decoration-orange-ink underline-offset-2">{text}</mark> : text;
}

export function decisionText({ verdict, by }: OverlapDecision, duplicate: string, kept: string): string {
  switch (verdict) {
    case 'keep_kept': return `values of ${kept} stay`;
    case 'keep_duplicate': return `values of ${duplicate} overwrite those of ${kept}`;
    case 'newest': return `the row that is newer by ${by ?? '?'} stays`;
    case 'stop': return 'merge, and stop where rows contradict each other';
    case 'not_a_duplicate': return 'must be empty to go';
    case 'archive': return `${duplicate} is set aside with its rows`;
  }
}
