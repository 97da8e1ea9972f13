import { Fold } from '#components/ui/fold.tsx';
import { count, exactNumber } from '#components/ui/format.ts';
import type { DecidedDto } from '#lib/dal/dto/plan.ts';

const ANSWERS = { not_needed: 'not needed', later: 'later', keep: 'kept', renamed: 'one object under a new name', not_renamed: 'two objects, no rename' } as const;

/** What was answered to which differences, and why; those with one answer and one reason stand together. */
export function DecidedList({ decided }: { decided: readonly DecidedDto[] }) {
  const answers = [...Map.groupBy(decided, ({ verdict, reason }) => `${verdict} ${reason}`).values()];
  return (
    <ul>
      {answers.map((same) => (
        <li key={same[0]?.delta} className="wrap-anywhere">
          <span className="font-medium">{same[0] ? ANSWERS[same[0].verdict] : ''}</span> <span className="text-ink-muted">“{same[0]?.reason}”</span>: {same.map(({ delta }) => delta).join('; ')}
        </li>
      ))}
    </ul>
  );
}

/** Differences that the plan leaves as they are, because somebody said so: whoever signs what it changes should know what it does not. */
export function Stays({ decided }: { decided: readonly DecidedDto[] }) {
  const staying = decided.filter(({ verdict }) => verdict !== 'renamed' && verdict !== 'not_renamed');
  if (staying.length === 0) return null;
  const parts = [...Map.groupBy(staying, ({ verdict }) => verdict)].map(([verdict, of]) => `${exactNumber(of.length)} ${ANSWERS[verdict]}`);
  return (
    <Fold name="stays" summary={`${count(staying.length, 'difference')} ${staying.length === 1 ? 'stays' : 'stay'} by decision: ${parts.join(', ')}`}>
      <div className="text-sm">
        <DecidedList decided={staying} />
      </div>
    </Fold>
  );
}
