'use client';
import { useEffect, useEffectEvent, useState } from 'react';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { ErrorNote } from '#components/ui/notes.tsx';

type Standing = 'well' | 'unreachable' | 'silent';

const ASK_AGAIN_MS = 3_000;

/** Whether Countersign answers and reaches its own database; null while nobody knows. Asked again until it does, and then the page is tried again. */
function useCountersign(retry: () => void): Standing | null {
  const [state, setState] = useState<Standing | null>(null);
  const back = useEffectEvent(retry);
  useEffect(() => {
    let away = false;
    const ask = async (): Promise<void> => {
      const answer = await fetch('/api/health', { cache: 'no-store' }).catch(() => null);
      const health = (await answer?.json().catch(() => null)) as { controlDatabase?: 'well' | 'unreachable' } | null | undefined;
      const now = answer === null ? 'silent' : (health?.controlDatabase ?? null);
      setState(now);
      if (now === 'well') clearInterval(timer);
      if (now === 'well' && away) back();
      away ||= now === 'unreachable' || now === 'silent';
    };
    const timer = setInterval(() => void ask(), ASK_AGAIN_MS);
    void ask();
    return () => clearInterval(timer);
  }, []);
  return state;
}

const AWAY: Readonly<Record<Standing, { what: string; back: string } | null>> = {
  well: null,
  unreachable: { what: 'Countersign does not reach its own database.', back: 'This one comes back by itself as soon as the database answers.' },
  silent: { what: 'Countersign does not answer.', back: 'This one comes back by itself as soon as it does. A run that is under way goes on without it.' },
};

/** A page that could not be drawn. The server keeps the cause under the id; of it only is told that Countersign or its database is away, because that passes. */
export function ErrorView({ error, retry }: { error: unknown; retry: () => void }) {
  const id = error instanceof Error && 'digest' in error && typeof error.digest === 'string' ? error.digest : null;
  const away = AWAY[useCountersign(retry) ?? 'well'];
  return (
    <div className="mx-auto grid max-w-xl gap-4 py-10">
      <h1 className="text-xl font-semibold">This page could not be shown</h1>
      <ErrorNote
        what={away ? away.what : 'Something unexpected happened while it was made.'}
        means={away ? `Nothing was changed by that: pages only read. ${away.back}` : 'Nothing was changed by that: pages only read. A run that is under way goes on without this page.'}
        errorId={id}
      />
      <div className="flex gap-2">
        <Button look="primary" onClick={retry}>
          Try again
        </Button>
        <ButtonLink href="/">Home</ButtonLink>
      </div>
    </div>
  );
}
