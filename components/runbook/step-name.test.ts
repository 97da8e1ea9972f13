import { expect, test } from 'vitest';
import { stepName } from './step-name.ts';

const named = (title: string, number = '2.1') => stepName({ number, title, open: false });

test('a number that the text gives itself is said once, and another one stays', () => {
  expect([named('2.1 Back up orders'), named('Step 2.1: Back up orders'), named('2.1. Back up orders'), named('2.1 – Back up orders')]).toEqual(Array.from({ length: 4 }, () => 'Step 2.1: Back up orders'));
  expect([named('2.10 Back up'), named('3.4 Back up'), named('2.1'), named('211 rows')]).toEqual(['Step 2.1: 2.10 Back up', 'Step 2.1: 3.4 Back up', 'Step 2.1: 2.1', 'Step 2.1: 211 rows']);
});

test('an open step says so', () => {
  expect(stepName({ number: '1.2', title: 'run the job', open: true })).toBe('Step 1.2 (still open): run the job');
});
