import { Fold } from '#components/ui/fold.tsx';
import { count } from '#components/ui/format.ts';
import { Mono } from '#components/ui/page.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import type { Measurement, RuleResult } from '#lib/pipeline/evidence.ts';
import { tableText } from './table-text.ts';
import { RowsTable } from './rows-table.tsx';

const WORDS: Readonly<Record<RuleResult['what'], { one: string; many: string }>> = {
  exclusion: { one: 'row has another in its way', many: 'rows have another in their way' },
  'not null': { one: 'row has nothing there', many: 'rows have nothing there' },
  unique: { one: 'row too many for a value that stands once', many: 'rows too many for values that stand once' },
  'bounds of a partition': { one: 'row stands outside', many: 'rows stand outside' },
  check: { one: 'row breaks it', many: 'rows break it' },
};

/** What new rules would refuse: each with its number and the first rows. */
export function Violations({ measurement }: { measurement: Extract<Measurement, { kind: 'violations' }> }) {
  const name = tableText(measurement.table);
  return (
    <section aria-label={`New rules of ${name}`}>
      <h3 className="font-medium">
        New rules of <Mono>{name}</Mono>
      </h3>
      <ul>
        {measurement.rules.map((rule) => (
          <BrokenRule key={`${rule.what} ${rule.name}`} check={measurement.check} rule={rule} />
        ))}
      </ul>
    </section>
  );
}

function BrokenRule({ check, rule }: { check: string; rule: RuleResult }) {
  const { rows, first = [] } = rule;
  const fine = rows.provenance === 'exact' && rows.value === 0;
  const words = WORDS[rule.what];
  return (
    <li className="border-b border-line py-1.5">
      <p className="flex flex-wrap items-baseline gap-x-4">
        <span className="min-w-48 wrap-anywhere max-sm:min-w-full">
          <Mono className="font-medium">{rule.name}</Mono> {rule.what === 'not null' ? null : <span className="text-ink-muted">{rule.what}</span>}
        </span>
        <span className={fine ? undefined : 'font-medium text-red-ink'}>
          <QuantityText of={rows} /> {fine ? 'rows break it' : rows.provenance === 'exact' && rows.value === 1 ? words.one : words.many}
        </span>
      </p>
      {first.length === 0 ? null : (
        <Fold lazy name={`${check}.${rule.name}`} summary={summary(rule, first.length)}>
          <RowsTable label={`Rows that break ${rule.name}`} rows={first} />
        </Fold>
      )}
    </li>
  );
}

/** Of a unique key each line is a value that stands several times. */
function summary({ what, rows }: RuleResult, shown: number): string {
  if (what === 'unique') return `the first ${count(shown, 'value')} that ${shown === 1 ? 'stands' : 'stand'} in several rows`;
  const hidden = rows.provenance === 'exact' ? rows.value - shown : 0;
  return `${count(shown, 'row')}${hidden > 0 ? `, ${count(hidden, 'more row')} not shown` : ''}`;
}
