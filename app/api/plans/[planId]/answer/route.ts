import { answerNow } from '#lib/dal/answer-now.ts';
import { route } from '#lib/dal/gate.ts';

export const dynamic = 'force-dynamic';

/** What a question of a step (`?version=&step=&statement=`) answers now: AnswerNowDto, or RefusedDto with status 409. */
export const GET = route<{ planId: string }>((context, { planId }) => answerNow(context, planId));
