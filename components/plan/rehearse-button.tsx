'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { rehearsePlan, stopRehearsal } from '#lib/actions/rehearsals.ts';

/** Has the plan carried out on a clone of the target, and taken back there. */
export function RehearseButton({ planId, version, again }: { planId: string; version: number; again: boolean }) {
  return (
    <ActionForm action={rehearsePlan} hidden={{ planId, version }}>
      <Submit look="plain" size="sm" busy="Asking…">
        {again ? 'Rehearse again' : 'Rehearse'}
      </Submit>
    </ActionForm>
  );
}

/** Ends the rehearsal that is under way; there is nothing to lose but what it would have found out. */
export function StopRehearsalButton({ planId }: { planId: string }) {
  return (
    <ActionForm action={stopRehearsal} hidden={{ planId }}>
      <Submit look="plain" size="sm" busy="Stopping…">
        Stop rehearsing
      </Submit>
    </ActionForm>
  );
}
