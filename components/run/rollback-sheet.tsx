'use client';
import { useRouter, useSearchParams } from 'next/navigation';
import type { ReactNode } from 'react';
import { useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Measuring } from './measuring.tsx';

/** Opens at once; the price comes when it is measured. Open or not stands in the part of the address that the server reads, because it measures. */
export function RollbackSheet({ runId, phaseTitle, target, price, initiallyOpen }: { runId: string; phaseTitle: string; target: string; price: ReactNode; initiallyOpen: boolean }) {
  const [open, setOpen] = useState(initiallyOpen);
  const router = useRouter();
  const asked = useSearchParams().get('rollback') === '1';
  /** Opened on this page, so that its own entry of the history is below. */
  const above = useRef(false);
  const [heard, setHeard] = useState(asked);
  if (asked !== heard) {
    setHeard(asked);
    setOpen(asked);
  }
  const show = (next: boolean) => {
    setOpen(next);
    if (next) router.push(`/runs/${runId}?rollback=1`, { scroll: false });
    else if (above.current && asked) router.back();
    else router.replace(`/runs/${runId}`, { scroll: false });
    above.current = next;
  };
  return (
    <Dialog name="roll-back" open={open} onOpenChange={show} form="sheet" title={`Roll back: ${phaseTitle}`} description={`on ${target}. It runs through the same engine, step by step, in reverse order.`} trigger={<Button look="danger">Roll back…</Button>}>
      {price ?? <Measuring />}
    </Dialog>
  );
}
