'use client';
import { useState } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Choice, TextArea, TextField } from '#components/ui/field.tsx';
import { changePolicy } from '#lib/actions/policy.ts';
import type { PolicyDto } from '#lib/dal/dto/policy.ts';
import { documentText, type Draft, draftFrom, draftOf, type NumberField } from './draft.ts';
import { FreezeLines } from './freeze-lines.tsx';
import { KeptDraft } from './kept-draft.tsx';
import { WindowLines } from './window-lines.tsx';

/** The whole policy in one form: one version, one reason. */
export function ChangePolicy({ policy }: { policy: PolicyDto }) {
  const sheet = useSheet('change');
  return (
    <Dialog form="sheet" {...sheet} title="Change the policy" description="It counts from then on, for everything that has not started. Signatures stand." trigger={<Button look="primary">Change…</Button>}>
      <PolicyForm policy={policy} onDone={() => sheet.onOpenChange(false)} />
    </Dialog>
  );
}

function PolicyForm({ policy, onDone }: { policy: PolicyDto; onDone: () => void }) {
  // What was seen when the form was opened: a version that comes meanwhile is told, and not overwritten.
  const [seen] = useState(policy);
  const [draft, setDraft] = useState<Draft>(() => draftOf(seen.document));
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const names = seen.databases.map((database) => database.name);
  return (
    <ActionForm action={changePolicy} hidden={{ number: seen.number }} onDone={onDone} className="grid grid-cols-1 gap-6" label="Policy">
      <KeptDraft name="document" text={documentText(draft)} onBack={(text) => setDraft((before) => draftFrom(text, before))} />
      <WindowLines windows={draft.windows} databases={names} onChange={(windows) => change({ windows })} />
      <FreezeLines freezes={draft.freezes} databases={names} onChange={(freezes) => change({ freezes })} />
      <Numbers policy={seen} numbers={draft.numbers} onChange={(numbers) => change({ numbers })} />
      <fieldset className="grid grid-cols-1 gap-2">
        <legend className="mb-1 font-medium">Rules for what people write into plans</legend>
        {seen.rules.map(({ rule, words }) => {
          const configured = seen.floor.teamRules.includes(rule);
          return (
            <Choice
              key={rule}
              label={words}
              hint={configured ? 'The configuration demands it.' : undefined}
              checked={configured || draft.teamRules.includes(rule)}
              disabled={configured}
              onChange={(event) => change({ teamRules: event.target.checked ? [...draft.teamRules, rule] : draft.teamRules.filter((other) => other !== rule) })}
            />
          );
        })}
      </fieldset>
      <fieldset className="grid grid-cols-1 gap-2">
        <legend className="mb-1 font-medium">When one of these rules is broken</legend>
        <Choice
          label="Only an author who is an admin as well may let it stand"
          hint="Unticked, any author may. Either way the reason is part of what is signed, and whoever gives it cannot sign."
          checked={draft.rulesByAdmins}
          onChange={(event) => change({ rulesByAdmins: event.target.checked })}
        />
      </fieldset>
      <fieldset className="grid grid-cols-1 gap-2">
        <legend className="mb-1 font-medium">When nobody can sign in time</legend>
        <Choice
          label="An operator who did not write the plan may break the glass"
          hint="The phase starts without its signatures, and the operator says why. Everybody is told, and it stays on Home until another approver has answered for it. Measurements, rehearsals and freezes hold."
          checked={draft.breakGlass}
          onChange={(event) => change({ breakGlass: event.target.checked })}
        />
      </fieldset>
      <TextArea label="Reason" name="reason" required maxLength={2000} rows={2} hint="The history shows it to everybody." />
      <div className="flex justify-end">
        <Submit busy="Laying down…">Lay it down</Submit>
      </div>
    </ActionForm>
  );
}

function Numbers({ policy: { floor }, numbers, onChange }: { policy: PolicyDto; numbers: Draft['numbers']; onChange: (numbers: Draft['numbers']) => void }) {
  const field = (name: NumberField, label: string, hint: string, most: number, least = 1) => (
    <TextField key={name} label={label} hint={hint} type="number" inputMode="numeric" min={least} max={most} step={1} value={numbers[name]} onChange={(event) => onChange({ ...numbers, [name]: event.target.value })} />
  );
  return (
    <fieldset className="grid grid-cols-1 gap-3">
      <legend className="mb-2 font-medium">What a phase needs</legend>
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
        {field('approvals', 'Approvals', `Empty: ${floor.approvals}, as configured.`, 10)}
        {field('approvalsDestructive', 'Approvals where data goes', `Empty: ${floor.approvalsDestructive}, as configured.`, 10)}
        {field('distinctGroups', 'Groups who sign where data goes', 'Empty: not asked. At least 2; the page People says who is of which.', 10, 2)}
        {field('accountDays', 'Days before an account signs its maker’s plans', 'Empty: not asked. Whoever makes an account or its password could sign with it.', 365)}
        {field('approvalHours', 'Hours an approval stands', `Empty: ${floor.approvalHours}, as configured.`, 8760)}
        {field('executionHours', 'Hours to start it in, after the last signature', 'Empty: not asked. What is not started by then is signed again.', 8760)}
        {field('writeBlockSeconds', 'Seconds writers may wait', 'Empty: not asked. What was not rehearsed is not known, and is refused.', 3600, 0)}
      </div>
    </fieldset>
  );
}
