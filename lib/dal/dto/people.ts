// Who people are, as pages show them. Types only: components may import them.

export type Role = 'viewer' | 'author' | 'approver' | 'operator' | 'admin';

export interface PersonDto {
  id: string;
  name: string;
  email: string;
  roles: readonly Role[];
  /** Somebody else made it: until they have chosen one of their own, there is nothing else for them. */
  passwordTemporary: boolean;
}

export interface AccountDto extends PersonDto {
  /** For which they sign; '': none. */
  group: string;
  /** How they sign in. */
  signsInBy: readonly ('password' | 'single sign-on')[];
}

export interface PersonAdminDto extends AccountDto {
  disabledAt: string | null;
  /** Who made the account, and who last set its password or address, where it was somebody else who was signed in. */
  madeBy: readonly { what: 'account' | 'password' | 'address'; by: string; at: string }[];
}

/** What the sign-in page offers. */
export interface SignInDto {
  /** Null where no OpenID Connect provider is configured. The provider's id for next-auth is `oidc`. */
  oidcName: string | null;
  /** One-click people; empty everywhere but in the demo. Sign in with provider `demo`, field `email`. */
  demoPeople: readonly { email: string; name: string; roles: readonly Role[] }[];
}
