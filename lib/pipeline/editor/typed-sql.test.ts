import { describe, expect, test } from 'vitest';
import { firstWords, readTyped } from './typed-sql.ts';

describe('readTyped', () => {
  test('keeps the comments before a statement with it, and says where it ends in the text as it is shown', async () => {
    const read = await readTyped(`SELECT 1;\r\n-- é😀\r\nSELECT 'é' ; CREATE TABLE a (b int)`);
    if (!read.ok) throw new Error(read.trouble.message);
    expect(read.statements.map((one) => one.sql)).toEqual(['SELECT 1', `-- é😀\nSELECT 'é'`, 'CREATE TABLE a (b int)']);
    expect(read.statements.map((one) => read.text[one.end])).toEqual([';', ';', undefined]);
    expect(read.statements.map((one) => one.kind)).toEqual(['SelectStmt', 'SelectStmt', 'CreateStmt']);
  });

  test.each([
    ['SELECT 1;\nCREATE TABEL x ()', 2, 8, 'TABEL'],
    [`-- é ü 😀\nSELECT 'é😀' FROM x y z;`, 2, 22, 'z;'],
    ['SELECT 1;\nSELECT ( + ', 2, 12, ''],
    [`SELECT 'abc`, 1, 8, `'abc`],
  ])('says the line, the column and the place of what is wrong in %j', async (text, line, column, there) => {
    const read = await readTyped(text);
    expect(read).toMatchObject({ ok: false, trouble: { line, column } });
    expect(read.ok ? '' : text.slice(read.trouble.at, read.trouble.at + there.length)).toBe(there);
  });

  test.each([['VACUUM a', 'VACUUM'], ['BEGIN', 'BEGIN, COMMIT and ROLLBACK'], ['CREATE INDEX CONCURRENTLY i ON a (b)', 'CONCURRENTLY'], ['CREATE INDEX i ON a (b)', null]])('knows whether %s can run inside a transaction', async (sql, outside) => {
    const read = await readTyped(sql);
    expect(read.ok && read.statements[0]?.outside).toBe(outside);
  });

  test('takes a text without a statement for nothing', async () => {
    expect(await readTyped('  \n')).toMatchObject({ ok: true, statements: [] });
    expect(await readTyped('-- only words')).toMatchObject({ ok: true, statements: [] });
  });
});

test('a label is the beginning of a statement without its comments', () => {
  expect(firstWords('-- why\nCREATE /* it */ TABLE a (\n b int, c int, d int)')).toBe('CREATE TABLE a ( b int,');
});
