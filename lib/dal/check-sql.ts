import 'server-only';
import { readTyped, type SqlTrouble } from '#lib/pipeline/editor/typed-sql.ts';
import { inverseOf } from '#lib/pipeline/editor/written-sql.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { RouteContext } from './gate.ts';

/** Longest text that is read while somebody types; a longer one is read when it is saved. */
const MOST = 200_000;

export interface CheckedSql {
  trouble: SqlTrouble | null;
  statements: number;
  /** What would take it back, where that follows from the statements alone. */
  undo: string | null;
}

/** Reads the text with the server's own parser, for authors while they type. Nothing is sent anywhere or kept. */
export async function answerSqlCheck({ person, request }: RouteContext): Promise<Response> {
  if (!person.roles.includes('author')) throw new Refused('not_allowed', 'Only an author writes plans.');
  const typed = await boundedText(request);
  const read = await readTyped(typed);
  const checked: CheckedSql = read.ok ? { trouble: null, statements: read.statements.length, undo: await inverseOf(typed) } : { trouble: read.trouble, statements: 0, undo: null };
  return Response.json(checked, { headers: { 'Cache-Control': 'no-store' } });
}

/** Read as it comes, so that nobody fills the memory with a body that says nothing of its length. */
async function boundedText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of request.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > MOST) throw tooLong();
  }
  return text + decoder.decode();
}

function tooLong(): Refused {
  return new Refused('invalid_input', 'The SQL may have at most 200,000 characters.');
}
