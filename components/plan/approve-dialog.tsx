'use client';
import type { ReactNode } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextArea, TextField } from '#components/ui/field.tsx';
import { exactNumber } from '#components/ui/format.ts';
import { approvePhase } from '#lib/actions/review.ts';

interface ApproveDialogProps {
  planId: string;
  version: number;
  phaseId: string;
  number: number;
  title: string;
  digest: string;
  numberToType: number | null;
  /** What that number counts: “Type the number of rows that …”. */
  numberCounts: string;
  /** Nothing takes it back. */
  final: boolean;
  /** What is signed. */
  children: ReactNode;
}

/** What is signed, and the signature. A destructive phase asks for the measured number, so that it was read. */
export function ApproveDialog({ planId, version, phaseId, number, title, digest, numberToType, numberCounts, final, children }: ApproveDialogProps) {
  const sheet = useSheet('approve', phaseId);
  return (
    <Dialog
      {...sheet}
      title={`Approve phase ${number}: ${title}`}
      description={final ? 'You sign the way forward. There is no way back.' : 'You sign the way forward and the way back together.'}
      trigger={<Button look="primary">{`Approve phase ${number}…`}</Button>}
    >
      <ActionForm action={approvePhase} hidden={{ planId, version, phaseId, digest }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        {children}
        {numberToType === null || numberToType === 0 ? null : (
          <TextField
            label={`Type the number of rows that ${numberCounts}: ${exactNumber(numberToType)}`}
            name="typedNumber"
            required
            inputMode="numeric"
            autoComplete="off"
            hint="It is the measured number. If it surprises you, do not sign."
          />
        )}
        <TextArea label="Comment (optional)" name="comment" maxLength={2000} rows={2} />
        <div className="flex justify-end">
          <Submit busy="Signing…">{`Approve phase ${number}`}</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}
