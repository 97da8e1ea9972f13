import { answerOpenApi } from '#lib/dal/api/openapi.ts';

export const dynamic = 'force-dynamic';

/** What the routes beside this one take and answer, for programs that are written against them. Needs no token: it says nothing about any database. */
export const GET = (): Response => answerOpenApi();
