'use client';
import { useState } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextArea } from '#components/ui/field.tsx';
import { editStep } from '#lib/actions/plans.ts';

interface EditStepProps {
  planId: string;
  version: number;
  phaseId: string;
  step: { id: string; title: string; sql: string; undo: string };
}

/** Replaces the SQL of a step and its undo together: one without the other is no pair that anybody could sign. */
export function EditStep({ planId, version, phaseId, step }: EditStepProps) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      form="sheet"
      title={`Edit: ${step.title}`}
      description="Saving makes a new version, you become an author of the plan, and approvals of this phase are void."
      trigger={
        <Button size="sm" look="quiet">
          Edit SQL
        </Button>
      }
    >
      <ActionForm action={editStep} hidden={{ planId, version, phaseId, stepId: step.id }} onDone={() => setOpen(false)} className="grid gap-4">
        <TextArea label="SQL" name="sql" mono required rows={14} defaultValue={step.sql} spellCheck={false} />
        <TextArea label="Undo" name="undo" mono rows={8} defaultValue={step.undo} spellCheck={false} hint="Takes back exactly what the SQL above does." />
        <div className="flex justify-end">
          <Submit busy="Saving…">Save as a new version</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}
