import 'server-only';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { logSurprise } from '#lib/log.ts';
import { Refused, type Refusal } from '#lib/pipeline/refusal.ts';
import { findPerson, type Person } from '#lib/store/people.ts';
import type { ControlDb } from '#lib/store/db.ts';
import { configuration, control } from './control.ts';
import type { ActionState, RefusedDto } from './dto/answer.ts';
import { perform, type CommandSpec } from './perform.ts';
import { sessionPersonId } from './session.ts';

/** Whose session it is, disabled or not, with the roles of this moment. Read once per request. */
const personOfSession = cache(async (): Promise<Person | null> => {
  const id = await sessionPersonId();
  return id ? findPerson(control(), id) : null;
});

/** Who is asking; null when nobody is signed in or the person was disabled. */
export async function currentPerson(): Promise<Person | null> {
  const person = await personOfSession();
  return person?.disabledAt ? null : person;
}

/** The person, or the way to where they choose a password of their own, or to the sign-in page, which tells a disabled person so: it would else look like a session that ran out. */
async function requirePerson(): Promise<Person> {
  const person = await currentPerson();
  if (person?.passwordTemporary) redirect('/account');
  if (person) return person;
  redirect((await personOfSession()) ? '/sign-in?error=disabled' : '/sign-in');
}

/**
 * One constructor for all loaders: nobody loads anything without being signed in, what does not exist is a 404, and what cannot be
 * had right now comes back as a refusal that the page shows.
 */
export function load<A extends readonly unknown[], T>(read: (context: { db: ControlDb; person: Person }, ...args: A) => Promise<T>): (...args: A) => Promise<T> {
  return async (...args) => {
    const person = await requirePerson();
    try {
      return await read({ db: control(), person }, ...args);
    } catch (error) {
      if (error instanceof Refused && error.refusal.code === 'not_found') notFound();
      throw error;
    }
  };
}

export interface RouteContext {
  db: ControlDb;
  person: Person;
  request: Request;
}

/** The same gate for routes that answer data instead of a page: 401, 404 and refusals as JSON, surprises masked with an id. */
export function route<P>(answer: (context: RouteContext, params: P) => Promise<Response>): (request: Request, context: { params: Promise<P> }) => Promise<Response> {
  return async (request, { params }) => {
    try {
      const person = await currentPerson();
      if (!person) return refusedResponse({ code: 'not_signed_in', sentence: 'You are not signed in any more. Sign in and try again.' }, 401);
      if (person.passwordTemporary) return refusedResponse({ code: 'password_temporary', sentence: 'Choose a password of your own first.' }, 403);
      return await answer({ db: control(), person, request }, await params);
    } catch (error) {
      if (error instanceof Refused) return refusedResponse(error.refusal, error.refusal.code === 'not_found' ? 404 : 409);
      const errorId = logSurprise(error, `answering ${new URL(request.url).pathname}`);
      return Response.json({ sentence: 'Something unexpected happened.', errorId }, { status: 500 });
    }
  };
}

function refusedResponse(refused: Refusal, status: number): Response {
  return Response.json({ refused } satisfies RefusedDto, { status, headers: { 'Cache-Control': 'no-store' } });
}

/** For loaders that ask a database under review: its "no" is an answer, not a crash. */
export async function orRefused<T>(read: () => Promise<T>): Promise<T | RefusedDto> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Refused && error.refusal.code !== 'not_found') return { refused: error.refusal };
    throw error;
  }
}

/**
 * One constructor for all commands: session → person from the database → roles → input → one transaction with its log entry →
 * state of the form. Refusals are values and are logged too; surprises are logged with an id and masked.
 */
export function command<I, P>(spec: CommandSpec<I, P>): (form: FormData) => Promise<ActionState> {
  return async (form) => {
    try {
      return await perform({ db: control(), env: configuration() }, await sessionPersonId(), spec, form);
    } catch (error) {
      return { status: 'surprise', sentence: 'Something unexpected happened. Nothing of this command was kept.', errorId: logSurprise(error, spec.action) };
    }
  };
}
