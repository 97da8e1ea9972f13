'use client';
import { type ReactNode, useState } from 'react';
import { ActionForm, type FormAction, Submit } from '#components/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { TextField } from '#components/ui/field.tsx';

interface DecisionFormProps {
  action: FormAction;
  hidden: Readonly<Record<string, string | number>>;
  /** What is decided about, as the form is called. */
  about: string;
  decided: { reason: string } | null;
  /** The decision that stands closes nothing, so that the form need not stand open. */
  settled?: boolean;
  /** It is one of many, and opens when it is asked for. */
  folded?: boolean;
  question: string;
  /** A reason that somebody could give. */
  example: string;
  children: ReactNode;
}

/** A question that keeps a phase closed, its answers, of which none is chosen before somebody chooses it, and the reason for one. Deciding makes a new version, and whoever decides becomes an author. */
export function DecisionForm({ action, hidden, about, decided, settled = decided !== null, folded = false, question, example, children }: DecisionFormProps) {
  const [open, setOpen] = useState(!settled && !folded);
  if (!open) {
    return (
      <Button size="sm" className="mt-1" onClick={() => setOpen(true)}>
        {folded && !decided ? 'Decide…' : 'Decide differently'}
      </Button>
    );
  }
  return (
    <ActionForm action={action} hidden={hidden} keep={`decision ${about}`} onDone={() => setOpen(false)} className="mt-1 grid max-w-2xl gap-3 border-l-2 border-blue-ink/40 pl-3" label={`Decision for ${about}`}>
      <fieldset className="grid gap-2">
        <legend className="mb-1 font-medium wrap-anywhere">{question}</legend>
        {children}
      </fieldset>
      <TextField kept label="Reason" name="reason" required maxLength={2000} defaultValue={decided?.reason ?? ''} placeholder={`For example: ${example}`} />
      <div className="flex gap-2">
        <Submit look="plain">Record decision</Submit>
        {decided || folded ? (
          <Button look="quiet" onClick={() => setOpen(false)}>
            {decided ? 'Keep as it is' : 'Not now'}
          </Button>
        ) : null}
      </div>
    </ActionForm>
  );
}
