import { expect, test } from 'vitest';
import { compareHref, isFiltered, readAddress, readCompareView, unfiltered } from './address.ts';

const VIEW = {
  ...readCompareView({}), current: 'bazaar_prod', desired: 'bazaar_dev', object: 'table:public."a.b"', q: 'a&b', all: true, tab: 'definition', kind: 'index', change: 'add', hazard: 'loses', decided: 'only', noise: true, folded: ['public', 'auth'],
} as const;

test('a view comes back from its own address', () => {
  expect(readAddress(new URL(compareHref(VIEW), 'http://x').searchParams)).toEqual(VIEW);
  expect(compareHref(readCompareView({}))).toBe('/compare');
});

test('words that nobody wrote are as if they were not there', () => {
  expect(readCompareView({ change: 'sideways', tab: 'inside', decided: 'perhaps' })).toEqual(readCompareView({}));
});

test('folding hides lines but leaves no difference out, other filters do', () => {
  expect(isFiltered({ ...unfiltered(VIEW), folded: ['public'], all: true, decided: 'shown' })).toBe(false);
  for (const change of [{ q: 'a' }, { kind: 'index' }, { change: 'add' }, { hazard: 'refused' }, { decided: 'only' }] as const) expect(isFiltered({ ...unfiltered(VIEW), ...change })).toBe(true);
});
