import { expect, test } from 'vitest';
import { inAnotherOrder } from './lock-order.ts';
import type { LockClaim } from './plan.ts';

const CLAIMS: LockClaim[] = ['project', 'export', 'Odd, name'].map((name) => ({ mode: 'ACCESS EXCLUSIVE', table: { schema: 'public', name } }));
const LOCK = 'LOCK TABLE public.export, public."Odd, name", public.project IN ACCESS EXCLUSIVE MODE';

test('every second try takes the order that was signed, the first among them', () => {
  for (const tries of [1, 3, 5, 21]) expect(inAnotherOrder(LOCK, CLAIMS, tries)).toBeNull();
});

test('the second try takes it backwards, and of the others between every order of three tables has its turn', () => {
  expect(inAnotherOrder(LOCK, CLAIMS, 2)).toBe('LOCK TABLE public.project, public."Odd, name", public.export IN ACCESS EXCLUSIVE MODE');
  const others = Array.from({ length: 5 }, (_, i) => inAnotherOrder(LOCK, CLAIMS, 2 * i + 2));
  expect(new Set([...others, LOCK]).size).toBe(6);
  for (const first of ['public.export', 'public."Odd, name"', 'public.project']) expect([...others, LOCK].filter((sql) => sql?.startsWith(`LOCK TABLE ${first},`))).toHaveLength(2);
  expect(inAnotherOrder(LOCK, CLAIMS, 12)).toBe(inAnotherOrder(LOCK, CLAIMS, 2));
});

test('of two tables there is one other order', () => {
  const two = 'LOCK TABLE public.export, public.project IN ACCESS EXCLUSIVE MODE';
  for (const tries of [2, 4]) expect(inAnotherOrder(two, CLAIMS, tries)).toBe('LOCK TABLE public.project, public.export IN ACCESS EXCLUSIVE MODE');
});

test('nothing is taken apart that a person wrote, that names one table, or that names a table which the step does not claim', () => {
  expect(inAnotherOrder('lock table public.export, public.project in access exclusive mode', CLAIMS, 2)).toBeNull();
  expect(inAnotherOrder('LOCK TABLE public.export IN ACCESS EXCLUSIVE MODE', CLAIMS, 2)).toBeNull();
  expect(inAnotherOrder('LOCK TABLE public.export, public.other IN ACCESS EXCLUSIVE MODE', CLAIMS, 2)).toBeNull();
  expect(inAnotherOrder('LOCK TABLE ONLY public.export, public.project IN ACCESS EXCLUSIVE MODE', CLAIMS, 2)).toBeNull();
});
