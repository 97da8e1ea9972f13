import { expect, test } from 'vitest';
import { freshDatabase } from '#lib/testing/database.ts';
import { TABLE_COLUMNS } from '#lib/testing/table-columns.ts';

test('the types of the control database are those of the real catalog, table by table and column by column', async () => {
  const database = await freshDatabase({ template: 'control' });
  const client = await database.client('owner');
  const { rows } = await client.query<{ table_name: string; column_name: string; shape: string }>(
    `select table_name, column_name, data_type || case is_nullable when 'YES' then '?' else '' end as shape
     from information_schema.columns where table_schema = 'public' order by 1, 2`,
  );
  const catalog: Record<string, Record<string, string>> = {};
  for (const row of rows) (catalog[row.table_name] ??= {})[row.column_name] = row.shape;
  expect(rows.length).toBeGreaterThan(80);
  expect(catalog).toEqual(TABLE_COLUMNS);
});
