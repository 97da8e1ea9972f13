import { ButtonLink } from '#components/ui/button.tsx';
import { ErrorNote } from '#components/ui/notes.tsx';
import type { RefusedDto } from '#lib/dal/dto/answer.ts';

/** A page whose database or rule said no: the sentence is the page. */
export function RefusedView({ title, dto, children }: { title: string; dto: RefusedDto; children?: React.ReactNode }) {
  return (
    <div className="mx-auto grid max-w-xl gap-4 py-6">
      <h1 className="text-xl font-semibold">{title}</h1>
      <ErrorNote what={dto.refused.sentence} means="Nothing was changed." />
      {children ?? (
        <div>
          <ButtonLink href="/databases">Look at the databases</ButtonLink>
        </div>
      )}
    </div>
  );
}
