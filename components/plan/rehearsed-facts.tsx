import { byteSize, count, duration, exactNumber } from '#components/ui/format.ts';
import { Mono } from '#components/ui/page.tsx';
import type { RehearsedStepDto } from '#lib/dal/dto/rehearsal.ts';

/** Beside what is claimed of a step: what it did on the clone. */
export function RehearsedFacts({ of, outdated }: { of: RehearsedStepDto; outdated: boolean }) {
  const byMode = Map.groupBy(of.locks, (lock) => lock.mode);
  return (
    <p className="text-sm break-words">
      <span className={of.trouble === null ? 'font-medium' : 'font-medium text-red-ink'}>{outdated ? 'rehearsed (outdated): ' : 'rehearsed: '}</span>
      {[
        duration(of.ms),
        count(of.rows, 'row'),
        `${byteSize(Math.max(0, of.walBytes))} WAL`,
        ...(Math.abs(of.diskBytes) < 1024 ? [] : [`${of.diskBytes > 0 ? '+' : '−'}${byteSize(Math.abs(of.diskBytes))} disk`]),
      ].join(', ')}
      {byMode.size === 0 ? ' · no lock beyond reading' : ' · locks '}
      {[...byMode].map(([mode, locks], index) => (
        <span key={mode}>
          {index > 0 ? '; ' : null}
          {mode} on <Mono>{tablesText(locks.map((lock) => lock.table))}</Mono>
        </span>
      ))}
      {of.rewritten.length > 0 ? (
        <>
          {' · new file of '}
          <Mono>{tablesText(of.rewritten)}</Mono>
        </>
      ) : null}
      {of.backMs === null ? null : ` · back ${duration(of.backMs)}`}
      {of.trouble === null ? null : <span className="block text-red-ink">{of.trouble}</span>}
      {of.backTrouble === null ? null : <span className="block text-red-ink">On the way back: {of.backTrouble}</span>}
    </p>
  );
}

const NAMED_MOST = 4;

function tablesText(tables: readonly string[]): string {
  const rest = tables.length - NAMED_MOST;
  return `${tables.slice(0, NAMED_MOST).map((table) => table.replace(/^public\./, '')).join(', ')}${rest > 0 ? ` and ${exactNumber(rest)} more` : ''}`;
}
