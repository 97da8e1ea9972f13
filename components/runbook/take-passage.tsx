'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { takePassage } from '#lib/actions/runbooks.ts';

/** What was told and not done is done after all. */
export function TakePassage({ planId, version, line }: { planId: string; version: number; line: number }) {
  return (
    <ActionForm action={takePassage} hidden={{ planId, version, line }} className="mt-0.5">
      <Submit look="plain" size="sm" busy="Reading…">
        Read it into the plan
      </Submit>
    </ActionForm>
  );
}
