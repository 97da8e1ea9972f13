'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { executePhase } from '#lib/actions/runs.ts';

/** Hands the phase to the worker. What is run is what was signed: the digest goes along. */
export function RunButton({ planId, version, phaseId, digest, text }: { planId: string; version: number; phaseId: string; digest: string; text: string }) {
  return (
    <ActionForm action={executePhase} hidden={{ planId, version, phaseId, digest, reason: '' }}>
      <Submit busy="Starting…">{text}</Submit>
    </ActionForm>
  );
}
