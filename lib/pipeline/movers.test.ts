import { expect, test } from 'vitest';
import { phaseOf } from '#lib/testing/phase.ts';
import { moverSentence } from './movers.ts';

const SINCE = '2026-01-01T09:00:00Z';
const run = (over: object = {}) => ({ runId: 'r', planId: 'p', planName: 'Orders', phaseTitle: 'Add a column', kind: 'forward' as const, by: 'Olga', at: '2026-01-01T09:41:00Z', ...over });
const moved = (...ids: string[]) => ids.map((id) => ({ what: `definition:${id}`, sentence: '' }));

test('a run of ours that touches what moved is named with its plan, who asked for it and when', () => {
  const movers = [{ phase: phaseOf([], { touches: ['change:table:public.orders'] }), run: run() }, { phase: phaseOf([], { touches: ['table:public.other'] }), run: run({ planName: 'Elsewhere' }) }];
  expect(moverSentence(moved('table:public.orders'), movers, SINCE)).toBe('“Add a column” of “Orders” touches public.orders and ran here since, asked for by Olga (2026-01-01 09:41 UTC).');
  expect(moverSentence(moved('table:public.orders', 'table:public.lines'), [{ ...movers[0], phase: phaseOf([], { touches: ['table:public.orders'] }), run: run({ kind: 'rollback' }) }], SINCE))
    .toBe('“Add a column” of “Orders” touches public.orders and was rolled back here since, asked for by Olga (2026-01-01 09:41 UTC). No plan that ran here since 2026-01-01 09:00 UTC touches public.lines: that came from outside.');
});

test('what no run of ours touches came from outside, and of rows nothing is said', () => {
  expect(moverSentence(moved('function:public.f()'), [], SINCE)).toBe('No plan that ran here since 2026-01-01 09:00 UTC touches public.f(): that came from outside.');
  expect(moverSentence([{ what: 'rows:public.orders', sentence: '' }], [], SINCE)).toBeNull();
});
