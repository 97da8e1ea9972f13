'use client';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Measuring } from './measuring.tsx';

/** Opens at once; the price comes when it is measured. Open or not stands in the address. */
export function RollbackSheet({ runId, phaseTitle, target, price, initiallyOpen }: { runId: string; phaseTitle: string; target: string; price: ReactNode; initiallyOpen: boolean }) {
  const [open, setOpen] = useState(initiallyOpen);
  const router = useRouter();
  const show = (next: boolean) => {
    setOpen(next);
    router.replace(next ? `/runs/${runId}?rollback=1` : `/runs/${runId}`, { scroll: false });
  };
  return (
    <Dialog open={open} onOpenChange={show} form="sheet" title={`Roll back: ${phaseTitle}`} description={`on ${target}. It runs through the same engine, step by step, in reverse order.`} trigger={<Button look="danger">Roll back…</Button>}>
      {price ?? <Measuring />}
    </Dialog>
  );
}
