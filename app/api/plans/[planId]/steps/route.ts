import { colouredSteps } from '#components/plan/coloured-steps.ts';
import { route } from '#lib/dal/gate.ts';
import { loadStepSql } from '#lib/dal/load-step-sql.ts';

export const dynamic = 'force-dynamic';

/** What steps of a version send, as HTML too: ColouredStep[]. A version never changes. */
export const GET = route<{ planId: string }>(async (context, { planId }) => Response.json(await colouredSteps(await loadStepSql(context, planId)), { headers: { 'Cache-Control': 'private, max-age=3600, immutable' } }));
