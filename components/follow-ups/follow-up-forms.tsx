'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Choice, Select, TextArea, TextField } from '#components/ui/field.tsx';
import { MomentField } from '#components/ui/moment-field.tsx';
import { addFollowUp, endFollowUp, takeFollowUp } from '#lib/actions/follow-ups.ts';
import type { FollowUpDto } from '#lib/dal/dto/home.ts';

export function AddFollowUp({ planId, owners }: { planId: string; owners: readonly { id: string; name: string }[] }) {
  const sheet = useSheet('follow-up');
  return (
    <Dialog {...sheet} title="Add a follow-up" description="It stands on Home from then on, until somebody says how it ended." trigger={<Button size="sm">Add…</Button>}>
      <ActionForm action={addFollowUp} hidden={{ planId }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        <TextField kept label="What is to be done" name="title" required maxLength={300} autoComplete="off" />
        <MomentField label="Due" name="dueAt" initial={tomorrow} />
        <Select label="By whom" name="owner" defaultValue="">
          <option value="">nobody in particular</option>
          {owners.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        <div className="flex justify-end">
          <Submit busy="Adding…">Add the follow-up</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}

/** What closes by itself with its phase can only be dropped; the button does not say so, because beside “Drop 12 kept tables” it would promise something else. */
export function EndFollowUp({ one }: { one: Pick<FollowUpDto, 'planId' | 'key' | 'title' | 'phaseId'> }) {
  const sheet = useSheet('end', `${one.planId}.${one.key}`);
  const byPhase = one.phaseId !== null;
  return (
    <Dialog
      {...sheet}
      title={byPhase ? `No reminder of “${one.title}”` : `End “${one.title}”`}
      description={byPhase ? 'Nobody is reminded of it any more. The phase stays, and can be run all the same.' : 'It leaves Home. What you say stands in the report and in the log.'}
      trigger={
        <Button size="sm" look={byPhase ? 'quiet' : 'plain'} aria-label={`${byPhase ? 'No reminder' : 'End'}: ${one.title}`}>
          {byPhase ? 'No reminder…' : 'End…'}
        </Button>
      }
    >
      <ActionForm action={endFollowUp} hidden={{ planId: one.planId, key: one.key, ...(byPhase ? { verdict: 'dropped' } : {}) }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        {byPhase ? null : (
          <fieldset className="grid gap-1.5">
            <legend className="mb-1 font-medium">How it ended</legend>
            <Choice type="radio" name="verdict" value="done" required label="It is done" />
            <Choice type="radio" name="verdict" value="dropped" label="It is not to be done" />
          </fieldset>
        )}
        <TextArea label={byPhase ? 'Reason' : 'What was done, or why it is not'} name="note" required maxLength={2000} />
        <div className="flex justify-end">
          <Submit busy="Ending…">{byPhase ? 'Stop reminding' : 'End it'}</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}

export function TakeFollowUp({ one }: { one: Pick<FollowUpDto, 'planId' | 'key' | 'title'> }) {
  return (
    <ActionForm action={takeFollowUp} hidden={{ planId: one.planId, key: one.key }}>
      <Submit look="quiet" size="sm" busy="Taking…" aria-label={`Take it: ${one.title}`}>
        Take it
      </Submit>
    </ActionForm>
  );
}

function tomorrow(): Date {
  const at = new Date();
  at.setDate(at.getDate() + 1);
  at.setMinutes(0, 0, 0);
  return at;
}
