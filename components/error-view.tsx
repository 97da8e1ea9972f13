'use client';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { ErrorNote } from '#components/ui/notes.tsx';

/** A page that could not be drawn. The server keeps the cause under the id; nothing of it is shown. */
export function ErrorView({ error, retry }: { error: unknown; retry: () => void }) {
  const id = error instanceof Error && 'digest' in error && typeof error.digest === 'string' ? error.digest : null;
  return (
    <div className="mx-auto grid max-w-xl gap-4 py-10">
      <h1 className="text-xl font-semibold">This page could not be shown</h1>
      <ErrorNote what="Something unexpected happened while it was made." means="Nothing was changed by that: pages only read. A run that is under way goes on without this page." errorId={id} />
      <div className="flex gap-2">
        <Button look="primary" onClick={retry}>
          Try again
        </Button>
        <ButtonLink href="/">Home</ButtonLink>
      </div>
    </div>
  );
}
