import { describe, expect, test } from 'vitest';
import { isInDoubt, isRetryableLock, isSocketTrouble, sqlState } from './sqlstate.ts';

const coded = (code: string, more: object = {}) => Object.assign(new Error('x'), { code, ...more });

describe('what an error means for a statement that was sent', () => {
  test.each(['55P03', '40P01', '57014'])('%s: a lock was not had, and trying again may help', (code) => {
    expect([isRetryableLock(coded(code)), isInDoubt(coded(code))]).toEqual([true, false]);
  });

  test.each(['08006', '08P01', '57P01', '57P02', '57P03', 'ECONNRESET', 'EPIPE'])('%s: whether it took effect is not known', (code) => {
    expect([isRetryableLock(coded(code)), isInDoubt(coded(code))]).toEqual([false, true]);
  });

  test.each(['Connection terminated unexpectedly', 'Query read timeout'])('%s: node-postgres gives no code, and the outcome is not known', (message) => {
    expect(isInDoubt(new Error(message))).toBe(true);
  });

  test.each(['23503', '42601', '22P02'])('%s: the server said no, and nothing is in doubt', (code) => {
    expect([isRetryableLock(coded(code)), isInDoubt(coded(code)), sqlState(coded(code))]).toEqual([false, false, code]);
  });
});

test('a missing file is no trouble of the connection, a missing socket is', () => {
  expect(isSocketTrouble(coded('ENOENT', { syscall: 'open' }))).toBe(false);
  expect(isSocketTrouble(coded('ENOENT', { syscall: 'connect' }))).toBe(true);
});

test('one error for each address of a host counts as one trouble', () => {
  expect(isSocketTrouble(new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]))).toBe(true);
});

test.each([null, undefined, 'text', new Error('plain'), { code: 42 }])('%s carries no SQLSTATE', (error) => expect(sqlState(error)).toBeNull());
