import { markWords } from '#components/ui/text-diff.ts';

/** One side's text with the words marked that the other side does not have. */
export function Marked({ own, other }: { own: string; other: string }) {
  return markWords(own, other).map((part, index) =>
    part.marked ? (
      // Pieces of one text have no identity but their place.
      // oxlint-disable-next-line react/no-array-index-key
      <mark key={index} className="rounded-xs bg-blue-tint font-semibold text-blue-ink">
        {part.text}
      </mark>
    ) : (
      part.text
    ),
  );
}
