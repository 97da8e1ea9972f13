'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { planByRehearsal } from '#lib/actions/rehearsed-pause.ts';
import type { LongPause } from '#lib/pipeline/planner/rehearsed-pause.ts';

/** The plan rests on an estimate, and a rehearsal has measured something else. */
export function LongPauseNote({ planId, version, phaseId, pause, editable }: { planId: string; version: number; phaseId: string; pause: LongPause; editable: boolean }) {
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-2">
      <p className="max-w-prose">
        In its rehearsal this phase kept writers waiting for {pause.seconds.toFixed(1)} s. It was planned in one transaction because {pause.budget} s or less was estimated.
      </p>
      {editable ? (
        <ActionForm action={planByRehearsal} hidden={{ planId, version, phaseId }}>
          <Submit busy="Planning…">Plan it by what was measured</Submit>
        </ActionForm>
      ) : null}
    </div>
  );
}
