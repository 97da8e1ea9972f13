import { expect, test } from 'vitest';
import { phaseOf } from '#lib/testing/phase.ts';
import type { Phase, Plan, Step } from './plan.ts';
import { NO_DEMANDS } from './policy-document.ts';
import { phaseStanding, type PhaseStanding } from './standing.ts';
import { startNear, startWanted, windowsClosing, type Signature, type TurnGround } from './turn-notices.ts';

const NOW = new Date('2026-03-02T12:00:00Z');
const hours = (count: number) => new Date(NOW.getTime() + count * 3_600_000);
const execute = (sql: string) => ({ do: 'execute' as const, label: 'x', sql });
const STEP: Step = { id: 's', title: 'Step', statements: [execute('CREATE TABLE t (id int)')], undo: [execute('DROP TABLE t')], locks: [], rewrite: false, hazards: [], editable: false };
const written = (id: string, over: Partial<Phase> = {}) => phaseOf([], { id, kind: 'written', title: `Phase ${id}`, steps: [STEP], ...over });
const plan = (...phases: readonly Phase[]): Plan => ({ id: 'plan', name: 'Plan', target: 'prod', desired: 'dev', basis: { current: '', desired: '' }, keepSchema: 'kept', deltaIds: [], decisions: [], tolerance: { rowsPercent: 5 }, windowHours: 24, phases });
const signed = (phaseId: string, person: string, over: Partial<Signature> = {}): Signature => ({ id: `${phaseId}-${person}`, phaseId, digest: 'd', personId: person, person, group: '', signedAt: hours(-1), expiresAt: hours(9), startBy: null, voidedAt: null, ...over });
const applied = (at: Date): PhaseStanding => ({ ...phaseStanding([]), state: 'applied', standingSteps: ['s'], appliedAt: at.toISOString() });

function ground(over: Partial<TurnGround> = {}): TurnGround {
  return { plan: plan(written('a'), written('b')), standings: new Map(), signatures: [signed('a', 'Ann')], held: [], runs: [], policy: { ...NO_DEMANDS, approvals: 1, approvalsDestructive: 1 }, now: NOW, ...over };
}

test('the operator hears of the phase that is next once it is signed by enough people, and of no other', () => {
  expect(startWanted(ground())).toMatchObject({ phaseId: 'a', reason: 'Signed by Ann.' });
  expect(startWanted(ground({ signatures: [signed('b', 'Ann')] })), 'b comes later').toBeNull();
  expect(startWanted(ground({ signatures: [signed('b', 'Ann')], standings: new Map([['a', applied(hours(-2))]]) }))?.phaseId).toBe('b');
  const two = { ...NO_DEMANDS, approvals: 2, approvalsDestructive: 2 };
  expect(startWanted(ground({ policy: two }))).toBeNull();
  expect(startWanted(ground({ policy: two, signatures: [signed('a', 'Ann'), signed('a', 'Bob', { digest: 'another text' })] })), 'of two texts').toBeNull();
  expect(startWanted(ground({ policy: two, signatures: [signed('a', 'Ann'), signed('a', 'Bob')] }))?.reason).toBe('Signed by Ann and Bob.');
});

test.each([
  ['void', { signatures: [signed('a', 'Ann', { voidedAt: hours(-0.5) })] }],
  ['signed, but not started in time', { signatures: [signed('a', 'Ann', { startBy: NOW })] }],
  ['expired', { signatures: [signed('a', 'Ann', { expiresAt: NOW })] }],
  ['held by a request for changes or a scheduled start', { held: ['a'] }],
  ['started since by somebody, whatever came of it', { runs: [{ phaseId: 'a', requestedAt: hours(-0.2) }] }],
  ['running', { standings: new Map([['a', { ...phaseStanding([]), activeRunId: 'r', state: 'running' as const }]]) }],
  ['frozen', { policy: { ...ground().policy, freezes: [{ from: hours(-1).toISOString(), to: hours(1).toISOString(), why: 'fair', databases: null }] } }],
  ['without a step', { plan: plan(written('a', { steps: [] })) }],
] satisfies [string, Partial<TurnGround>][])('nobody is called for a phase that is %s', (_what, over) => {
  expect(startWanted(ground(over))).toBeNull();
});

test('a window that opens over a signed phase is a turn of its own each time, and looking twice is not', () => {
  // A Monday.
  const policy = { ...ground().policy, windows: [{ database: 'prod', days: [1, 2] as const, from: '11:00', to: '14:00', zone: 'UTC' }] };
  const first = startWanted(ground({ policy }));
  expect(first?.reason).toBe('Signed by Ann. prod is open until 2026-03-02 14:00 UTC.');
  expect(startWanted(ground({ policy, now: hours(1) }))?.occasion).toBe(first?.occasion);
  expect(startWanted(ground({ policy, now: hours(2.5), signatures: [signed('a', 'Ann', { expiresAt: hours(90) })] }))).toBeNull();
  const second = startWanted(ground({ policy, now: hours(23.5), signatures: [signed('a', 'Ann', { expiresAt: hours(90) })] }));
  expect(second).not.toBeNull();
  expect(second?.occasion).not.toBe(first?.occasion);
});

test('a signature more is no new turn; another signature after one that fell is', () => {
  const first = startWanted(ground())?.occasion;
  expect(startWanted(ground({ signatures: [signed('a', 'Ann'), signed('a', 'Bob', { signedAt: hours(-0.5) })] }))?.occasion).toBe(first);
  expect(startWanted(ground({ signatures: [signed('a', 'Ann', { voidedAt: NOW }), signed('a', 'Bob')] }))?.occasion).not.toBe(first);
});

test('of a clean-up that was signed before its hour the hour tells, and of one that is signed later the signature', () => {
  const due = { plan: plan(written('a'), written('b', { due: { afterPhase: 'a', hours: 2 } })), standings: new Map([['a', applied(hours(-3))]]) };
  expect(startWanted(ground({ ...due, signatures: [signed('b', 'Ann', { signedAt: hours(-2) })] }))).toBeNull();
  expect(startWanted(ground({ ...due, signatures: [signed('b', 'Ann', { signedAt: hours(-0.5) })] }))?.phaseId).toBe('b');
});

test('rollback windows that close one after another are told once and together, and a later one again', () => {
  const three = { ...plan(written('a'), written('b'), written('c'), written('gone', { pointOfNoReturn: true })), windowHours: 48 };
  const standings = new Map([['a', applied(hours(-45))], ['b', applied(hours(-44.5))], ['c', applied(hours(-30))], ['gone', applied(hours(-45))]]);
  const first = windowsClosing(three, standings, [], NOW);
  expect(first).toMatchObject({ phaseId: 'a', reason: 'It can be rolled back until 2026-03-02 15:00 UTC; after that going back needs a new plan. Others follow: phase 2 until 2026-03-02 15:30 UTC.' });
  expect(windowsClosing(three, standings, [NOW], hours(1)), 'both were told').toBeNull();
  expect(windowsClosing(three, standings, [NOW], hours(15))).toMatchObject({ phaseId: 'c', reason: expect.not.stringContaining('Others') });
  expect(windowsClosing(three, standings, [], hours(-10)), 'not near yet').toBeNull();
  const nothingToTakeBack = { ...three, phases: three.phases.map((phase) => ({ ...phase, steps: [{ ...STEP, undo: [] }] })) };
  expect(windowsClosing(nothingToTakeBack, standings, [], NOW)).toBeNull();
});

test('a start is near in its last half hour, says when it would come to nothing, and is no news to whoever scheduled it just now', () => {
  const start = { id: 's', phaseId: 'a', startAt: hours(0.4), scheduledAt: hours(-20) };
  expect(startNear(start, null, NOW)).toEqual({ phaseId: 'a', occasion: 'near s', reason: 'At 2026-03-02 12:24 UTC. A person can stop it until then.' });
  expect(startNear(start, 'The approval of Ann is void.', NOW)?.reason).toBe('At 2026-03-02 12:24 UTC. As things stand it would not start: The approval of Ann is void.');
  expect(startNear({ ...start, startAt: hours(0.6) }, null, NOW)).toBeNull();
  expect(startNear({ ...start, startAt: NOW }, null, NOW), 'it begins').toBeNull();
  expect(startNear({ ...start, scheduledAt: hours(-0.1) }, null, NOW)).toBeNull();
});
