import { expect, test } from 'vitest';
import { compareHref, readCompareView } from '#components/compare/address.ts';
import { withoutView } from './asked.ts';

const at = (path: string): URL => new URL(path, 'http://127.0.0.1:3000');

test('to the router a comparison is its two sides and their noise, whatever of it is looked at', () => {
  const sides = { ...readCompareView({}), current: 'bazaar_prod', desired: 'bazaar_dev', noise: true };
  const looked = { ...sides, object: 'table:public.note', q: 'a&b', all: true, tab: 'definition', kind: 'index', change: 'add', hazard: 'loses', decided: 'only', folded: ['public', 'auth'] } as const;
  expect(withoutView(at(compareHref(looked)))?.href).toBe(at(compareHref(sides)).href);
  expect(withoutView(at(compareHref(sides))), 'nothing to leave out').toBeNull();
});

test('what is folded open is no part of any other page, and the rest of its address is', () => {
  expect(withoutView(at('/plans/1?phase=convert&open=a&open=b%20c&_rsc=x'))?.href).toBe('http://127.0.0.1:3000/plans/1?phase=convert&_rsc=x');
  expect(withoutView(at('/plans/1?phase=convert&q=note'))).toBeNull();
});
