import { expect, test } from 'vitest';
import { boundsMeet, partitionKeyOf, speaksOf, withinBounds } from './partition-bounds.ts';

const P = { schema: 'public', name: 'p' };

function condition(key: string, bound: string, siblings: readonly string[] = []): string | null {
  const parts = partitionKeyOf(key);
  return parts === null ? null : withinBounds(P, parts, bound, siblings);
}

test('a range of several expressions is decided by the first that is not on the bound', () => {
  expect(condition('RANGE (a, lower(b))', `FOR VALUES FROM (1, MINVALUE) TO (2, 'it''s, (x')`)).toBe(`(a IS NOT NULL AND lower(b) IS NOT NULL AND (a > 1 OR (a = 1 AND true)) AND (a < 2 OR (a = 2 AND lower(b) < 'it''s, (x')))`);
  expect(condition('RANGE (a)', 'FOR VALUES FROM (MINVALUE) TO (MAXVALUE)')).toBe('(a IS NOT NULL AND true AND true)');
});

test('a list takes nothing only where it says so, and hashes are asked of the server', () => {
  expect(condition('LIST ("a b")', `FOR VALUES IN ('x', NULL)`)).toBe(`("a b" IS NULL OR ("a b" IS NOT NULL AND "a b" IN ('x')))`);
  expect(condition('LIST (a)', 'FOR VALUES IN (true)')).toBe('((a IS NOT NULL AND a IN (true)))');
  expect(condition('HASH (a, b)', 'FOR VALUES WITH (modulus 5, remainder 0)')).toBe(`pg_catalog.satisfies_hash_partition(pg_catalog.to_regclass('public.p')::oid, 5, 0, a, b)`);
});

test('the default partition takes what no other takes, and all when it is the only one', () => {
  expect(condition('LIST (a)', 'DEFAULT', ['FOR VALUES IN (1)', 'FOR VALUES IN (2)'])).toBe('NOT (((a IS NOT NULL AND a IN (1))) OR ((a IS NOT NULL AND a IN (2))))');
  expect(condition('LIST (a)', 'DEFAULT')).toBe('NOT (false)');
});

test('what compares by an operator class, or is not known, is not asked', () => {
  expect(condition('RANGE (a text_pattern_ops)', `FOR VALUES FROM ('a') TO ('b')`)).toBeNull();
  expect(condition('RANGE (lower(b) COLLATE "C" text_pattern_ops)', `FOR VALUES FROM ('a') TO ('b')`)).toBeNull();
  expect(condition('RANGE (a)', 'FOR VALUES IN (1)')).toBeNull();
  expect(condition('LIST (a)', 'DEFAULT', ['FOR VALUES FROM (1) TO (2)'])).toBeNull();
  expect(condition('RANGE (a COLLATE "C")', `FOR VALUES FROM ('a') TO ('b')`)).toBe(`(a COLLATE "C" IS NOT NULL AND a COLLATE "C" >= 'a' AND a COLLATE "C" < 'b')`);
});

test('a key speaks of the columns in its expressions', () => {
  const key = partitionKeyOf('RANGE (lower(("No" || word)))');
  expect(key && ['No', 'word', 'other'].map((column) => speaksOf(key, column))).toEqual([true, true, false]);
});

const range = (from: string, to: string) => `FOR VALUES FROM (${from}) TO (${to})`;

test('bounds meet where a row may belong between both', () => {
  expect([['DEFAULT', 'DEFAULT'], [range('1', '9'), range('8', 'MAXVALUE')], [range(`'2024-01-01'`, `'2024-03-01'`), range(`'2024-02-01'`, `'2024-04-01'`)], [`FOR VALUES IN ('a', 'b')`, `FOR VALUES IN ('b')`]].map(([one = '', other = '']) => boundsMeet(one, other))).toEqual([true, true, true, true]);
  expect([['DEFAULT', range('1', '9')], [range('1', '9'), range('9', '12')], [range('-9', '-1'), range('MINVALUE', '-9')], [`FOR VALUES IN ('a')`, `FOR VALUES IN ('b', NULL)`], [range('1, 2', '3, 4'), range('1, 3', '3, 5')]].map(([one = '', other = '']) => boundsMeet(one, other))).toEqual([false, false, false, false, false]);
});
