import { byteSize } from '#components/ui/format.ts';
import { QuantityText } from '#components/ui/quantity.tsx';
import { Time } from '#components/ui/time.tsx';
import type { Quantity } from '#lib/pipeline/evidence.ts';
import type { TableEstimate } from '#lib/pipeline/snapshot.ts';

/** Planner statistics are never a count, and a table that was never analysed is unknown, not empty. */
export function estimateQuantity(estimate: TableEstimate): Quantity {
  const size = `${byteSize(estimate.bytes)} on disk`;
  if (estimate.rows === null) return { provenance: 'unknown', why: `the table was never analysed; a plan counts it exactly; ${size}` };
  const basis = estimate.analyzedAt ? `planner statistics, last ANALYZE ${estimate.analyzedAt.slice(0, 16).replace('T', ' ')} UTC` : 'planner statistics; when they were taken is not known';
  return { provenance: 'estimate', value: estimate.rows, basis: `rows: ${basis}; ${size}` };
}

/** Rows, size, and how old the statistics are, of one side. */
export function Estimate({ name, estimate }: { name: string; estimate: TableEstimate | null }) {
  if (!estimate) return null;
  return (
    <span className="whitespace-nowrap">
      <span className="font-mono">{name}</span>: rows <QuantityText of={estimateQuantity(estimate)} />, {byteSize(estimate.bytes)}
      {estimate.rows === null ? ', never analysed' : estimate.analyzedAt ? <>, analysed <Time at={estimate.analyzedAt} /></> : ', analysed at an unknown time'}
    </span>
  );
}
