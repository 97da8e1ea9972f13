import { expect, test } from 'vitest';
import { kindsTouched } from './touches.ts';

test('a table is read with all that hangs on it, and with nothing else', () => {
  expect([...(kindsTouched(['table:public.t']) ?? [])].toSorted()).toEqual(['column', 'constraint', 'index', 'policy', 'rule', 'statistics', 'table', 'trigger']);
  expect(kindsTouched(['add:enum:public.mood', 'change:function:public.f(integer)'])).toEqual(new Set(['enum', 'function']));
});

test('an index is read with the columns that it names by number', () => {
  expect(kindsTouched(['remove:index:public.t.t_idx'])).toEqual(new Set(['index', 'column']));
});

test('what may be on anything, and what is not known, is looked for everywhere', () => {
  expect(kindsTouched(['table:public.t', 'add:comment:TABLE public.t'])).toBeNull();
  expect(kindsTouched(['default:public.t.c'])).toBeNull();
});
