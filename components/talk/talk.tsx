'use client';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import type { TalkDto } from '#lib/dal/talk-dto.ts';
import { SayBox } from './say-box.tsx';

interface StepRef {
  id: string;
  number: number;
  title: string;
}
export interface TalkPlace {
  planId: string;
  version: number;
  phaseId: string;
  people: TalkDto['people'];
}

const Place = createContext<(TalkPlace & { commentOn: (step: StepRef) => void }) | null>(null);

export function useTalk(): TalkPlace & { commentOn: (step: StepRef) => void } {
  const place = useContext(Place);
  if (!place) throw new Error('nothing is said outside a plan');
  return place;
}

/** Where something is said; one dialog for all steps, of which there may be hundreds. */
export function Talk({ place, children }: { place: TalkPlace; children: ReactNode }) {
  const [step, setStep] = useState<StepRef | null>(null);
  const { planId, version, phaseId, people } = place;
  const value = useMemo(() => ({ planId, version, phaseId, people, commentOn: setStep }), [planId, version, phaseId, people]);
  return (
    <Place value={value}>
      {children}
      <Dialog open={step !== null} onOpenChange={(open) => setStep(open ? step : null)} title={`Comment on step ${step?.number ?? ''}`} description={step?.title}>
        {step ? <SayBox about={{ phaseId, stepId: step.id }} label="Comment" submit="Comment" onDone={() => setStep(null)} /> : null}
      </Dialog>
    </Place>
  );
}

export function CommentOnStep({ step }: { step: StepRef }) {
  const { commentOn } = useTalk();
  return (
    <Button look="quiet" size="sm" onClick={() => commentOn(step)} aria-label={`Comment on step ${step.number}`}>
      Comment
    </Button>
  );
}
