import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** A person as the provider knows them: what it tells about them, claim by claim. */
export interface Account {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
}

export interface OpenIdProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  accounts: Account[];
  /** Every request for a code, as it arrived, oldest first. */
  asked: Readonly<Record<string, string>>[];
  /** Listens no more, as if the provider were down; `start` brings it back on the same port. */
  stop: () => Promise<void>;
  start: () => Promise<void>;
}

/**
 * A real OpenID Connect provider on loopback. It keeps to the specification where that is harder for us: claims of a scope come
 * from userinfo only, and a code without PKCE is refused. Its own pages ask for a login (the account's `sub`) and any password.
 */
export async function openIdProvider(redirectUri: string): Promise<OpenIdProvider> {
  const server = createServer();
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const client = { clientId: 'countersign', clientSecret: 'a secret of the tests, of no use elsewhere' };
  const accounts: Account[] = [];
  const asked: Record<string, string>[] = [];
  const provider = new Provider(`http://localhost:${port}`, {
    clients: [{ client_id: client.clientId, client_secret: client.clientSecret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    findAccount: (_context, sub) => {
      const account = accounts.find((each) => each.sub === sub);
      return account ? { accountId: sub, claims: () => ({ ...account }) } : undefined;
    },
    cookies: { keys: ['a key of the tests'] },
    ttl: { Session: 600, Grant: 600, Interaction: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
  });
  provider.on('authorization.accepted', (context) => asked.push(Object.fromEntries(Object.entries(context.oidc.params ?? {}).map(([name, value]) => [name, String(value)]))));
  const answer = provider.callback();
  server.on('request', (request, response) => void answer(request, response));
  return {
    issuer: provider.issuer,
    ...client,
    accounts,
    asked,
    start: () => listen(server, port),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}
