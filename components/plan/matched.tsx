import { Mono } from '#components/ui/page.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import type { Measurement, Quantity } from '#lib/pipeline/evidence.ts';
import { tableText } from './table-text.ts';

/** Of each table that the statements of a phase reach how many rows go, how many change and how many of these lose a value; the ones that foreign keys reach among them. */
export function Matched({ measurement }: { measurement: Extract<Measurement, { kind: 'matched' }> }) {
  return (
    <section aria-label="Rows that go or change">
      <h3 className="font-medium">Rows that go or change</h3>
      <dl className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,22rem),1fr))] gap-x-8">
        {measurement.tables.map((one) => (
          <div key={tableText(one.table)} className="flex items-baseline justify-between gap-3 border-b border-line py-1">
            <dt className="min-w-0 wrap-anywhere">
              <Mono>{tableText(one.table)}</Mono>
            </dt>
            <dd className="flex shrink-0 gap-x-4">
              {isNone(one.goes) ? null : <Rows of={one.goes} word="go" />}
              {isNone(one.changes) ? null : <Rows of={one.changes} word="change" />}
              {one.loses === undefined || isNone(one.loses) ? null : <Rows of={one.loses} word={isNone(one.changes) ? 'lose a value' : 'of them lose a value'} />}
              {isNone(one.goes) && isNone(one.changes) ? <span className="text-ink-muted">none</span> : null}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Rows({ of, word }: { of: Quantity; word: string }) {
  return (
    <span>
      <span className={word !== 'change' ? 'font-medium text-red-ink' : 'font-medium'}>
        <QuantityText of={of} />
      </span>{' '}
      <span className="text-sm text-ink-muted">{word}</span>
    </span>
  );
}

function isNone(of: Quantity): boolean {
  return of.provenance === 'exact' && of.value === 0;
}
