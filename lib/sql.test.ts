import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from './sql.ts';

const before = process.cwd();
let folder = '';

function statement(name: string, text: string): string {
  writeFileSync(join(folder, 'prisma-free-sql/try', `${name}.sql`), text);
  return `try/${name}`;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-sql-'));
  mkdirSync(join(folder, 'prisma-free-sql/try'), { recursive: true });
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

describe('a statement from a file', () => {
  test('gets identifiers where psql would put them, quoted where needed', () => {
    const name = statement('count', 'select count(*) from :"table" where :"column" is null');
    expect(sql(name, { table: { schema: 'public', name: 'bazaar-vid_exports' }, column: 'we"ird' })).toBe(
      'select count(*) from public."bazaar-vid_exports" where "we""ird" is null',
    );
  });

  test('keeps casts, literals, comments, quoted names and dollar quotes as they are', () => {
    const text = `select 'r'::"char", ':"a"', ":""x", $f$ :"b" $f$ -- :"c"\n/* :"d" */`;
    expect(sql(statement('kept', text))).toBe(text);
  });

  test('is refused when a placeholder has no identifier', () => {
    expect(() => sql(statement('short', 'table :"table"'))).toThrow('the placeholder :"table" has no identifier');
  });

  test('is refused when an identifier has no placeholder', () => {
    expect(() => sql(statement('long', 'select 1'), { table: 't' })).toThrow('no placeholder for table');
  });

  test('is not looked for outside its folder', () => {
    expect(() => sql('try/../../etc/passwd')).toThrow('not a name of a statement');
  });
});
