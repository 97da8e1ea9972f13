import { parseArgs } from 'node:util';
import { expect, test } from 'vitest';
import { misreadOption } from './command.ts';

function misread(args: readonly string[]): string | null {
  try {
    parseArgs({ args: [...args], options: { tables: { type: 'string' }, all: { type: 'boolean' } } });
    return 'understood';
  } catch (error) {
    return misreadOption(error);
  }
}

test.each([
  [['--tabels', '3'], `Unknown option '--tabels'.`],
  [['--tables'], `Option '--tables <value>' argument missing.`],
  [['--all=yes'], `Option '--all' does not take an argument.`],
  [['more'], `Unexpected argument 'more'.`],
])('of the words %j a person is told what was not understood, without a stack', (words, sentence) => {
  expect(misread(words)).toBe(sentence);
});

test('another error is no misread option', () => {
  expect(misreadOption(new Error('the disk is full'))).toBeNull();
});
