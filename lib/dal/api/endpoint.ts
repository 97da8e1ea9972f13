import 'server-only';
import type { z } from 'zod';
import type { WebEnv } from '#lib/env.ts';
import { logSurprise } from '#lib/log.ts';
import { Refused, type Refusal } from '#lib/pipeline/refusal.ts';
import { writeAudit } from '#lib/store/audit.ts';
import type { ControlDb } from '#lib/store/db.ts';
import type { Person } from '#lib/store/people.ts';
import type { StoredToken, TokenScope } from '#lib/store/tokens.ts';
import { configuration, control } from '../control.ts';
import { actorOf, refuseScope } from '../perform.ts';
import { bearerOf } from './bearer.ts';
import { Masked, NO_STORE, refusedResponse, statusOf, surpriseResponse } from './problems.ts';

export interface ApiContext {
  db: ControlDb;
  env: WebEnv;
  /** The owner of the token, with the roles of this moment. */
  person: Person;
  token: StoredToken;
  /** Fires when the caller has gone away. */
  gone: AbortSignal;
}

type Shape = z.ZodObject<z.ZodRawShape>;

/** One route of /api/v1: what it takes, what it answers, and with which scope. The OpenAPI document is made from it. */
export interface Endpoint<P extends Shape = Shape, Q extends Shape = Shape, B extends Shape = Shape, A extends z.ZodType = z.ZodType> {
  method: 'GET' | 'POST';
  /** Below /api/v1, with names of parameters in braces. */
  path: string;
  name: string;
  summary: string;
  scope: TokenScope;
  params: P;
  query: Q;
  /** Null: it takes none. */
  body: B | null;
  answer: A;
  status: 200 | 201;
  handle: (context: ApiContext, input: { params: z.output<P>; query: z.output<Q>; body: z.output<B> }) => Promise<z.input<A>>;
}

/** Keeps the types of the parts together; what it returns is what routes, the document and tests look at. */
export function endpoint<P extends Shape, Q extends Shape, B extends Shape, A extends z.ZodType>(one: Endpoint<P, Q, B, A>): Endpoint<P, Q, B, A> {
  return one;
}

/** Longest body that is read: a hundred thousand ids of differences fit. */
const MOST_BYTES = 8_000_000;

/**
 * One constructor for all routes: token → owner from the database → scope → input → answer, with an entry in the log under the token's name.
 * Refusals come as `{ error }` with their status; surprises are logged with an id and masked. Cookies count for nothing here.
 */
export function answering<P extends Shape, Q extends Shape, B extends Shape, A extends z.ZodType>(one: Endpoint<P, Q, B, A>): (request: Request, context: { params: Promise<unknown> }) => Promise<Response> {
  return async (request, { params }) => {
    const doing = `${one.method} /api/v1${one.path}`;
    let known: ApiContext | null = null;
    try {
      const bearer = await bearerOf(control(), request);
      known = { db: control(), env: configuration(), ...bearer, gone: request.signal };
      refuseScope(known.token, one.scope);
      const input = { params: valid(one.params, (await params) ?? {}), query: valid(one.query, queryOf(request)), body: one.body ? valid(one.body, await bodyOf(request)) : (undefined as z.output<B>) };
      const answer = await one.handle(known, input);
      await logRequest(known, doing, request, one.status, null);
      return Response.json(answer, { status: one.status, headers: NO_STORE });
    } catch (error) {
      return refusedAnswer(error, doing, request, known);
    }
  };
}

async function refusedAnswer(error: unknown, doing: string, request: Request, known: ApiContext | null): Promise<Response> {
  if (error instanceof Masked) return surpriseResponse(error.errorId);
  if (!(error instanceof Refused)) return surpriseResponse(logSurprise(error, `answering ${doing}`));
  if (known) await logRequest(known, doing, request, statusOf(error.refusal), error.refusal).catch((trouble: unknown) => void logSurprise(trouble, `logging that ${doing} was refused`));
  return refusedResponse(error);
}

/** Every request is in the log, reading ones too: a token is used where nobody looks on. */
async function logRequest({ db, person }: ApiContext, doing: string, request: Request, status: number, refusal: Refusal | null): Promise<void> {
  const { pathname, search } = new URL(request.url);
  await db.transaction().execute((trx) => writeAudit(trx, { ...actorOf(person), action: refusal ? `${doing}: refused` : doing, detail: { asked: `${pathname}${search}`.slice(0, 2_000), status, ...(refusal ? { refusal } : {}) } }));
}

/** Refused with what is wrong, and where. */
function valid<S extends Shape>(schema: S, given: unknown): z.output<S> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Refused('invalid_input', `${issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''}${issue?.message ?? 'not as expected'}.`.replace('..', '.'));
}

function queryOf(request: Request): Record<string, string> {
  const params = new URL(request.url).searchParams;
  const twice = [...new Set(params.keys())].find((name) => params.getAll(name).length > 1);
  if (twice !== undefined) throw new Refused('invalid_input', `${twice} is given more than once.`);
  return Object.fromEntries(params);
}

async function bodyOf(request: Request): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) throw new Refused('invalid_input', 'The body must be JSON, sent with Content-Type: application/json.');
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of request.body ?? []) {
    bytes += part.byteLength;
    if (bytes > MOST_BYTES) throw new Refused('invalid_input', `The body may have at most ${MOST_BYTES / 1e6} MB.`);
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
  } catch {
    throw new Refused('invalid_input', 'The body is no JSON.');
  }
}
