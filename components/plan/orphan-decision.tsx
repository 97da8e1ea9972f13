'use client';
import { useState } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Choice, TextField } from '#components/ui/field.tsx';
import { decideOrphans } from '#lib/actions/plans.ts';
import type { OrphanDecision } from '#lib/pipeline/plan.ts';

interface OrphanDecisionFormProps {
  planId: string;
  version: number;
  phaseId: string;
  foreignKey: string;
  /** May the column be null in desired? */
  nullable: boolean;
  /** The parent that rows may be pointed to; null where the phase or the key cannot do that. */
  rePointTo: string | null;
  decided: OrphanDecision | null;
  child: string;
  rows: number | null;
}

/** What becomes of the rows without a parent. Deciding makes a new version, and whoever decides becomes an author. */
export function OrphanDecisionForm({ planId, version, phaseId, foreignKey, nullable, rePointTo, decided, child, rows }: OrphanDecisionFormProps) {
  const [open, setOpen] = useState(decided === null);
  if (!open) {
    return (
      <Button size="sm" className="mt-1" onClick={() => setOpen(true)}>
        Decide differently
      </Button>
    );
  }
  return (
    <ActionForm action={decideOrphans} hidden={{ planId, version, phaseId, foreignKey }} onDone={() => setOpen(false)} className="mt-1 grid max-w-2xl gap-3 border-l-2 border-blue-ink/40 pl-3" label={`Decision for ${foreignKey}`}>
      <fieldset className="grid gap-2">
        <legend className="mb-1 font-medium">What becomes of {rows === null ? 'these rows' : rows === 1 ? 'this row' : `these ${rows} rows`} of {child}?</legend>
        <Choice type="radio" name="verdict" value="delete" defaultChecked={decided === null || decided.verdict === 'delete'} label="Take out and quarantine" hint="They leave the live table, are kept in a quarantine table, and come back on rollback." />
        <Choice type="radio" name="verdict" value="set_null" defaultChecked={decided?.verdict === 'set_null'} disabled={!nullable} label="Set to null" hint={nullable ? 'The rows stay, without a parent.' : 'Not possible: the column must not be null in the desired schema.'} />
        {rePointTo === null ? null : (
          <div className="flex flex-wrap items-end gap-x-3 gap-y-1">
            <Choice type="radio" name="verdict" value="re_point" defaultChecked={decided?.verdict === 're_point'} label="Point elsewhere" hint={`The rows stay, and point to a row of ${rePointTo} that you name.`} />
            <TextField label={`Key of the row of ${rePointTo}`} name="to" maxLength={1000} defaultValue={decided?.to ?? ''} className="max-w-80" mono />
          </div>
        )}
        <Choice type="radio" name="verdict" value="stop" defaultChecked={decided?.verdict === 'stop'} label="Stop" hint="The phase stays closed until the rows are put right by hand." />
      </fieldset>
      <TextField label="Reason" name="reason" required maxLength={2000} defaultValue={decided?.reason ?? ''} placeholder="For example: the project was deleted, nobody can open these" />
      <div className="flex gap-2">
        <Submit look="plain">Record decision</Submit>
        {decided ? (
          <Button look="quiet" onClick={() => setOpen(false)}>
            Keep as it is
          </Button>
        ) : null}
      </div>
    </ActionForm>
  );
}
