import { describe, expect, test } from 'vitest';
import { Stop } from './command.ts';
import { demoTerms } from './demo-terms.ts';

test('the demo without words is small, kept and quiet', () => {
  expect(demoTerms([])).toEqual({ reset: false, rows: null, load: false });
});

test('size, load and a new beginning can be asked for together', () => {
  expect(demoTerms(['--rows', '1000000', '--load', '--reset'])).toEqual({ reset: true, rows: 1_000_000, load: true });
});

describe('what is not understood is refused with a sentence', () => {
  test.each([
    [['--rows', '999'], '--rows must be a whole number from 1000 to 10000000, not 999.'],
    [['--rows', '10000001'], '--rows must be a whole number from 1000 to 10000000, not 10000001.'],
    [['--rows', '1e6'], '--rows must be a whole number from 1000 to 10000000, not 1e6.'],
    [['--rows='], '--rows must be a whole number from 1000 to 10000000, not nothing.'],
    [['--rows'], "Option '--rows <value>' argument missing. Usage: npm run demo [-- --reset --rows 1000000 --load]"],
    [['--rwos', '5'], "Unknown option '--rwos'. Usage: npm run demo [-- --reset --rows 1000000 --load]"],
    [['--load=4'], "Option '--load' does not take an argument. Usage: npm run demo [-- --reset --rows 1000000 --load]"],
    [['load'], "Unexpected argument 'load'. Usage: npm run demo [-- --reset --rows 1000000 --load]"],
  ])('%j', (words, sentence) => {
    expect(() => demoTerms(words)).toThrow(new Stop(sentence));
  });
});
