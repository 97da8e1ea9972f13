import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { violationsIn } from './testing/boundaries.ts';

const root = new URL('..', import.meta.url).pathname;

test('every import points along an arrow of lib/README.md', () => {
  expect(violationsIn(root)).toEqual([]);
});

test('a planted violation of each kind is found, and nothing else', () => {
  const planted = mkdtempSync(join(tmpdir(), 'countersign-boundaries-'));
  const plant = (file: string, text: string): void => {
    mkdirSync(dirname(join(planted, file)), { recursive: true });
    writeFileSync(join(planted, file), text);
  };
  plant('app/page.tsx', `import { view } from '#components/view.tsx';\nimport { run } from '../lib/store/runs.ts';\nexport default () => view(run);`);
  plant('components/view.tsx', `import type { Dto } from '#lib/dal/dto.ts';\nimport { load } from '#lib/dal/load.ts';\nexport const view = (dto: Dto) => load(dto);`);
  plant('lib/dal/dto.ts', 'export interface Dto { id: string }');
  plant('lib/dal/load.ts', `import { measure } from '#lib/pg/measure.ts';\nexport const load = (x: unknown) => measure(x);`);
  plant('lib/dal/late.ts', `export const late = () => import('#lib/worker/loop.ts');\nexport const opaque = (name: string) => import(name);`);
  plant('lib/pg/measure.ts', `export { execute as measure } from './execute.ts';`);
  plant('lib/pg/execute.ts', 'export const execute = (x: unknown) => x;');
  plant('lib/pipeline/plan.ts', `import { randomUUID } from 'node:crypto';\nexport const id = () => randomUUID();`);
  plant('lib/store/runs.ts', `export const { env } = process;\nexport const run = process.env.HOME;`);
  plant('lib/worker/loop.ts', `// import { view } from '#components/view.tsx';\nexport const loop = () => "import '#app/page.tsx'";`);
  const found = violationsIn(planted);
  rmSync(planted, { recursive: true });
  expect(found).toEqual([
    'app/page.tsx imports lib/store/runs.ts: app → store is no arrow of lib/README.md',
    'components/view.tsx imports lib/dal/load.ts: components → dal is no arrow of lib/README.md',
    expect.stringContaining('lib/dal/late.ts imports lib/worker/loop.ts'),
    'lib/dal/late.ts imports something that is not a literal',
    'lib/pg/measure.ts imports lib/pg/execute.ts: pg → execution is no arrow of lib/README.md',
    expect.stringContaining('lib/pipeline/plan.ts imports node:crypto'),
    'lib/store/runs.ts reads process.env, which only lib/env.ts and lib/cli may',
    'the web process reaches lib/pg/execute.ts by way of lib/dal/load.ts → lib/pg/measure.ts → lib/pg/execute.ts',
  ]);
});

test('every link is that of components/ui, so that no page fetches ahead what nobody points at', () => {
  const links = ['app', 'components'].flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
    .filter((file) => /\.tsx?$/.test(file) && /^import \w+[^;{]* from 'next\/link'/m.test(readFileSync(join(root, file), 'utf8')));
  expect(links).toEqual(['components/ui/link.tsx']);
});

test('every statement file is loaded by name, and every name that is loaded has a file', () => {
  const folder = join(root, 'prisma-free-sql');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.sql')).map((file) => file.slice(0, -4).replaceAll('\\', '/'));
  // Migrations of the control database are run in order of their numbers, the demo's by the names of its two databases.
  const statements = files.filter((file) => !/^(control\/\d{4}_|demo\/)/.test(file));
  const code = readdirSync(join(root, 'lib'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => ({ file: relative(root, join(entry.parentPath, entry.name)), text: readFileSync(join(entry.parentPath, entry.name), 'utf8') }));
  const names = code.flatMap(({ text }) => [...text.matchAll(/'((?:control|introspect|measure|ledger|migrations|probe)\/[a-z0-9_]+)'/g)].map((match) => match[1]));
  const called = code.flatMap(({ text }) => [...text.matchAll(/\bsql\(\s*'([^'$]+)'/g)].map((match) => match[1]));
  expect(statements.length).toBeGreaterThan(20);
  expect(statements.filter((file) => !names.includes(file))).toEqual([]);
  expect([...names, ...called].filter((name) => name !== undefined && !files.includes(name))).toEqual([]);
});
