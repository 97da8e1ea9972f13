'use client';
import { useSyncExternalStore } from 'react';

// One clock for the whole page, so that all relative times move together and only one timer runs.
const listeners = new Set<() => void>();
let now = 0;
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!timer) {
    now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const each of listeners) each();
    }, 1_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** Milliseconds now, ticking each second; null on the server and while the page is being hydrated. */
export function useNow(): number | null {
  return useSyncExternalStore(subscribe, browserNow, serverNow);
}

function browserNow(): number {
  if (now === 0) now = Date.now();
  return now;
}

/** Now, once, for what is drawn before the page has a clock of its own. Not for anything that must agree between two readings. */
export function momentNow(): number {
  return Date.now();
}

function serverNow(): null {
  return null;
}
