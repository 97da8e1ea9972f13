import { expect, test } from 'vitest';
import { NOTHING_REHEARSED, type Rehearsed } from './rehearsal.ts';
import { type FinishedRehearsal, heldRehearsal, movedByRehearsal, proofDemanded, type RehearsalGround, rehearsedIn, type RehearsalVerdict, unproved } from './rehearsal-evidence.ts';

const PHASE = { id: 'a', title: 'Phase a', kind: 'alter', pointOfNoReturn: false } as const;

function finished(id: string, day: number, content: Partial<Rehearsed> = {}, verdict: RehearsalVerdict = 'proved'): FinishedRehearsal {
  const at = `2026-01-0${day}T00:00:00.000Z`;
  return { id, version: 2, verdict, by: 'Ada', requestedAt: at, endedAt: at, sentence: 'It went so.', content: { ...NOTHING_REHEARSED, targetFingerprint: 'f', ...content } };
}
function ground(change: Partial<RehearsalGround>): RehearsalGround {
  return { finished: [], version: 2, reading: null, runs: [], underWay: false, ...change };
}

test('the newest rehearsal that carried the phase out speaks of it, whatever it found; a phase that it left out is spoken of by an older one', () => {
  expect(heldRehearsal(PHASE, ground({ finished: [finished('new', 3, {}, 'failed'), finished('old', 2)] })).rehearsal?.id).toBe('new');
  expect(heldRehearsal(PHASE, ground({ finished: [finished('new', 3, { left: [{ phase: 'a', why: 'it stands in the target already' }] }), finished('old', 2)] })).rehearsal?.id).toBe('old');
});

test('where none holds the reason is of the newest: never rehearsed, left out, outdated, or not to be rehearsed at all', () => {
  expect(heldRehearsal(PHASE, ground({}))).toEqual({ rehearsal: null, why: 'This version of the plan was never rehearsed to an end.' });
  expect(heldRehearsal(PHASE, ground({ finished: [finished('new', 3, { left: [{ phase: 'a', why: 'it rests on another' }] })] })).why).toBe('The newest rehearsal left this phase out: it rests on another.');
  expect(heldRehearsal(PHASE, ground({ finished: [finished('new', 3)], runs: [{ phaseId: null, requestedAt: '2026-01-04T00:00:00.000Z' }] })).why).toBe('A run of another plan has changed the target since.');
  expect(heldRehearsal({ ...PHASE, kind: 'dump' }, ground({ finished: [finished('new', 3)] })).why).toBe('A dump changes nothing, so it is not rehearsed.');
  expect(heldRehearsal({ ...PHASE, pointOfNoReturn: true }, ground({ finished: [finished('new', 3)] })).why).toBe('This phase cannot be taken back, so it is not rehearsed.');
});

const moved = (signed: RehearsalVerdict | null, verdict: RehearsalVerdict) => movedByRehearsal(PHASE, signed, finished('new', 3, {}, verdict));

test('an approval falls when a later rehearsal comes to another verdict, and stands beside the same one and beside a proof that nobody had when it was signed', () => {
  expect([moved('proved', 'proved'), moved('failed', 'failed'), moved(null, 'proved')]).toEqual([null, null, null]);
  expect(moved('proved', 'failed')).toBe('“Phase a” was signed with a rehearsal that proved it; the rehearsal of version 2 that Ada asked for since failed: It went so.');
  expect(moved('differs', 'proved')).toBe('“Phase a” was signed with a rehearsal that did not prove it; the rehearsal of version 2 that Ada asked for since proved it: It went so.');
  expect(moved(null, 'differs')).toBe('“Phase a” was signed without any rehearsal; the rehearsal of version 2 that Ada asked for since did not prove it: It went so.');
});

test('a rehearsal speaks of no phase that it left out or that none can prove', () => {
  expect(rehearsedIn(PHASE, { left: [] })).toBe(true);
  expect(rehearsedIn(PHASE, { left: [{ phase: 'a', why: 'x' }] })).toBe(false);
  expect(rehearsedIn({ ...PHASE, pointOfNoReturn: true }, { left: [] })).toBe(false);
});

test('a proof is demanded for the databases that policy names, and never of what no rehearsal can prove', () => {
  const policy = { rehearsalRequired: ['prod'] };
  expect(proofDemanded(PHASE, 'prod', policy)).toBe(true);
  expect(proofDemanded(PHASE, 'dev', policy)).toBe(false);
  expect(proofDemanded({ ...PHASE, pointOfNoReturn: true }, 'prod', policy)).toBe(false);
  expect(proofDemanded({ ...PHASE, kind: 'dump' }, 'prod', policy)).toBe(false);
});

const ended = (verdict: RehearsalVerdict) => ({ rehearsal: finished('new', 3, {}, verdict), why: null });

test('what is not proved says why and whose move it is; one that is under way may clear it by itself', () => {
  expect(unproved(PHASE, 'prod', ended('proved'), true)).toBeNull();
  expect(unproved(PHASE, 'prod', ended('failed'), false)).toEqual({ code: 'rehearsal_not_proved', move: 'yours', sentence: 'Policy demands for prod that a rehearsal of this version has proved “Phase a”, and the newest failed: It went so.' });
  expect(unproved(PHASE, 'prod', ended('failed'), true)).toMatchObject({ code: 'rehearsal_needed', move: 'clears' });
  expect(unproved(PHASE, 'prod', { rehearsal: null, why: 'Never rehearsed.' }, false)).toEqual({ code: 'rehearsal_needed', move: 'yours', sentence: 'Policy demands for prod that a rehearsal of this version has proved “Phase a”. Never rehearsed. An author or an operator rehearses it first.' });
});
