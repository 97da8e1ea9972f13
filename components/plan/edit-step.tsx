'use client';
import { useState } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { editStep } from '#lib/actions/plans.ts';
import { SqlPair } from './sql-pair.tsx';
import { useStepSql } from './use-step-sql.ts';

interface EditStepProps {
  planId: string;
  version: number;
  phaseId: string;
  step: { id: string; title: string };
}

/** Replaces the SQL of a step and its undo together: one without the other is no pair that anybody could sign. */
export function EditStep({ planId, version, phaseId, step }: EditStepProps) {
  const sheet = useSheet('edit', step.id);
  /** What was typed and not saved, over which version: a sheet that is closed by accident loses nothing. */
  const [draft, setDraft] = useState<Draft>({ version });
  const change = (next: boolean): void => {
    // Saved over the version that it was read from, so that nobody's work of the meantime is written over.
    if (next && draft.version !== version) setDraft({ version });
    sheet.onOpenChange(next);
  };
  const done = (): void => {
    setDraft({ version: version + 1 });
    sheet.onOpenChange(false);
  };
  return (
    <Dialog
      {...sheet}
      onOpenChange={change}
      form="sheet"
      title={`Edit: ${step.title}`}
      description="Saving makes a new version, you become an author of the plan, and approvals of this phase are void."
      trigger={
        <Button size="sm" look="quiet">
          Edit SQL
        </Button>
      }
    >
      <Form planId={planId} phaseId={phaseId} stepId={step.id} draft={draft} onDraft={(typed) => setDraft((before) => ({ ...before, ...typed }))} onDone={done} />
    </Dialog>
  );
}

interface Draft {
  version: number;
  sql?: string;
  undo?: string;
}

interface FormProps {
  planId: string;
  phaseId: string;
  stepId: string;
  draft: Draft;
  onDraft: (typed: { sql?: string; undo?: string }) => void;
  onDone: () => void;
}

function Form({ planId, phaseId, stepId, draft, onDraft, onDone }: FormProps) {
  const { version } = draft;
  const stored = useStepSql(planId, version, stepId);
  if (stored === 'failed') return <p className="text-red-ink">The SQL could not be loaded. Close this and open it again.</p>;
  if (!stored) return <p className="text-ink-muted">Loading the SQL…</p>;
  return (
    <ActionForm action={editStep} hidden={{ planId, version, phaseId, stepId }} onDone={onDone} className="grid grid-cols-1 gap-4">
      <SqlPair sql={draft.sql ?? stored.typed.sql} undo={draft.undo ?? stored.typed.undo} onSql={(sql) => onDraft({ sql })} onUndo={(undo) => onDraft({ undo })} />
      <div className="flex items-center justify-end gap-3">
        <span className="text-sm text-ink-muted">Ctrl or ⌘ with Enter saves</span>
        <Submit busy="Saving…">Save as a new version</Submit>
      </div>
    </ActionForm>
  );
}
