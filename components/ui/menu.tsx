'use client';
import { Ellipsis } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import { useAwake } from './use-awake.ts';

/** Rarer things that can be done here, behind one button. */
export function Menu({ label, disabled = false, children }: { label: string; disabled?: boolean; children: ReactNode }) {
  const awake = useAwake();
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger aria-label={label} title={label} disabled={disabled || !awake} data-waking={awake || disabled ? undefined : ''} className="rounded-md p-1 text-ink-muted hover:bg-hover hover:text-ink not-data-waking:disabled:opacity-50 data-[state=open]:bg-hover">
        <Ellipsis size={16} aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} collisionPadding={8} className="z-30 min-w-48 rounded-md border border-line bg-surface py-1 shadow-lg">
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function MenuItem({ onSelect, loud = false, disabled = false, children }: { onSelect: () => void; loud?: boolean; disabled?: boolean; children: ReactNode }) {
  return (
    <DropdownMenu.Item onSelect={onSelect} disabled={disabled} className={classes('cursor-pointer px-3 py-1.5 outline-none data-[disabled]:cursor-not-allowed data-[disabled]:text-ink-faint data-[highlighted]:bg-hover', loud && 'text-red-ink')}>
      {children}
    </DropdownMenu.Item>
  );
}

export function MenuLine() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />;
}
