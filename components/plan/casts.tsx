import { Fold } from '#components/ui/fold.tsx';
import { count } from '#components/ui/format.ts';
import { Mono } from '#components/ui/page.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import type { CastResult, Measurement, Quantity } from '#lib/pipeline/evidence.ts';
import { tableText } from './table-text.ts';
import { RowsTable } from './rows-table.tsx';

/** Which values take the new type, which cannot, and which do but are other values, or written differently, afterwards. */
export function Casts({ measurement }: { measurement: Extract<Measurement, { kind: 'casts' }> }) {
  return (
    <section aria-label={`Casts of ${tableText(measurement.table)}`}>
      <h3 className="font-medium">
        Casts of <Mono>{tableText(measurement.table)}</Mono>
      </h3>
      <ul>
        {measurement.columns.map((column) => (
          <Cast key={column.column} check={measurement.check} cast={column} />
        ))}
      </ul>
    </section>
  );
}

function Cast({ check, cast }: { check: string; cast: CastResult }) {
  const [changed, respelled] = [cast.respelledRows.filter((row) => row.changed), cast.respelledRows.filter((row) => !row.changed)];
  const spelt = without(cast.respelled, cast.changed);
  return (
    <li className="border-b border-line py-1.5">
      <p className="flex flex-wrap items-baseline gap-x-4">
        <span className="min-w-48 max-sm:min-w-full">
          <Mono className="font-medium">{cast.column}</Mono>{' '}
          <Mono className="text-ink-muted">
            {cast.from} → {cast.to}
          </Mono>
        </span>
        <Part of={cast.fine} text="fine" />
        <Part of={cast.failures} text="cannot be cast" loud />
        {cast.changed ? <Part of={cast.changed} text={isOne(cast.changed) ? 'becomes another value' : 'become other values'} loud /> : null}
        <Part of={spelt} text={isOne(spelt) ? 'changes its spelling' : 'change their spelling'} />
        <Part of={cast.collisions} text="would collide" loud />
      </p>
      {cast.failureRows.length > 0 ? (
        <Fold lazy name={`${check}.${cast.column}.failures`} summary={shown(cast.failures, cast.failureRows.length, 'that cannot be cast')}>
          <RowsTable label={`Values of ${cast.column} that cannot be cast`} rows={cast.failureRows.map((row) => ({ ...row }))} />
        </Fold>
      ) : null}
      {changed.length > 0 && cast.changed ? (
        <Fold lazy name={`${check}.${cast.column}.changed`} summary={shown(cast.changed, changed.length, 'with another value: what is rounded or cut off is gone for good after clean-up')}>
          <RowsTable label={`Values of ${cast.column} that become others`} rows={changed.map(asRow)} />
        </Fold>
      ) : null}
      {respelled.length > 0 ? (
        <Fold lazy name={`${check}.${cast.column}.respelled`} summary={shown(spelt, respelled.length, 'whose spelling changes; references held elsewhere must follow')}>
          <RowsTable label={`Values of ${cast.column} whose spelling changes`} rows={respelled.map(asRow)} />
        </Fold>
      ) : null}
    </li>
  );
}

function asRow({ key, value, becomes }: CastResult['respelledRows'][number]): Record<string, string> {
  return { key, value, becomes };
}

function without(all: Quantity, part: Quantity | undefined): Quantity {
  return all.provenance === 'exact' && part?.provenance === 'exact' ? { provenance: 'exact', value: all.value - part.value } : all;
}

function isOne(quantity: Quantity): boolean {
  return quantity.provenance === 'exact' && quantity.value === 1;
}

function Part({ of, text, loud = false }: { of: Quantity; text: string; loud?: boolean }) {
  const bad = loud && !(of.provenance === 'exact' && of.value === 0);
  return (
    <span className={bad ? 'font-medium text-red-ink' : undefined}>
      <QuantityText of={of} /> <span className={bad ? undefined : 'text-ink-muted'}>{text}</span>
    </span>
  );
}

/** Never fewer rows than there are without saying so. */
function shown(all: Quantity, rows: number, what: string): string {
  const hidden = all.provenance === 'exact' && all.value > rows ? `, ${count(all.value - rows, 'more row')} not shown` : '';
  return `${count(rows, 'row')} ${what}${hidden}`;
}
