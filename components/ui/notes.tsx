import type { ReactNode } from 'react';
import { StateShape } from './state-mark.tsx';
import type { Tone } from './state-mark.tsx';
import { classes } from './classes.ts';

/** What will be here and how it gets here. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="rounded-md border border-dashed border-line px-4 py-8 text-center">
      <p className="font-medium">{title}</p>
      {children ? <div className="mx-auto mt-1 max-w-prose text-ink-muted">{children}</div> : null}
      {action ? <div className="mt-4 flex justify-center">{action}</div> : null}
    </div>
  );
}

const BANNERS: Record<Tone, string> = {
  grey: 'border-line bg-grey-tint',
  blue: 'border-blue-ink/30 bg-blue-tint',
  orange: 'border-orange-ink/30 bg-orange-tint',
  green: 'border-green-ink/30 bg-green-tint',
  red: 'border-red-ink/40 bg-red-tint',
  violet: 'border-violet-ink/30 bg-violet-tint',
};

/** One message in the colour of its state. `alert` is read out at once. */
export function Banner({ tone, title, children, alert = false }: { tone: Tone; title?: ReactNode; children?: ReactNode; alert?: boolean }) {
  return (
    <div role={alert ? 'alert' : undefined} className={classes('flex gap-2 rounded-md border px-3 py-2', BANNERS[tone])}>
      <StateShape tone={tone} className="mt-1" />
      <div className="min-w-0 flex-1">
        {title ? <p className="font-medium">{title}</p> : null}
        {children ? <div className="break-words text-ink">{children}</div> : null}
      </div>
    </div>
  );
}

/** What happened, what it means for the data, what can be done, and an id to ask about. */
export function ErrorNote({ what, means, next, errorId }: { what: string; means?: string; next?: ReactNode; errorId?: string | null }) {
  return (
    <Banner tone="red" title={what} alert>
      {means ? <p>{means}</p> : null}
      {next ? <div className="mt-1">{next}</div> : null}
      {errorId ? (
        <p className="mt-1 text-sm text-ink-muted">
          Error id <code className="font-mono text-ink">{errorId}</code>
        </p>
      ) : null}
    </Banner>
  );
}
