import { expect, test } from 'vitest';
import { followingOf, keptSentence } from '#lib/pipeline/followed.ts';
import { closeAtEnd, freshDatabase } from '#lib/testing/database.ts';
import { MIRROR_TABLES, openSceneRun, phaseOf, SCENE_ROWS, SCENE_TABLES, scenePhase, scenePlan } from '#lib/testing/rebuild-scene.ts';
import { compareInStep, keepInStep } from './execute-keep.ts';
import { closeRunSession } from './execute-session.ts';
import { measureKept } from './kept.ts';
import { measurePrice } from './price.ts';

/** As somebody does who switches the triggers off and on again. */
const past = (sql: string): string => `BEGIN; ALTER TABLE public.export DISABLE TRIGGER USER; ${sql}; ALTER TABLE public.export ENABLE ALWAYS TRIGGER zz_countersign_insert, ENABLE ALWAYS TRIGGER zz_countersign_update, ENABLE ALWAYS TRIGGER zz_countersign_delete, ENABLE ALWAYS TRIGGER zz_countersign_truncate; COMMIT`;

test('rows written past the triggers after the swap turn the rollback lossy, by name and in its price, until a comparison finds both sides equal again; triggers that are gone are said at once', async () => {
  const [prod, dev] = await Promise.all([freshDatabase({ major: 15 }), freshDatabase({ major: 15 })]);
  await (await prod.client('operator')).query(SCENE_TABLES('text') + MIRROR_TABLES + SCENE_ROWS(300));
  await (await dev.client('operator')).query(SCENE_TABLES('uuid') + MIRROR_TABLES);
  const plan = await scenePlan({ prod: { ...prod.config, name: 'prod' }, dev: { ...dev.config, name: 'dev' } });
  for (const phase of ['backup', 'convert', 'convert-swap']) await scenePhase(prod.config, plan, phase, 'forward');
  const swap = phaseOf(plan, 'convert-swap');
  const step = swap.steps.find((one) => one.undoWork?.kind === 'swap');
  if (step?.undoWork?.kind !== 'swap') throw new Error('the swap has no way back');
  const { feed } = step.undoWork;
  const one = await openSceneRun(prod.config, plan, 'convert-swap', 'forward');
  closeAtEnd(() => closeRunSession(one.session));
  const client = await prod.client();
  const said = async (): Promise<string> => keptSentence(feed, await measureKept(client, feed, followingOf(step, 'back')));
  const price = async (): Promise<unknown> => measurePrice(client, swap, [step.id]);

  await client.query(`SET session_replication_role = replica; UPDATE public.export SET note = 'seen' WHERE slug = 'slug 1'; RESET session_replication_role`);
  await keepInStep(one.session, one.run, feed, () => false);
  expect(await compareInStep(one.session, one.run, feed)).toMatchObject({ equal: true });
  await client.query(past(`UPDATE public.export SET note = 'unseen' WHERE slug IN ('slug 7', 'slug 8')`));
  expect(await said()).toBe('Rollback is lossless: backlog 0 keys, errors 0.');
  expect(await compareInStep(one.session, one.run, feed)).toMatchObject({ equal: false });
  const { rows } = await client.query<{ id: string }>(`SELECT id::text AS id FROM public.export WHERE slug = 'slug 7'`);
  expect(await said()).toMatch(/^Rollback is lossy: 2 rows are not the same in the old tables/);
  expect(await said()).toContain(rows[0]?.id ?? 'no row');
  expect(await price()).toMatchObject({ verdict: 'loses', lost: { value: 2 } });
  await client.query(`UPDATE public.export SET note = 'again' WHERE slug IN ('slug 7', 'slug 8')`);
  await keepInStep(one.session, one.run, feed, () => false);
  expect(await said()).toMatch(/^Rollback is lossy/);
  expect(await compareInStep(one.session, one.run, feed)).toMatchObject({ equal: true });
  expect([await said(), await price()]).toMatchObject(['Rollback is lossless: backlog 0 keys, errors 0.', { verdict: 'lossless' }]);

  await client.query('ALTER TABLE public.export DISABLE TRIGGER zz_countersign_update; DROP TRIGGER zz_countersign_insert ON public.analytics');
  const gone = 'Rollback would stop: nothing follows export and analytics any more, because the triggers that keep the old tables in step are gone or switched off.';
  expect([await said(), await price()]).toMatchObject([expect.stringContaining(gone), { verdict: 'unknown', sentence: expect.stringContaining(gone) }]);
});
