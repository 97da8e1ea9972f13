'use client';
import { Archive } from 'lucide-react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextArea } from '#components/ui/field.tsx';
import { archiveSource } from '#lib/actions/sources.ts';

/** For a text that has done its work: it is offered nowhere any more. */
export function ArchiveSql({ name }: { name: string }) {
  const sheet = useSheet('archive', name);
  return (
    <Dialog
      {...sheet}
      title={`Archive ${name}`}
      description="It is no longer offered as a side. Plans that were made with it keep it, and its name stays taken. This cannot be undone."
      trigger={
        <Button look="quiet" size="sm" icon={<Archive size={14} aria-hidden="true" />}>
          {`Archive ${name}…`}
        </Button>
      }
    >
      <ActionForm action={archiveSource} hidden={{ name }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        <TextArea label="Reason" name="reason" required maxLength={2000} />
        <div className="flex justify-end">
          <Submit busy="Archiving…">Archive it</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}
