'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextArea } from '#components/ui/field.tsx';
import { answerDrift } from '#lib/actions/drift.ts';

export function AnswerDrift({ driftId, database }: { driftId: string; database: string }) {
  const sheet = useSheet('known', driftId);
  return (
    <Dialog {...sheet} title={`Known: what changed in ${database}`} description="It leaves this page. What you say stays in the log." trigger={<Button size="sm" look="quiet">It is known…</Button>}>
      <ActionForm action={answerDrift} hidden={{ driftId }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        <TextArea label="Who did it, and why it is well" name="reason" required maxLength={2000} />
        <div className="flex justify-end">
          <Submit>It is known</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}
