import { route } from '#lib/dal/gate.ts';
import { feedOf } from '#lib/dal/run-feed.ts';

export const dynamic = 'force-dynamic';

/** Server-sent events of a run: messages (StoredRunEvent, `id` = seq), `pulse` (RunPulse) every second, `end` ({ state }). */
export const GET = route<{ runId: string }>((context, { runId }) => feedOf(context, runId));
