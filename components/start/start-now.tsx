'use client';
import { useQuery } from '@tanstack/react-query';
import { startLightOf } from './ask.ts';
import { LIGHT_WORDS } from './light-words.ts';
import { LookHead } from './look-head.tsx';
import { Reasons } from './reasons.tsx';

/** Green, amber or red, with every reason: what goes on around the tables of the phase at this moment. The worker asks for what is red once more. */
export function StartNow({ planId, phaseId, target, scheduled }: { planId: string; phaseId: string; target: string; scheduled: boolean }) {
  const { data, error } = useQuery(startLightOf(planId, phaseId));
  return (
    <section id="start" aria-labelledby="start-title" className="mb-5 min-h-24 scroll-mt-16 border-b border-line pb-4">
      <LookHead id="start-title" title="Start now?" name={target} look={data} error={error} words={LIGHT_WORDS} live />
      {data ? (
        <div className="mt-1.5">
          <Reasons name="start" reasons={data.reasons} />
        </div>
      ) : null}
      {scheduled ? <p className="mt-1.5 text-sm text-ink-muted">The worker looks again at the scheduled time, and starts nothing that is red.</p> : null}
    </section>
  );
}
