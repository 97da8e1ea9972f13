'use client';
import { Fold } from '#components/ui/fold.tsx';
import { count } from '#components/ui/format.ts';
import type { StartReason } from '#lib/pipeline/start-light.ts';
import { LightShape } from './light-mark.tsx';

const WORDS: Record<StartReason['light'], string> = { red: 'Red', amber: 'Amber', unknown: 'Not known', green: 'Green' };

/** What is in the way or not known, each with its source; what is well is one line, opened on demand. */
export function Reasons({ name, reasons }: { name: string; reasons: readonly StartReason[] }) {
  const well = reasons.filter((reason) => reason.light === 'green');
  const loud = reasons.filter((reason) => reason.light !== 'green');
  return (
    <div className="grid grid-cols-1 gap-1.5">
      {loud.length > 0 ? <List reasons={loud} /> : null}
      {well.length > 0 ? (
        <Fold name={name} summary={`${count(well.length, 'more is', 'more are')} well`}>
          <List reasons={well} />
        </Fold>
      ) : null}
    </div>
  );
}

function List({ reasons }: { reasons: readonly StartReason[] }) {
  return (
    <ul className="grid grid-cols-1 gap-1">
      {reasons.map((reason) => (
        <li key={`${reason.code} ${reason.sentence}`} className="flex gap-2">
          <span className="mt-1.5 flex-none">
            <LightShape light={reason.light} />
          </span>
          <span className="min-w-0 wrap-anywhere">
            <span className="sr-only">{WORDS[reason.light]}: </span>
            {reason.sentence} <span className="text-sm text-ink-muted">{reason.source}</span>
            {reason.statement ? (
              <code className="block truncate font-mono text-xs text-ink-muted" title={reason.statement}>
                {reason.statement}
              </code>
            ) : null}
          </span>
        </li>
      ))}
    </ul>
  );
}
