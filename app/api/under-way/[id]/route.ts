import { route } from '#lib/dal/gate.ts';
import { answerUnderWay } from '#lib/dal/under-way.ts';

export const dynamic = 'force-dynamic';

/** How far a command of one's own is that has not answered yet: UnderWayDto, or 204 when nothing is known of it here. */
export const GET = route<{ id: string }>(async ({ person }, { id }) => answerUnderWay(person.id, id));
