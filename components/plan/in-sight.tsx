'use client';
import { useEffect, useRef } from 'react';

/** Moves the row of phases on a phone, and a list of many beside the page, so far that the open one is seen; anew with each key. The page itself stays where it is. */
export function InSight() {
  const mark = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const row = mark.current?.parentElement?.querySelector('ol');
    const open = row?.querySelector<HTMLElement>('[aria-current="step"]');
    if (!row || !open) return;
    row.scrollLeft = open.offsetLeft - (row.clientWidth - open.offsetWidth) / 2;
    row.scrollTop = open.offsetTop - (row.clientHeight - open.offsetHeight) / 2;
  }, []);
  return <span ref={mark} hidden />;
}
