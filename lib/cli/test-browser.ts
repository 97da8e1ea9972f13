import { mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildUnlessFresh } from './build.ts';
import { findChromium } from './chromium.ts';
import { freePort } from './embedded.ts';
import { firstLine, judged, readResults, run, type Outcome } from './test-outcome.ts';

const require = createRequire(import.meta.url);

/** Looks at every page in every state, the plan that the big story leaves behind among them; as long as all others together. */
const PAGES = ['bazaar.spec.ts', 'pages.spec.ts'];

/**
 * The browser tests, in two groups side by side, each with an application, databases and worker of its own (see
 * e2e/playwright.config.ts). Within a group they take turns. A new file falls to the second group by itself.
 */
export async function browserTests(scratch: string): Promise<Outcome> {
  await buildUnlessFresh(join(scratch, 'build.log'));
  const chromium = await findChromium();
  mkdirSync('.countersign', { recursive: true });
  const others = readdirSync('e2e').filter((file) => file.endsWith('.spec.ts') && !PAGES.includes(file));
  const outcomes = await Promise.all([group('pages', PAGES, chromium, 3199, scratch), group('stories', others, chromium, 3299, scratch)]);
  return {
    passed: outcomes.reduce((sum, one) => sum + one.passed, 0),
    failed: outcomes.reduce((sum, one) => sum + one.failed, 0),
    failures: outcomes.flatMap((one) => one.failures ?? []),
    ...(outcomes.some((one) => one.note) ? { note: outcomes.flatMap((one) => one.note ?? []).join(', ') } : {}),
  };
}

async function group(name: string, files: readonly string[], chromium: string, preferredPort: number, scratch: string): Promise<Outcome> {
  const file = join(scratch, `${name}.json`);
  const env = { CHROMIUM_PATH: chromium, PORT: String(await freePort(preferredPort)), COUNTERSIGN_DATA_DIR: `.countersign/e2e-${name}`, PLAYWRIGHT_JSON_OUTPUT_FILE: file };
  const code = await run(require.resolve('@playwright/test/cli'), ['test', '-c', 'e2e/playwright.config.ts', '--reporter=list,json', `--output=test-results/${name}`, ...files.map((each) => `e2e/${each}`)], env);
  const { stats, suites = [] } = readResults<PlaywrightResults>(file);
  return judged(code, stats?.expected ?? 0, (stats?.unexpected ?? 0) + (stats?.flaky ?? 0), stats?.skipped ?? 0, suites.flatMap(failedSpecs));
}

interface PlaywrightResults {
  suites: readonly PlaywrightSuite[];
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
}

interface PlaywrightSuite {
  suites?: readonly PlaywrightSuite[];
  specs: readonly { title: string; file: string; line: number; ok: boolean; tests: readonly { results: readonly { error?: { message?: string } }[] }[] }[];
}

function failedSpecs(suite: PlaywrightSuite): readonly string[] {
  const here = suite.specs
    .filter((spec) => !spec.ok)
    .map((spec) => `e2e/${spec.file}:${spec.line} › ${spec.title}: ${firstLine(spec.tests[0]?.results[0]?.error?.message)}`);
  return [...here, ...(suite.suites ?? []).flatMap(failedSpecs)];
}
