import 'server-only';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { ControlDb } from '#lib/store/db.ts';
import { findPerson, type Person } from '#lib/store/people.ts';
import { spentToken, type StoredToken, useToken } from '#lib/store/tokens.ts';
import { comingBy } from '../perform.ts';
import { moment } from '../words.ts';
import { comeBack } from './problems.ts';

/** Requests that a token may make in a minute, over all web processes: it is counted in the control database. */
export const REQUESTS_PER_MINUTE = 120;

/** Whose token the request carries, with the roles of this moment. Refused with `token_invalid` or `too_many_requests`. */
export async function bearerOf(db: ControlDb, request: Request): Promise<{ token: StoredToken; person: Person }> {
  const text = /^Bearer +(cs_[A-Za-z0-9_-]{43})$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (text === undefined) throw new Refused('token_invalid', 'Send a token: “Authorization: Bearer cs_…”. People make their tokens on the page Tokens.');
  const use = await useToken(db, text);
  if (!use) throw new Refused('token_invalid', invalidSentence(await spentToken(db, text)));
  if (use.uses > REQUESTS_PER_MINUTE) throw comeBack(use.secondsLeft, `A token may make ${REQUESTS_PER_MINUTE} requests a minute. Come back in ${use.secondsLeft} seconds.`);
  const person = await findPerson(db, use.token.personId);
  if (!person || person.disabledAt) throw new Refused('token_invalid', 'The owner of this token has no access any more.');
  return { token: use.token, person: comingBy(person, use.token) };
}

function invalidSentence(token: StoredToken | null): string {
  if (!token) return 'There is no such token.';
  return token.revokedAt ? `The token “${token.name}” was revoked ${moment(token.revokedAt)}.` : `The token “${token.name}” expired ${moment(token.expiresAt)}.`;
}
