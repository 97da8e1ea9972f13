import { defineConfig, type PlaywrightTestConfig } from '@playwright/test';

/** `npm test` chooses them; alone (npx playwright test -c e2e/playwright.config.ts) these stand. */
const port = process.env.PORT ?? '3199';
const dataDirectory = process.env.COUNTERSIGN_DATA_DIR ?? '.countersign/e2e';
const asRoot = process.getuid?.() === 0;

// The workers of the runner read this file again and talk to the same application.
process.env.PORT = port;
process.env.COUNTERSIGN_DATA_DIR = dataDirectory;

/** `npm test` runs two groups at once, each with an application and databases of its own (lib/cli/test-browser.ts): what a file leaves behind is seen in its group alone. */
const SECOND = ['a-runbook.spec.ts', 'b-bad-luck.spec.ts', 'b-moving-target.spec.ts', 'b-rehearsal.spec.ts', 'demo.spec.ts', 'duplicates.spec.ts', 'migrations.spec.ts', 'notifications.spec.ts', 'openid.spec.ts', 'passwords.spec.ts', 'sources.spec.ts', 'tokens.spec.ts'];
const GROUPS: Readonly<Record<string, Pick<PlaywrightTestConfig, 'testIgnore' | 'testMatch'>>> = { all: {}, first: { testIgnore: SECOND }, second: { testMatch: SECOND } };
const group = process.env.E2E_GROUP ?? 'all';

export default defineConfig({
  testDir: '.',
  outputDir: `../test-results/${group}`,
  ...GROUPS[group],
  // One application and one target for all of a group: its tests take turns.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    baseURL: `http://localhost:${port}`,
    // Without them an action that waits in vain is only told as "the test took too long", and nobody learns which it was.
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    // Nobody watches: what pulses and slides would be drawn sixty times a second in every page that stands open.
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    // Recorded at every step and thrown away after it, a trace takes a fifth of the whole run: TRACE=1 asks for it.
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
    launchOptions: {
      ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
      // Chromium's own sandbox does not work for root.
      args: asRoot ? ['--no-sandbox'] : [],
    },
  },
  webServer: {
    command: `"${process.execPath}" lib/cli/demo.ts --reset`,
    cwd: '..',
    url: `http://localhost:${port}/api/health`,
    timeout: 180_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 20_000 },
    env: { PORT: port, COUNTERSIGN_DATA_DIR: dataDirectory, COUNTERSIGN_MIGRATIONS: `leaf=${new URL('migrations', import.meta.url).pathname}` },
    stdout: 'pipe',
    stderr: 'pipe',
  },
});
