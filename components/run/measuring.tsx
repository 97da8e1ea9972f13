import { StateMark } from '#components/ui/state-mark.tsx';

export function Measuring() {
  return (
    <output className="grid justify-items-start gap-2">
      <StateMark tone="orange" busy>
        measuring…
      </StateMark>
      <p className="text-ink-muted">Counting the rows that were written since the phase was applied. Nothing is changed by that.</p>
    </output>
  );
}
