import { describe, expect, test } from 'vitest';
import { type Freeze, type MaintenanceWindow, WEEKDAYS } from './policy-document.ts';
import { closedRefusal, localMinute, windowAt } from './policy-time.ts';

const NIGHTS: MaintenanceWindow = { database: 'prod', days: [1, 2, 3, 4, 5], from: '22:00', to: '04:00', zone: 'Europe/Berlin' };
const at = (text: string) => new Date(text);
const of = (windows: readonly MaintenanceWindow[], freezes: readonly Freeze[] = []) => ({ windows, freezes });
const freeze = (from: string, to: string, databases: readonly string[] | null = null): Freeze => ({ from, to, why: 'Christmas business.', databases });

const daily = (from: string, to: string): MaintenanceWindow => ({ database: 'prod', days: WEEKDAYS, from, to, zone: 'Europe/Berlin' });

test('a database without a window is open at any time, whatever others have', () => {
  expect(windowAt(of([NIGHTS]), 'dev', at('2026-11-21T12:00:00Z'))).toEqual({ state: 'open', until: null });
});

test('a window over midnight belongs to the day on which it opens', () => {
  // Friday 20 November, 23:30 in Berlin, and Saturday at 03:59: the window of Friday. Saturday evening is none.
  expect(windowAt(of([NIGHTS]), 'prod', at('2026-11-20T22:30:00Z'))).toEqual({ state: 'open', until: at('2026-11-21T03:00:00Z') });
  expect(windowAt(of([NIGHTS]), 'prod', at('2026-11-21T02:59:00Z'))).toMatchObject({ state: 'open' });
  expect(windowAt(of([NIGHTS]), 'prod', at('2026-11-21T03:00:00Z'))).toEqual({ state: 'closed', opensAt: at('2026-11-23T21:00:00Z'), zone: 'Europe/Berlin' });
  expect(windowAt(of([NIGHTS]), 'prod', at('2026-11-21T22:30:00Z'))).toMatchObject({ state: 'closed' });
});

test('windows that touch or overlap are one', () => {
  const early: MaintenanceWindow = { ...NIGHTS, days: [1], from: '20:00', to: '22:00' };
  const late: MaintenanceWindow = { ...NIGHTS, days: [2], from: '03:00', to: '05:00' };
  expect(windowAt(of([late, NIGHTS, early]), 'prod', at('2026-11-23T19:30:00Z'))).toEqual({ state: 'open', until: at('2026-11-24T04:00:00Z') });
});

test('an end that is the beginning means the whole day', () => {
  expect(windowAt(of([{ ...NIGHTS, days: [6], from: '00:00', to: '00:00' }]), 'prod', at('2026-11-21T12:00:00Z'))).toEqual({ state: 'open', until: at('2026-11-21T23:00:00Z') });
});

describe('over a change of the clocks', () => {
  test('the window opens at the same time of the clocks, which is another hour of UTC', () => {
    const evening = of([daily('22:00', '23:00')]);
    expect(windowAt(evening, 'prod', at('2027-03-27T20:30:00Z'))).toMatchObject({ opensAt: at('2027-03-27T21:00:00Z') });
    expect(windowAt(evening, 'prod', at('2027-03-28T12:00:00Z'))).toMatchObject({ opensAt: at('2027-03-28T20:00:00Z') });
    expect(windowAt(evening, 'prod', at('2026-10-24T12:00:00Z'))).toMatchObject({ opensAt: at('2026-10-24T20:00:00Z') });
    expect(windowAt(evening, 'prod', at('2026-10-25T12:00:00Z'))).toMatchObject({ opensAt: at('2026-10-25T21:00:00Z') });
  });

  test('a night in which clocks go forward is an hour shorter, one in which they go back an hour longer', () => {
    const night = of([daily('22:00', '04:00')]);
    const length = (opens: string) => {
      const opening = windowAt(night, 'prod', at(opens));
      return opening.state === 'open' && opening.until ? (opening.until.getTime() - at(opens).getTime()) / 3_600_000 : null;
    };
    expect([length('2027-03-26T21:00:00Z'), length('2027-03-27T21:00:00Z'), length('2026-10-24T20:00:00Z')]).toEqual([6, 5, 7]);
  });

  test('a time that clocks leave out is the next hour, and a window that lies in it does not open that day', () => {
    // 02:00 to 03:00 is not there on 28 March 2027.
    expect(windowAt(of([daily('02:30', '04:00')]), 'prod', at('2027-03-28T00:59:00Z'))).toMatchObject({ opensAt: at('2027-03-28T01:30:00Z') });
    expect(windowAt(of([daily('02:30', '03:15')]), 'prod', at('2027-03-28T00:00:00Z'))).toMatchObject({ state: 'closed', opensAt: at('2027-03-29T00:30:00Z') });
  });

  test('a time that clocks show twice is the first of the two', () => {
    // 02:30 is at 00:30 and at 01:30 UTC on 25 October 2026.
    expect(windowAt(of([daily('02:30', '06:00')]), 'prod', at('2026-10-25T00:00:00Z'))).toMatchObject({ opensAt: at('2026-10-25T00:30:00Z') });
    expect(windowAt(of([daily('01:00', '02:30')]), 'prod', at('2026-10-24T23:10:00Z'))).toEqual({ state: 'open', until: at('2026-10-25T00:30:00Z') });
  });

  test('zones far from UTC and with half hours have their own days', () => {
    const kathmandu: MaintenanceWindow = { database: 'prod', days: [7], from: '01:00', to: '02:00', zone: 'Asia/Kathmandu' };
    expect(windowAt(of([kathmandu]), 'prod', at('2026-11-21T19:20:00Z'))).toMatchObject({ state: 'open', until: at('2026-11-21T20:15:00Z') });
    const apia: MaintenanceWindow = { ...kathmandu, days: [1], zone: 'Pacific/Apia' };
    expect(windowAt(of([apia]), 'prod', at('2026-11-22T12:30:00Z'))).toMatchObject({ state: 'open' });
  });
});

describe('a freeze', () => {
  test('closes an open window, from its first instant to before its last', () => {
    const times = of([NIGHTS], [freeze('2026-11-20T22:00:00Z', '2026-11-20T23:00:00Z')]);
    expect(windowAt(times, 'prod', at('2026-11-20T21:30:00Z'))).toEqual({ state: 'open', until: at('2026-11-20T22:00:00Z') });
    expect(windowAt(times, 'prod', at('2026-11-20T22:00:00Z'))).toMatchObject({ state: 'frozen', until: at('2026-11-20T23:00:00Z'), opensAt: at('2026-11-20T23:00:00Z') });
    expect(windowAt(times, 'prod', at('2026-11-20T23:00:00Z'))).toMatchObject({ state: 'open' });
  });

  test('of one database leaves the others', () => {
    const times = of([], [freeze('2026-11-20T00:00:00Z', '2026-11-22T00:00:00Z', ['prod'])]);
    expect(windowAt(times, 'prod', at('2026-11-21T00:00:00Z')).state).toBe('frozen');
    expect(windowAt(times, 'dev', at('2026-11-21T00:00:00Z')).state).toBe('open');
  });

  test('that follows another without a gap is one, and what opens next is behind both', () => {
    const times = of([NIGHTS], [freeze('2026-11-22T00:00:00Z', '2026-11-25T00:00:00Z'), freeze('2026-11-20T00:00:00Z', '2026-11-22T00:00:00Z')]);
    expect(windowAt(times, 'prod', at('2026-11-21T12:00:00Z'))).toEqual({ state: 'frozen', why: 'Christmas business.', until: at('2026-11-25T00:00:00Z'), opensAt: at('2026-11-25T00:00:00Z'), zone: 'Europe/Berlin' });
  });

  test('of twenty months in a row is one, and its end is told although nobody looks ahead so far', () => {
    const months = Array.from({ length: 20 }, (_, index) => freeze(new Date(Date.UTC(2026, index, 1)).toISOString(), new Date(Date.UTC(2026, index + 1, 1)).toISOString()));
    expect(closedRefusal(of([], months), 'prod', at('2026-01-15T00:00:00Z'))?.sentence).toMatch(/^prod is frozen until 2027-09-01 00:00 UTC: Christmas business\.$/);
  });
});

test('the refusal says when it opens on the clocks of the window, and why it is frozen', () => {
  expect(closedRefusal(of([NIGHTS]), 'prod', at('2026-11-21T12:00:00Z'))).toEqual({ code: 'outside_maintenance', sentence: 'Outside the maintenance window of prod: opens Mon 2026-11-23 22:00 Europe/Berlin (2026-11-23 21:00 UTC).' });
  expect(closedRefusal(of([], [freeze('2026-11-20T00:00:00Z', '2026-11-22T00:00:00Z')]), 'prod', at('2026-11-21T12:00:00Z'))).toEqual({ code: 'frozen', sentence: 'prod is frozen until 2026-11-22 00:00 UTC: Christmas business.' });
  expect(closedRefusal(of([NIGHTS], [freeze('2026-11-20T00:00:00Z', '2026-11-22T00:00:00Z')]), 'prod', at('2026-11-21T12:00:00Z'))?.sentence).toBe('prod is frozen until 2026-11-22 00:00 UTC: Christmas business; after it, opens Mon 2026-11-23 22:00 Europe/Berlin (2026-11-23 21:00 UTC).');
  expect(closedRefusal(of([NIGHTS]), 'prod', at('2026-11-20T22:00:00Z'))).toBeNull();
});

test('midnight is 00:00 and not 24:00', () => {
  expect(localMinute(at('2026-11-20T23:00:00Z'), 'Europe/Berlin')).toBe('Sat 2026-11-21 00:00 Europe/Berlin');
});
