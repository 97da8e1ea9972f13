import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Stop } from './command.ts';

/** Countersign's own HTTP API, as a terminal or CI meets it. */
export interface Api {
  /** The answer as it came. Throws Stop with the sentence of a refusal. */
  ask: (path: string, body?: unknown) => Promise<unknown>;
}

/** The API said no; `code` is one of its own, or `http_503` where something in between answered. */
export class ApiRefusal extends Stop {
  readonly code: string;
  constructor(code: string, sentence: string) {
    super(sentence);
    this.code = code;
  }
}

const problem = z.object({ error: z.object({ code: z.string(), sentence: z.string(), id: z.string().optional() }) });

/** Longer than the API lets anybody wait. */
const ANSWER_MS = 90_000;
const TRIES = 4;

/** From COUNTERSIGN_URL and COUNTERSIGN_TOKEN. Throws Stop when one is missing. */
export function apiOf(environment: Readonly<Record<string, string | undefined>>): Api {
  const url = environment.COUNTERSIGN_URL?.trim() ?? '';
  const token = environment.COUNTERSIGN_TOKEN?.trim() ?? '';
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new Stop('Set COUNTERSIGN_URL to the address of Countersign, such as https://countersign.example.org.');
  if (!/^cs_[\w-]{43}$/.test(token)) throw new Stop('Set COUNTERSIGN_TOKEN to a token (cs_…); people make theirs on the page Tokens.');
  return { ask: (path, body) => asked(new URL(`/api/v1${path}`, url), token, body) };
}

async function asked(url: URL, token: string, body: unknown): Promise<unknown> {
  for (let tried = 1; ; tried += 1) {
    const answer = await sent(url, token, body);
    // Reading again does no harm; whether a plan was made is not known when the answer got lost.
    const again = answer === null || answer.status >= 502 || answer.status === 429;
    if (again && tried < TRIES && (body === undefined || answer?.status === 429)) {
      await sleep(Number(answer?.headers.get('retry-after') ?? tried) * 1_000);
      continue;
    }
    if (answer === null) throw new ApiRefusal('unreachable', `${url.origin} does not answer.${body === undefined ? '' : ' Whether it has done what it was asked is not known: look there.'}`);
    return answered(answer);
  }
}

async function sent(url: URL, token: string, body: unknown): Promise<Response | null> {
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) };
  try {
    // A token follows no redirection to another place.
    return await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS), ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }) });
  } catch {
    return null;
  }
}

async function answered(answer: Response): Promise<unknown> {
  const json: unknown = await answer.json().catch(() => null);
  if (answer.ok && json !== null) return json;
  const said = problem.safeParse(json);
  if (!said.success) throw new ApiRefusal(`http_${answer.status}`, `${new URL(answer.url).origin} answered ${answer.status}, and not as Countersign does. Is COUNTERSIGN_URL right?`);
  const { code, sentence, id } = said.data.error;
  throw new ApiRefusal(code, `${sentence}${id === undefined ? '' : ` Error id ${id}.`}`);
}
