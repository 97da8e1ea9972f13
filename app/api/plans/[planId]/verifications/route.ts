import { colouredTexts } from '#components/plan/coloured-steps.ts';
import { route } from '#lib/dal/gate.ts';
import { loadVerificationSql } from '#lib/dal/load-verification-sql.ts';

export const dynamic = 'force-dynamic';

/** What a phase of a version asks after its last step, as HTML too. A version never changes. */
export const GET = route<{ planId: string }>(async (context, { planId }) => Response.json(await colouredTexts(await loadVerificationSql(context, planId)), { headers: { 'Cache-Control': 'private, max-age=3600, immutable' } }));
