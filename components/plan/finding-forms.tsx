'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextArea } from '#components/ui/field.tsx';
import { acceptFinding, applySaferForm } from '#lib/actions/runbooks.ts';

interface FindingRef {
  planId: string;
  version: number;
  findingId: string;
}

/** One press puts the safer form in the place of what was written; the version before it stays. */
export function SaferForm({ label, sentence, ...ref }: FindingRef & { label: string; sentence: string }) {
  return (
    <ActionForm action={applySaferForm} hidden={{ ...ref }}>
      <Submit look="plain" size="sm" busy="Rewriting…" title={sentence}>
        {label}
      </Submit>
    </ActionForm>
  );
}

export function AcceptFinding({ sentence, ...ref }: FindingRef & { sentence: string }) {
  const sheet = useSheet('accept', ref.findingId);
  return (
    <Dialog
      {...sheet}
      title="Let the finding stand"
      description={sentence}
      trigger={
        <Button size="sm" look="quiet">
          Let it stand…
        </Button>
      }
    >
      <ActionForm action={acceptFinding} hidden={{ ...ref }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        <TextArea label="Why it may stand" hint="The reason becomes part of the phase: whoever approves it signs it too." name="reason" required maxLength={2000} rows={4} />
        <div className="flex justify-end">
          <Submit>Let it stand</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}
