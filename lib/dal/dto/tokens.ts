// Types only: components may import them.

/** A token of the HTTP API, without the token. */
export interface TokenDto {
  id: string;
  name: string;
  prefix: string;
  scopes: readonly string[];
  ownerId: string;
  owner: string;
  state: 'valid' | 'expired' | 'revoked';
  createdAt: string;
  expiresAt: string;
  revokedAt: string | null;
  lastUsedAt: string | null;
}
export interface TokensDto {
  mine: readonly TokenDto[];
  /** Other people's; null: not for the viewer. */
  others: readonly TokenDto[] | null;
  /** Where the API is. */
  address: string;
  perMinute: number;
}
