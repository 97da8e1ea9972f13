import { describe, expect, test } from 'vitest';
import { migrationOrder, programsAmong } from './migration-order.ts';
import { readSqitchPlan } from './sqitch-plan.ts';

const order = (...names: string[]) => migrationOrder(names);

describe('the order of files', () => {
  test('is that of the numbers in front, as numbers', () => {
    expect(order('10_c.sql', '2_b.sql', '1_a.sql').names).toEqual(['1_a.sql', '2_b.sql', '10_c.sql']);
    expect(order('V1.10__c.sql', 'V1.9__b.sql', 'V1_2__a.sql', 'R__views.sql', 'V2__d.sql').names).toEqual(['V1_2__a.sql', 'V1.9__b.sql', 'V1.10__c.sql', 'V2__d.sql', 'R__views.sql']);
    expect(order('2026-01-10_b.sql', '2026-01-09_a.sql', '2025-12-31-120000_z.sql').names).toEqual(['2025-12-31-120000_z.sql', '2026-01-09_a.sql', '2026-01-10_b.sql']);
    expect(order('20260101000000_b.sql', '3_a.sql').names).toEqual(['3_a.sql', '20260101000000_b.sql']);
  });

  test('is that of names where none has a number in front, which is said; numbers in names count as numbers', () => {
    expect(order('step10.sql', 'step2.sql', 'step1.sql')).toEqual({ names: ['step1.sql', 'step2.sql', 'step10.sql'], notes: ['No file has a number in front: read in the order of their names, from step1.sql to step10.sql.'] });
    expect(order('schema.sql')).toEqual({ names: ['schema.sql'], notes: [] });
  });

  test('is said where two files have one number', () => {
    expect(order('1_a.sql', '2_c.sql', '2_b.sql', '3_d.sql')).toEqual({ names: ['1_a.sql', '2_b.sql', '2_c.sql', '3_d.sql'], notes: ['Of one number, and read in the order of their names: 2_b.sql, 2_c.sql.'] });
  });
});

describe('ways back are left out', () => {
  test('by their names, wherever in the name it stands', () => {
    expect(order('1_a.up.sql', '1_a.down.sql').names).toEqual(['1_a.up.sql']);
    expect(order('001.do.first.sql', '001.undo.first.sql', '002.do.sql', '002.undo.sql').names).toEqual(['001.do.first.sql', '002.do.sql']);
    expect(order('1_a.sql', '1_a_rollback.sql', '2_b.sql', '2_b-revert.sql').names).toEqual(['1_a.sql', '2_b.sql']);
    expect(order('V1__a.sql', 'U1__a.sql', 'V2__b.sql')).toEqual({ names: ['V1__a.sql', 'V2__b.sql'], notes: ['Left out as ways back: U1__a.sql.'] });
    expect(order('orders_up.sql', 'orders_down.sql').names).toEqual(['orders_up.sql']);
  });

  test('but not a way forward whose name ends so, nor what Refinery numbers with U', () => {
    expect(order('1_a.sql', '2_mark_as_down.sql', '3_undo_soft_deletes.sql').names).toEqual(['1_a.sql', '2_mark_as_down.sql', '3_undo_soft_deletes.sql']);
    expect(order('V1__a.sql', 'U2__b.sql', 'V3__c.sql').names).toEqual(['V1__a.sql', 'U2__b.sql', 'V3__c.sql']);
  });
});

test('what is for another database is left out, and what is for all where there is one for Postgres', () => {
  expect(order('1_a.mysql.up.sql', '1_a.sqlite3.up.sql', '1_a.up.sql', '1_a.down.sql', '2_b.up.sql', '2_b.postgres.up.sql').names).toEqual(['1_a.up.sql', '2_b.postgres.up.sql']);
  expect(order('shop_schema_mysql.sql', 'shop_schema_pgsql.sql').names).toEqual(['shop_schema_pgsql.sql']);
  expect(order('1_drop_mysql.sql', '2_add_postgres.sql').names).toEqual(['1_drop_mysql.sql', '2_add_postgres.sql']);
});

test('a baseline of Flyway stands for all up to its number', () => {
  expect(order('V1__a.sql', 'V2__b.sql', 'B2__all.sql', 'V3__c.sql')).toEqual({ names: ['B2__all.sql', 'V3__c.sql'], notes: ['Begun with B2__all.sql, as Flyway begins an empty database; left out, because it stands for them: V1__a.sql, V2__b.sql.'] });
});

test('many names are cut short', () => {
  const names = Array.from({ length: 400 }, (_, n) => `${n + 1}_x`);
  expect(order(...names.flatMap((name) => [`${name}.up.sql`, `${name}.down.sql`])).notes).toEqual(['Left out as ways back: 1_x.down.sql, 2_x.down.sql, 3_x.down.sql, 4_x.down.sql, 5_x.down.sql, 6_x.down.sql and 394 more.']);
});

test('programs among the migrations are told from those that only lie there', () => {
  expect(programsAmong(['10_c.js', '2_b.go', 'index.ts', '1_a.d.ts', '1_a.sql', 'embed.go', '0001_initial.py'])).toEqual(['0001_initial.py', '2_b.go', '10_c.js']);
});

test('a plan of Sqitch says the changes in order, and under which tag the earlier text of one that comes again is kept', () => {
  const plan = readSqitchPlan('%syntax-version=1.0.0\n%project=shop\n\nschemas/app 2026-01-01T00:00:00Z A <a@b> # first\nusers [schemas/app base:roles] 2026-01-01T00:00:00Z A <a@b>\n@v1 2026-01-01T00:00:00Z A <a@b>\n@v2 2026-01-01T00:00:00Z A <a@b>\n\nusers [users@v2 !old] 2026-01-01T00:00:00Z A <a@b> # again\n');
  expect(plan).toEqual({ changes: [{ name: 'schemas/app', before: [] }, { name: 'users', before: ['v2', 'v1'] }, { name: 'users', before: [] }], elsewhere: ['base'] });
});
