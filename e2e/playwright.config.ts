import { defineConfig } from '@playwright/test';

/** `npm test` chooses them; alone (npx playwright test -c e2e/playwright.config.ts) these stand. */
const port = process.env.PORT ?? '3199';
const dataDirectory = process.env.COUNTERSIGN_DATA_DIR ?? '.countersign/e2e';
const asRoot = process.getuid?.() === 0;

// The workers of the runner read this file again and talk to the same application.
process.env.PORT = port;
process.env.COUNTERSIGN_DATA_DIR = dataDirectory;

/** Starts whole demos of its own and shares nothing with the application. What writes into its control database, people who sign in by OpenID among them, takes turns. */
const BESIDE = ['demo.spec.ts'];

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  // One application and one target for all: the tests take turns. Only what has everything of its own runs beside them.
  workers: 2,
  projects: [
    { name: 'application', testIgnore: BESIDE, workers: 1 },
    { name: 'beside', testMatch: BESIDE, workers: 1 },
  ],
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
    env: { PORT: port, COUNTERSIGN_DATA_DIR: dataDirectory },
    stdout: 'pipe',
    stderr: 'pipe',
  },
});
