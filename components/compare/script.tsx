import { classes } from '#components/ui/classes.ts';
import { CopyButton } from '#components/ui/copy-button.tsx';
import type { ScriptHazardCode } from '#lib/pipeline/script/hazards.ts';
import type { ColouredDetail, ColouredStatement } from './coloured.ts';

interface Sides {
  currentName: string;
  desiredName: string;
}

/** The statements for one object, whole and in their order, with what they cost and what has none. */
export function ScriptOfObject({ detail, currentName, desiredName }: { detail: ColouredDetail } & Sides) {
  const { statements, refusals } = detail;
  return (
    <div className="grid gap-3">
      <Refusals sentences={refusals.map((refusal) => refusal.sentence)} />
      {statements.length > 0 ? (
        <figure className="overflow-hidden rounded-md border border-line bg-sunken">
          <figcaption className="flex items-center justify-between gap-2 border-b border-line py-0.5 pr-1 pl-3 text-xs text-ink-muted">
            <span className="min-w-0 truncate">
              turns {currentName} into {desiredName} here; the part of the whole script that names this object
            </span>
            <CopyButton text={statements.map((statement) => `${statement.sql};\n`).join('')} />
          </figcaption>
          {/* Focusable, because a region that scrolls must be reachable by keyboard. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre tabIndex={0} className="overflow-x-auto px-3 py-2 font-mono text-xs leading-5 -outline-offset-2">
            {statements.map((statement, at) => (
              // Statements have no identity but their place.
              // oxlint-disable-next-line react/no-array-index-key
              <Statement key={at} statement={statement} />
            ))}
          </pre>
        </figure>
      ) : (
        <p className="text-ink-muted">{refusals.length > 0 ? 'Nothing else of it needs a statement.' : detail.group.deltas.length === 0 ? 'Identical: there is nothing to do.' : 'No statement names this object: what differs follows from other objects.'}</p>
      )}
    </div>
  );
}

/** The signs are those of the list. */
const LOOKS: readonly { code: ScriptHazardCode; look: string }[] = [
  { code: 'LOSES_DATA', look: "text-red-ink before:content-['▲_']" },
  { code: 'CHANGES_VALUES', look: "text-red-ink before:content-['≠_']" },
  { code: 'REWRITES_TABLE', look: "text-ink-muted before:content-['↻_']" },
  { code: 'STOPS_ON_ROWS', look: "text-ink-muted before:content-['◇_']" },
];

/** Coloured on the server; everything in it is escaped there. */
export function Statement({ statement }: { statement: ColouredStatement }) {
  return (
    <>
      {statement.hazards.map((hazard, at) => (
        <span key={hazard} className={classes('block max-w-[calc(100vw-4.5rem)] font-sans whitespace-normal', LOOKS.find(({ code }) => code === statement.hazardCodes[at])?.look ?? 'text-ink-muted')}>
          {hazard}
        </span>
      ))}
      <code className="block" dangerouslySetInnerHTML={{ __html: `${statement.html};` }} />
    </>
  );
}

/** What differs and has no statement, with the reason. */
export function Refusals({ sentences }: { sentences: readonly string[] }) {
  return sentences.map((sentence) => (
    <p key={sentence} className="text-sm text-red-ink">
      Differs, no script: {sentence}
    </p>
  ));
}
