import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Measuring } from '#components/run/measuring.tsx';
import { RollbackPriceView } from '#components/run/rollback-price.tsx';
import { RunView } from '#components/run/run-view.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadRollbackPrice } from '#lib/dal/load-plan.ts';
import { loadRun } from '#lib/dal/load-run.ts';

export const metadata: Metadata = { title: 'Run' };

interface RunPageProps {
  params: Promise<{ runId: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function RunPage({ params, searchParams }: RunPageProps) {
  const { runId } = await params;
  const rollbackOpen = (await searchParams).rollback === '1';
  await viewerAt(`/runs/${encodeURIComponent(runId)}${rollbackOpen ? '?rollback=1' : ''}`);
  const dto = await loadRun(runId);
  const price = rollbackOpen ? (
    <Suspense fallback={<Measuring />}>
      <RollbackPriceView runId={dto.id} load={loadRollbackPrice} />
    </Suspense>
  ) : null;
  return <RunView dto={dto} price={price} rollbackOpen={rollbackOpen} />;
}
