import { route } from '#lib/dal/gate.ts';
import { answerReport } from '#lib/dal/load-report.ts';

export const dynamic = 'force-dynamic';

/** The report of a plan as Markdown. */
export const GET = route<{ planId: string }>((context, { planId }) => answerReport(context, planId));
