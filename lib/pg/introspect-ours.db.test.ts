import { expect, test } from 'vitest';
import { differences } from '#lib/pipeline/noise.ts';
import { fingerprint, type Snapshot } from '#lib/pipeline/snapshot.ts';
import { freshDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { MIRROR_TABLES, SCENE_ROWS, SCENE_TABLES, scenePhase, scenePlan } from '#lib/testing/rebuild-scene.ts';
import { introspect } from './introspect.ts';

async function read(database: TestDatabase): Promise<Snapshot> {
  return introspect(await database.client());
}

test('in the middle of a rebuild, and after the swap, a target compares as if Countersign were not there: triggers, logs, functions and kept tables are nobody’s difference', async () => {
  const [prod, dev] = await Promise.all([freshDatabase(), freshDatabase()]);
  await (await prod.client('operator')).query(SCENE_TABLES('text') + MIRROR_TABLES + SCENE_ROWS(50));
  await (await dev.client('operator')).query(SCENE_TABLES('uuid') + MIRROR_TABLES);
  const before = await read(prod);
  const plan = await scenePlan({ prod: { ...prod.config, name: 'prod' }, dev: { ...dev.config, name: 'dev' } });
  const asBefore = async (when: string) => {
    const now = await read(prod);
    expect(differences(now, before).map((delta) => delta.id), when).toEqual([]);
    expect({ print: fingerprint(now.objects), satellites: now.satellites, dependencies: now.dependencies, notCompared: now.notCompared, sizes: Object.keys(now.estimates).toSorted() }, when)
      .toEqual({ print: fingerprint(before.objects), satellites: before.satellites, dependencies: before.dependencies, notCompared: before.notCompared, sizes: Object.keys(before.estimates).toSorted() });
  };
  await scenePhase(prod.config, plan, 'backup', 'forward');
  await asBefore('with backups');
  await scenePhase(prod.config, plan, 'convert', 'forward');
  const { rows } = await (await prod.client()).query<{ n: number }>(`SELECT count(*)::int AS n FROM pg_trigger WHERE tgrelid = 'public.export'::regclass AND tgname LIKE 'zz_countersign_%'`);
  expect(rows).toEqual([{ n: 4 }]);
  await asBefore('followed, with the new tables beside');
  await scenePhase(prod.config, plan, 'convert-swap', 'forward');
  expect(differences(await read(prod), await read(dev)).map((delta) => delta.id)).toEqual([]);
  await scenePhase(prod.config, plan, 'convert-swap', 'rollback');
  await asBefore('swapped back, still followed');
});

test('a trigger of the application stays a difference, whatever it is called', async () => {
  const database = await freshDatabase();
  const client = await database.client();
  await client.query(`create table t (a int); create function zz_countersign() returns trigger language plpgsql as $$ begin return null; end $$;
    create schema countersigned; create function countersigned.note() returns trigger language plpgsql as $$ begin return null; end $$;
    create trigger zz_countersign_insert after insert on t for each statement execute function zz_countersign();
    create trigger other after insert on t for each statement execute function countersigned.note()`);
  expect((await read(database)).objects.filter((object) => object.kind === 'trigger').map((object) => object.name).toSorted()).toEqual(['other', 'zz_countersign_insert']);
});
