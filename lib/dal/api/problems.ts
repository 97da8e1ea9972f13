import 'server-only';
import { Refused, type Refusal, type RefusalCode } from '#lib/pipeline/refusal.ts';

export const NO_STORE = { 'Cache-Control': 'no-store' };

const STATUS: Readonly<Partial<Record<RefusalCode, number>>> = {
  token_invalid: 401, not_signed_in: 401, token_forbidden: 403, not_allowed: 403, not_found: 404, database_unknown: 404, source_unknown: 404,
  invalid_input: 400, reason_required: 400, too_many_requests: 429,
  database_unreachable: 503, database_timeout: 503, credential_wrong: 503, credential_missing: 503, no_rights_in_database: 503,
};

/** A surprise inside a command, which is logged under this id already. */
export class Masked extends Error {
  readonly errorId: string;
  constructor(errorId: string) {
    super(`error ${errorId} of a command`);
    this.name = 'Masked';
    this.errorId = errorId;
  }
}

/** A refusal that says when to come back. */
class ComeBack extends Refused {
  readonly seconds: number;
  constructor(seconds: number, sentence: string) {
    super('too_many_requests', sentence);
    this.seconds = seconds;
  }
}

export function comeBack(seconds: number, sentence: string): Refused {
  return new ComeBack(seconds, sentence);
}

/** 409 for everything that a rule or the state of things forbids now. */
export function statusOf(refusal: Refusal): number {
  return STATUS[refusal.code] ?? 409;
}

export function refusedResponse(refused: Refused): Response {
  const { code, sentence } = refused.refusal;
  const status = statusOf(refused.refusal);
  return Response.json({ error: { code, sentence } }, { status, headers: { ...NO_STORE, ...(refused instanceof ComeBack ? { 'Retry-After': String(refused.seconds) } : {}), ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}) } });
}

/** Of an unexpected error the caller learns the id under which it was logged, and nothing else. */
export function surpriseResponse(id: string): Response {
  return Response.json({ error: { code: 'unexpected', sentence: 'Something unexpected happened. Nothing of this request was kept.', id } }, { status: 500, headers: NO_STORE });
}

export function nothingHere(): Response {
  return refusedResponse(new Refused('not_found', 'There is nothing under this address; /api/v1/openapi.json lists what there is.'));
}
