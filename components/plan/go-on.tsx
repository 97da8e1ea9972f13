'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextArea } from '#components/ui/field.tsx';
import { fewTitles } from '#components/ui/format.ts';
import { goOn } from '#lib/actions/go-on.ts';

/** For the author of a phase that ended in the middle, where nothing takes back what stands. */
export function GoOn({ planId, version, phaseId, stands }: { planId: string; version: number; phaseId: string; stands: readonly string[] }) {
  const sheet = useSheet('go-on');
  return (
    <Dialog
      {...sheet}
      title="Go on after what stands"
      description={`${fewTitles(stands)} ${stands.length === 1 ? 'stays in the target and leaves the phase, which names it from then on' : 'stay in the target and leave the phase, which names them from then on'}. The rest is a new version, to be mended, measured and signed.`}
      trigger={<Button look="primary">Go on after what stands…</Button>}
    >
      <ActionForm action={goOn} hidden={{ planId, version, phaseId }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        <TextArea label="Reason" name="reason" required maxLength={2000} />
        <div className="flex justify-end">
          <Submit busy="Saving…">Save the rest as a new version</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}
