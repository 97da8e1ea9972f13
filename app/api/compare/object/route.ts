import { askedBy } from '#app/compare-question.ts';
import { coloured } from '#components/compare/coloured.ts';
import { route } from '#lib/dal/gate.ts';
import { compareObject } from '#lib/dal/load-compare.ts';

export const dynamic = 'force-dynamic';

/** Everything about the open object, its SQL as HTML too: ColouredDetail. */
export const GET = route(async (context) => Response.json(await coloured(await compareObject(context, askedBy(context.request).question)), { headers: { 'Cache-Control': 'no-store' } }));
