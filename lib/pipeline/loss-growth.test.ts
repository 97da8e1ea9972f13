import { expect, test } from 'vitest';
import { lossWasSeen } from './loss-growth.ts';

const applied = new Date('2026-11-22T15:49:29Z');
const after = (seconds: number) => new Date(applied.getTime() + seconds * 1_000);

test('a load that goes on as before does not keep the way back closed, however busy it is', () => {
  expect(lossWasSeen(9_466, 15_781, { appliedAt: applied, seenAt: after(80), now: after(130) })).toBe(true);
  expect(lossWasSeen(100, 400, { appliedAt: applied, seenAt: after(5), now: after(20) }), 'moments after the phase').toBe(true);
});

test('a burst that nobody has seen is told, and so is a price that was seen long ago or never', () => {
  expect(lossWasSeen(100, 900, { appliedAt: applied, seenAt: after(5), now: after(20) }), 'moments after the phase').toBe(false);
  expect(lossWasSeen(10, 100_000, { appliedAt: applied, seenAt: after(3_600), now: after(3_630) })).toBe(false);
  expect(lossWasSeen(1_000, 2_000, { appliedAt: applied, seenAt: after(400), now: after(800) }), 'after more than five minutes').toBe(false);
  expect(lossWasSeen(1_000, 2_000, { appliedAt: applied, seenAt: null, now: after(100) })).toBe(false);
  expect(lossWasSeen(1_000, 2_000, { appliedAt: applied, seenAt: after(200), now: after(100) }), 'a moment to come').toBe(false);
  expect(lossWasSeen(1_000, 1_099, { appliedAt: null, seenAt: null, now: after(1) }), 'a tenth more is always the same loss').toBe(true);
});
