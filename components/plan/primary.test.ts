import { describe, expect, test } from 'vitest';
import type { Blocker } from '#lib/dal/dto/answer.ts';
import type { PersonDto, Role } from '#lib/dal/dto/people.ts';
import type { ApprovalDto, PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanDto } from '#lib/dal/dto/plan.ts';
import type { Phase } from '#lib/pipeline/plan.ts';
import { primaryFor } from './primary.ts';

const BLOCKER: Blocker = { code: 'x', sentence: 'Not now.', move: 'clears' };
const APPROVAL: ApprovalDto = { id: 'a', accountBy: null, person: 'B', signedAt: '', expiresAt: '', startBy: null, comment: '', digest: '', rehearsal: null, voidedAt: null, voidReason: null, stands: true };

function phase(id: string, over: Partial<PhaseDto> = {}): PhaseDto {
  const document: Phase = { id, kind: 'convert', title: id, summary: '', steps: [], checks: [], verifications: [], price: [], touches: [], requires: [], orphanDecisions: {}, destructive: false, pointOfNoReturn: false, due: null };
  const evidence: PhaseDto['evidence'] = { phaseId: id, measuredAt: '', ms: 1, target: { systemIdentifier: '', timeline: 1, databaseOid: 1, database: 'd', serverVersion: 150000 }, fingerprints: {}, measurements: [] };
  return {
    phase: document, number: 1, state: 'pending', sentence: '', asksAuthor: false, evidence, findings: [], alike: null, mayStand: [], rehearsal: { verdict: null, sentence: '' }, longPause: null, fillsBeside: false, digest: 'd', numberToType: null, numberCounts: 'leave the live tables', aboutRows: [], approvalsNeeded: 1, approvals: [], changeRequests: [], runs: [],
    activeRunId: null, approveBlockers: [BLOCKER], executeBlockers: [BLOCKER], rollbackBlockers: [BLOCKER], scheduled: null, schedulable: null, notStarted: null, mayBreakGlass: false, stuck: null, stays: [], windowClosesAt: null, dueAt: null, verification: [], papers: {}, ...over,
  };
}

function plan(phases: readonly PhaseDto[], over: Partial<PlanDto> = {}): PlanDto {
  return {
    plan: { id: 'p', name: 'n', target: 't', desired: 'd', basis: { current: '', desired: '' }, keepSchema: '', deltaIds: [], decisions: [], tolerance: { rowsPercent: 0 }, windowHours: 48, phases: [] },
    decided: [], version: 1, digest: '', createdBy: '', createdAt: '', authors: [], versions: [], phases, sentence: '', inTrouble: false, mayEdit: false, counts: {}, glasses: [], followUps: [], followUpOwners: [], text: null, rehearsal: { offered: false, last: null }, draft: { side: null, offered: false, whyNot: null, choices: [], last: null },
    verdict: { rowsTouched: { provenance: 'exact', value: 0 }, rowsLost: { provenance: 'exact', value: 0 }, strongestLock: '', rollback: '' }, currentPhaseId: phases[0]?.phase.id ?? null, ...over,
  };
}
const person = (...roles: Role[]): PersonDto => ({ id: '1', name: 'N', email: 'n@x', roles, passwordTemporary: false });

describe('primaryFor', () => {
  test('a run that goes on is watched, whoever looks', () => {
    const open = phase('a', { activeRunId: 'r', executeBlockers: null });
    expect(primaryFor(plan([open]), open, person('viewer'))).toEqual({ do: 'watch', runId: 'r' });
  });
  test('who can run runs; who can sign signs', () => {
    const ready = phase('a', { executeBlockers: null });
    expect(primaryFor(plan([ready]), ready, person('operator')).do).toBe('run');
    const waiting = phase('a', { approveBlockers: null });
    expect(primaryFor(plan([waiting]), waiting, person('approver')).do).toBe('approve');
  });
  test('a phase without figures is measured by whoever signs or runs it, not only by its author', () => {
    const bare = phase('a', { evidence: null });
    for (const role of ['author', 'approver', 'operator'] as const) expect(primaryFor(plan([bare]), bare, person(role)).do, role).toBe('measure');
    expect(primaryFor(plan([bare]), bare, person('viewer')).do).toBe('blocked');
  });
  test('a start that waits is stopped by whoever may, and shows why it cannot be run to others', () => {
    const start = { id: 's', startAt: '', by: 'O', reason: '', trouble: null, mayStop: true, mayMove: true };
    const open = phase('a', { scheduled: start });
    expect(primaryFor(plan([open]), open, person('operator'))).toEqual({ do: 'stop', start });
    const seen = phase('a', { scheduled: { ...start, mayStop: false } });
    expect(primaryFor(plan([seen]), seen, person('viewer')).do).toBe('blocked');
  });
  test('an author is led to the phase that waits for authors, from one that does not', () => {
    const open = phase('a');
    const asking = phase('b', { number: 2, asksAuthor: true });
    expect(primaryFor(plan([open, asking], { mayEdit: true }), open, person('author'))).toEqual({ do: 'next', phaseId: 'b', number: 2 });
    expect(primaryFor(plan([open, asking], { mayEdit: true }), asking, person('author'))).toMatchObject({ do: 'decide', href: '#evidence', blockers: [BLOCKER] });
    const asked = phase('b', { asksAuthor: true, changeRequests: [{ id: 'r', person: 'B', comment: 'c', at: '', resolvedAt: null }] });
    expect(primaryFor(plan([asked], { mayEdit: true }), asked, person('author'))).toMatchObject({ do: 'decide', href: '#said-r' });
    expect(primaryFor(plan([open, asking]), open, person('viewer'))).toMatchObject({ do: 'blocked' });
  });
  test('who has signed a phase is led to the next that they can sign', () => {
    const signed = phase('a', { approvals: [APPROVAL] });
    const open = phase('b', { number: 2, approveBlockers: null });
    expect(primaryFor(plan([signed, open]), signed, person('approver'))).toEqual({ do: 'next', phaseId: 'b', number: 2 });
  });
  test('nobody is shown a button that they could never press', () => {
    const open = phase('a', { approvals: [APPROVAL] });
    for (const role of ['viewer', 'author', 'approver', 'admin'] as const) expect(primaryFor(plan([open]), open, person(role)), role).toMatchObject({ do: 'blocked', verb: null, blockers: [BLOCKER] });
    expect(primaryFor(plan([open]), open, person('operator'))).toMatchObject({ do: 'blocked', verb: 'Run' });
  });
  test('an author measures what nobody measured', () => {
    const open = phase('a', { evidence: null });
    expect(primaryFor(plan([open], { mayEdit: true }), open, person('author')).do).toBe('measure');
  });
  test('an approver who cannot sign is told why, not offered the run', () => {
    const open = phase('a');
    expect(primaryFor(plan([open]), open, person('approver'))).toMatchObject({ do: 'blocked', verb: 'Approve', blockers: [BLOCKER] });
  });
  test('a void signature does not count: the operator sees why the run is closed', () => {
    const open = phase('a', { approvals: [{ ...APPROVAL, voidedAt: 'x', stands: false, voidReason: 'y' }] });
    expect(primaryFor(plan([open]), open, person('operator', 'approver'))).toMatchObject({ do: 'blocked', verb: 'Approve' });
    const signed = phase('a', { approvals: [APPROVAL] });
    expect(primaryFor(plan([signed]), signed, person('operator', 'approver'))).toMatchObject({ do: 'blocked', verb: 'Run' });
  });
  test('a phase that stands half or wrong is rolled back, not run again', () => {
    const run = { id: 'r', kind: 'forward', state: 'failed', requestedBy: 'N', requestedAt: '2026-01-01', endedAt: '2026-01-01', sentence: null } as const;
    for (const state of ['partial', 'deviated'] as const) {
      const half = phase('a', { state, runs: [run as unknown as PhaseDto['runs'][number]], rollbackBlockers: null });
      expect(primaryFor(plan([half]), half, person('operator'))).toEqual({ do: 'rollback', runId: 'r' });
      const closed = phase('a', { state, rollbackBlockers: [BLOCKER] });
      expect(primaryFor(plan([closed]), closed, person('operator'))).toMatchObject({ do: 'blocked', verb: 'Roll back', blockers: [BLOCKER] });
      expect(primaryFor(plan([closed]), closed, person('viewer'))).toMatchObject({ do: 'blocked', verb: null });
    }
  });
  test('where nothing takes back what stands, an author goes on after it; others are told so', () => {
    const half = phase('a', { state: 'partial', stuck: ['First'], phase: { ...phase('a').phase, kind: 'written' } });
    expect(primaryFor(plan([half], { mayEdit: true }), half, person('author'))).toEqual({ do: 'go_on', stands: ['First'] });
    expect(primaryFor(plan([half]), half, person('operator'))).toMatchObject({ do: 'blocked', verb: 'Roll back', blockers: [BLOCKER] });
  });
  test('an applied phase leads on, the last one to the report', () => {
    const done = phase('a', { state: 'applied' });
    const next = phase('b', { number: 2 });
    expect(primaryFor(plan([done, next], { currentPhaseId: 'b' }), done, person('viewer'))).toEqual({ do: 'next', phaseId: 'b', number: 2 });
    expect(primaryFor(plan([done], { currentPhaseId: null }), done, person('viewer'))).toEqual({ do: 'report' });
  });
});
