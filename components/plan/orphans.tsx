import { Fold, FoldRow } from '#components/ui/fold.tsx';
import { count } from '#components/ui/format.ts';
import { Mono } from '#components/ui/page.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanDto } from '#lib/dal/dto/plan.ts';
import type { Measurement, OrphanSet } from '#lib/pipeline/evidence.ts';
import { DecisionLine } from './decision-line.tsx';
import { tableId, tableText } from './table-text.ts';
import { OrphanDecisionForm } from './orphan-decision.tsx';
import { OrphanRows } from './orphan-rows.tsx';
import { VERDICT_TEXT } from './orphan-words.ts';

/** Of more sets than this the forms open one by one: all at once they are a page of twenty screens. */
const OPEN_MOST = 6;

type OrphanMeasurement = Extract<Measurement, { kind: 'orphans' }>;

/** Rows without a parent, foreign key by foreign key, and what their removal takes along. */
export function Orphans({ plan, dto, measurement, editable }: { plan: PlanDto; dto: PhaseDto; measurement: OrphanMeasurement; editable: boolean }) {
  const sets = measurement.sets.filter((set) => !(set.rows.provenance === 'exact' && set.rows.value === 0));
  const clean = new Set(measurement.sets.map((set) => set.foreignKey)).size - new Set(sets.map((set) => set.foreignKey)).size;
  return (
    <section aria-label="Rows without a parent">
      <h3 className="font-medium">
        Orphans: <QuantityText of={measurement.rowsTotal} /> <span className="font-normal text-ink-muted">rows in all</span>
      </h3>
      {sets.length === 0 ? <p className="text-ink-muted">Every row has its parent, for every foreign key old and new.</p> : <p>{cascadeSentence(sets)}</p>}
      {editable && sets.length > 0 && dto.fillsBeside ? <p className="mt-1">{BESIDE}</p> : null}
      <ol className="mt-1">
        {sets
          .toSorted((a, b) => a.depth - b.depth)
          .map((set) => (
            <SetLine key={`${set.foreignKey} ${set.depth}`} plan={plan} dto={dto} set={set} editable={editable} folded={sets.length > OPEN_MOST} />
          ))}
      </ol>
      {clean > 0 && sets.length > 0 ? <p className="mt-1 text-sm text-ink-muted">{count(clean, 'more foreign key')} without orphans.</p> : null}
    </section>
  );
}

/** Whoever decides is told before, not by the plan that comes of it. */
const BESIDE = 'The new tables are filled beside the live ones. What you decide here happens in the live tables first, in batches, before anything is built; a rollback takes it back. Until the swap the application can still write new rows without a parent: the swap looks again, and stops if there are any.';

/** `2 rows of exports take 6 rows of export_analytics along.` */
function cascadeSentence(sets: readonly OrphanSet[]): string {
  const first = sets.filter((set) => set.depth === 0);
  const later = sets.filter((set) => set.depth > 0);
  const one = first.length === 1 && first[0]?.rows.provenance === 'exact' && first[0].rows.value === 1;
  const who = `${first.length > OPEN_MOST ? `Rows of ${count(first.length, 'foreign key')}` : first.map(rowsOf).join(' and ')} ${one ? 'has' : 'have'} no parent`;
  if (later.length === 0) return `${who}.`;
  return `${who}; taking them out takes ${later.map(rowsOf).join(' and ')} along.`;
}

function rowsOf(set: OrphanSet): string {
  return `${set.rows.provenance === 'exact' ? count(set.rows.value, 'row') : 'an unknown number of rows'} of ${tableText(set.child)}`;
}

function SetLine({ plan, dto, set, editable, folded }: { plan: PlanDto; dto: PhaseDto; set: OrphanSet; editable: boolean; folded: boolean }) {
  const key = dto.phase.checks.flatMap((check) => (check.kind === 'orphans' ? check.foreignKeys : [])).find((each) => each.id === set.foreignKey);
  const decision = dto.phase.orphanDecisions[set.foreignKey] ?? null;
  const place = { planId: plan.plan.id, phaseId: dto.phase.id, measuredAt: dto.evidence?.measuredAt ?? '', table: tableId(set.child), foreignKey: set.foreignKey, depth: set.depth };
  return (
    <li className="border-b border-line py-2" style={{ paddingLeft: `${Math.min(set.depth, 4) * 1.25}rem` }}>
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span>
          {set.depth > 0 ? <span aria-hidden="true" className="mr-1 text-ink-muted">↳</span> : null}
          <span className="font-semibold">
            <QuantityText of={set.rows} />
          </span>{' '}
          <span className="text-ink-muted">{set.depth > 0 ? 'taken along from' : 'in'}</span> <Mono>{tableText(set.child)}</Mono>
        </span>
        <span className="text-sm text-ink-muted">
          <Mono>{set.columns.join(', ')}</Mono> → <Mono>{tableText(set.parent)}</Mono> by <Mono>{set.foreignKey}</Mono>
        </span>
      </div>
      <Missing set={set} />
      <FoldRow>
        {set.firstRows.length > 0 ? (
          <Fold inRow lazy name={`orphans.${set.foreignKey}.${set.depth}.rows`} summary={firstRowsText(set)}>
            <OrphanRows place={place} show="rows" label={`Rows of ${tableText(set.child)} without a parent`} />
          </Fold>
        ) : null}
        {set.keys.length > 0 ? (
          <Fold inRow lazy name={`orphans.${set.foreignKey}.${set.depth}.keys`} summary={`all ${count(set.keys.length, 'key')}`}>
            <OrphanRows place={place} show="keys" label={`Keys of ${tableText(set.child)} without a parent`} />
          </Fold>
        ) : null}
      </FoldRow>
      <div className="mt-2">
        <DecisionLine decided={decision && { text: VERDICT_TEXT[decision.verdict], reason: decision.reason, closes: decision.verdict === 'stop' }} />
        {editable && key ? (
          <OrphanDecisionForm planId={plan.plan.id} version={plan.version} phaseId={dto.phase.id} foreignKey={set.foreignKey} nullable={key.nullable} rePointTo={(dto.phase.kind === 'alter' || dto.fillsBeside) && key.columns.length === 1 ? tableText(key.parent) : null} decided={decision} folded={folded} child={tableText(set.child)} rows={set.rows.provenance === 'exact' ? set.rows.value : null} />
        ) : null}
      </div>
    </li>
  );
}

function firstRowsText(set: OrphanSet): string {
  const all = set.rows.provenance === 'exact' ? set.rows.value : null;
  if (all === null) return `first ${count(set.firstRows.length, 'row')}`;
  return all > set.firstRows.length ? `first ${set.firstRows.length} of ${count(all, 'row')}` : all === 1 ? 'the row' : `all ${count(all, 'row')}`;
}

function Missing({ set }: { set: OrphanSet }) {
  if (set.missing.length === 0) return null;
  const first = set.missing.slice(0, 3);
  const rest = set.missing.length - first.length;
  return (
    <p className="mt-0.5 text-sm text-ink-muted">
      {set.depth > 0 ? 'parent that goes away: ' : 'missing parent: '}
      {first.map((each, index) => (
        <span key={each.value}>
          {index > 0 ? ', ' : null}
          <Mono className="text-ink">{each.value}</Mono> ({count(each.rows, 'row')})
        </span>
      ))}
      {rest > 0 ? `, and ${rest} more` : null}
    </p>
  );
}

