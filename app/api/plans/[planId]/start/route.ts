import { route } from '#lib/dal/gate.ts';
import { answerStartLight } from '#lib/dal/start-light.ts';

export const dynamic = 'force-dynamic';

/** May the phase (`?phase=`) start now: StartLightDto, read just now, or RefusedDto with status 409. */
export const GET = route<{ planId: string }>((context, { planId }) => answerStartLight(context, planId, new URL(context.request.url).searchParams.get('phase') ?? ''));
