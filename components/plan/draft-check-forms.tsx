'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { Select } from '#components/ui/field.tsx';
import { checkDraft, comparePlanWith } from '#lib/actions/draft-checks.ts';

/** Has a worker find out what the plan would make of its target. */
export function CheckDraftButton({ planId, version, again }: { planId: string; version: number; again: boolean }) {
  return (
    <ActionForm action={checkDraft} hidden={{ planId, version }} answersItself>
      <Submit look="plain" size="sm" busy="Asking…">
        {again ? 'Check again' : 'Check the draft'}
      </Submit>
    </ActionForm>
  );
}

/** Chooses what the plan is compared with. */
export function CompareWith({ planId, version, choices }: { planId: string; version: number; choices: readonly string[] }) {
  return (
    <ActionForm action={comparePlanWith} hidden={{ planId, version }} answersItself className="flex flex-wrap items-center gap-2">
      <Select label="Compare with" hideLabel name="side" className="max-w-full font-mono">
        {choices.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Select>
      <Submit look="plain" size="sm" busy="Asking…">
        Check the draft
      </Submit>
    </ActionForm>
  );
}
