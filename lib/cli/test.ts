// `npm test`: types, lint, unit, database and browser tests. All of them run, whatever fails; the last line counts.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { buildUnlessFresh } from './build.ts';
import { runCommand, Stop } from './command.ts';
import { browserTests } from './test-browser.ts';
import { inOneLine, judged, readResults, run, type Outcome } from './test-outcome.ts';
import { OUTSIDE_FILE } from './test-outside.ts';

const scratch = mkdtempSync(join(tmpdir(), 'countersign-results-'));

/** The build comes first: Next writes the types of the routes, which the type check reads. */
const SUITES: Readonly<Record<string, () => Promise<Outcome>>> = {
  build: () => oneTest(async () => { await buildUnlessFresh(join(scratch, 'build.log')); }),
  types: () => oneTest(() => succeed(binary('typescript', 'tsc'), ['--noEmit', '-p', '.'])),
  lint: () => oneTest(() => succeed(binary('oxlint', 'oxlint'), ['--quiet'])),
  unit: () => vitest('unit'),
  db: () => vitest('db*'),
  browser: () => inWords(() => browserTests(scratch)),
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

function oneTest(test: () => Promise<void>): Promise<Outcome> {
  return inWords(async () => {
    await test();
    return { passed: 1, failed: 0 };
  });
}

/** What stops a suite by name is told in its sentence and counts as one failure. */
async function inWords(suite: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await suite();
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

/** The script behind a package's command. */
function binary(name: string, command: string): string {
  const manifest = join(process.cwd(), 'node_modules', name, 'package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: string | Record<string, string> };
  const script = typeof bin === 'string' ? bin : bin[command];
  if (!script) throw new Error(`${name} has no command ${command}`);
  return join(dirname(manifest), script);
}

async function vitest(project: string): Promise<Outcome> {
  const file = join(scratch, `${project.replace('*', '')}.json`);
  const outsideFile = join(scratch, `${project.replace('*', '')}-outside.json`);
  const code = await run(binary('vitest', 'vitest'), ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, '--reporter=./lib/cli/test-outside.ts'], { [OUTSIDE_FILE]: outsideFile });
  const { numPassedTests, numFailedTests, numPendingTests = 0, numTodoTests = 0, testResults = [] } = readResults<VitestResults>(file);
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    const where = relative(process.cwd(), name);
    if (failed.length === 0 && status === 'failed') return [`${where}: ${inOneLine(message)}`];
    return failed.map((test) => `${where} › ${test.fullName}: ${inOneLine(test.failureMessages[0])}`);
  });
  const outside = Object.values(readResults<string[]>(outsideFile)).map(inOneLine);
  return judged(code, numPassedTests ?? 0, numFailedTests ?? 0, numPendingTests + numTodoTests, [...failures, ...outside]);
}

interface VitestResults {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: readonly {
    name: string;
    status: string;
    message?: string;
    assertionResults: readonly { fullName: string; status: string; failureMessages: readonly string[] }[];
  }[];
}
