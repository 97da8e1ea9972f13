import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildUnlessFresh } from './build.ts';
import { findChromium } from './chromium.ts';
import { freePort } from './embedded.ts';
import { passingFolder } from './passing-folder.ts';
import { inOneLine, judged, readResults, run, type Outcome } from './test-outcome.ts';

const require = createRequire(import.meta.url);

/**
 * The browser tests through the real application (see e2e/playwright.config.ts), in two groups at once: one test mostly waits for a page or for the worker, two
 * keep two cores busy. Each group has an application, a worker and databases of its own, so that neither sees what the other leaves behind.
 */
export async function browserTests(scratch: string): Promise<Outcome> {
  await buildUnlessFresh(join(scratch, 'build.log'));
  const chromium = await findChromium();
  const folder = passingFolder();
  // Far enough apart for what a group starts beside its application.
  const groups = [{ name: 'first', near: 3199 }, { name: 'second', near: 3399 }];
  const outcomes = await Promise.all(groups.map(({ name, near }) => groupOf(name, near, join(folder.path, name), join(scratch, `${name}.json`), chromium))).finally(folder.remove);
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
    failures: outcomes.flatMap(({ failures = [] }) => failures),
    ...(outcomes.some(({ note }) => note) ? { note: outcomes.flatMap(({ note }) => note ?? []).join('; ') } : {}),
  };
}

async function groupOf(name: string, near: number, data: string, file: string, chromium: string): Promise<Outcome> {
  const env = { CHROMIUM_PATH: chromium, PORT: String(await freePort(near)), COUNTERSIGN_DATA_DIR: data, E2E_GROUP: name, PLAYWRIGHT_JSON_OUTPUT_FILE: file };
  const code = await run(require.resolve('@playwright/test/cli'), ['test', '-c', 'e2e/playwright.config.ts', '--reporter=list,json'], env);
  const { stats, suites = [] } = readResults<PlaywrightResults>(file);
  return judged(code, stats?.expected ?? 0, (stats?.unexpected ?? 0) + (stats?.flaky ?? 0), stats?.skipped ?? 0, suites.flatMap(failedSpecs));
}

interface PlaywrightResults {
  suites: readonly PlaywrightSuite[];
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
}

interface PlaywrightSuite {
  suites?: readonly PlaywrightSuite[];
  specs: readonly { title: string; file: string; line: number; ok: boolean; tests: readonly { results: readonly { errors?: readonly { message?: string; location?: { file: string; line: number } }[] }[] }[] }[];
}

function failedSpecs(suite: PlaywrightSuite): readonly string[] {
  const here = suite.specs.filter((spec) => !spec.ok).map((spec) => {
    const errors = spec.tests[0]?.results[0]?.errors ?? [];
    return `e2e/${spec.file}:${spec.line} › ${spec.title}: ${errors.map(({ message, location }) => `${inOneLine(message)}${location ? ` (line ${location.line})` : ''}`).join('; then ') || 'no message'}`;
  });
  return [...here, ...(suite.suites ?? []).flatMap(failedSpecs)];
}
