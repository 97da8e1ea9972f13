import 'server-only';
import NextAuth, { getServerSession } from 'next-auth';
import type { NextRequest } from 'next/server';
import { authOptions, personOf } from '#lib/auth.ts';
import { configuration, control } from './control.ts';

/** Id of the signed-in person from the session cookie; null when there is none, or a new password has ended it. It says who, never what they may. */
export async function sessionPersonId(): Promise<string | null> {
  return personOf(control(), await getServerSession(authOptions(control(), configuration())));
}

/** next-auth's own routes: /api/auth/*. */
export async function answerAuth(request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }): Promise<Response> {
  const answer: unknown = await NextAuth(request as never, context as never, authOptions(control(), configuration()));
  return answer as Response;
}
