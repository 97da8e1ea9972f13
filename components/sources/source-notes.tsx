import { Banner } from '#components/ui/notes.tsx';
import type { CompareDto } from '#lib/dal/dto/compare.ts';

/** What must be known before the list is believed: drafts that are unlike what is there, and what could not be compared. */
export function SourceNotes({ dto }: { dto: Pick<CompareDto, 'nearMisses' | 'unread' | 'current' | 'desired'> }) {
  const notes = [dto.current, dto.desired].flatMap((side) => side.notes.map((note) => `${side.name}: ${note}`));
  if (dto.nearMisses.length + dto.unread.length + notes.length === 0) return null;
  return (
    <div className="mb-4 grid gap-2">
      {dto.nearMisses.length > 0 ? (
        <Banner tone="orange" title={dto.nearMisses.length === 1 ? 'A table of the SQL is not what is there' : `${dto.nearMisses.length} tables of the SQL are not what is there`}>
          <ul className="grid gap-0.5">
            {dto.nearMisses.slice(0, 5).map((miss) => (
              <li key={miss.tableId}>{miss.sentence}</li>
            ))}
            {dto.nearMisses.length > 5 ? <li className="text-ink-muted">and {dto.nearMisses.length - 5} more, in the list below</li> : null}
          </ul>
        </Banner>
      ) : null}
      {dto.unread.length > 0 ? (
        <Banner tone="grey" title="Not everything is compared">
          {dto.unread.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </Banner>
      ) : null}
      {notes.map((note) => (
        <p key={note} className="text-sm wrap-anywhere text-ink-muted">
          {note}
        </p>
      ))}
    </div>
  );
}
