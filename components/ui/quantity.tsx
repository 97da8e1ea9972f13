import { exactNumber, estimateNumber } from './format.ts';
import { Tooltip } from './tooltip.tsx';

type QuantityValue = { provenance: 'exact'; value: number } | { provenance: 'estimate'; value: number; basis: string } | { provenance: 'unknown'; why: string };

/** A number with its provenance: exact plain, estimate with ≈ and its basis, or the word unknown with the reason. Never 0 for unknown. */
export function QuantityText({ of }: { of: QuantityValue }) {
  if (of.provenance === 'exact') return <span>{exactNumber(of.value)}</span>;
  const [text, more] = of.provenance === 'estimate' ? [estimateNumber(of.value), of.basis] : ['unknown', of.why];
  return (
    <Tooltip text={more}>
      <button type="button" className="cursor-help rounded-sm underline decoration-dotted decoration-line-strong underline-offset-2">
        {text}
        <span className="sr-only">, {more}</span>
      </button>
    </Tooltip>
  );
}
