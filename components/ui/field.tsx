'use client';
import type { ComponentProps, ReactNode } from 'react';
import { useId } from 'react';
import { classes } from './classes.ts';

const CONTROL = 'w-full rounded-md border border-line-strong bg-surface text-ink disabled:cursor-not-allowed disabled:bg-sunken disabled:text-ink-faint aria-invalid:border-red-ink';

interface Labelled {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | null;
  /** The label is read but not seen. */
  hideLabel?: boolean;
}

function Frame({ id, label, hint, error, hideLabel, children, className }: Labelled & { id: string; children: ReactNode; className?: string }) {
  return (
    <div className={classes('min-w-0', className)}>
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'mb-1 block font-medium'}>
        {label}
      </label>
      {children}
      {hint ? (
        <p id={`${id}-hint`} className="mt-1 text-sm text-ink-muted">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className="mt-1 text-sm text-red-ink">
          {error}
        </p>
      ) : null}
    </div>
  );
}

function describedBy(id: string, hint: ReactNode, error: string | null | undefined): string | undefined {
  return classes(hint ? `${id}-hint` : null, error ? `${id}-error` : null) || undefined;
}

/** `kept`: long enough that a reload should not lose it, as that of every text area. */
export function TextField({ label, hint, error, hideLabel, className, mono, kept, ...rest }: ComponentProps<'input'> & Labelled & { mono?: boolean; kept?: boolean }) {
  const own = useId();
  const id = rest.id ?? own;
  return (
    <Frame id={id} label={label} hint={hint} error={error} hideLabel={hideLabel} className={className}>
      <input {...rest} id={id} data-kept={kept ? '' : undefined} aria-invalid={error ? true : undefined} aria-describedby={describedBy(id, hint, error)} className={classes(CONTROL, 'h-8 px-2', mono && 'font-mono')} />
    </Frame>
  );
}

export function TextArea({ label, hint, error, hideLabel, className, mono, rows = 3, ...rest }: ComponentProps<'textarea'> & Labelled & { mono?: boolean }) {
  const own = useId();
  const id = rest.id ?? own;
  return (
    <Frame id={id} label={label} hint={hint} error={error} hideLabel={hideLabel} className={className}>
      <textarea {...rest} id={id} rows={rows} aria-invalid={error ? true : undefined} aria-describedby={describedBy(id, hint, error)} className={classes(CONTROL, 'block px-2 py-1.5', mono && 'font-mono text-sm')} />
    </Frame>
  );
}

export function Select({ label, hint, error, hideLabel, className, children, ...rest }: ComponentProps<'select'> & Labelled) {
  const own = useId();
  const id = rest.id ?? own;
  return (
    <Frame id={id} label={label} hint={hint} error={error} hideLabel={hideLabel} className={className}>
      <select {...rest} id={id} aria-describedby={describedBy(id, hint, error)} className={classes(CONTROL, 'h-8 px-1.5')}>
        {children}
      </select>
    </Frame>
  );
}

/** A check box or a radio button with its text beside it. */
export function Choice({ label, hint, type = 'checkbox', className, ...rest }: ComponentProps<'input'> & { label: ReactNode; hint?: ReactNode; type?: 'checkbox' | 'radio' }) {
  const id = useId();
  return (
    <label className={classes('flex items-start gap-2', className)}>
      <input {...rest} type={type} aria-describedby={hint ? `${id}-hint` : undefined} className="mt-0.5 size-4 shrink-0 accent-(--accent)" />
      <span className="min-w-0">
        {label}
        {hint ? (
          <span id={`${id}-hint`} className="block text-sm text-ink-muted">
            {hint}
          </span>
        ) : null}
      </span>
    </label>
  );
}
