'use client';
import { createContext, type ReactNode, startTransition, useContext, useState } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useNotice } from '#components/notices.tsx';
import { answerTo } from '#components/sent.ts';
import { Dialog } from '#components/ui/dialog.tsx';
import { editPlan } from '#lib/actions/plans.ts';
import type { Operation } from '#lib/pipeline/editor/operation.ts';

/** Where the tools below are: which phase of which version, and to which other written phases a step can go. */
export interface Place {
  planId: string;
  version: number;
  phaseId: string;
  others: readonly { id: string; title: string }[];
}

const Here = createContext<Place>({ planId: '', version: 0, phaseId: '', others: [] });

export function Editing({ place, children }: { place: Place; children: ReactNode }) {
  return <Here value={place}>{children}</Here>;
}

export function usePlace(): Place {
  return useContext(Here);
}

type Fields = Readonly<Record<string, string | number>> & { operation: Operation['operation'] };

/** Does what needs no further word: the answer is a notice, and the page comes anew. */
export function usePlanEdit(): { edit: (fields: Fields) => void; busy: boolean } {
  const { planId, version, phaseId } = usePlace();
  const notice = useNotice();
  const [busy, setBusy] = useState(false);
  const edit = (fields: Fields): void => {
    setBusy(true);
    const form = new FormData();
    for (const [name, value] of Object.entries({ planId, version, phaseId, ...fields })) form.set(name, String(value));
    startTransition(async () => {
      const state = await answerTo(editPlan({ status: 'idle' }, form));
      startTransition(() => {
        setBusy(false);
        if (state.status === 'done') notice(state.sentence);
        else if (state.status === 'surprise') notice(`${state.sentence} Error id ${state.errorId}.`, 'red');
        else if (state.status !== 'idle') notice(state.sentence, 'red');
      });
    });
  };
  return { edit, busy };
}

interface EditDialogProps {
  /** Of its sheet. */
  name: string;
  title: string;
  description?: ReactNode;
  fields: Fields;
  submit: string;
  form?: 'dialog' | 'sheet';
  open: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** A form of one operation. It is saved over the version that was there when it was opened. */
export function EditDialog({ name, title, description, fields, submit, form = 'dialog', open, onClose, children }: EditDialogProps) {
  return (
    <Dialog name={name} open={open} onOpenChange={(next) => (next ? undefined : onClose())} form={form} title={title} {...(description ? { description } : {})}>
      <Opened fields={fields} submit={submit} onClose={onClose}>
        {children}
      </Opened>
    </Dialog>
  );
}

function Opened({ fields, submit, onClose, children }: Pick<EditDialogProps, 'fields' | 'submit' | 'onClose' | 'children'>) {
  const { planId, version, phaseId } = usePlace();
  const [openedOver] = useState(version);
  return (
    <ActionForm action={editPlan} hidden={{ planId, version: openedOver, phaseId, ...fields }} onDone={onClose} className="grid grid-cols-1 gap-4">
      {children}
      <div className="flex justify-end">
        <Submit busy="Saving…">{submit}</Submit>
      </div>
    </ActionForm>
  );
}
