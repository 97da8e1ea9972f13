import { classes } from './classes.ts';

export type ButtonLook = 'primary' | 'plain' | 'quiet' | 'danger';

const LOOKS: Record<ButtonLook, string> = {
  primary: 'border-accent bg-accent text-on-accent hover:border-accent-hover hover:bg-accent-hover',
  plain: 'border-line-strong/50 bg-surface text-ink hover:bg-hover',
  quiet: 'border-transparent text-ink-muted hover:bg-hover hover:text-ink',
  danger: 'border-red-ink/50 bg-surface text-red-ink hover:bg-red-tint',
};
const SIZES = { md: 'h-8 px-3', sm: 'h-7 px-2 text-sm' };
export type ButtonSize = keyof typeof SIZES;

/** Look of a thing to press; also for links and triggers that are not buttons. One that waits for its script (`data-waking`) looks as it will. */
export function buttonClasses(look: ButtonLook = 'plain', size: ButtonSize = 'md', extra?: string): string {
  return classes(
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none',
    'not-data-waking:disabled:cursor-not-allowed not-data-waking:disabled:border-line not-data-waking:disabled:bg-sunken not-data-waking:disabled:text-ink-faint',
    'aria-disabled:cursor-not-allowed aria-disabled:border-line aria-disabled:bg-sunken aria-disabled:text-ink-faint',
    LOOKS[look],
    SIZES[size],
    extra,
  );
}
