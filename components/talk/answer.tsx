'use client';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/field.tsx';
import { SayBox } from './say-box.tsx';
import { useTalk } from './talk.tsx';

/** Opens the field for an answer where the thread stands. */
export function Answer({ to, by }: { to: { id: string; kind: 'comment' | 'request' }; by: string }) {
  const [open, setOpen] = useState(false);
  if (!open) {
    return (
      <div className="mt-1">
        <Button look="quiet" size="sm" className="-ml-2" onClick={() => setOpen(true)} aria-label={`Answer ${by}`}>
          Answer
        </Button>
      </div>
    );
  }
  return (
    <div className="mt-2 ml-3 max-w-2xl border-l-2 border-line pl-3">
      <SayBox about={to.kind === 'request' ? { changeRequestId: to.id } : { replyTo: to.id }} label={`Answer to ${by}`} hideLabel submit="Answer" onDone={() => setOpen(false)} beside={<Button look="quiet" onClick={() => setOpen(false)}>Leave it</Button>} />
    </div>
  );
}

/** Begins a thread about the open phase or the whole plan; about a step it is begun at the step. */
export function SayHere({ number }: { number: number }) {
  const { phaseId } = useTalk();
  const [about, setAbout] = useState<'phase' | 'plan'>('phase');
  return (
    <div className="mt-3 max-w-2xl">
      <SayBox
        about={about === 'phase' ? { phaseId } : {}}
        label="Say something"
        submit="Comment"
        beside={
          <Select label="About" hideLabel value={about} onChange={(event) => setAbout(event.target.value === 'plan' ? 'plan' : 'phase')}>
            <option value="phase">about phase {number}</option>
            <option value="plan">about the whole plan</option>
          </Select>
        }
      />
    </div>
  );
}
