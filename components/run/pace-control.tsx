'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Select, TextArea } from '#components/ui/field.tsx';
import { setPace } from '#lib/actions/runs.ts';

/** Pause with one press, go on with one press; how fast, in a dialog with a reason. Takes effect before the next batch or step. */
export function PaceControl({ runId, pace, resumesAt, disabled }: { runId: string; pace: number; resumesAt: number; disabled: boolean }) {
  const sheet = useSheet('speed');
  return (
    <>
      <ActionForm action={setPace} hidden={{ runId, pace: pace === 0 ? String(resumesAt) : '0' }}>
        <Submit look="plain" busy="Asking…" disabled={disabled}>
          {pace > 0 ? 'Pause' : resumesAt < 100 ? `Resume at ${resumesAt} %` : 'Resume'}
        </Submit>
      </ActionForm>
      <Dialog
        {...sheet}
        title="Speed of the run"
        description="Work in batches rests between two of them. A single statement under way is not slowed down by this."
        trigger={
          <Button look="quiet" disabled={disabled}>
            {pace > 0 && pace < 100 ? `Speed ${pace} %…` : 'Speed…'}
          </Button>
        }
      >
        <ActionForm action={setPace} hidden={{ runId }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
          <Select label="Speed" name="pace" key={pace} defaultValue={String(pace)}>
            <option value="100">100 %: as fast as it may</option>
            <option value="50">50 %: rests as long as it works</option>
            <option value="25">25 %</option>
            <option value="10">10 %</option>
            <option value="0">paused</option>
          </Select>
          <TextArea label="Reason" name="reason" maxLength={2000} rows={2} />
          <div className="flex justify-end">
            <Submit busy="Asking…">Set the speed</Submit>
          </div>
        </ActionForm>
      </Dialog>
    </>
  );
}
