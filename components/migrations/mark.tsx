'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Choice, TextArea } from '#components/ui/field.tsx';
import { markMigration } from '#lib/actions/migrations.ts';
import { MARK_WORDS, type Mark } from './words.ts';

/** Says in the ledger what is true already. A plan comes of it, which is signed and run like any other. */
export function MarkButton({ folder, target, name, marks }: { folder: string; target: string; name: string; marks: readonly Mark[] }) {
  const sheet = useSheet('mark', name);
  return (
    <Dialog {...sheet} title="Mark in the ledger" description={`${name}: nothing of its file is run. Makes a plan that writes the ledger of ${target}.`} trigger={<Button size="sm" aria-label={`Mark ${name} in the ledger`}>Mark…</Button>}>
      <ActionForm action={markMigration} hidden={{ folder, target, name }} className="grid grid-cols-1 gap-4" label="Mark in the ledger">
        <fieldset className="grid gap-2">
          <legend className="mb-1 font-medium">What is true</legend>
          {marks.map((mark) => (
            <Choice key={mark} type="radio" name="mark" value={mark} required label={MARK_WORDS[mark].label} hint={MARK_WORDS[mark].hint} />
          ))}
        </fieldset>
        <TextArea label="Reason" name="reason" required maxLength={2000} placeholder="For example: the tables were made by hand in May" />
        <div className="flex justify-end">
          <Submit busy="Making…">Make the plan</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}
