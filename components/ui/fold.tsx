'use client';
import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { useId } from 'react';
import { useAddress } from './address.tsx';
import { classes } from './classes.ts';

interface FoldProps {
  /** Unique on the page; stands in the address while open. */
  name: string;
  summary: ReactNode;
  /** Stands beside the button and is not part of it. */
  aside?: ReactNode;
  look?: 'quiet' | 'plain';
  /** How button and aside stand to each other. */
  layout?: string;
  /** One of several in a FoldRow. */
  inRow?: boolean;
  /** What is inside comes to the page only when it is opened. */
  lazy?: boolean;
  children: ReactNode;
}

/**
 * Opens in place. What is open stands in the address (`open=`), without asking the server: the content is there already.
 * Back therefore leaves the page and does not fold.
 */
export function Fold({ name, summary, aside, children, look = 'quiet', layout = 'flex flex-wrap items-baseline gap-x-3 gap-y-0.5', inRow = false, lazy = false }: FoldProps) {
  const id = useId();
  const open = useAddress().getAll('open').includes(name);
  return (
    <div className={inRow ? 'contents' : undefined}>
      <div className={aside ? layout : undefined}>
        <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen([name], !open)} className={classes('inline-flex items-baseline gap-1 rounded text-left wrap-anywhere', look === 'quiet' ? 'text-sm text-ink-muted hover:text-ink' : 'hover:underline')}>
          <ChevronRight size={14} aria-hidden="true" className={classes('shrink-0 self-center transition-transform', open && 'rotate-90')} />
          {summary}
        </button>
        {aside}
      </div>
      <div id={id} hidden={!open} className={inRow ? 'order-1 min-w-0 basis-full' : 'mt-2'}>
        {lazy && !open ? null : children}
      </div>
    </div>
  );
}

/** Several folds beside each other; what is open stands below all their buttons. */
export function FoldRow({ children }: { children: ReactNode }) {
  return <div className="mt-1 flex flex-wrap gap-x-5 gap-y-1.5">{children}</div>;
}

/** Opens or folds several at once. */
export function FoldAll({ names, open, close }: { names: readonly string[]; open: string; close: string }) {
  const opened = useAddress().getAll('open');
  const all = names.every((name) => opened.includes(name));
  return (
    <button type="button" onClick={() => setOpen(names, !all)} className="rounded text-sm text-ink-muted underline decoration-line-strong underline-offset-2 hover:text-ink">
      {all ? close : open}
    </button>
  );
}

function setOpen(names: readonly string[], open: boolean): void {
  const url = new URL(window.location.href);
  const others = url.searchParams.getAll('open').filter((each) => !names.includes(each));
  url.searchParams.delete('open');
  for (const each of open ? [...others, ...names] : others) url.searchParams.append('open', each);
  window.history.replaceState(null, '', url);
}
