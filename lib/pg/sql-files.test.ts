import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { placeOf, placeText } from '#lib/pipeline/sql-text/place.ts';
import { readSqlFile } from '#lib/pipeline/sql-text/statements.ts';
import { readMigrationFolder } from './migration-folder.ts';
import { oneFile, readSqlFiles } from './sql-files.ts';

const made: string[] = [];
afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'countersign-source-'));
  made.push(root);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
  return root;
}

/** A folder of these names, without anything in the files. */
const named = (...names: string[]) => folder(Object.fromEntries(names.map((name) => [name, ''])));
const read = async (path: string) => {
  const { style, files, notes } = await readSqlFiles(path);
  return { style, files: files.map(({ name }) => name), notes };
};
const refusal = (promise: Promise<unknown>) => promise.then(() => 'read', (error: unknown) => (error instanceof Error ? error.message : String(error)));

describe('a folder is read as its tool reads it', () => {
  test('Diesel and Hasura: a folder for each migration', async () => {
    expect(await read(named('2026-01-10-000000_b/up.sql', '2026-01-10-000000_b/down.sql', '2026-01-09-000000_a/up.sql', '2026-01-11-000000_c/down.sql'))).toEqual({ style: 'folders', files: ['2026-01-09-000000_a/up.sql', '2026-01-10-000000_b/up.sql'], notes: ['Left out, because it holds no up.sql: 2026-01-11-000000_c.'] });
    expect((await read(named('migrations/default/1700000000000_b/up.sql', 'migrations/default/200_a/up.sql', 'metadata/x.yaml'))).files).toEqual(['200_a/up.sql', '1700000000000_b/up.sql']);
  });

  test('Sqitch: by its plan, a change that comes again in its earlier text first', async () => {
    const plan = '%project=shop\nzeta 2026 A <a@b>\nalpha [zeta] 2026 A <a@b>\n@v1 2026 A <a@b>\nzeta [zeta@v1] 2026 A <a@b>\n';
    const root = folder({ 'sqitch.plan': plan, 'deploy/alpha.sql': '', 'deploy/zeta.sql': '', 'deploy/zeta@v1.sql': '', 'revert/zeta.sql': '', 'verify/zeta.sql': '' });
    expect(await read(root)).toEqual({ style: 'sqitch', files: ['deploy/zeta@v1.sql', 'deploy/alpha.sql', 'deploy/zeta.sql'], notes: [] });
    expect(await refusal(readSqlFiles(folder({ 'sqitch.plan': plan, 'deploy/alpha.sql': '' })))).toContain('lacks deploy/zeta.sql, deploy/zeta.sql, which its plan names');
  });

  test('Drizzle 1.0: a folder for each, with a snapshot, whose ledger is not read', async () => {
    const root = folder({ '20260102_b/migration.sql': '', '20260101_a/migration.sql': '', '20260101_a/snapshot.json': '{"dialect":"postgres"}' });
    expect(await read(root)).toEqual({ style: 'drizzle', files: ['20260101_a/migration.sql', '20260102_b/migration.sql'], notes: [] });
    expect(await refusal(readMigrationFolder('shop', root))).toContain('shop is a folder of Drizzle 1.0');
    expect(await refusal(readSqlFiles(folder({ '1_a/migration.sql': '', '1_a/snapshot.json': '{"dialect":"mysql"}' })))).toContain('is a folder of Drizzle for mysql');
  });

  test('Atlas: begun from the last checkpoint', async () => {
    const root = folder({ '1_a.sql': 'x', '2_b.sql': 'x', '3_all.sql': '-- atlas:checkpoint\n\nx', '4_c.sql': 'x', 'atlas.sum': 'h1:' });
    expect(await read(root)).toEqual({ style: 'numbered', files: ['3_all.sql', '4_c.sql'], notes: ['Begun with the checkpoint 3_all.sql, which stands for what is before it: 1_a.sql to 2_b.sql.'] });
  });

  test('Flyway: folders beneath too', async () => {
    expect((await read(named('v2/V10__c.sql', 'v1/V2__b.sql', 'V1__a.sql', 'views/R__v.sql', 'v1/U2__b.sql'))).files).toEqual(['V1__a.sql', 'v1/V2__b.sql', 'v2/V10__c.sql', 'views/R__v.sql']);
  });

  test('the folder migrations, rather than seeds and dumps beside it', async () => {
    expect(await read(named('seed.sql', 'migrations/1_a.sql', 'migrations/2_b.sql'))).toEqual({ style: 'numbered', files: ['1_a.sql', '2_b.sql'], notes: ['Left out, because it lies beside the folder migrations: seed.sql.'] });
    expect(await read(named('current.sql', 'committed/000001.sql'))).toEqual({ style: 'numbered', files: ['000001.sql'], notes: ['Left out, because it lies beside the folder committed: current.sql.'] });
    expect((await read(named('schema.prisma', 'seed.sql', 'migrations/1_a/migration.sql'))).style).toBe('prisma');
  });

  test('the folder for Postgres among several, folders of versions in order, and what lies beneath beside files is named', async () => {
    expect(await read(named('postgres/1_a.up.sql', 'mysql/1_a.up.sql'))).toEqual({ style: 'numbered', files: ['1_a.up.sql'], notes: ['Left out, because it is a folder of its own: mysql (1 file).'] });
    expect((await read(named('up/1_a.sql', 'down/1_a.sql'))).files).toEqual(['1_a.sql']);
    expect((await read(named('v1.10/1_c.sql', 'v1.9/2_b.sql', 'v1.9/1_a.sql'))).files).toEqual(['v1.9/1_a.sql', 'v1.9/2_b.sql', 'v1.10/1_c.sql']);
    expect((await read(named('1_a.sql', 'seeds/1.sql', 'seeds/2.sql'))).notes).toEqual(['Left out, because it is a folder of its own: seeds (2 files).']);
    expect(await refusal(readSqlFiles(named('shop/1_a.sql', 'billing/1_a.sql')))).toContain('holds several folders of SQL (billing, shop), and nothing says which is meant');
  });

  test('programs among the files are named, and nothing but programs is refused', async () => {
    expect((await read(named('1_a.sql', '2_b.go', 'embed.go'))).notes).toEqual(['Not run, because it is a program: 2_b.go. What it does is missing here.']);
    expect(await refusal(readSqlFiles(named('migrations/0001_initial.py', 'migrations/__init__.py')))).toContain('holds migrations as programs (0001_initial.py), which are not run here');
    expect(await refusal(readSqlFiles(named('1_a.down.sql')))).toContain('holds nothing but ways back');
  });
});

describe('files that psql would include', () => {
  test('stand in their places, and a place in them is said by their own name and line', async () => {
    const root = folder({ 'schema.sql': "set search_path = app;\n\\i tables/a.sql\n\\ir 'tables/b.sql'\nselect 4;", 'tables/a.sql': 'select 1;', 'tables/b.sql': '-- b\n\\ir deep/c.sql\nselect 3;\n', 'tables/deep/c.sql': 'select 2;\n', 'seeds/x.sql': '' });
    for (const path of [root, join(root, 'schema.sql')]) {
      const { files, notes } = await readSqlFiles(path);
      expect(files).toHaveLength(1);
      const [file] = files;
      if (!file) throw new Error('no file');
      const { statements } = await readSqlFile(file);
      expect(statements.map(({ sql, at }) => [sql, placeText(placeOf(file, at))])).toEqual([
        ['set search_path = app', 'schema.sql, line 1, column 1'], ['select 1', 'tables/a.sql, line 1, column 1'], ['select 2', 'tables/deep/c.sql, line 1, column 1'],
        ['select 3', 'tables/b.sql, line 3, column 1'], ['select 4', 'schema.sql, line 4, column 1'],
      ]);
      expect(notes).toEqual(path === root ? ['Left out, because it is a folder of its own: seeds (1 file).'] : []);
    }
  });

  test('run there alone, also by a path from above the folder', async () => {
    const root = folder({ 'db/a.sql': 'select 1;', 'db/b.sql': 'select 2;', 'db/main.sql': '\\i db/b.sql\n\\i db/a.sql\n' });
    const { files } = await readSqlFiles(join(root, 'db'));
    expect(files.map(({ name, text }) => [name, text.replaceAll(/\s+/g, ' ').trim()])).toEqual([['main.sql', 'select 2; select 1;']]);
  });

  test('are refused outside the folder, and in a ring', async () => {
    expect(await refusal(readSqlFiles(folder({ '1.sql': 'select 1;\n\\i ../../etc/passwd\n' })))).toContain('1.sql, line 2, column 1: it reads ../../etc/passwd, which is not beneath the folder that was given.');
    expect(await refusal(readSqlFiles(folder({ '1.sql': '\\i /etc/passwd\n' })))).toContain('it reads /etc/passwd, which is not beneath');
    expect(await refusal(readSqlFiles(folder({ '1.sql': '\\ir 2.sql\n', '2.sql': '\\ir 1.sql\n' })))).toContain('files include each other without end');
  });
});

test('a file by itself, or a text, is read forward only', async () => {
  const goose = '-- +goose Up\ncreate table a ();\n-- +goose Down\ndrop table a;\n';
  const source = await readSqlFiles(join(folder({ '1_a.sql': goose }), '1_a.sql'));
  expect(source.files[0]?.text).not.toContain('drop table');
  expect(source.notes).toEqual(['Left out: what its marks call the way back, or for another database.']);
  expect(oneFile({ name: 'x', text: 'select 1;' }).notes).toEqual([]);
});

test('bytes that are no UTF-8 are refused with their line and what to do', async () => {
  const root = folder({});
  writeFileSync(join(root, '1.sql'), Buffer.from([0x61, 0x0a, 0x66, 0xfc, 0x72]));
  expect(await refusal(readSqlFiles(root))).toContain('1.sql is no text in UTF-8 (line 2): if it is Latin-1, make it so with iconv -f LATIN1 -t UTF-8 1.sql.');
});
