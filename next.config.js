/** @type {import('next').NextConfig} */
export default {
  // Native or WASM packages and the Postgres driver are loaded by Node, not bundled.
  serverExternalPackages: ['libpg-query', '@node-rs/argon2', 'pg', 'pg-boss'],
  // The .sql files are read by name at run time.
  outputFileTracingIncludes: { '/*': ['./prisma-free-sql/**/*.sql'] },
  // Whole schemas are sent as SQL to compare with (lib/dal/commands/sources.ts says how much).
  experimental: { serverActions: { bodySizeLimit: '16mb' }, proxyClientMaxBodySize: '16mb' },
  headers: async () => [
    { source: '/:path*', headers: [{ key: 'X-Content-Type-Options', value: 'nosniff' }, { key: 'X-Frame-Options', value: 'DENY' }, { key: 'Referrer-Policy', value: 'same-origin' }] },
    // Pages have a policy of their own (proxy.ts).
    { source: '/api/:path*', headers: [{ key: 'Content-Security-Policy', value: `default-src 'none'; frame-ancestors 'none'` }] },
  ],
  // A page's name is in its head when it comes, and when it is read anew. Sent later, as Next does it for browsers, it is missing for a moment, and a screen reader says nothing.
  htmlLimitedBots: /.*/,
  // The proxy sees requests as they came: which are asked for by a page already open, and under which name of this host. Made even, 127.0.0.1 is called localhost, and an address that the proxy rewrites would be fetched over the network as another host's.
  skipProxyUrlNormalize: true,
  poweredByHeader: false,
  // `npm test` checks types with tsc; Next would check a second time with an API that TypeScript 7 does not have.
  typescript: { ignoreBuildErrors: true },
};
