import { route } from '#lib/dal/gate.ts';
import { answerActivity } from '#lib/dal/start-light.ts';

export const dynamic = 'force-dynamic';

/** What goes on in the database now: ActivityDto, or RefusedDto with status 409. */
export const GET = route<{ name: string }>((context, { name }) => answerActivity(context, name));
