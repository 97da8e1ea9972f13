import Link from 'next/link';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';

/** Tabs that are addresses: back works, and a link to a tab can be sent. */
export function LinkTabs({ label, tabs }: { label: string; tabs: readonly { href: string; text: ReactNode; current: boolean }[] }) {
  return (
    <nav aria-label={label} className="flex gap-4 overflow-x-auto border-b border-line">
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          scroll={false}
          aria-current={tab.current ? 'page' : undefined}
          className={classes('-mb-px border-b-2 px-0.5 py-1.5 whitespace-nowrap -outline-offset-2', tab.current ? 'border-ink font-medium text-ink' : 'border-transparent text-ink-muted hover:text-ink')}
        >
          {tab.text}
        </Link>
      ))}
    </nav>
  );
}
