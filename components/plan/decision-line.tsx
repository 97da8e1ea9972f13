import { StateMark } from '#components/ui/state-mark.tsx';

/** What was decided and why, in one line; `closes`: it keeps the phase closed. */
export function DecisionLine({ decided }: { decided: { text: string; reason: string; closes: boolean } | null }) {
  if (!decided) {
    return (
      <StateMark tone="blue" plain>
        no decision yet
      </StateMark>
    );
  }
  return (
    <p>
      <StateMark tone={decided.closes ? 'red' : 'grey'} plain className="whitespace-normal! wrap-anywhere">
        {`decision: ${decided.text}`}
      </StateMark>
      {decided.reason ? <span className="text-ink-muted"> · “{decided.reason}”</span> : null}
    </p>
  );
}
