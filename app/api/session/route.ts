import { route } from '#lib/dal/gate.ts';

export const dynamic = 'force-dynamic';

/** 204 to somebody who is signed in, 401 to anybody else. Asking does not prolong the session. */
export const GET = route(async () => new Response(null, { status: 204, headers: { 'Cache-Control': 'no-store' } }));
