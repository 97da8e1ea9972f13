'use client';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { enlist, putIntoAddress, takeOutOfAddress } from './history.ts';

/** What a Dialog is given. */
export interface Sheet {
  /** Unique on the page. */
  name: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/**
 * A sheet or dialog that one leaves by Back and comes to again by Forward or by its address, and that is open again after a reload.
 * `what` it does and, where several of its kind stand on one page, `to` what.
 */
export function useSheet<What extends string>(what: What, to = ''): Sheet {
  const { shown, show, nameOf } = useSheets(useMemo(() => [what], [what]), to);
  const name = nameOf(what);
  const onOpenChange = useCallback((open: boolean) => show(open ? what : null), [show, what]);
  return { name, open: shown !== null, onOpenChange };
}

/**
 * Several sheets of one thing, of which one at a time is open. `whats` must stay the same array. What is open is state of the page, which the
 * address follows: a page that comes anew while somebody types cannot close it.
 */
export function useSheets<What extends string>(whats: readonly What[], to = ''): { shown: What | null; show: (what: What | null) => void; nameOf: (what: What) => string } {
  const [shown, show] = useState<What | null>(null);
  const settled = useRef<string | null>(null);
  useEffect(() => {
    const names = new Map(whats.map((what) => [sheetName(what, to), what]));
    return enlist([...names.keys()], (asked) => show(asked === null ? null : (names.get(asked) ?? null)));
  }, [whats, to]);
  // After the drawing: a sheet that closes together with the page of its answer leaves the address then, too.
  useEffect(() => {
    if (shown !== null) putIntoAddress(sheetName(shown, to));
    // What the address asked for at first is not yet shown here.
    else if (settled.current === to) for (const what of whats) takeOutOfAddress(sheetName(what, to));
    settled.current = to;
  }, [shown, whats, to]);
  return { shown, show, nameOf: (what) => sheetName(what, to) };
}

function sheetName(what: string, to: string): string {
  return to === '' ? what : `${what}.${to}`;
}
