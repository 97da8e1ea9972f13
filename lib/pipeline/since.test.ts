import { expect, test } from 'vitest';
import type { PhaseChange } from './editor/version-diff.ts';
import { looked, lookBefore, newsSince, type Seen, type SinceFacts } from './since.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 9, minute));
const EMPTY: SinceFacts = { look: { version: 4, at: at(0) }, me: 'me', version: 4, numbers: new Map([['a', 1], ['b', 2]]), versions: [], changes: [], comments: [], requests: [], approvals: [], runs: [] };
const step = (number: number, ...changes: PhaseChange['changes']) => ({ id: `b.${number}`, title: '', number, changes, said: [], texts: [] });

test('a visit keeps what it is compared with, and the next one is compared with its last look', () => {
  const first = looked(null, { version: 1, at: at(0) });
  expect(lookBefore(first, at(1))).toBeNull();
  // An hour later the page is made, and looked at.
  const back = at(60);
  expect(lookBefore(first, back)).toEqual({ version: 1, at: at(0) });
  const second = looked(first, { version: 3, at: back });
  for (const still of [back, at(65), at(70)]) expect(lookBefore(second, still)).toEqual({ version: 1, at: at(0) });
  const later = looked(second, { version: 4, at: at(68) });
  expect(later.before).toEqual({ version: 1, at: at(0) });
  expect(lookBefore(later, at(120))).toEqual({ version: 4, at: at(68) });
});

test('a look that comes late takes nothing back that was seen', () => {
  const seen: Seen = { version: 4, at: at(30), before: { version: 1, at: at(0) } };
  expect(looked(seen, { version: 3, at: at(20) })).toBe(seen);
});

test('versions are told as what they did to phases and steps, from the one that was seen', () => {
  const changes: PhaseChange[] = [
    { id: 'b', title: '', number: 2, changes: ['changed'], said: [], steps: [step(3, 'moved', 'changed'), step(4, 'added')] },
    { id: 'c', title: '', number: 3, changes: ['added'], said: [], steps: [step(1, 'added')] },
  ];
  expect(newsSince({ ...EMPTY, version: 5, versions: [{ version: 5, byId: 'ann' }], changes })).toEqual([{ text: 'version 5 changed step 2.3 and added phase 3 and step 2.4', place: { to: 'version', version: 5, since: 4 } }]);
  const many = { ...EMPTY, version: 7, versions: [5, 6, 7].map((version) => ({ version, byId: version === 6 ? 'ann' : 'me' })), changes: [{ ...changes[0], id: 'b', title: '', number: 2, said: [], changes: ['changed' as const], steps: [1, 2, 3, 4, 5, 6].map((number) => step(number, 'changed')) }] };
  expect(newsSince(many)[0]?.text).toBe('versions 5 to 7 changed steps 2.1, 2.2, 2.3, 2.4 and 2 more');
  expect(newsSince({ ...EMPTY, version: 5, versions: [{ version: 5, byId: 'ann' }] })[0]?.text).toBe('version 5 changed no step');
});

test('comments, requests, signatures and runs of others are told, each with its place', () => {
  const news = newsSince({
    ...EMPTY,
    comments: [{ id: 'x', byId: 'ann', at: at(2), phaseId: 'b' }, { id: 'y', byId: 'ann', at: at(3), phaseId: null }],
    requests: [{ id: 'r', byId: 'bob', by: 'Bob', at: at(1), phaseId: 'b' }],
    approvals: [{ personId: 'bob', person: 'Bob', phaseId: 'b', signedAt: at(5), voidedAt: null }, { personId: 'bob', person: 'Bob', phaseId: 'a', signedAt: at(5), voidedAt: null }, { personId: 'me', person: 'Me', phaseId: 'b', signedAt: new Date(0), voidedAt: at(4) }],
    runs: [{ id: 'run', byId: 'op', kind: 'forward', state: 'applied', phaseId: 'a', endedAt: at(6) }],
  });
  expect(news.map(({ text }) => text)).toEqual(['changes of phase 2 requested by Bob', '2 comments', 'phases 1 and 2 approved by Bob', 'approval of phase 2 void', 'run of phase 1 applied']);
  expect(news.map(({ place }) => place.to)).toEqual(['comment', 'comment', 'phase', 'phase', 'run']);
});

test('of what one did oneself, and of what was there at the last look, nothing is told', () => {
  expect(newsSince({
    ...EMPTY, version: 5, versions: [{ version: 5, byId: 'me' }],
    comments: [{ id: 'x', byId: 'me', at: at(2), phaseId: null }, { id: 'y', byId: 'ann', at: at(0), phaseId: null }],
    requests: [{ id: 'r', byId: 'me', by: 'Me', at: at(1), phaseId: 'b' }],
    approvals: [{ personId: 'me', person: 'Me', phaseId: 'a', signedAt: at(5), voidedAt: null }, { personId: 'bob', person: 'Bob', phaseId: 'gone', signedAt: at(5), voidedAt: null }],
    runs: [{ id: 'run', byId: 'me', kind: 'forward', state: 'applied', phaseId: 'a', endedAt: at(6) }],
  })).toEqual([]);
});
