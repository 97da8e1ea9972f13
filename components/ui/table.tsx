import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';

/** A table that scrolls sideways inside its own frame. `label` names it for people who do not see it. */
export function Table({ label, children, className }: { label: string; children: ReactNode; className?: string }) {
  return (
    // Focusable, because a region that scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="overflow-x-auto" aria-label={label} tabIndex={0}>
      <table className={classes('w-full border-collapse text-left', className)}>{children}</table>
    </section>
  );
}

export function Th({ className, ...rest }: ComponentProps<'th'>) {
  return <th scope="col" className={classes('border-b border-line px-2 py-1.5 text-xs sm:px-3 font-medium text-ink-muted print:py-px first:pl-0 last:pr-0', className)} {...rest} />;
}

export function Td({ className, ...rest }: ComponentProps<'td'>) {
  return <td className={classes('border-b border-line px-2 py-1.5 align-top sm:px-3 print:py-px first:pl-0 last:pr-0', className)} {...rest} />;
}
