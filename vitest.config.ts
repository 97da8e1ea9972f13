import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// `server-only` throws outside a React server bundle; under test every module runs on a server.
const alias = { 'server-only': new URL('lib/testing/server-only.ts', import.meta.url).pathname };

/** Minutes of their own, in few lines. By size, as is usual where no earlier run is known, the slowest would begin last and end alone. */
const LONGEST = ['lib/cli/proof.db.test.ts', 'lib/worker/corpus.db.test.ts', 'lib/worker/kill.db.test.ts', 'lib/worker/rebuild.db.test.ts', 'lib/worker/crash.db.test.ts'];

function place({ moduleId }: TestSpecification): number {
  return LONGEST.findIndex((file) => moduleId.endsWith(file)) + 1 || LONGEST.length + 1;
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

const DATABASE_TESTS = '{app,components,lib}/**/*.db.test.ts';
/** What a file puts in the place of a module would stay there for the files after it. */
const MOCKING = globSync(DATABASE_TESTS, { cwd: import.meta.dirname }).filter((file) => readFileSync(new URL(file, import.meta.url), 'utf8').includes('vi.mock('));

const onServers = {
  globalSetup: ['lib/testing/servers.ts'],
  setupFiles: ['lib/testing/leaks.ts'],
  testTimeout: 60_000,
  hookTimeout: 120_000,
  // Left alone it is one second: of what is waited for nobody claims how soon it comes, and where a test does, it measures.
  expect: { poll: { timeout: 20_000 } },
  maxWorkers: 3,
};

export default defineConfig({
  resolve: { alias },
  test: {
    reporters: ['default'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        // Pure modules keep nothing, so that the files of one process may share them: reading them anew for each took two thirds of the time.
        test: { name: 'unit', isolate: false, include: ['{app,components,lib}/**/*.test.{ts,tsx}'], exclude: ['**/*.db.test.ts', '**/node_modules/**'] },
      },
      {
        extends: true,
        // A tenth of their time went into reading the same modules anew for each file.
        test: { ...onServers, name: 'db', isolate: false, include: [DATABASE_TESTS], exclude: [...MOCKING, '**/node_modules/**'] },
      },
      {
        extends: true,
        test: { ...onServers, name: 'db-mocking', include: MOCKING },
      },
    ],
  },
});
