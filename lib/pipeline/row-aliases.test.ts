import { expect, test } from 'vitest';
import { withoutRowAliases } from './row-aliases.ts';

const functions = [{ name: 'public.emp_of', columns: ['id', 'name', '"Zip Code"'] }];

test('a list that says what the columns are called anyway is left out', () => {
  expect(withoutRowAliases(`SELECT x.id FROM public.dept d, LATERAL public.emp_of(d.*, ')x(') x(id, name, "Zip Code") WHERE (x.id = 1)`, functions)).toBe(`SELECT x.id FROM public.dept d, LATERAL public.emp_of(d.*, ')x(') x WHERE (x.id = 1)`);
});

test('also where rows are numbered', () => {
  expect(withoutRowAliases('SELECT 1 FROM public.emp_of(1) WITH ORDINALITY "X y"(id, name, "Zip Code", ordinality)', functions)).toBe('SELECT 1 FROM public.emp_of(1) WITH ORDINALITY "X y"');
});

test('and where the table has got columns since', () => {
  expect(withoutRowAliases('SELECT 1 FROM public.emp_of(1) x(id, name)', functions)).toBe('SELECT 1 FROM public.emp_of(1) x');
});

test('a list that gives other names stays, and one behind anything else', () => {
  for (const query of ['SELECT 1 FROM public.emp_of(1) x(id, "Zip Code", name)', 'SELECT 1 FROM other.emp_of(1) x(id, name, "Zip Code")', 'SELECT 1 FROM ( VALUES (1,2,3)) x(id, name, "Zip Code")', 'SELECT public.emp_of(1) AS x']) expect(withoutRowAliases(query, functions)).toBe(query);
});

test('of two functions of one name that return different rows nobody knows which is meant', () => {
  const query = 'SELECT 1 FROM public.emp_of(1) x(id, name)';
  expect(withoutRowAliases(query, [...functions, { name: 'public.emp_of', columns: ['id', 'name'] }])).toBe(query);
});
