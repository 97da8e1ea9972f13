import { beforeEach, expect, test, vi } from 'vitest';
import { measurePhaseSpec } from './commands/review.ts';
import { act, done, POLICY } from '#lib/testing/acting.ts';
import { facts, makeBazaarPlan, phaseNow } from '#lib/testing/bazaar-plan.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import { loadOrphanRows } from './load-orphan-rows.ts';
import { loadVerificationSql } from './load-verification-sql.ts';

vi.mock('./control.ts', async () => ({ ...(await vi.importActual<object>('./control.ts')), configuration: () => ({ policy: POLICY }) }));

let world: World;
let planId: string;
beforeEach(async () => {
  world = await freshWorld();
  planId = await makeBazaarPlan(world);
});

function asked(question: Readonly<Record<string, string>>) {
  return { db: world.db, request: new Request(`http://x/?${new URLSearchParams(question).toString()}`) };
}

async function sets() {
  const { evidence } = await phaseNow(world, planId, 'convert');
  const found = evidence?.evidence.measurements.flatMap((one) => (one.kind === 'orphans' ? one.sets : [])) ?? [];
  return { measured: evidence?.evidence.measuredAt ?? '', found: found.filter((set) => set.keys.length > 0) };
}

test('the rows of an orphan set are those that were measured, each set by its table, foreign key and depth', async () => {
  const { measured, found } = await sets();
  expect(found.map((set) => [set.child.name, set.depth, set.keys.length])).toEqual([['bazaar-vid_exports', 0, 2], ['bazaar-vid_export_analytics', 1, 6]]);
  for (const { child, foreignKey, depth, keys, firstRows } of found) {
    expect(await loadOrphanRows(asked({ phase: 'convert', measured, table: `public.${child.name}`, key: foreignKey, depth: String(depth) }), planId)).toEqual({ keys, firstRows });
  }
});

test('rows of another measurement than the page shows are refused, and so is what was not measured', async () => {
  const { measured, found } = await sets();
  const question = { phase: 'convert', measured, table: 'public.bazaar-vid_exports', key: found[0]?.foreignKey ?? '', depth: '0' };
  expect((await loadOrphanRows(asked(question), planId)).keys).toHaveLength(2);
  await expect(loadOrphanRows(asked({ ...question, table: 'public.bazaar-vid_export_analytics' }), planId)).rejects.toThrow(/^not_found/);
  await expect(loadOrphanRows(asked({ ...question, depth: '7' }), planId)).rejects.toThrow(/^not_found/);
  await expect(loadOrphanRows(asked({ ...question, phase: 'nowhere' }), planId)).rejects.toThrow(/^not_found/);
  await expect(loadOrphanRows(asked(question), 'no uuid')).rejects.toThrow(/^not_found/);
  await done(act(world, 'author', measurePhaseSpec, { planId, version: (await facts(world, planId)).stored.version, phaseId: 'convert' }));
  await expect(loadOrphanRows(asked(question), planId)).rejects.toThrow(/^evidence_moved/);
});

test('the questions after the last step are those of the version that is asked for, in their order', async () => {
  const { phase } = await phaseNow(world, planId, 'convert');
  expect(phase.verifications.length).toBeGreaterThan(1);
  expect(await loadVerificationSql(asked({ version: '1', phase: 'convert' }), planId)).toEqual(phase.verifications.map(({ label, sql }) => ({ label, sql })));
  for (const question of [{ version: '2', phase: 'convert' }, { version: '1', phase: 'nowhere' }, { version: 'x', phase: 'convert' }]) await expect(loadVerificationSql(asked(question), planId)).rejects.toThrow(/^not_found/);
});
