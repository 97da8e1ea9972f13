// `npm test`: types, lint, unit, database and browser tests. All of them run, whatever fails; the last line counts.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { buildUnlessFresh } from './build.ts';
import { findChromium } from './chromium.ts';
import { runCommand, Stop } from './command.ts';
import { freePort } from './embedded.ts';

interface Outcome {
  passed: number;
  failed: number;
  /** Each failure once more under the counts: whoever sees only the end of the output knows what to run again. */
  failures?: readonly string[];
  note?: string;
}

const require = createRequire(import.meta.url);
const scratch = mkdtempSync(join(tmpdir(), 'countersign-results-'));

/** The build comes first: Next writes the types of the routes, which the type check reads. */
const SUITES: Readonly<Record<string, () => Promise<Outcome>>> = {
  build: () => oneTest(async () => { await buildUnlessFresh(join(scratch, 'build.log')); }),
  types: () => oneTest(() => succeed(binary('typescript', 'tsc'), ['--noEmit', '-p', '.'])),
  lint: () => oneTest(() => succeed(binary('oxlint', 'oxlint'), ['--quiet'])),
  unit: () => vitest('unit'),
  db: () => vitest('db'),
  browser,
};

await runCommand(async () => {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !(name in SUITES));
  if (unknown.length > 0) throw new Stop(`There is no suite ${unknown.join(', ')}; there are ${Object.keys(SUITES).join(', ')}.`);
  const lines: string[] = [];
  let passed = 0;
  let failed = 0;
  for (const [name, suite] of Object.entries(SUITES)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    process.stdout.write(`\n── ${name} ──\n`);
    const started = Date.now();
    const outcome = await suite();
    lines.push(`${outcome.failed === 0 ? 'ok    ' : 'FAILED'} ${name}: ${outcome.passed} of ${outcome.passed + outcome.failed} in ${Math.round((Date.now() - started) / 1000)} s${outcome.note ? `; ${outcome.note}` : ''}`, ...(outcome.failures ?? []).map((failure) => `         ${failure}`));
    passed += outcome.passed;
    failed += outcome.failed;
  }
  rmSync(scratch, { recursive: true, force: true });
  process.stdout.write(`\n${lines.join('\n')}\n${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
});

async function oneTest(run: () => Promise<void>): Promise<Outcome> {
  try {
    await run();
    return { passed: 1, failed: 0 };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    process.stdout.write(`${error.message}\n`);
    return { passed: 0, failed: 1 };
  }
}

async function succeed(script: string, args: readonly string[]): Promise<void> {
  const code = await run(script, args);
  if (code !== 0) throw new Stop(`It ended with ${code}.`);
}

/** Runs a script on our Node with its output passed on; nobody is asked anything. */
function run(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
    const pass = (signal: NodeJS.Signals): void => { child.kill(signal); };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, pass);
    child.on('error', reject);
    child.on('exit', (code) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, pass);
      resolve(code ?? 1);
    });
  });
}

/** The script behind a package's command. */
function binary(name: string, command: string): string {
  const manifest = join(process.cwd(), 'node_modules', name, 'package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: string | Record<string, string> };
  const script = typeof bin === 'string' ? bin : bin[command];
  if (!script) throw new Error(`${name} has no command ${command}`);
  return join(dirname(manifest), script);
}

async function vitest(project: string): Promise<Outcome> {
  const file = join(scratch, `${project}.json`);
  const code = await run(binary('vitest', 'vitest'), ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
  const { numPassedTests, numFailedTests, numPendingTests = 0, numTodoTests = 0, testResults = [] } = counts(file);
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    const where = relative(process.cwd(), name);
    if (failed.length === 0 && status === 'failed') return [`${where}: ${firstLine(message)}`];
    return failed.map((test) => `${where} › ${test.fullName}: ${firstLine(test.failureMessages[0])}`);
  });
  return judged(code, numPassedTests ?? 0, numFailedTests ?? 0, numPendingTests + numTodoTests, failures);
}

/** The real application with its own data and port; see e2e/playwright.config.ts. */
async function browser(): Promise<Outcome> {
  try {
    await buildUnlessFresh(join(scratch, 'build.log'));
    const chromium = await findChromium();
    mkdirSync('.countersign', { recursive: true });
    const file = join(scratch, 'browser.json');
    const env = { CHROMIUM_PATH: chromium, PORT: String(await freePort(3199)), COUNTERSIGN_DATA_DIR: '.countersign/e2e', PLAYWRIGHT_JSON_OUTPUT_FILE: file };
    const code = await run(require.resolve('@playwright/test/cli'), ['test', '-c', 'e2e/playwright.config.ts', '--reporter=list,json'], env);
    const { stats, suites = [] } = counts(file);
    return judged(code, stats?.expected ?? 0, (stats?.unexpected ?? 0) + (stats?.flaky ?? 0), stats?.skipped ?? 0, suites.flatMap(failedSpecs));
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    process.stdout.write(`${error.message}\n`);
    return { passed: 0, failed: 1 };
  }
}

interface Counts {
  numPassedTests?: number;
  numFailedTests?: number;
  numPendingTests?: number;
  numTodoTests?: number;
  testResults?: readonly {
    name: string;
    status: string;
    message?: string;
    assertionResults: readonly { fullName: string; status: string; failureMessages: readonly string[] }[];
  }[];
  suites?: readonly PlaywrightSuite[];
  stats?: { expected: number; unexpected: number; flaky: number; skipped: number };
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

function firstLine(message = 'no message'): string {
  return stripVTControlCharacters(message).split('\n')[0] ?? '';
}

function counts(file: string): Counts {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counts;
  } catch {
    return {};
  }
}

/** A runner that failed without a failed test (a file that does not load, a leak at the end) counts as one; so does a suite without tests. */
function judged(code: number, passed: number, failed: number, skipped: number, failures: readonly string[]): Outcome {
  const broken = failed === 0 && skipped === 0 && (code !== 0 || passed === 0) ? 1 : 0;
  return { passed, failed: failed + skipped + broken, failures, ...(skipped > 0 ? { note: `${skipped} skipped, which proves nothing and counts as failed` } : {}) };
}
