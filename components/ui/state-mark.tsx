import type { ReactNode } from 'react';
import { classes } from './classes.ts';

/** grey: pending, identical · blue: waits for a person · orange: the machine works · green: done and verified · red: failed, refused, lossy · violet: rolled back. */
export type Tone = 'grey' | 'blue' | 'orange' | 'green' | 'red' | 'violet';

const TINTS: Record<Tone, string> = {
  grey: 'bg-grey-tint text-grey-ink',
  blue: 'bg-blue-tint text-blue-ink',
  orange: 'bg-orange-tint text-orange-ink',
  green: 'bg-green-tint text-green-ink',
  red: 'bg-red-tint text-red-ink',
  violet: 'bg-violet-tint text-violet-ink',
};
const INKS: Record<Tone, string> = { grey: 'text-grey-ink', blue: 'text-blue-ink', orange: 'text-orange-ink', green: 'text-green-ink', red: 'text-red-ink', violet: 'text-violet-ink' };

/** Each tone has a shape of its own, so that the state survives colour blindness and print. */
const SHAPES: Record<Tone, ReactNode> = {
  grey: <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2.2 1.6" />,
  blue: (
    <>
      <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 1.75a4.25 4.25 0 0 1 0 8.5z" fill="currentColor" />
    </>
  ),
  orange: <path d="M3.2 1.6v8.8L10.4 6z" fill="currentColor" />,
  green: (
    <>
      <circle cx="6" cy="6" r="5" fill="currentColor" />
      <path d="M3.6 6.2l1.7 1.7 3.2-3.6" fill="none" stroke="var(--surface)" strokeWidth="1.5" />
    </>
  ),
  red: (
    <>
      <rect x="1" y="1" width="10" height="10" rx="1.5" fill="currentColor" />
      <path d="M3.8 3.8l4.4 4.4M8.2 3.8l-4.4 4.4" stroke="var(--surface)" strokeWidth="1.5" />
    </>
  ),
  violet: <path d="M4.6 1.4L1.6 4.4l3 3M1.9 4.4h5a3.1 3.1 0 0 1 0 6.2H4.2" fill="none" stroke="currentColor" strokeWidth="1.6" />,
};

export function StateShape({ tone, size = 12, className }: { tone: Tone; size?: number; className?: string }) {
  return (
    <svg viewBox="0 0 12 12" width={size} height={size} aria-hidden="true" className={classes('shrink-0', INKS[tone], className)}>
      {SHAPES[tone]}
    </svg>
  );
}

/** A state as word, shape and colour. `plain` leaves the tint away, for dense lists. */
export function StateMark({ tone, children, plain = false, busy = false, className }: { tone: Tone; children: ReactNode; plain?: boolean; busy?: boolean; className?: string }) {
  return (
    <span className={classes('inline-flex items-center gap-1.5 text-sm font-medium whitespace-nowrap', plain ? INKS[tone] : `${TINTS[tone]} rounded px-1.5 py-0.5`, className)}>
      <StateShape tone={tone} size={10} className={busy ? 'animate-pulse-slow' : undefined} />
      {children}
    </span>
  );
}

export function toneInk(tone: Tone): string {
  return INKS[tone];
}
