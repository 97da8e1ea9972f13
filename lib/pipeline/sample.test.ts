import { expect, test } from 'vitest';
import type { Phase } from './plan.ts';
import { NOTHING_REHEARSED } from './rehearsal.ts';
import { type FinishedRehearsal, rehearsalFacts, unproved } from './rehearsal-evidence.ts';
import { sampledText, sampleLimits, type Sample } from './sample.ts';
import { writeBlockMs } from './write-block.ts';
import { startNeeds } from './start-needs.ts';

const table = (name: string, rows: number, of: number | null, exact = false) => ({ table: `public.${name}`, rows, of, exact });
const SAMPLE: Sample = { why: 'No room.', tables: [table('events', 1_000, null), table('exports', 1_000, 134_000), table('small', 12, 12, true)], lacking: [], missed: [] };
const PHASE: Phase = { id: 'a', kind: 'alter', title: 'Phase a', summary: '', steps: [{ id: 'a.1', title: 'One', statements: [], undo: [], locks: [{ mode: 'ACCESS EXCLUSIVE', table: { schema: 'public', name: 'exports' } }], rewrite: false, hazards: [], editable: false }], checks: [], verifications: [], price: [], touches: [], requires: [], orphanDecisions: {}, destructive: false, pointOfNoReturn: false, due: null };

function rehearsal(sample?: Sample): FinishedRehearsal {
  const step = { phase: 'a', step: 'a.1', title: 'One', kind: 'forward' as const, ms: 5, rows: 1, walBytes: 1, diskBytes: 7, locks: [{ mode: 'ACCESS EXCLUSIVE' as const, table: 'public.exports' }], rewritten: [], trouble: null };
  return { id: 'r', version: 1, verdict: 'proved', by: 'Ada', requestedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:01:00.000Z', sentence: 'It went.', content: { ...NOTHING_REHEARSED, steps: [step], clone: { by: sample ? 'sample' : 'dump', bytes: 1, ms: 1, ...(sample ? { sample } : {}) } } };
}

const held = (sample?: Sample) => unproved(PHASE, 'prod', { rehearsal: rehearsal(sample), why: null }, false);

test('a sample says how many rows of which tables it has, what it could not rebuild, and what it cannot prove', () => {
  expect(sampledText(SAMPLE)).toBe('1,000 of about 134,000 rows of public.exports, 1,000 of an unknown number of rows of public.events and all rows of 1 other table');
  expect(sampledText({ tables: [table('small', 12, 12, true)] })).toBe('all rows of every table');
  expect(sampleLimits({ ...SAMPLE, lacking: ['view public.v'], missed: ['Values of x could not be looked for: too slow.'] })).toMatch(/^A sample cannot prove that the rows which are not in it cast.* Not rebuilt: view public\.v\. Values of x/);
});

test('a proof on a sample is none where policy demands one, unless the configuration said that it suffices', () => {
  expect(held()).toBeNull();
  expect(held(SAMPLE)).toMatchObject({ code: 'rehearsal_not_proved', sentence: expect.stringContaining('proved it on a sample of its rows alone, which is not enough here (COUNTERSIGN_REHEARSAL_SAMPLE). No room.') });
  expect(held({ ...SAMPLE, suffices: true })).toBeNull();
});

test('what a sample took of time and disk is nobody’s estimate of the whole, and what it held is signed', () => {
  expect([writeBlockMs(PHASE, rehearsal()), writeBlockMs(PHASE, rehearsal(SAMPLE))]).toEqual([5, null]);
  expect([startNeeds(PHASE, rehearsal()).rehearsed?.bytes, startNeeds(PHASE, rehearsal(SAMPLE)).rehearsed]).toEqual([7, null]);
  expect(rehearsalFacts(rehearsal(SAMPLE), 'a')).toMatchObject({ sample: SAMPLE });
  expect(rehearsalFacts(rehearsal(), 'a')).not.toHaveProperty('sample');
});
