import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildUnlessFresh } from './build.ts';
import { findChromium } from './chromium.ts';
import { freePort } from './embedded.ts';
import { passingFolder } from './passing-folder.ts';
import { inOneLine, judged, readResults, run, type Outcome } from './test-outcome.ts';

const require = createRequire(import.meta.url);

/** The browser tests through the real application (see e2e/playwright.config.ts), one after the other but for those that have everything of their own: all in two groups side by side took as long and met each other's load. */
export async function browserTests(scratch: string): Promise<Outcome> {
  await buildUnlessFresh(join(scratch, 'build.log'));
  const file = join(scratch, 'browser.json');
  const folder = passingFolder();
  const env = { CHROMIUM_PATH: await findChromium(), PORT: String(await freePort(3199)), COUNTERSIGN_DATA_DIR: join(folder.path, 'demo'), PLAYWRIGHT_JSON_OUTPUT_FILE: file };
  const code = await run(require.resolve('@playwright/test/cli'), ['test', '-c', 'e2e/playwright.config.ts', '--reporter=list,json'], env).finally(folder.remove);
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
