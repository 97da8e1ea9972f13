import type { ReactNode } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { TextArea } from '#components/ui/field.tsx';

type Form = Pick<Parameters<typeof ActionForm>[0], 'action' | 'hidden' | 'onDone'>;

/** One of several answers, and the reason for it; `word` is what an answer is called here: Decision. */
export function AnswerForm({ word, example, children, ...form }: Form & { word: string; example: string; children: ReactNode }) {
  return (
    <ActionForm {...form} className="grid grid-cols-1 gap-4">
      <fieldset className="grid gap-2">
        <legend className="mb-1 font-medium">{word}</legend>
        {children}
      </fieldset>
      <TextArea label="Reason" name="reason" required maxLength={2000} placeholder={`For example: ${example}`} />
      <div className="flex justify-end">
        <Submit>Record {word.toLowerCase()}</Submit>
      </div>
    </ActionForm>
  );
}
