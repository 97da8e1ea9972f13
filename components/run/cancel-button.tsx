'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextArea } from '#components/ui/field.tsx';
import { cancelRun } from '#lib/actions/runs.ts';

/** Stops the run; what a step had begun is rolled back by the database, what was committed stands. */
export function CancelButton({ runId, asked }: { runId: string; asked: boolean }) {
  const sheet = useSheet('cancel');
  return (
    <Dialog
      {...sheet}
      title="Cancel the run"
      description="The step at work is interrupted and leaves nothing behind. Steps that were committed stand; they can be rolled back."
      trigger={
        <Button look="danger" disabled={asked}>
          {asked ? 'Cancelling…' : 'Cancel…'}
        </Button>
      }
    >
      <ActionForm action={cancelRun} answersItself hidden={{ runId }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        <TextArea label="Reason" name="reason" required maxLength={2000} rows={2} />
        <div className="flex justify-end">
          <Submit look="danger" busy="Asking…">
            Cancel the run
          </Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}
