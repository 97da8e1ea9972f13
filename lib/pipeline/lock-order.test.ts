import { expect, test } from 'vitest';
import { inAnotherOrder } from './lock-order.ts';
import type { LockClaim } from './plan.ts';

const CLAIMS: LockClaim[] = ['project', 'export', 'Odd, name'].map((name) => ({ mode: 'ACCESS EXCLUSIVE', table: { schema: 'public', name } }));
const LOCK = 'LOCK TABLE public.export, public."Odd, name", public.project IN ACCESS EXCLUSIVE MODE';

test('the first try takes the order that was signed', () => {
  expect(inAnotherOrder(LOCK, CLAIMS, 1)).toBeNull();
});

test('the second try takes it backwards, and every table comes first in one of six tries', () => {
  expect(inAnotherOrder(LOCK, CLAIMS, 2)).toBe('LOCK TABLE public.project, public."Odd, name", public.export IN ACCESS EXCLUSIVE MODE');
  const six = Array.from({ length: 6 }, (_, i) => inAnotherOrder(LOCK, CLAIMS, i + 2));
  expect(new Set(six).size).toBe(6);
  for (const first of ['public.export', 'public."Odd, name"', 'public.project']) expect(six.filter((sql) => sql?.startsWith(`LOCK TABLE ${first},`))).toHaveLength(2);
});

test('nothing is taken apart that a person wrote, that names one table, or that names a table which the step does not claim', () => {
  expect(inAnotherOrder('lock table public.export, public.project in access exclusive mode', CLAIMS, 2)).toBeNull();
  expect(inAnotherOrder('LOCK TABLE public.export IN ACCESS EXCLUSIVE MODE', CLAIMS, 2)).toBeNull();
  expect(inAnotherOrder('LOCK TABLE public.export, public.other IN ACCESS EXCLUSIVE MODE', CLAIMS, 2)).toBeNull();
  expect(inAnotherOrder('LOCK TABLE ONLY public.export, public.project IN ACCESS EXCLUSIVE MODE', CLAIMS, 2)).toBeNull();
});
