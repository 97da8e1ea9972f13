import { describe, expect, test } from 'vitest';
import type { CompareGroupDto, DeltaDto } from '#lib/dal/dto.ts';
import { compareHref, filterGroups, readCompareView } from './address.ts';

const DECISION = { id: '1', deltaId: 'x', verdict: 'not_needed', reason: 'r', by: 'A', at: '2025-08-01T00:00:00Z' } as const;

function delta(id: string, over: Partial<DeltaDto> = {}): DeltaDto {
  return { id, change: 'change', kind: 'column', name: id, attributes: [], decision: null, ...over };
}

function group(name: string, deltas: readonly DeltaDto[]): CompareGroupDto {
  return { id: `table:public.${name}`, kind: 'table', schema: 'public', name, change: deltas.length > 0 ? 'change' : 'identical', deltas, currentEstimate: null, desiredEstimate: null };
}

const GROUPS = [group('user', []), group('exports', [delta('id'), delta('exports_pk', { kind: 'constraint', change: 'add' })]), group('auth', [delta('auth', { decision: DECISION })])];
const VIEW = readCompareView({});

describe('filterGroups', () => {
  test('shows differences only and counts what is folded away', () => {
    const { shown, identical, decidedDeltas } = filterGroups(GROUPS, VIEW);
    expect(shown.map((each) => each.name)).toEqual(['exports']);
    expect({ identical, decidedDeltas }).toEqual({ identical: 1, decidedDeltas: 1 });
  });
  test('the open object stays in the list whatever the fold', () => {
    expect(filterGroups(GROUPS, { ...VIEW, object: 'table:public.user' }).shown.map((each) => each.name)).toEqual(['user', 'exports']);
  });
  test('a name is found in the group and in its differences', () => {
    expect(filterGroups(GROUPS, { ...VIEW, q: 'EXPORTS_P' }).shown.map((each) => each.name)).toEqual(['exports']);
    expect(filterGroups(GROUPS, { ...VIEW, q: 'nothing' }).shown).toEqual([]);
  });
  test('kind and change are asked of the same difference', () => {
    expect(filterGroups(GROUPS, { ...VIEW, kind: 'column', change: 'add' }).shown).toEqual([]);
    expect(filterGroups(GROUPS, { ...VIEW, kind: 'constraint', change: 'add' }).shown).toHaveLength(1);
  });
});

describe('address', () => {
  test('a view comes back from its own address', () => {
    const view = { ...VIEW, current: 'bazaar_prod', desired: 'bazaar_dev', object: 'table:public."a.b"', q: 'a&b', all: true, tab: 'definition', kind: 'index', change: 'add', decided: true } as const;
    expect(readCompareView(Object.fromEntries(new URL(compareHref(view), 'http://x').searchParams))).toEqual(view);
  });
});
