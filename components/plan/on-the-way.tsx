'use client';
import { useLinkStatus } from 'next/link';
import { classes } from '#components/ui/classes.ts';

/** The press on the link around it was heard, and its page is on the way: on a busy server that takes a second or two. */
export function OnTheWay() {
  const { pending } = useLinkStatus();
  return <span aria-hidden="true" className={classes('pointer-events-none absolute top-1.5 right-1.5 size-1.5 rounded-full bg-accent', pending ? 'animate-pulse-slow' : 'invisible')} />;
}
