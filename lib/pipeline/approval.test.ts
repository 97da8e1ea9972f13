import { describe, expect, test } from 'vitest';
import { phaseOf } from '#lib/testing/phase.ts';
import { approvalDigest, approvalRefusal, movedSentence, phaseDocumentDigest, placeMoved, type ApprovalFacts } from './approval.ts';
import type { Evidence } from './evidence.ts';
import type { Assertion, Phase, Plan, Step } from './plan.ts';
import { approvalsNeeded } from './policy.ts';
import { NOTHING_REHEARSED, type Proof, type Rehearsed, type RehearsedStep } from './rehearsal.ts';
import type { FinishedRehearsal } from './rehearsal-evidence.ts';
import { exact } from './unknowns.ts';

const table = { schema: 'public', name: 'a' };
const step: Step = { id: 's.1', title: 'Copy', statements: [{ do: 'execute', label: 'x', sql: 'select 1' }], undo: [{ do: 'execute', label: 'y', sql: 'select 2' }], locks: [], rewrite: false, hazards: [], editable: false };
const phase = phaseOf([{ id: 'r', kind: 'rows', table }], { steps: [step], orphanDecisions: { fk: { verdict: 'delete', reason: 'gone' } } });
const plan: Plan = { id: 'p', name: 'Plan', target: 'prod', desired: 'dev', basis: { current: 'a', desired: 'b' }, keepSchema: 'k', deltaIds: [], decisions: [], tolerance: { rowsPercent: 10 }, windowHours: 48, phases: [phase] };
const evidence: Evidence = {
  phaseId: phase.id, measuredAt: '2026-01-01T00:00:00Z', ms: 5, target: { systemIdentifier: '7', timeline: 1, databaseOid: 5, database: 'prod', serverVersion: 150_018 },
  fingerprints: { 'table:public.a': 'x' }, measurements: [{ check: 'r', ms: 2, kind: 'rows', table, rows: exact(134) }],
};

const STEP_DONE: RehearsedStep = { phase: phase.id, step: 's.1', title: 'Copy', kind: 'forward', ms: 12, rows: 134, walBytes: 9, diskBytes: 8, locks: [{ mode: 'ACCESS EXCLUSIVE', table: 'public.a' }, { mode: 'ROW EXCLUSIVE', table: 'public.b' }], rewritten: [], trouble: null };
const REHEARSED_STEPS = [STEP_DONE];
const PROOF: Proof = { fingerprintBefore: 'f', fingerprintAfter: 'f', tables: 1, rows: 134, differences: [] };
const REHEARSAL: FinishedRehearsal = {
  id: 'r1', version: 1, verdict: 'proved', by: 'Ada', requestedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:01:00.000Z', sentence: 'Forward and back went through.',
  content: { ...NOTHING_REHEARSED, steps: REHEARSED_STEPS, proof: PROOF },
};

describe('the digest of an approval', () => {
  const signed = approvalDigest(plan, phase, evidence, null);

  test('is the same whenever and however quickly the same facts were measured, and whatever else is in the plan', () => {
    const later: Evidence = { ...evidence, measuredAt: '2026-02-02T00:00:00Z', ms: 900, measurements: [{ check: 'r', ms: 77, kind: 'rows', table, rows: exact(134) }] };
    expect(approvalDigest(plan, phase, later, null)).toBe(signed);
    expect(approvalDigest({ ...plan, name: 'Other name', phases: [] }, phase, evidence, null)).toBe(signed);
    expect(signed).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is another for every part of what is signed', () => {
    const change = (over: Partial<Phase>): string => approvalDigest(plan, { ...phase, ...over }, evidence, null);
    const measured = (over: Partial<Evidence>): string => approvalDigest(plan, phase, { ...evidence, ...over }, null);
    const others = [
      approvalDigest({ ...plan, id: 'q' }, phase, evidence, null),
      approvalDigest({ ...plan, target: 'staging' }, phase, evidence, null),
      approvalDigest({ ...plan, tolerance: { rowsPercent: 11 } }, phase, evidence, null),
      approvalDigest({ ...plan, windowHours: 49 }, phase, evidence, null),
      change({ steps: [{ ...step, statements: [{ do: 'execute', label: 'x', sql: 'select 1 ' }] }] }),
      change({ steps: [{ ...step, undo: [] }] }),
      change({ orphanDecisions: {} }),
      change({ destructive: true }),
      measured({ target: { ...evidence.target, databaseOid: 6 } }),
      measured({ target: { ...evidence.target, operator: 'owner' } }),
      measured({ fingerprints: { 'table:public.a': 'y' } }),
      measured({ measurements: [{ check: 'r', ms: 2, kind: 'rows', table, rows: exact(135) }] }),
      measured({ measurements: [] }),
    ];
    expect(new Set([signed, ...others]).size).toBe(others.length + 1);
  });
});

describe('a rehearsal in the digest of an approval', () => {
  const signed = approvalDigest(plan, phase, evidence, REHEARSAL);
  const digestWith = (change: Partial<Rehearsed>, over: Partial<FinishedRehearsal> = {}): string => approvalDigest(plan, phase, evidence, { ...REHEARSAL, ...over, content: { ...REHEARSAL.content, ...change } });

  test('changes nothing where there is none: what was signed before rehearsals were evidence still has its digest', () => {
    expect(approvalDigest(plan, phase, evidence, null)).toBe('f5234384effced8692f01473e336bf7e475fc5db87dce2ea3811796a640816b3');
  });

  test('is the same whoever rehearsed, whenever, and however long each step took and however much it wrote', () => {
    const slower = REHEARSED_STEPS.map((one) => ({ ...one, ms: 99_000, rows: 7, walBytes: 1, diskBytes: -3, locks: one.locks.toReversed() }));
    expect(digestWith({ steps: slower, clone: null, stage: 'x' }, { id: 'r2', by: 'Somebody else', requestedAt: '2027-01-01T00:00:00.000Z' })).toBe(signed);
    expect(digestWith({ steps: [...REHEARSED_STEPS, { ...STEP_DONE, phase: 'another', trouble: 'No.' }] })).toBe(signed);
  });

  test('is another for the verdict, the proof, a verification that differs, and what a step locked, rewrote or met', () => {
    const others = [
      approvalDigest(plan, phase, evidence, null),
      digestWith({}, { verdict: 'failed' }),
      digestWith({}, { version: 2 }),
      digestWith({ proof: null }),
      digestWith({ proof: { ...PROOF, differences: ['public.a is there now and was not.'] } }),
      digestWith({ verifications: [{ phase: phase.id, kind: 'forward', label: 'rows', expected: '1', actual: '2', ok: false }] }),
      digestWith({ steps: [{ ...STEP_DONE, locks: [] }] }),
      digestWith({ steps: [{ ...STEP_DONE, rewritten: ['public.a'] }] }),
      digestWith({ steps: [{ ...STEP_DONE, trouble: 'No.' }] }),
    ];
    expect(new Set([signed, ...others]).size).toBe(others.length + 1);
  });
});

function asks(from: 'unsaid' | 'any'): Assertion {
  return { label: 'rows left', sql: 'SELECT count(*) FROM t', expect: { from } };
}

describe('an approval is refused', () => {
  const facts: ApprovalFacts = {
    phase: { kind: 'alter', title: 'Convert', destructive: true, steps: [], verifications: [] }, authorIds: ['author'], person: { id: 'approver', roles: ['viewer', 'approver'] },
  madeBy: null, evidence, evidenceAgeHours: 1, evidenceHours: 24, findings: [],
    seenDigest: 'd', currentDigest: 'd', numberToType: 8, typedNumber: 8, approvedBy: [], openChangeRequests: 0,
  };
  const code = (over: Partial<ApprovalFacts>): string | undefined => approvalRefusal({ ...facts, ...over })?.code;

  test('never without a reason', () => {
    expect(approvalRefusal(facts)).toBeNull();
  });

  test('to an author, also as admin, before anything else is said', () => {
    expect(code({ person: { id: 'author', roles: ['approver', 'admin', 'operator'] }, evidence: null })).toBe('own_plan');
    expect(code({ authorIds: ['first', 'approver'] })).toBe('own_plan');
  });

  test('to whoever is no approver', () => {
    expect(code({ person: { id: 'x', roles: ['viewer', 'author', 'operator', 'admin'] } })).toBe('not_allowed');
  });

  test('of a phase with an open step, or a question without a known answer, whatever else stands; what is only to be read is no hindrance', () => {
    const step: Step = { id: 's.1', title: 'Run the import', statements: [], undo: [], locks: [], rewrite: false, hazards: [], editable: false };
    const open: Step = { ...step, work: { kind: 'open', text: 'psql -f <file>', language: 'bash', why: 'placeholder', sentence: 'x', at: { line: 1, column: 9 } } };
    const of = (over: Partial<ApprovalFacts['phase']>) => approvalRefusal({ ...facts, evidence: null, phase: { ...facts.phase, steps: [step], ...over } });
    expect(of({ kind: 'written', steps: [] })).toMatchObject({ code: 'findings_block', sentence: expect.stringContaining('it has no step yet') });
    expect(of({ steps: [step, open] })).toMatchObject({ code: 'findings_block', sentence: expect.stringContaining('step “Run the import” is still open') });
    expect(of({ verifications: [asks('unsaid')] })).toMatchObject({ code: 'findings_block', sentence: expect.stringContaining('nobody has said what “rows left” must answer') });
    expect(of({ steps: [{ ...step, undo: [{ do: 'assert', ...asks('unsaid') }] }] })?.code).toBe('findings_block');
    expect(of({ verifications: [asks('any')] })?.code).toBe('evidence_missing');
  });

  test('without evidence, on old evidence, and when what was read is not what stands there', () => {
    expect(code({ evidence: null })).toBe('evidence_missing');
    expect(code({ evidenceAgeHours: 24.01 })).toBe('evidence_old');
    expect(code({ evidenceAgeHours: 24 })).toBeUndefined();
    expect(code({ seenDigest: 'e' })).toBe('evidence_moved');
  });

  test('twice to the same person, and while a change request is open', () => {
    expect(code({ approvedBy: ['someone', 'approver'] })).toBe('already_approved');
    expect(code({ approvedBy: ['someone'] })).toBeUndefined();
    expect(approvalRefusal({ ...facts, openChangeRequests: 1 })).toEqual({ code: 'changes_requested', sentence: '1 change request is still open on “Convert”. The author answers first.' });
  });

  test('when a finding blocks, with its sentence; what is only to know does not block', () => {
    const blocking = { code: 'UNKNOWN', sentence: 'The number is unknown.', severity: 'blocking', move: 'yours' } as const;
    expect(approvalRefusal({ ...facts, findings: [blocking] })).toEqual({ code: 'findings_block', sentence: 'The number is unknown.' });
    expect(approvalRefusal({ ...facts, findings: [blocking, blocking] })?.sentence).toBe('2 findings block “Convert”. The first: The number is unknown.');
    expect(code({ findings: [{ ...blocking, severity: 'to_know' }] })).toBeUndefined();
  });

  test('for an account that an author made lately, where policy asks', () => {
    expect(approvalRefusal({ ...facts, madeBy: 'Ana' })).toEqual({ code: 'own_plan', sentence: 'Ana wrote or edited this plan, and made your account or its password not long ago. Policy asks that somebody else signs, or that some days pass: it cannot tell you from whoever made them.' });
  });

  test('for a wrong or missing number, and when the number is not known; a harmless phase asks for none', () => {
    expect(approvalRefusal({ ...facts, typedNumber: 9 })).toEqual({ code: 'wrong_number', sentence: 'You typed 9, but in “Convert” 8 rows leave the live tables. Read it again.' });
    expect(code({ typedNumber: null })).toBe('wrong_number');
    expect(code({ numberToType: null })).toBe('evidence_missing');
    expect(code({ numberToType: 0, typedNumber: null })).toBeUndefined();
    expect(code({ numberToType: 0, typedNumber: 3 })).toBe('wrong_number');
    expect(code({ phase: { kind: 'alter', title: 'x', destructive: false, steps: [], verifications: [] }, numberToType: null, typedNumber: null })).toBeUndefined();
  });
});

const of = (...phases: Phase[]): Plan => ({ ...plan, phases });
const moved = (over: Partial<Phase>): string | null => movedSentence(phase, { ...phase, ...over });

describe('what moved in the document', () => {
  test('nothing, when nothing did', () => {
    expect(moved({})).toBeNull();
    expect(phaseDocumentDigest({ ...phase })).toBe(phaseDocumentDigest(phase));
  });

  test('names the step and which of its two sides', () => {
    expect(moved({ steps: [{ ...step, statements: [] }] })).toBe('“Convert types” was edited: the SQL of step “Copy”.');
    expect(moved({ steps: [{ ...step, undo: [] }] })).toBe('“Convert types” was edited: the rollback SQL of step “Copy”.');
    expect(moved({ steps: [{ ...step, statements: [], undo: [] }] })).toBe('“Convert types” was edited: the SQL of step “Copy” (and 1 more change).');
    expect(moved({ steps: [{ ...step, rewrite: true }] })).toBe('“Convert types” was edited: the description of step “Copy”.');
    expect(moved({ steps: [] })).toBe('“Convert types” was edited: step “Copy” was taken out.');
    expect(moved({ steps: [step, { ...step, id: 's.2', title: 'Swap' }] })).toBe('“Convert types” was edited: step “Swap” was added.');
  });

  test('names the order of the steps', () => {
    const second = { ...step, id: 's.2', title: 'Swap' };
    expect(movedSentence({ ...phase, steps: [step, second] }, { ...phase, steps: [second, step] })).toBe('“Convert types” was edited: the order of its steps.');
  });

  test('names the decision, from what to what', () => {
    expect(moved({ orphanDecisions: { fk: { verdict: 'set_null', reason: 'gone' } } })).toBe('“Convert types” was edited: the decision on the orphans of fk went from “take out and keep in quarantine” to “set to null”.');
    expect(moved({ orphanDecisions: {} })).toBe('“Convert types” was edited: the decision on the orphans of fk went from “take out and keep in quarantine” to “no decision”.');
    expect(moved({ orphanDecisions: { fk: { verdict: 'delete', reason: 'other' } } })).toBe('“Convert types” was edited: the reason for the decision on the orphans of fk.');
  });

  test('names the rest in words, and never says nothing about a change', () => {
    expect(moved({ checks: [] })).toBe('“Convert types” was edited: what is measured before it.');
    expect(moved({ verifications: [{ label: 'l', sql: 's', expect: { from: 'literal', value: '1' } }] })).toBe('“Convert types” was edited: what is verified after it.');
    expect(moved({ destructive: true })).toBe('“Convert types” was edited: whether it takes rows or values away.');
    expect(moved({ summary: 'Other.' })).toBe('“Convert types” was edited: its description.');
    expect(moved({ requires: ['written.1'] })).toBe('“Convert types” was edited: what must stand before it.');
    expect(moved({ due: { afterPhase: 'x', hours: 1 } })).toBe('“Convert types” was edited: when it is due.');
    expect(moved({ title: 'Other' })).toBe('“Other” was edited: its title, which was “Convert types”.');
    expect(moved({ findingDecisions: { f: { verdict: 'accepted', reason: 'r' } } })).toBe('“Convert types” was edited: which findings are let stand.');
  });

  test('names what has changed about the phases before it, and nothing when only later ones did', () => {
    const [a, b, c] = ['A', 'B', 'C'].map((title) => ({ ...phase, id: title, title }));
    if (!a || !b || !c) throw new Error('three phases');
    expect(placeMoved(of(a, b), of(a, b, c), 'B')).toBeNull();
    expect(placeMoved(of(a, b), of(c, a, b), 'B')).toBe('“B”: “C” now comes before it.');
    expect(placeMoved(of(a, b), of(b), 'B')).toBe('“B”: “A” does not come before it any more.');
    expect(placeMoved(of(a, b, c), of(b, a, c), 'C')).toBe('“C”: the phases before it have changed places.');
  });
});

test('no policy goes below one approval, and a destructive phase never needs fewer', () => {
  const policy = { approvals: 1, approvalsDestructive: 2, approvalHours: 72, writePauseSeconds: 5, rehearsalRequired: [], teamRules: [] };
  expect(approvalsNeeded({ destructive: false }, policy)).toBe(1);
  expect(approvalsNeeded({ destructive: true }, policy)).toBe(2);
  expect(approvalsNeeded({ destructive: false }, { ...policy, approvals: 0 })).toBe(1);
  expect(approvalsNeeded({ destructive: true }, { ...policy, approvals: -3, approvalsDestructive: 0 })).toBe(1);
  expect(approvalsNeeded({ destructive: true }, { ...policy, approvals: 3, approvalsDestructive: 1 })).toBe(3);
});
