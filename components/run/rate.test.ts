import { describe, expect, test } from 'vitest';
import type { RunEvent, StoredRunEvent } from '#lib/pipeline/run.ts';
import { percentOf, rateOf } from './rate.ts';

function events(...list: readonly [ms: number, event: RunEvent][]): StoredRunEvent[] {
  return list.map(([ms, event], index) => ({ seq: index + 1, at: new Date(ms).toISOString(), event }));
}
const progress = (done: number, total: number | null = 1_000): RunEvent => ({ type: 'progress', step: 's', label: 'copy', done, total });

describe('rateOf', () => {
  test('a steady copy has one forecast', () => {
    expect(rateOf(events([0, progress(0)], [1_000, progress(100)], [2_000, progress(200)], [3_000, progress(300)]), 's', 'copy')).toEqual({ perSecond: 100, leftFrom: 7, leftTo: 7 });
  });
  test('an uneven copy is forecast as a range', () => {
    const rate = rateOf(events([0, progress(0)], [1_000, progress(200)], [2_000, progress(400)], [3_000, progress(450)], [4_000, progress(500)]), 's', 'copy');
    expect(rate).toMatchObject({ leftFrom: 2, leftTo: 10 });
  });
  test('says nothing without a basis, without a total, or past the total', () => {
    expect(rateOf(events([0, progress(0)], [100, progress(10)]), 's', 'copy')).toBeNull();
    expect(rateOf(events([0, progress(0, null)], [1_000, progress(1, null)], [2_000, progress(2, null)], [3_000, progress(3, null)]), 's', 'copy')).toBeNull();
    expect(rateOf(events([0, progress(0)], [1_000, progress(500)], [2_000, progress(900)], [3_000, progress(1_001)]), 's', 'copy')).toBeNull();
  });
  test('a second attempt does not count the first', () => {
    const again: RunEvent = { type: 'step_started', step: 's', attempt: 2, pid: 1, backendStart: '', xid: null };
    expect(rateOf(events([0, progress(0)], [1_000, progress(100)], [2_000, progress(200)], [3_000, again], [4_000, progress(0)]), 's', 'copy')).toBeNull();
  });
  test('a pause is no part of the speed, and while it lasts no time is left', () => {
    const paused: RunEvent = { type: 'pace_set', by: 'Ola', pace: 0, reason: '' };
    const steady: [number, RunEvent][] = [[0, progress(0)], [1_000, progress(100)], [2_000, progress(200)], [3_000, progress(300)]];
    expect(rateOf(events(...steady, [3_100, paused]), 's', 'copy')).toBeNull();
    const resumed: RunEvent = { type: 'pace_set', by: 'Ola', pace: 100, reason: '' };
    const again: [number, RunEvent][] = [[60_000, resumed], [60_000, progress(300)], [61_000, progress(400)], [62_000, progress(500)], [63_000, progress(600)]];
    expect(rateOf(events(...steady, [3_100, paused], ...again), 's', 'copy')).toEqual({ perSecond: 100, leftFrom: 4, leftTo: 4 });
  });
});

describe('percentOf', () => {
  test('never reaches 100 before the end and never passes it', () => {
    expect(percentOf(999, 1_000)).toBe(99);
    expect(percentOf(1_000, 1_000)).toBe(100);
    expect(percentOf(1_012, 1_000)).toBeNull();
    expect(percentOf(5, null)).toBeNull();
  });
});
