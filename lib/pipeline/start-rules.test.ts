import { expect, test } from 'vitest';
import type { Refusal } from './refusal.ts';
import { newRun, nextCommand, reduce, type RunEvent } from './run.ts';
import { heldUntil } from './start-rules.ts';

const AT = new Date('2026-11-21T22:00:00Z');
const minutes = (count: number) => new Date(AT.getTime() + count * 60_000);
const BEHIND: Refusal = { code: 'replica_behind', sentence: 'The replica east is 9.0 s behind.' };

test('a scheduled start waits a quarter of an hour for a replica, and a pressed one, another trouble or a later hour waits for nothing', () => {
  expect(heldUntil(BEHIND, AT, minutes(14))).toEqual(minutes(15));
  expect(heldUntil(BEHIND, AT, minutes(15))).toBeNull();
  expect(heldUntil(BEHIND, null, minutes(1))).toBeNull();
  expect(heldUntil({ code: 'outside_maintenance', sentence: 'Closed.' }, AT, minutes(1))).toBeNull();
});

test('a run that is held is checked again and again, says so until it is let go, and ends by a cancel without a change', () => {
  const events: RunEvent[] = [{ type: 'claimed', worker: 'w', attempt: 1 }, { type: 'held', why: BEHIND.sentence, until: minutes(15).toISOString() }];
  const after = (more: readonly RunEvent[]) => [...events, ...more].map((event, index) => ({ seq: index + 1, at: AT.toISOString(), event })).reduce(reduce, newRun('forward', ['one']));
  expect(after([]).held?.why).toBe(BEHIND.sentence);
  expect(nextCommand(after([]))).toEqual({ do: 'check' });
  expect(nextCommand(after([{ type: 'cancel_requested', by: 'Op', reason: '' }]))).toEqual({ do: 'end', state: 'cancelled', sentence: 'Cancelled; nothing was changed.' });
  expect(after([{ type: 'checked', movements: [] }]).held).toBeNull();
  expect(after([{ type: 'claimed', worker: 'v', attempt: 2 }]).held).toBeNull();
});
