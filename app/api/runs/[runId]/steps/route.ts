import { colouredTexts } from '#components/plan/coloured-steps.ts';
import type { ColouredRunStep } from '#components/run/run-sql.tsx';
import { route } from '#lib/dal/gate.ts';
import { loadRunSql } from '#lib/dal/load-run.ts';

export const dynamic = 'force-dynamic';

/** What steps of a run send, as HTML: ColouredRunStep[]. */
export const GET = route<{ runId: string }>(async (context, { runId }) => {
  const steps = await loadRunSql(context, runId);
  const answer: ColouredRunStep[] = await Promise.all(steps.map(async ({ id, sql }) => ({ id, texts: await colouredTexts(sql) })));
  return Response.json(answer, { headers: { 'Cache-Control': 'no-store' } });
});
