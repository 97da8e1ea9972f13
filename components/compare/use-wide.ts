'use client';
import { useSyncExternalStore } from 'react';

/** Where list and object stand beside each other: the breakpoint `lg`. */
const WIDE = '(min-width: 64rem)';

function subscribe(notify: () => void): () => void {
  const query = window.matchMedia(WIDE);
  query.addEventListener('change', notify);
  return () => query.removeEventListener('change', notify);
}

/** The server draws the wide page; a phone puts it right at once. */
export function useWide(): boolean {
  return useSyncExternalStore(subscribe, () => window.matchMedia(WIDE).matches, () => true);
}
