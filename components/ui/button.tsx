import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';

export type ButtonLook = 'primary' | 'plain' | 'quiet' | 'danger';

const LOOKS: Record<ButtonLook, string> = {
  primary: 'border-accent bg-accent text-on-accent hover:border-accent-hover hover:bg-accent-hover',
  plain: 'border-line-strong/50 bg-surface text-ink hover:bg-hover',
  quiet: 'border-transparent text-ink-muted hover:bg-hover hover:text-ink',
  danger: 'border-red-ink/50 bg-surface text-red-ink hover:bg-red-tint',
};
const SIZES = { md: 'h-8 px-3', sm: 'h-7 px-2 text-sm' };

/** Look of a thing to press; also for links and triggers that are not buttons. */
export function buttonClasses(look: ButtonLook = 'plain', size: keyof typeof SIZES = 'md', extra?: string): string {
  return classes(
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none',
    'disabled:cursor-not-allowed disabled:border-line disabled:bg-sunken disabled:text-ink-faint aria-disabled:cursor-not-allowed aria-disabled:border-line aria-disabled:bg-sunken aria-disabled:text-ink-faint',
    LOOKS[look],
    SIZES[size],
    extra,
  );
}

interface Look {
  look?: ButtonLook;
  size?: keyof typeof SIZES;
  icon?: ReactNode;
}

export function Button({ look, size, icon, className, children, type = 'button', ...rest }: ComponentProps<'button'> & Look) {
  return (
    <button type={type} className={buttonClasses(look, size, className)} {...rest}>
      {icon}
      {children}
    </button>
  );
}

export function ButtonLink({ look, size, icon, className, children, ...rest }: ComponentProps<typeof Link> & Look) {
  return (
    <Link className={buttonClasses(look, size, className)} {...rest}>
      {icon}
      {children}
    </Link>
  );
}
