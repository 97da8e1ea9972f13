import 'server-only';
import { listTokens, type StoredToken } from '#lib/store/tokens.ts';
import type { TokenDto, TokensDto } from './dto/tokens.ts';
import { configuration } from './control.ts';
import { load } from './gate.ts';
import { REQUESTS_PER_MINUTE } from './api/bearer.ts';

/** The viewer's own tokens; for admins everybody's. */
export const loadTokens = load(async ({ db, person }): Promise<TokensDto> => {
  const admin = person.roles.includes('admin');
  const tokens = (await listTokens(db, admin ? null : person.id)).map(toDto);
  return { mine: tokens.filter((token) => token.ownerId === person.id), others: admin ? tokens.filter((token) => token.ownerId !== person.id) : null, address: new URL('/api/v1', configuration().nextAuthUrl).href, perMinute: REQUESTS_PER_MINUTE };
});

function toDto(token: StoredToken): TokenDto {
  const { id, name, prefix, scopes, personId, person } = token;
  return {
    id, name, prefix, scopes, ownerId: personId, owner: person, state: stateOf(token),
    createdAt: token.createdAt.toISOString(), expiresAt: token.expiresAt.toISOString(), revokedAt: token.revokedAt?.toISOString() ?? null, lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
  };
}

function stateOf({ revokedAt, expiresAt }: StoredToken): TokenDto['state'] {
  if (revokedAt) return 'revoked';
  return expiresAt <= new Date() ? 'expired' : 'valid';
}
