'use client';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import type { TalkDto } from '#lib/dal/dto/talk.ts';
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
  const { open, onOpenChange } = useSheet('comment');
  const { planId, version, phaseId, people } = place;
  const value = useMemo(() => {
    const commentOn = (next: StepRef) => {
      setStep(next);
      onOpenChange(true);
    };
    return { planId, version, phaseId, people, commentOn };
  }, [planId, version, phaseId, people, onOpenChange]);
  return (
    <Place value={value}>
      {children}
      <Dialog open={open && step !== null} onOpenChange={onOpenChange} title={`Comment on step ${step?.number ?? ''}`} description={step?.title}>
        {step ? <SayBox about={{ phaseId, stepId: step.id }} label="Comment" submit="Comment" onDone={() => onOpenChange(false)} /> : null}
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
