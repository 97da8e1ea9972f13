import { expect, test } from 'vitest';
import type { OpenOrphans } from '#lib/pipeline/orphans-alike.ts';
import { columnsText, consequence, hangingOn, rowsText, tablesText } from './alike-words.ts';

const table = (name: string) => ({ schema: 'public', name });
const key = (foreignKey: string, child: string, parent: string, over: Partial<OpenOrphans> = {}): OpenOrphans => ({ foreignKey, child: table(child), columns: [`${parent}_id`], parent: table(parent), today: 60, along: 0, nullable: true, shared: false, ...over });

const ORDERS = key('orders_customer', 'orders', 'customer');
const LINES = key('line_order', 'line', 'orders', { today: 0, along: 120 });
const PARTS = key('part_line', 'part', 'line', { today: 2, along: 1 });

test('rows are said with what the cascade adds to them', () => {
  expect(rowsText(ORDERS)).toBe('60 rows of orders');
  expect(rowsText(LINES)).toBe('120 rows of line that lose their parent when rows of orders go');
  expect(rowsText(PARTS)).toBe('2 rows of part, and 1 more that loses its parent when rows of line go');
});

test('what is chosen adds up table by table, and only to a bound where a row is counted twice', () => {
  expect(tablesText([ORDERS, LINES, PARTS])).toBe('60 rows of orders, 120 rows of line and 3 rows of part');
  const seller = key('orders_seller', 'orders', 'seller', { shared: true, today: 10 });
  expect(tablesText([seller])).toBe('10 rows of orders');
  expect(tablesText([seller, { ...ORDERS, shared: true }])).toBe('at most 70 rows of orders');
});

test('of many tables the rows are added up, and the tables counted', () => {
  const many = Array.from({ length: 7 }, (_, at) => key(`key_${at}`, `table_${at}`, 'customer'));
  expect(tablesText(many)).toBe('420 rows of 7 tables');
  expect(tablesText([...many, { ...ORDERS, shared: true }, key('orders_seller', 'orders', 'seller', { shared: true })])).toBe('at most 540 rows of 8 tables');
});

test('each verdict says what it does to the rows, one or many', () => {
  expect(consequence([ORDERS, LINES], 'delete')).toBe('60 rows of orders and 120 rows of line leave the live tables, are kept in quarantine, and come back on rollback.');
  expect(consequence([ORDERS], 'set_null')).toBe('60 rows of orders stay and lose their reference.');
  expect(consequence([{ ...ORDERS, today: 1 }], 'delete')).toBe('1 row of orders leaves its live table, is kept in quarantine, and comes back on rollback.');
  expect(consequence([ORDERS], 'stop')).toBe('The phase stays closed until 60 rows of orders are put right by hand.');
});

test('what hangs on chosen rows and is not chosen is named, through every level', () => {
  const all = [PARTS, ORDERS, LINES];
  expect(hangingOn(all, [ORDERS])).toEqual([LINES, PARTS]);
  expect(hangingOn(all, [ORDERS, LINES])).toEqual([PARTS]);
  expect(hangingOn(all, [PARTS])).toEqual([]);
});

test('of many columns the first are named, and the others counted', () => {
  expect(columnsText([ORDERS, LINES])).toBe('orders.customer_id and line.orders_id');
  expect(columnsText([ORDERS, LINES, PARTS, ORDERS, ORDERS])).toBe('orders.customer_id, line.orders_id, part.line_id and 2 more');
});
