// Reporter of `npm test`: what went wrong outside every test (an unhandled rejection), which vitest's JSON leaves out and its text prints far above the counts.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter } from 'vitest/node';

/** The file that takes the errors, as a list of sentences. */
export const OUTSIDE_FILE = 'COUNTERSIGN_TEST_OUTSIDE';

export default class OutsideErrors implements Reporter {
  onTestRunEnd: NonNullable<Reporter['onTestRunEnd']> = (_modules, errors) => {
    const file = process.env[OUTSIDE_FILE];
    if (file) writeFileSync(file, JSON.stringify(errors.map((error) => `${during(error)}${error.stack ?? error.message}`)));
  };
}

/** The test that ran at that moment is a hint: it need not be the one that began it. */
function during({ VITEST_TEST_NAME: test, VITEST_TEST_PATH: path }: Readonly<Record<string, unknown>>): string {
  return `outside every test${test ? `, while “${String(test)}” ran` : ''}${path ? ` (${relative(process.cwd(), String(path))})` : ''}: `;
}
