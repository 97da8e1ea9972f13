import { route } from '#lib/dal/gate.ts';
import { answerPrice } from '#lib/dal/load-plan.ts';

export const dynamic = 'force-dynamic';

/** What going back from this run would do and cost, measured now: RollbackPriceDto, or RefusedDto with status 409. */
export const GET = route<{ runId: string }>((context, { runId }) => answerPrice(context, runId));
