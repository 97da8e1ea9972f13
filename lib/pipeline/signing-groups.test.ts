import { expect, test } from 'vitest';
import { groupsRefusal } from './signing-groups.ts';

test('where data goes, as many different groups must have signed as policy demands; two people of one group are one, and nobody’s group is none', () => {
  expect(groupsRefusal({ destructive: true }, 2, ['storage', 'storage'])).toEqual({ code: 'groups_missing', sentence: 'Policy demands signatures from 2 different groups where data goes: signed by storage, and 1 group is missing.' });
  expect(groupsRefusal({ destructive: true }, 2, ['storage', ''])?.code).toBe('groups_missing');
  expect(groupsRefusal({ destructive: true }, 3, [])?.sentence).toContain('nobody of any group has signed, and 3 groups are missing');
  expect([groupsRefusal({ destructive: true }, 2, ['storage', 'web']), groupsRefusal({ destructive: false }, 2, []), groupsRefusal({ destructive: true }, null, [])]).toEqual([null, null, null]);
});
