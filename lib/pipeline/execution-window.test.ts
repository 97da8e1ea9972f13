import { expect, test } from 'vitest';
import { inTime, overSentence, startBy } from './execution-window.ts';

const at = (hours: number) => new Date(Date.UTC(2026, 0, 1, hours));
const signed = (digest: string, hours: number, until: number | null) => ({ digest, signedAt: at(hours), startBy: until === null ? null : at(until) });

test('the last signature says until when a phase must be started, whatever the earlier ones say and in whatever order they come', () => {
  expect(startBy([signed('d', 3, 7), signed('d', 1, 5)])).toEqual(at(7));
  expect(startBy([signed('d', 1, 5), signed('d', 3, null)])).toBeNull();
  expect(startBy([])).toBeNull();
});

test('signatures of a digest whose time is over are over together, at that very instant', () => {
  const all = [signed('d', 1, 5), signed('d', 3, 7), signed('e', 6, 10), signed('f', 1, null)];
  expect(inTime(all, new Date(at(7).getTime() - 1)).over).toEqual([]);
  expect(inTime(all, at(7))).toEqual({ open: [all[2], all[3]], over: [all[0], all[1]] });
});

test('it is said by when it had to be started, and what to do', () => {
  expect(overSentence(at(7))).toBe('It had to be started by 2026-01-01 07:00 UTC, within the hours that policy gives after the last signature. It must be asked for and signed again.');
});
