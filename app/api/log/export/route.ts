import { route } from '#lib/dal/gate.ts';
import { exportLog } from '#lib/dal/load-log.ts';

export const dynamic = 'force-dynamic';

/** The whole log as JSON lines, oldest first, for who wants to check the chain with tools of their own. */
export const GET = route((context) => exportLog(context));
