'use client';
import { useQuery } from '@tanstack/react-query';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { startLightOf } from '#components/start/ask.ts';
import { LightMark } from '#components/start/light-mark.tsx';
import { SHORT_LIGHT_WORDS } from '#components/start/light-words.ts';
import { Button } from '#components/ui/button.tsx';
import { executePhase } from '#lib/actions/runs.ts';

/** Hands the phase to the worker. What is run is what was signed: the digest goes along. The light beside it leads to its reasons; only red keeps it from being pressed. */
export function RunButton({ planId, version, phaseId, digest, text }: { planId: string; version: number; phaseId: string; digest: string; text: string }) {
  const { data } = useQuery(startLightOf(planId, phaseId));
  const red = data?.light === 'red';
  return (
    <div className="flex flex-wrap items-center justify-end gap-x-3 gap-y-1">
      {/* Its place is kept, so that nothing moves under a finger when it comes. */}
      <span className="inline-flex min-w-36 justify-end">
        {data ? (
          <a href="#start" className="rounded hover:underline">
            <LightMark light={data.light}>{SHORT_LIGHT_WORDS[data.light]}</LightMark>
          </a>
        ) : null}
      </span>
      {red ? (
        <Button look="primary" disabled title={data.reasons[0]?.sentence}>
          {text}
        </Button>
      ) : (
        <ActionForm action={executePhase} answersItself hidden={{ planId, version, phaseId, digest, reason: '' }}>
          <Submit busy="Starting…">{text}</Submit>
        </ActionForm>
      )}
    </div>
  );
}
