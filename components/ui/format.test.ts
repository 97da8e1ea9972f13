import { describe, expect, test } from 'vitest';
import { byteSize, count, duration, estimateNumber, exactNumber, fewTitles, relativeTime, timeLeft, utcTime } from './format.ts';

describe('numbers', () => {
  test('an exact number is written out', () => {
    expect(exactNumber(1204)).toBe('1,204');
    expect(exactNumber(0)).toBe('0');
  });
  test('an estimate is always marked and shortened', () => {
    expect([999, 1204, 1_000_000, 2_500_000_000].map(estimateNumber)).toEqual(['≈ 999', '≈ 1.2 k', '≈ 1 M', '≈ 2.5 G']);
  });
  test('bytes count in powers of 1024', () => {
    expect([0, 1023, 8192, 8_600_000].map(byteSize)).toEqual(['0 B', '1,023 B', '8 kB', '8.2 MB']);
  });
  test('one is singular and nothing else', () => {
    expect([0, 1, 2].map((n) => count(n, 'row'))).toEqual(['0 rows', '1 row', '2 rows']);
  });
});

test('of many titles in a sentence the first stand there and the rest are a number; one more than that is no reason for a number', () => {
  expect([1, 2, 4, 200].map((n) => fewTitles(Array.from({ length: n }, (_, i) => `t${i}`)))).toEqual(['“t0”', '“t0” and “t1”', '“t0”, “t1”, “t2” and “t3”', '“t0”, “t1”, “t2” and 197 more']);
});

describe('times', () => {
  test('a duration has two units at most and never rounds up to a time that has not passed', () => {
    expect([480, 1_449, 72_000, 60_000, 111_840_000, 183_600_000].map(duration)).toEqual(['480 ms', '1.4 s', '1 m 12 s', '1 m', '31 h 4 m', '2 d 3 h']);
    expect(duration(59_999)).toBe('59 s');
  });
  test('a moment says how far it is and on which side', () => {
    expect(relativeTime(0, 720_000)).toBe('12 m ago');
    expect(relativeTime(111_600_000, 0)).toBe('in 31 h');
    expect(relativeTime(1_000, 0)).toBe('just now');
  });
  test('a window of 48 hours that has just opened has 48 left', () => {
    expect(timeLeft(48 * 3_600_000 - 20_000)).toBe('48 h');
    expect(timeLeft(90_000)).toBe('2 m');
    expect(timeLeft(1)).toBe('1 s');
  });
  test('the absolute time names its zone', () => {
    expect(utcTime('2025-08-01T09:41:07.123Z')).toBe('2025-08-01 09:41:07 UTC');
  });
});
