import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { sha256 } from '#lib/pipeline/digest.ts';
import type { ControlDb, ControlTrx, Reader } from './db.ts';

/** What a token may do, on behalf of its owner and never more than they. */
export const TOKEN_SCOPES = ['read', 'plan:write'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

export interface StoredToken {
  id: string;
  personId: string;
  /** Name of the owner. */
  person: string;
  name: string;
  /** The first characters of the token. */
  prefix: string;
  scopes: readonly TokenScope[];
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

/** Makes a token. The text that comes back is nowhere else: only its hash is stored. */
export async function createToken(trx: ControlTrx, token: { personId: string; name: string; scopes: readonly TokenScope[]; days: number }): Promise<{ id: string; prefix: string; text: string }> {
  const text = `cs_${randomBytes(32).toString('base64url')}`;
  const prefix = text.slice(0, 9);
  const row = await trx
    .insertInto('api_token')
    .values({ person_id: token.personId, name: token.name, token_hash: sha256(text), prefix, scopes: [...token.scopes], expires_at: sql<Date>`now() + make_interval(days => ${token.days})` })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id: row.id, prefix, text };
}

/** Tokens of a person, or of everybody (null); newest first. */
export async function listTokens(db: Reader, personId: string | null): Promise<StoredToken[]> {
  let query = tokenQuery(db).orderBy('api_token.created_at', 'desc').orderBy('api_token.id');
  if (personId !== null) query = query.where('person_id', '=', personId);
  return (await query.execute()).map(toStored);
}

export async function findToken(db: Reader, id: string): Promise<StoredToken | null> {
  const row = await tokenQuery(db).where('api_token.id', '=', id).executeTakeFirst();
  return row ? toStored(row) : null;
}

/** False when it was revoked already. */
export async function revokeToken(trx: ControlTrx, id: string, by: string): Promise<boolean> {
  const row = await trx.updateTable('api_token').set({ revoked_at: new Date(), revoked_by: by }).where('id', '=', id).where('revoked_at', 'is', null).returning('id').executeTakeFirst();
  return row !== undefined;
}

export interface TokenUse {
  token: StoredToken;
  /** Requests with it in the current minute, this one included. */
  uses: number;
  /** Until the minute is over. */
  secondsLeft: number;
}

/** Counts a use of the token with this text; null when there is none, or it has expired or was revoked. One statement, so that two web processes count together. */
export async function useToken(db: ControlDb, text: string): Promise<TokenUse | null> {
  const { rows } = await sql<{ id: string; uses: number; seconds_left: number }>`
    update api_token set
      last_used_at = now(),
      window_uses = case when window_started_at > now() - interval '1 minute' then window_uses + 1 else 1 end,
      window_started_at = case when window_started_at > now() - interval '1 minute' then window_started_at else now() end
    where token_hash = ${sha256(text)} and revoked_at is null and expires_at > now()
    returning id, window_uses as uses, ceil(extract(epoch from window_started_at + interval '1 minute' - now()))::int as seconds_left`.execute(db);
  const [row] = rows;
  const token = row ? await findToken(db, row.id) : null;
  return row && token ? { token, uses: row.uses, secondsLeft: Math.max(1, row.seconds_left) } : null;
}

/** Why a text is no token that counts: the one it was, expired or revoked; null when there never was one. */
export async function spentToken(db: Reader, text: string): Promise<StoredToken | null> {
  const row = await tokenQuery(db).where('token_hash', '=', sha256(text)).executeTakeFirst();
  return row ? toStored(row) : null;
}

function tokenQuery(db: Reader) {
  return db
    .selectFrom('api_token').innerJoin('person', 'person.id', 'api_token.person_id')
    .select(['api_token.id', 'person_id', 'person.name as person', 'api_token.name', 'prefix', 'scopes', 'api_token.created_at', 'expires_at', 'revoked_at', 'last_used_at']);
}

type TokenRow = Awaited<ReturnType<ReturnType<typeof tokenQuery>['executeTakeFirstOrThrow']>>;

function toStored(row: TokenRow): StoredToken {
  return {
    id: row.id, personId: row.person_id, person: row.person, name: row.name, prefix: row.prefix, scopes: TOKEN_SCOPES.filter((scope) => row.scopes.includes(scope)),
    createdAt: row.created_at, expiresAt: row.expires_at, revokedAt: row.revoked_at, lastUsedAt: row.last_used_at,
  };
}
