import { expect, test } from 'vitest';
import type { Phase } from './plan.ts';
import { restingSentence, totalPrice } from './rollback.ts';

test('every phase that rests on one is named, in the order in which they go back', () => {
  expect(restingSentence([{ title: 'Convert' }])).toBe('“Convert” rests on this phase. Roll that one back first.');
  expect(restingSentence([{ title: 'Convert' }, { title: 'Merge' }, { title: 'Validate' }])).toBe('“Validate”, “Merge” and “Convert” rest on this phase. Roll them back first, in this order.');
});

test('where nobody counted what was written since, nothing is said of it', () => {
  const phase: Phase = { id: 'a', kind: 'convert', title: 'Build', summary: '', steps: [], checks: [], verifications: [], price: [], touches: [], requires: [], orphanDecisions: {}, destructive: false, pointOfNoReturn: false, due: null };
  const table = { table: { schema: 'public', name: 'item' }, inserted: { provenance: 'exact', value: 0 }, changed: { provenance: 'exact', value: 0 }, deleted: { provenance: 'exact', value: 0 } } as const;
  const copies = { id: 'a.1', title: 'Copy', locks: [], hazards: [], work: { kind: 'feed', copy: true } } as unknown as Phase['steps'][number];
  expect([totalPrice({ ...phase, steps: [copies] }, '', []).sentence, totalPrice(phase, '', []).sentence, totalPrice(phase, '', [table]).sentence]).toEqual([
    'The live tables stay, with every write since. The rollback takes the new ones away and loses nothing.',
    'The rollback loses nothing.',
    'Nothing was written since; the rollback loses nothing.',
  ]);
});
