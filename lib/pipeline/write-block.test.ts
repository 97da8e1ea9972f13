import { expect, test } from 'vitest';
import type { LockMode } from './hazards.ts';
import type { Step } from './plan.ts';
import { NOTHING_REHEARSED, type RehearsedStep } from './rehearsal.ts';
import type { FinishedRehearsal } from './rehearsal-evidence.ts';
import { writeBlockMs, writeBlockRefusal } from './write-block.ts';

const TABLE = { schema: 'public', name: 't' };
const step = (mode: LockMode): Step => ({ id: 'p.1', title: 'Step', statements: [], undo: [], locks: [{ mode, table: TABLE }], rewrite: false, hazards: [], editable: false });
const phase = (mode: LockMode) => ({ id: 'p', kind: 'written' as const, title: 'Add an index', steps: [step(mode)], pointOfNoReturn: false });
const took = (ms: number, mode: LockMode, change: Partial<RehearsedStep> = {}): RehearsedStep => ({ phase: 'p', step: 'p.1', title: '', kind: 'forward', ms, rows: 0, walBytes: 0, diskBytes: 0, locks: [{ mode, table: 'public.t' }], rewritten: [], trouble: null, ...change });
const rehearsal = (steps: RehearsedStep[]): FinishedRehearsal => ({ id: 'r', version: 1, verdict: 'proved', by: 'A', requestedAt: '', endedAt: '', sentence: '', content: { ...NOTHING_REHEARSED, steps } });

test('the longest step of the phase with a lock that stops writers counts, on the way forward alone', () => {
  expect(writeBlockMs(phase('SHARE'), rehearsal([took(900, 'SHARE'), took(2_500, 'ACCESS EXCLUSIVE'), took(60_000, 'SHARE UPDATE EXCLUSIVE'), took(9_000, 'ACCESS EXCLUSIVE', { kind: 'rollback' }), took(9_000, 'ACCESS EXCLUSIVE', { phase: 'other' })]))).toBe(2_500);
});

test('without a rehearsal a phase that asks for no such lock blocks nobody, and of another it is not known', () => {
  expect(writeBlockMs(phase('SHARE UPDATE EXCLUSIVE'), null)).toBe(0);
  expect(writeBlockMs(phase('SHARE'), null)).toBeNull();
});

test('what is too long or not known is refused, and nobody is refused where policy does not say or no rehearsal could tell', () => {
  expect(writeBlockRefusal(phase('SHARE'), rehearsal([took(2_500, 'SHARE')]), 2)).toEqual({ code: 'write_block', sentence: '“Add an index” kept writers waiting for up to 2.5 s in its rehearsal, and policy lets them wait for at most 2 s.' });
  expect(writeBlockRefusal(phase('SHARE'), rehearsal([took(2_000, 'SHARE')]), 2)).toBeNull();
  expect(writeBlockRefusal(phase('SHARE'), null, 2)?.sentence).toMatch(/is not known\. A rehearsal/);
  expect(writeBlockRefusal(phase('SHARE'), null, null)).toBeNull();
  expect(writeBlockRefusal({ ...phase('ACCESS EXCLUSIVE'), pointOfNoReturn: true }, null, 2)).toBeNull();
});
