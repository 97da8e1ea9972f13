import { StateShape } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { DecisionDto, DeltaDto } from '#lib/dal/dto/compare.ts';
import { WithdrawDecision } from './decide.tsx';
import { verdictWord } from './words.ts';

/** The answers that stand for an object's differences. */
export function Decisions({ deltas, current, mayAuthor }: { deltas: readonly DeltaDto[]; current: string; mayAuthor: boolean }) {
  const decided = deltas.filter((delta): delta is DeltaDto & { decision: DecisionDto } => delta.decision !== null);
  if (decided.length === 0) return null;
  return (
    <ul className="mb-3 grid gap-1 border-l-2 border-line pl-3">
      {decided.map(({ id, name, decision }) => (
        <li key={id} className="flex flex-wrap items-center gap-x-2">
          <StateShape tone="grey" />
          <span className="font-mono text-sm">{name}</span>
          <span className="font-medium">{verdictWord(decision.verdict, current)}</span>
          <span>“{decision.reason}”</span>
          <span className="text-sm text-ink-muted">
            {decision.by} · <Time at={decision.at} />
          </span>
          {mayAuthor ? <WithdrawDecision decisionId={decision.id} name={name} /> : null}
        </li>
      ))}
    </ul>
  );
}
