import { expect, test } from 'vitest';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import { wayBack } from './signable.ts';

const phase = (pointOfNoReturn: boolean) => ({ pointOfNoReturn }) as PhaseDto['phase'];
const UNDONE = { sql: [], undo: [], how: '' };
const ALONG = { sql: [], undo: null, how: '' };

test('a step without an undo of its own that goes with another one is taken back too; what would stay is counted', () => {
  expect(wayBack({ phase: phase(false), papers: { a: UNDONE, b: ALONG }, stays: [] })).toBe('a rollback takes all of it back');
  expect(wayBack({ phase: phase(false), papers: { a: UNDONE, b: ALONG }, stays: [{ title: 'b', why: '' }] })).toBe('a rollback takes back all but 1 step');
});

test('what changes nothing has nothing to take back, and behind the point of no return there is no way', () => {
  expect(wayBack({ phase: phase(false), papers: { a: ALONG }, stays: [] })).toBe('nothing to take back');
  expect(wayBack({ phase: phase(true), papers: { a: ALONG }, stays: [] })).toBe('no way back');
});
