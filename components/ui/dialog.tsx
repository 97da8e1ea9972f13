'use client';
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { createContext, type ReactNode } from 'react';
import { classes } from './classes.ts';

/** Name of the dialog that stands around a form, by which what is typed in it is found again. */
export const DialogName = createContext<string | null>(null);

interface DialogProps {
  /** Unique on the page; what is typed in a dialog without a name is kept by nobody. */
  name?: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  /** `sheet` comes from the right and is as high as the window; `dialog` stands in the middle. */
  form?: 'dialog' | 'sheet';
  trigger?: ReactNode;
  children: ReactNode;
}

const FORMS = {
  dialog: 'top-1/2 left-1/2 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 -translate-y-1/2 rounded-lg border',
  sheet: 'inset-y-0 right-0 h-dvh w-full max-w-2xl border-l',
};

export function Dialog({ name, open, onOpenChange, title, description, form = 'dialog', trigger, children }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      {trigger ? <Radix.Trigger asChild>{trigger}</Radix.Trigger> : null}
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/45" />
        <Radix.Content onOpenAutoFocus={focusFirstField} onCloseAutoFocus={keepFocusOnPage} onEscapeKeyDown={closeListFirst} onPointerDownOutside={keepWhatIsTyped} className={classes('fixed z-50 flex flex-col border-line bg-surface shadow-xl', FORMS[form])} {...(description ? {} : { 'aria-describedby': undefined })}>
          <header className="flex items-start justify-between gap-4 border-b border-line px-4 py-3">
            <div className="min-w-0">
              <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
              {description ? <Radix.Description className="mt-0.5 text-ink-muted">{description}</Radix.Description> : null}
            </div>
            <Radix.Close aria-label="Close" className="-mr-1 rounded p-1 text-ink-muted hover:bg-hover hover:text-ink">
              <X size={16} aria-hidden="true" />
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4">
            <DialogName value={name ?? null}>{children}</DialogName>
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A press beside a dialog closes it, but not when it would take along what somebody has typed: that takes the button, or Escape. */
function keepWhatIsTyped(event: Event): void {
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('[role="dialog"] form :is(textarea, input:is([type="text"], :not([type])))');
  if ([...fields].some((field) => field.value !== '' && !field.readOnly)) event.preventDefault();
}

/** Escape closes the list of words of an editor first, and the dialog with what was typed in it only then. */
function closeListFirst(event: KeyboardEvent): void {
  const list = document.activeElement?.closest('[data-completing]');
  if (!list) return;
  event.preventDefault();
  list.dispatchEvent(new CustomEvent('closelist'));
}

/** What opened the dialog is often gone once it has done its work (signed, started): the page itself has the focus then, not nothing. */
function keepFocusOnPage(): void {
  requestAnimationFrame(() => {
    if (document.activeElement === null || document.activeElement === document.body) document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
  });
}

/** A dialog is opened to fill something in: its first field has the focus, not the button that closes it. */
function focusFirstField(event: Event): void {
  const field = event.currentTarget instanceof HTMLElement ? event.currentTarget.querySelector<HTMLElement>('input:not([type="hidden"]):not(:disabled), textarea, select') : null;
  if (!field) return;
  event.preventDefault();
  field.focus();
}
