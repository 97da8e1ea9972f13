import { describe, expect, test } from 'vitest';
import { readRunbook } from './read.ts';

// What a text says must come out is signed as the expectation: a number that it does not say would stop a run, or let one pass.

const FENCE = '```';
const read = (text: string) => readRunbook({ name: 'runbook.md', text }, { target: 'shop_prod', desired: 'shop_dev', windowHours: 72, planId: '7a1f0c1e-0000-4000-8000-000000000001' });
const sql = (body: string) => `${FENCE}sql\n${body}\n${FENCE}\n`;
const expectedIn = async (text: string) => (await read(text)).phases.flatMap(({ steps }) => steps.flatMap(({ statements }) => statements.flatMap((one) => (one.do === 'assert' ? [one.expect.from === 'literal' ? one.expect.value : one.expect.from] : []))));

describe('a remark beside a query', () => {
  test.each([
    ['134 rows (was 130)', '134'],
    ['1.026 rows', '1026'],
    ['1 026 rows', '1026'],
    ["1'026 Zeilen", '1026'],
    ['expected: 1.026', '1026'],
    ['0 expected', '0'],
    ['1,026 rows expected', '1026'],
    ['must be zero', '0'],
    ['should not return any rows', '0'],
    ['=> 134', '134'],
    ['-> 134', '134'],
    ['at least 134', 'unsaid'],
    ['expect: ~134', 'unsaid'],
    ['about 134 rows', 'unsaid'],
    ['> 0', 'unsaid'],
    ['should be > 0', 'unsaid'],
    ['>= 134 rows', 'unsaid'],
    ['should NOT be 0', 'unsaid'],
    ['must not be 0', 'unsaid'],
    ['between 3 and 5', 'unsaid'],
    ['expect 3-5 rows', 'unsaid'],
    ['should return 134 or 135 rows', 'unsaid'],
    ['less than 5 rows', 'unsaid'],
    ['expected 100+ rows', 'unsaid'],
    ['should be same as before', 'unsaid'],
    ['3 orphans', 'unsaid'],
  ])('“-- %s” says %s, whatever the sentence around the passage says', async (remark, said) => {
    expect(await expectedIn(`# P\n\nThe next query should return 12,345:\n${sql(`SELECT count(*) FROM t; -- ${remark}`)}`)).toEqual([said]);
  });

  test('that gives no single value is named where the value is asked for', async () => {
    const { notes } = await read(`# P\n\n${sql('SELECT count(*) FROM t; -- at least 134')}`);
    expect(notes.map(({ code, line, sentence }) => [code, line, sentence])).toEqual([['asks_for_value', 4, 'The text says “at least 134”, which is no single value: say what must come out of rows of t.']]);
  });
});

describe('a sentence beside a passage', () => {
  test('between two passages belongs to the one above it, and to the one below it only where it leads to it', async () => {
    expect(await expectedIn(`# P\n\n${sql('SELECT count(*) FROM a;')}\nExpected: 134\n\n${sql('SELECT count(*) FROM b;')}\nExpected: 12\n`)).toEqual(['134', '12']);
    expect(await expectedIn(`# P\n\nShould return 134:\n${sql('SELECT count(*) FROM a;')}\nThis should return 12:\n${sql('SELECT count(*) FROM b;')}`)).toEqual(['134', '12']);
    expect(await expectedIn(`# P\n\n${sql('UPDATE a SET b = 1;')}\nThis should return 12.\n\n${sql('SELECT count(*) FROM b;')}`)).toEqual(['12']);
  });

  test('with one number is not the answer of several queries, but for none at all', async () => {
    const three = 'SELECT count(*) FROM a;\nSELECT count(*) FROM b;\nSELECT count(*) FROM c; -- 3 rows';
    expect(await expectedIn(`# P\n\n${sql(three)}\nExpected: 134\n`)).toEqual(['unsaid', 'unsaid', '3']);
    expect(await expectedIn(`# P\n\n${sql(three)}\nAll of them should return 0.\n`)).toEqual(['0', '0', '3']);
  });
});
