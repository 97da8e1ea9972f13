import { route } from '#lib/dal/gate.ts';
import { loadOrphanRows } from '#lib/dal/load-orphan-rows.ts';

export const dynamic = 'force-dynamic';

/** The first rows and all keys of one orphan set, as they were measured at a moment. */
export const GET = route<{ planId: string }>(async (context, { planId }) => Response.json(await loadOrphanRows(context, planId), { headers: { 'Cache-Control': 'private, max-age=3600' } }));
