import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Whole documents, which a page works with on the server. */
const WHOLE = /:\s*(?:readonly )?(?:PlanDto|PlanPageDto|PhaseDto|Plan|Phase|Evidence)(?:\[\])?\s*[;,}|]/;

/** Files of a folder that run in the browser, and take such a document as a property. */
function takers(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.tsx'))
    .filter((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return /^['"]use client['"]/.test(text) && WHOLE.test(text);
    });
}

test('no component of the browser takes a whole plan: what it takes is sent with the page, all SQL and every key of it', () => {
  expect(takers(new URL('..', import.meta.url).pathname)).toEqual([]);
});

test('one that does is recognised', () => {
  expect(WHOLE.test('export function CountExactly({ plan, phaseId }: { plan: PlanDto; phaseId: string }) {')).toBe(true);
  expect(WHOLE.test('({ versions }: Pick<PlanDto, "versions"> & { planId: string })')).toBe(false);
});
