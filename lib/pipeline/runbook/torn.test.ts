import { describe, expect, test } from 'vitest';
import { readRunbook } from './read.ts';

const read = async (lines: readonly string[]) => {
  const { phases, notes } = await readRunbook({ name: 'runbook.md', text: lines.join('\n') }, { target: 'shop_prod', desired: 'shop_dev', windowHours: 48, planId: '7a1f0c1e-0000-4000-8000-000000000002' });
  const steps = phases.flatMap((phase) => phase.steps);
  return { steps, sql: steps.map((step) => (step.work ? step.work.kind : step.statements.map((one) => one.sql.replaceAll(/\s+/g, ' ')).join('; '))), notes: notes.map(({ code, line, sentence }) => `${code} ${line} ${sentence}`) };
};
const fence = (sql: string, language = 'sql') => [`${'```'}${language}`, sql, '```'];

describe('a transaction over several passages', () => {
  test('is one step over the headings between, with its lines, and the sentence below a query is its answer', async () => {
    const { steps, sql, notes } = await read(['## 1. Begin', ...fence('BEGIN;'), '## 2. Delete', ...fence('DELETE FROM t WHERE a = 3;\nSELECT count(*) FROM t;'), 'It should return 12.', '## 3. Commit', 'If the number is right:', ...fence('COMMIT;'), 'If it is wrong:', ...fence('ROLLBACK;')]);
    expect(sql).toEqual(['DELETE FROM t WHERE a = 3; SELECT q.v::text FROM ( SELECT count(*) FROM t ) q(v)']);
    expect(steps[0]).toMatchObject({ source: { from: 3, to: 14 }, statements: [{ do: 'execute' }, { do: 'assert', expect: { from: 'literal', value: '12' } }] });
    expect(notes).toEqual(expect.arrayContaining([
      'understood 3 The transaction that begins here goes on in lines 6 to 9, lines 13 to 15, and is read as one. Nobody looks at it before it commits (“If the number is right”): a query in it, with the answer that is expected, decides.',
      'left_out 5 “2. Delete” (lines 5 to 10) is read with the passage further up that it goes on with.',
    ]));
  });

  test('is one step over the items of a list', async () => {
    expect((await read(['1. Open it', '   ```sql', '   BEGIN;', '   ```', '2. Change it', '   ```sql', '   UPDATE t SET a = 2 WHERE a = 1;', '   ```', '3. Close it', '   ```sql', '   COMMIT;', '   ```'])).sql).toEqual(['UPDATE t SET a = 2 WHERE a = 1']);
  });

  test('with the output of a query between keeps it as the answer', async () => {
    expect((await read(['## 1', ...fence('BEGIN;\nUPDATE t SET a = a + 1;\nSELECT count(*) FROM t;'), ...fence(' count\n-------\n     7\n(1 row)', ''), ...fence('COMMIT;')])).steps[0]?.statements).toMatchObject([{ do: 'execute' }, { do: 'assert', expect: { from: 'literal', value: '7' } }]);
  });

  test('that nothing but a ROLLBACK ends is not done', async () => {
    expect((await read(['## 1', ...fence('BEGIN;\nUPDATE t SET a = a + 1;'), ...fence('ROLLBACK;')])).sql).toEqual([]);
  });

  test.each([['a command', fence('systemctl restart app', 'bash'), 'what no statement is (lines 6 to 8)'], ['a heading of a way back', ['## Rollback', 'See above.', ''], '“Rollback” (line 6)']])('with %s between is open, with its line and what to do', async (_what, between, words) => {
    const { steps } = await read(['## 1', ...fence('SELECT 1; -- 1\n  BEGIN; UPDATE t SET a = a + 1;'), ...between, ...fence('COMMIT;')]);
    expect(steps[0]?.work).toMatchObject({ kind: 'open', at: { line: 4, column: 3 }, sentence: `The transaction that begins here ends in lines 9 to 11, and ${words} stands between. Put its statements into one passage, or give each passage a BEGIN and a COMMIT of its own.` });
  });

  test('that begins anew before it ends, or ends nowhere, is read as before', async () => {
    expect((await read(['## 1', ...fence('BEGIN;\nUPDATE t SET a = a + 1;'), ...fence('BEGIN;\nUPDATE t SET a = a + 2;\nCOMMIT;')])).sql).toEqual(['UPDATE t SET a = a + 1', 'UPDATE t SET a = a + 2']);
  });
});

test('the body of a function over two passages is one statement, and what stands in it no step', async () => {
  const { sql, steps } = await read(['## 1', ...fence('CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $body$\nBEGIN\n  DELETE FROM a WHERE id = 1;'), 'and then', ...fence('  UPDATE b SET x = 2;\n  RETURN NEW;\nEND $body$;\nSELECT 1; -- 1')]);
  expect(sql).toEqual([expect.stringMatching(/^CREATE FUNCTION .*DELETE FROM a.*UPDATE b.*END \$body\$$/), 'SELECT q.v::text FROM ( SELECT 1 ) q(v)']);
  expect(steps.map(({ source }) => source)).toEqual([{ from: 3, to: 11 }, { from: 12, to: 12 }]);
});

describe('what BEGIN says beyond beginning', () => {
  test.each([
    ['BEGIN READ ONLY', undefined, ['READ ONLY is left out']],
    ['BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE', 'repeatable read', ['ISOLATION LEVEL SERIALIZABLE becomes REPEATABLE READ', 'READ ONLY is left out', 'DEFERRABLE is left out']],
    ['START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE', 'repeatable read', []],
    ['BEGIN ISOLATION LEVEL READ COMMITTED NOT DEFERRABLE', undefined, []],
  ])('%s', async (begin, isolation, told) => {
    const { steps, notes } = await read(['## 1', ...fence(`${begin};\nSELECT count(*) FROM t; -- 4\nCOMMIT;`)]);
    expect(steps).toMatchObject([{ statements: [{ do: 'assert' }] }]);
    expect(steps[0]?.isolation).toBe(isolation);
    expect(notes.map((one) => one.split(/ \d+ /)[1]?.split(':')[0])).toEqual(told);
  });

  test('a READ ONLY transaction that writes is open at the statement that the server would refuse', async () => {
    expect((await read(['## 1', ...fence('BEGIN READ ONLY;\nSELECT 1; -- 1\n UPDATE t SET a = a + 1;\nCOMMIT;')])).steps[0]?.work).toMatchObject({ kind: 'open', at: { line: 5, column: 2 }, sentence: 'The transaction is READ ONLY, in which the server refuses this statement: take READ ONLY out, or the statement.' });
  });
});
