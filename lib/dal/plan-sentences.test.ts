import { expect, test } from 'vitest';
import { phaseStanding } from '#lib/pipeline/standing.ts';
import { isInTrouble } from './plan-sentences.ts';

const phases = (...states: ReturnType<typeof phaseStanding>['state'][]) => states.map((state) => ({ standing: { ...phaseStanding([]), state } }));

test('a plan is loud while its next phase stands half or deviates, and calm in every other state', () => {
  for (const state of ['partial', 'deviated'] as const) expect(isInTrouble(phases('applied', state, 'pending'))).toBe(true);
  for (const state of ['pending', 'running', 'rolled_back', 'applied'] as const) expect(isInTrouble(phases('applied', state))).toBe(false);
});
