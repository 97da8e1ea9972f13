import { expect, test } from 'vitest';
import type { Phase } from './plan.ts';
import { DUMPS, NOTHING_REHEARSED, outdated, phasesToRehearse, proofOf, rehearsalVerdict, type RehearsedStep } from './rehearsal.ts';
import { phaseStanding, type PhaseStanding } from './standing.ts';

function phase(id: string, change: Partial<Phase> = {}): Phase {
  return { id, kind: 'alter', title: `Phase ${id}`, summary: '', steps: [], checks: [], verifications: [], price: [], touches: [], requires: [], orphanDecisions: {}, destructive: false, pointOfNoReturn: false, due: null, ...change };
}

const STEP: RehearsedStep = { phase: 'a', step: 'a.1', title: 'One', kind: 'forward', ms: 1, rows: 1, walBytes: 1, diskBytes: 0, locks: [], rewritten: [], trouble: null };
const EQUAL = proofOf({ fingerprint: 'f', tables: { 'public.a': { rows: 3, hash: '1' } } }, { fingerprint: 'f', tables: { 'public.a': { rows: 3, hash: '1' } } });

test('what stands, dumps, or cannot be taken back is not rehearsed, nor what rests on the last; what rests on a dump or on what stands is', () => {
  const phases = [phase('dump', { kind: 'dump' }), phase('stands'), phase('a', { requires: ['dump', 'stands'] }), phase('gone', { pointOfNoReturn: true }), phase('after', { requires: ['gone'] })];
  const standings = new Map<string, PhaseStanding>([['stands', { ...phaseStanding([]), state: 'applied' }]]);
  const { now, left } = phasesToRehearse(phases, standings);
  expect(now.map((one) => one.id)).toEqual(['a']);
  expect(left.map((one) => one.phase)).toEqual(['dump', 'stands', 'gone', 'after']);
});

test('a proof names tables that came, went, have other rows, or as many and not the same; and counts what it looked at', () => {
  const before = { fingerprint: 'f', tables: { a: { rows: 1, hash: '1' }, b: { rows: 2, hash: '2' }, c: { rows: 3, hash: '3' }, d: { rows: 4, hash: '4' } } };
  const proof = proofOf(before, { fingerprint: 'g', tables: { a: { rows: 1, hash: '9' }, b: { rows: 1, hash: '2' }, d: { rows: 4, hash: '4' }, e: { rows: 0, hash: '0' } } });
  expect(proof).toMatchObject({ tables: 4, rows: 10 });
  expect(proof.differences).toEqual(['The schema is not what it was.', 'a has as many rows as before, and not the same.', 'b has 1 rows and had 2.', 'c was there and is not any more.', 'e is there now and was not.']);
});

test('a step that failed, a verification that differs and a clone that is not what it was are never called proved; nor is one that nobody looked at', () => {
  const done = { ...NOTHING_REHEARSED, steps: [STEP], proof: EQUAL };
  expect(rehearsalVerdict([phase('a')], done).state).toBe('proved');
  expect(rehearsalVerdict([phase('a')], { ...done, proof: null }).state).toBe('differs');
  expect(rehearsalVerdict([phase('a')], { ...done, proof: { ...EQUAL, differences: ['x'] } }).state).toBe('differs');
  expect(rehearsalVerdict([phase('a')], { ...done, verifications: [{ phase: 'a', kind: 'forward', label: 'rows', expected: '1', actual: '2', ok: false }] })).toMatchObject({ state: 'differs', sentence: expect.stringContaining('“Phase a”: “rows” was expected to be 1 and is 2.') });
  expect(rehearsalVerdict([phase('a')], { ...done, steps: [{ ...STEP, kind: 'rollback', trouble: 'No.' }], proof: null })).toMatchObject({ state: 'failed', sentence: 'It stopped on the way back in “Phase a”, step “One”: No. Whether the clone is what it was could not be looked at.' });
});

test('a phase in which something is still open is left out, and steps that only a person can do are named as not rehearsed', () => {
  const open: Phase['steps'][number] = { id: 'o.1', title: 'Open', statements: [], undo: [], locks: [], rewrite: false, hazards: [], editable: false, work: { kind: 'open', text: 'x', language: '', why: 'placeholder', sentence: 's', at: { line: 1, column: 1 } } };
  expect(phasesToRehearse([phase('o', { steps: [open] }), phase('a')], new Map())).toMatchObject({ now: [{ id: 'a' }], left: [{ phase: 'o', why: 'something in it is still open' }] });
  const passed = { phase: 'a', step: 'a.2', title: 'Stop the exporter' };
  expect(rehearsalVerdict([phase('a')], { ...NOTHING_REHEARSED, steps: [STEP], proof: EQUAL, skipped: [{ ...passed, kind: 'forward' }, { ...passed, kind: 'rollback' }] })).toEqual({ state: 'proved', sentence: 'Forward and back went through. The clone is again what it was: the same schema, and the same 3 rows in 1 table. Not rehearsed, because only a person can do it: “Stop the exporter”.' });
});

const run = (phaseId: string | null, requestedAt = '2026-01-03T00:00:00.000Z') => ({ phaseId, requestedAt });

test('a rehearsal of another version, of before a run that it did not rehearse, or of another schema than was read since is outdated; runs of what it rehearsed and readings from before it say nothing', () => {
  const one = { version: 2, requestedAt: '2026-01-02T00:00:00.000Z', targetFingerprint: 'f', left: [{ phase: 'gone', why: 'it cannot be taken back' }, { phase: 'dump', why: DUMPS }] };
  const now = { version: 2, reading: { fingerprint: 'f', takenAt: '2026-01-04T00:00:00.000Z' }, runs: [] };
  expect(outdated(one, now)).toBeNull();
  expect(outdated(one, { ...now, version: 3 })).toBe('It was of version 2; the plan is at version 3.');
  expect(outdated(one, { ...now, runs: [run(null)] })).toBe('A run of another plan has changed the target since.');
  expect(outdated(one, { ...now, runs: [run(null, '2026-01-01T00:00:00.000Z')] })).toBeNull();
  expect(outdated(one, { ...now, runs: [run('gone')] })).toBe('A run of a phase that was not rehearsed has changed the target since.');
  expect(outdated(one, { ...now, runs: [run('dump')] })).toBeNull();
  const other = { fingerprint: 'g', takenAt: '2026-01-04T00:00:00.000Z' };
  expect(outdated(one, { ...now, reading: other })).toBe('The target has another schema since.');
  expect(outdated(one, { ...now, reading: other, runs: [run('a')] })).toBeNull();
  expect(outdated(one, { ...now, reading: { fingerprint: 'g', takenAt: '2026-01-01T00:00:00.000Z' } })).toBeNull();
});
