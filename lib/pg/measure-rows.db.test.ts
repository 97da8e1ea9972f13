import { expect, test } from 'vitest';
import { freshDatabase } from '#lib/testing/database.ts';
import { phaseOf, publicTable } from '#lib/testing/phase.ts';
import { measurePhase } from './measure.ts';
import { MeasuringStopped } from './measure-session.ts';

test('counted piece by piece it is the number of count(*), also of partitions and views; it tells how far it is, and stops between two pieces', async () => {
  const database = await freshDatabase();
  const [operator, reader] = [await database.client('operator'), await database.client('reader')];
  await operator.query(`create table t (id int) partition by range (id); create table t_1 partition of t for values from (0) to (40000); create table t_2 partition of t default;
    insert into t select generate_series(1, 70000); delete from t where id % 7 = 0; create view v as select * from t where id > 10; create table empty (id int)`);
  await operator.query('analyze t_1; analyze t_2');
  const phase = phaseOf(['t', 'v', 'empty', 'absent'].map((name) => ({ id: name, kind: 'rows', table: publicTable(name) })));
  const told: [string, number, number | null][] = [];
  let asked = '';
  const watch = { begins: (check: { id: string }) => void (asked = check.id), counted: (rows: number, expected: number | null) => void told.push([asked, rows, expected]), stopping: () => false };
  const [plain, pieces] = [await measurePhase(reader, phase), await measurePhase(reader, phase, { watch })];
  const rows = ({ measurements }: typeof plain) => measurements.map((one) => (one.kind === 'rows' ? one.rows : null));
  expect(rows(pieces)).toEqual(rows(plain));
  expect(rows(plain)[0]).toEqual({ provenance: 'exact', value: 60_000 });
  expect(told.filter(([check]) => check === 't').map(([, counted]) => counted).slice(0, 2)).toEqual([0, 20_000]);
  expect(told.filter(([check]) => check === 't').at(-1)).toEqual(['t', 60_000, 60_000]);
  // A table that nothing has analysed has no total, and a view has none ever.
  expect(told.filter(([check]) => check === 'empty').at(-1)).toEqual(['empty', 0, null]);

  let looks = 0;
  await expect(measurePhase(reader, phase, { watch: { ...watch, stopping: () => (looks += 1) > 3 } })).rejects.toBeInstanceOf(MeasuringStopped);
  expect((await reader.query('select 1 from pg_cursors')).rowCount).toBe(0);
});
