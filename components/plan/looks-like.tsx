'use client';
import { useState } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Select, TextField } from '#components/ui/field.tsx';
import { decideOverlap } from '#lib/actions/plans.ts';

/** A table that should go and is not empty, with tables of its shape that stay: a person may say that it is a duplicate. Nothing is merged by likeness alone. */
export function LooksLike({ planId, version, phaseId, table, name, like }: { planId: string; version: number; phaseId: string; table: string; name: string; like: readonly { key: string; name: string }[] }) {
  const [open, setOpen] = useState(false);
  if (!open) {
    return (
      <Button size="sm" className="mt-1" onClick={() => setOpen(true)}>
        {`Merge ${name} instead…`}
      </Button>
    );
  }
  return (
    <ActionForm action={decideOverlap} hidden={{ planId, version, phaseId, duplicate: table, verdict: 'stop' }} onDone={() => setOpen(false)} className="mt-1 grid max-w-2xl gap-3 border-l-2 border-blue-ink/40 pl-3" label={`Merge ${name}`}>
      <Select label={`Merge ${name} into`} name="into" hint="Tables that stay and have all its columns. Rows with one key and different values are shown, and decided on, before anything is merged.">
        {like.map((one) => (
          <option key={one.key} value={one.key}>
            {one.name}
          </option>
        ))}
      </Select>
      <TextField label="Reason" name="reason" required maxLength={2000} placeholder="For example: a migration ran once without the prefix" />
      <div className="flex gap-2">
        <Submit look="plain">It is a duplicate</Submit>
        <Button look="quiet" onClick={() => setOpen(false)}>
          Leave it
        </Button>
      </div>
    </ActionForm>
  );
}
