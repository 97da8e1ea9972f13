import { defineConfig } from 'vitest/config';

// `server-only` throws outside a React server bundle; under test every module runs on a server.
const alias = { 'server-only': new URL('lib/testing/server-only.ts', import.meta.url).pathname };

export default defineConfig({
  resolve: { alias },
  test: {
    reporters: ['default'],
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['{app,components,lib}/**/*.test.{ts,tsx}'], exclude: ['**/*.db.test.ts', '**/node_modules/**'] },
      },
      {
        extends: true,
        test: {
          name: 'db',
          include: ['{app,components,lib}/**/*.db.test.ts'],
          globalSetup: ['lib/testing/servers.ts'],
          setupFiles: ['lib/testing/leaks.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 3,
        },
      },
    ],
  },
});
