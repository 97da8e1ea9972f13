'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import type { ButtonLook } from '#components/ui/button-classes.ts';
import { measurePhase } from '#lib/actions/review.ts';

/** Counts rows, orphans and casts on the target now. Reads only. */
export function MeasureButton({ planId, version, phaseId, again, look = 'plain' }: { planId: string; version: number; phaseId: string; again: boolean; look?: ButtonLook }) {
  return (
    <ActionForm action={measurePhase} hidden={{ planId, version, phaseId }}>
      <Submit look={look} size={look === 'primary' ? 'md' : 'sm'} busy="Measuring…">
        {again ? 'Measure again' : 'Measure'}
      </Submit>
    </ActionForm>
  );
}
