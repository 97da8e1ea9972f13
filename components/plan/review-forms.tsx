'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextArea } from '#components/ui/field.tsx';
import { requestChanges, withdrawApproval } from '#lib/actions/review.ts';

export function RequestChanges({ planId, version, phaseId }: { planId: string; version: number; phaseId: string }) {
  const sheet = useSheet('request-changes', phaseId);
  return (
    <Dialog {...sheet} title="Request changes" description="The phase stays closed until an author has answered." trigger={<Button>Request changes…</Button>}>
      <ActionForm action={requestChanges} hidden={{ planId, version, phaseId }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        <TextArea label="What should change" name="comment" required maxLength={2000} rows={4} />
        <div className="flex justify-end">
          <Submit>Request changes</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}

export function Withdraw({ approvalId }: { approvalId: string }) {
  const sheet = useSheet('withdraw', approvalId);
  return (
    <Dialog {...sheet} title="Take back your approval" trigger={<Button size="sm" look="quiet">Take back…</Button>}>
      <ActionForm action={withdrawApproval} hidden={{ approvalId }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        <TextArea label="Reason" name="reason" required maxLength={2000} />
        <div className="flex justify-end">
          <Submit>Take back my approval</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}
