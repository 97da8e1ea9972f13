/** @type {import('next').NextConfig} */
export default {
  // Native or WASM packages and the Postgres driver are loaded by Node, not bundled.
  serverExternalPackages: ['libpg-query', '@node-rs/argon2', 'pg', 'pg-boss'],
  // The .sql files are read by name at run time.
  outputFileTracingIncludes: { '/*': ['./prisma-free-sql/**/*.sql'] },
  // Whole schemas are sent as SQL to compare with (lib/dal/commands/sources.ts says how much).
  experimental: { serverActions: { bodySizeLimit: '16mb' } },
  poweredByHeader: false,
  // `npm test` checks types with tsc; Next would check a second time with an API that TypeScript 7 does not have.
  typescript: { ignoreBuildErrors: true },
};
