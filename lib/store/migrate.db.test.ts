import { expect, test } from 'vitest';
import { ROLE_NAMES } from '#lib/testing/roles.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { migrateControl } from './migrate.ts';

test('a second migration changes nothing', async () => {
  const control = await freshDatabase({ template: 'control' });
  const again = await migrateControl(control.url('owner'), ROLE_NAMES.app);
  expect(again.applied).toEqual([]);
  expect(again.already.length).toBeGreaterThanOrEqual(3);
});

test('a file that was edited after it had run is refused by name, and nothing is run', async () => {
  const control = await freshDatabase({ template: 'control' });
  const owner = await control.client('owner');
  await owner.query(`update control_migration set checksum = repeat('0', 64) where file like '0002%'`);
  await owner.query(`delete from control_migration where file like '0003%'`);
  await owner.query(`drop table sign_in_throttle`);
  await expect(migrateControl(control.url('owner'), ROLE_NAMES.app)).rejects.toThrow('0002_rules.sql was edited after it had run');
  expect((await owner.query(`select to_regclass('sign_in_throttle') as there`)).rows).toEqual([{ there: null }]);
});

test('migrations at once stand in line, with the rights that they grant', async () => {
  const control = await freshDatabase({ template: 'control' });
  const owner = await control.client('owner');
  await owner.query(`delete from control_migration where file like '0003%'; drop table sign_in_throttle`);
  const results = await Promise.all([1, 2, 3, 4].map(() => migrateControl(control.url('owner'), ROLE_NAMES.app)));
  expect(results.map((result) => result.applied.length).sort()).toEqual([0, 0, 0, 1]);
});
