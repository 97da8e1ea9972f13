import { describe, expect, test } from 'vitest';
import { printedIn } from './printed.ts';
import { readRunbook } from './read.ts';

// As psql prints, and as people paste it below their queries.

const FENCE = '```';
const read = (text: string) => readRunbook({ name: 'runbook.md', text: `# Check\n\n${text}` }, { target: 'shop_prod', desired: null, windowHours: 48, planId: '7a1f0c1e-0000-4000-8000-000000000003' });
const fence = (language: string, body: string) => `${FENCE}${language}\n${body}\n${FENCE}\n`;

/** What every step asks and expects, with its lines, and whatever is no question. */
async function asked(text: string): Promise<unknown[]> {
  const { phases } = await read(text);
  return phases.flatMap((phase) => phase.steps.flatMap((step) => (step.work ? [step.work.kind] : step.statements.map((one) => (one.do === 'assert' ? [one.expect.from === 'literal' ? one.expect.value : one.expect.from, step.source?.from, step.source?.to] : one.sql)))));
}

async function notes(text: string): Promise<string[]> {
  return (await read(text)).notes.map(({ line, stepId, sentence }) => `${line} ${stepId ?? ''} ${sentence}`);
}

const COUNT = ' count \n-------\n   134\n(1 row)';
const PAIRS = ' id | name | note\n----+------+------\n  2 | b, c | t\n  1 | a    | \n(2 rows)\n';

describe('what psql printed below a query is what must come out', () => {
  test.each([
    ['one value', `SELECT count(*) FROM orders;\n${COUNT}`, [['134', 4, 8]]],
    ['without the semicolon, and with the time that it took', `SELECT count(*) FROM orders\n\n${COUNT}\nTime: 0.345 ms`, [['134', 4, 10]]],
    ['with blanks taken away', 'SELECT count(*) FROM orders;\ncount\n-------\n134\n(1 row)', [['134', 4, 8]]],
    ['behind dashes', 'SELECT count(*) FROM orders;\n--  count\n-- -------\n--    134\n-- (1 row)\n', [['134', 4, 8]]],
    ['in a block comment', `SELECT count(*) FROM orders;\n/*\n${COUNT}\n*/`, [['134', 4, 9]]],
    ['several columns, in the order in which the rows are compared', `SELECT * FROM pairs;\n${PAIRS}`, [['(1,a,)\n(2,"b, c",t)', 4, 9]]],
    ['one row of two columns', "SELECT a, b FROM pairs WHERE a = 1;\n a |  b\n---+-----\n 1 | two\n(1 row)", [['(1,two)', 4, 8]]],
    ['no rows', 'SELECT id FROM orders WHERE bad;\n id\n----\n(0 rows)\n', [['0', 4, 7]]],
    ['only the number of rows', 'SELECT id FROM orders;\n(134 rows)', [['134', 4, 5]]],
    ['true and false', "SELECT to_regclass('orders') IS NULL;\n ?column?\n----------\n f\n(1 row)", [['(f)', 4, 8]]],
    ['rows of which not all are shown', 'SELECT id, name FROM orders;\n id | name\n----+------\n  1 | a\n(40 rows)', [['40', 4, 8]]],
    ['a row below the other', 'SELECT id, name, note FROM pairs;\n-[ RECORD 1 ]-\nid   | 2\nname | b, c\nnote | t\n-[ RECORD 2 ]-\nid   | 1\nname | a\nnote | \n', [['(1,a,)\n(2,"b, c",t)', 4, 12]]],
    ['one value as a row below the other, with the time', "SELECT count(*) FROM orders\n-[ RECORD 1 ]\ncount | 134\n\nTime: 0.2 ms", [['134', 4, 8]]],
    ['rows below each other behind dashes, in German, with values that have bars', "SELECT a, \"b c\" FROM pairs;\n-- -[ DATENSATZ 1 ]--+------\n-- a   | x | y\n-- b c | + z\n", [['("x | y","+ z")', 4, 7]]],
    ['in German', 'SELECT count(*) FROM orders;\n count\n-------\n   134\n(1 Zeile)', [['134', 4, 8]]],
  ])('%s', async (_manner, body, expected) => {
    expect(await asked(fence('sql', body))).toEqual(expected);
  });

  test('each of several queries has its own, and what stands between them is run as it is', async () => {
    expect(await asked(fence('sql', `SELECT count(*) FROM orders;\n${COUNT}\n\nUPDATE orders SET a = 1;\n\nSELECT id FROM orders WHERE bad;\n id\n----\n(0 rows)`))).toEqual([['134', 4, 8], 'UPDATE orders SET a = 1', ['0', 12, 15]]);
    expect(await asked(fence('sql', `SELECT count(*) FROM a; SELECT count(*) FROM b;\n${COUNT}\n\n${COUNT.replace('134', '135')}`))).toEqual([['134', 4, 8], ['135', 4, 13]]);
  });

  test.each(['', 'text', 'console', 'sql'])('in a passage of its own (%s), right below or below a sentence', async (language) => {
    const query = fence('sql', 'SELECT count(*) FROM orders;');
    expect(await asked(`${query}\n${fence(language, COUNT)}`)).toEqual([['134', 4, 11]]);
    expect(await asked(`${query}\nOutput:\n\n${fence(language, COUNT)}`)).toEqual([['134', 4, 13]]);
    expect(await asked(`${fence('bash', 'psql $DATABASE_URL -c "SELECT count(*) FROM orders"')}\n${fence(language, COUNT)}`)).toEqual([['134', 4, 11]]);
  });

  test('it counts more than words above, and less than words beside the query', async () => {
    expect(await asked(fence('sql', `-- Check the 140 rows\nSELECT count(*) FROM orders;\n${COUNT}`))).toEqual([['134', 5, 9]]);
    expect(await asked(fence('sql', `SELECT count(*) FROM orders; -- must be 132 now\n${COUNT}`))).toEqual([['132', 4, 8]]);
  });

  test('the text says where it stands, and which step it is about', async () => {
    expect(await notes(fence('sql', `SELECT count(*) FROM orders;\n${COUNT}`))).toEqual(['5 written.1.1 What psql printed in lines 5 to 8 is what must come out again.']);
  });
});

describe('what was typed and what came back are told apart', () => {
  const SESSION = `shop=# SELECT count(*)\nshop-#   FROM orders;\n${COUNT}\n\nshop=# BEGIN;\nBEGIN\nshop=*# DELETE FROM orders WHERE bad;\nDELETE 2\nshop=*# COMMIT;\nCOMMIT\nshop=# `;

  test.each(['', 'sql', 'text', 'console', 'bash'])('in a session of psql (%s): nothing of the answers is run, and every step has its lines', async (language) => {
    expect(await asked(fence(language, SESSION))).toEqual([['134', 4, 9], 'DELETE FROM orders WHERE bad']);
    expect((await notes(fence(language, SESSION)))[0]).toBe('3  Lines 3 to 18 show a session of psql: what was typed there is read, and what came back is not run.');
  });

  test('among commands of a shell', async () => {
    expect(await asked(fence('bash', `$ psql $DATABASE_URL -c "SELECT count(*) FROM orders"\n${COUNT}\n\n$ psql $DATABASE_URL -c "UPDATE orders SET a = 1"\nUPDATE 134`))).toEqual([['134', 4, 8], 'UPDATE orders SET a = 1']);
    expect(await notes(fence('bash', `$ ls\n${COUNT}`))).toContain('5  What psql printed in lines 5 to 8 stands below no query that it could belong to, and is compared with nothing.');
  });

  test('a query that is sent with \\gx ends there, and how psql prints from then on is no statement', async () => {
    const record = '-[ RECORD 1 ]\nid   | 1\nname | a';
    expect(await asked(fence('sql', `\\x on\nExpanded display is on.\nSELECT id, name FROM a \\gx\n${record}\n\nSELECT id, name FROM b\\g\nDELETE FROM c\n\\gx (expanded=off)\nDELETE FROM d;`))).toEqual([['(1,a)', 6, 9], ['unsaid', 11, 11], 'DELETE FROM c', 'DELETE FROM d']);
    expect(await asked(fence('', `shop=# \\x\nExpanded display is on.\nshop=# SELECT id, name FROM a \\gx\n${record}\n\nshop=# DELETE FROM c;\nDELETE 1\n`))).toEqual([['(1,a)', 6, 9], 'DELETE FROM c']);
    expect(await asked(fence('sql', `SELECT 'drop table x' \\gexec\n`))).toContain('open');
    expect(await asked(fence('sql', `INSERT INTO notes VALUES ('a \\gx\nb');`))).toEqual([`INSERT INTO notes VALUES ('a \\gx\nb')`]);
  });

  test('how many rows were changed is no statement, and in quotes no answer either', async () => {
    expect(await asked(fence('sql', `UPDATE orders SET a = 1;\nUPDATE 134\nSELECT count(*) FROM orders;\n${COUNT}`))).toEqual(['UPDATE orders SET a = 1', ['134', 6, 10]]);
    expect(await asked(fence('sql', "INSERT INTO notes VALUES ('\nUPDATE 134\n');"))).toEqual(["INSERT INTO notes VALUES ('\nUPDATE 134\n')"]);
  });
});

describe('what cannot be the answer is compared with nothing, and said', () => {
  test('figures of the moment, more columns than are asked for, and a table below a statement that does something', async () => {
    expect(await notes(fence('sql', 'SELECT pid FROM pg_stat_activity;\n pid\n-----\n  12\n(1 row)'))).toContain('5 written.1.1 What psql printed in lines 5 to 8 is compared with nothing.');
    expect(await asked(fence('sql', `SELECT id FROM pairs;\n${PAIRS}`))).toEqual([['unsaid', 4, 9]]);
    expect(await notes(fence('sql', `DELETE FROM orders RETURNING id;\n id\n----\n  1\n(1 row)`))).toContain('5 written.1.1 What psql printed in lines 5 to 8 is compared with nothing.');
  });

  test('more tables than queries', async () => {
    expect(await asked(`${fence('sql', 'SELECT count(*) FROM orders;')}\n${fence('', `${COUNT}\n\n${COUNT}`)}`)).toEqual([['unsaid', 4, 4]]);
    expect(await notes(fence('sql', `${COUNT}\nSELECT count(*) FROM orders;`))).toContain('4  What psql printed in lines 4 to 7 stands below no query that it could belong to, and is compared with nothing.');
  });
});

describe('what only looks like a table stays what it is', () => {
  test.each([
    ['a rule of dashes', 'UPDATE orders SET a = 1\n-------\nWHERE b = 2;', ['UPDATE orders SET a = 1\n-------\nWHERE b = 2']],
    ['a table within quotes', `INSERT INTO notes VALUES ('\n${COUNT}\n');`, [`INSERT INTO notes VALUES ('\n${COUNT}\n')`]],
    ['a heading of comments', '-- Part 1\n---------\nUPDATE orders SET a = 1;', ['UPDATE orders SET a = 1']],
  ])('%s', async (_manner, body, expected) => {
    expect(await asked(fence('sql', body))).toEqual(expected);
  });

  test.each([
    ['a value goes on in the next line', '-[ RECORD 1 ]\nid | 1\nno | a+\n   | b\n'],
    ['some are left out', '-[ RECORD 1 ]\nid | 1\n...\n-[ RECORD 7 ]\nid | 7\n'],
    ['they are not alike', '-[ RECORD 1 ]\nid | 1\n-[ RECORD 2 ]\nno | 7\n'],
  ])('rows below each other of which not all is there are compared with nothing: %s', async (_why, text) => {
    expect(printedIn(text, true)).toMatchObject([{ torn: true, count: null, to: text.length - 1 }]);
    expect(await asked(fence('sql', `SELECT id FROM orders;\n${text}`))).toEqual([['unsaid', 4, 4 + text.split('\n').length - 1]]);
  });

  test('cells that go on in the next line are not taken for values', () => {
    expect(printedIn(' id | note\n----+-------\n  1 | a    +\n    | b\n(1 row)', true)).toMatchObject([{ torn: true, count: 1 }]);
  });
});
