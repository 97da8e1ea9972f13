import { TextDiff } from '#components/ui/text-diff-view.tsx';
import type { CompareDetailDto } from '#lib/dal/dto/compare.ts';

/** Both definitions as one text: − only in current, + only in desired. Long equal stretches become a counted line. */
export function Definition({ detail, all, currentName, desiredName }: { detail: Pick<CompareDetailDto, 'currentText' | 'desiredText'>; all: boolean; currentName: string; desiredName: string }) {
  return (
    <figure>
      <figcaption className="mb-1 flex gap-4 text-sm text-ink-muted">
        <span>− {currentName}</span>
        <span>+ {desiredName}</span>
      </figcaption>
      <TextDiff first={detail.currentText} second={detail.desiredText} all={all} />
    </figure>
  );
}
