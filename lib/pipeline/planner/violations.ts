import type { Check, Rule } from '../evidence.ts';
import { ident, idents, qualified } from '../ddl.ts';
import { tableKey } from '../expectation.ts';
import type { TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import { columnsOf, constraintsOf, list, text } from './input.ts';

/**
 * What the new rules of a table would refuse, asked of the rows as they will be.
 * `rows` is a query whose columns have the new names and types; `before` and `after` are the table's family without and with the rules.
 */
export function violationsCheck(table: TableName, rows: string, before: readonly SchemaObject[], after: readonly SchemaObject[]): Check[] {
  const rules = [...newNotNulls(rows, before, after), ...newConstraints(rows, before, after)];
  return rules.length === 0 ? [] : [{ id: `violations:${tableKey(table)}`, kind: 'violations', table, rules }];
}

/** Every row of a table that keeps its columns. */
export function allRows(table: TableName): string {
  return `SELECT * FROM ${qualified(table)}`;
}

function newNotNulls(rows: string, before: readonly SchemaObject[], after: readonly SchemaObject[]): Rule[] {
  const old = new Map(columnsOf(before).map((column) => [column.name, column]));
  return columnsOf(after)
    .filter((column) => column.attributes.nullable === false && old.get(column.name)?.attributes.nullable === true)
    .map((column) => ({ name: `${column.name} NOT NULL`, what: 'not null', sql: `SELECT count(*) FROM (${rows}) r WHERE ${ident(column.name)} IS NULL` }));
}

function newConstraints(rows: string, before: readonly SchemaObject[], after: readonly SchemaObject[]): Rule[] {
  const old = new Set(constraintsOf(before).map((object) => text(object, 'definition')));
  return constraintsOf(after, 'check', 'unique', 'primary key').filter((object) => !old.has(text(object, 'definition'))).map((object): Rule => {
    const definition = text(object, 'definition') ?? '';
    if (text(object, 'type') === 'check') {
      const condition = definition.replace(/^CHECK\s*/, '').replace(/( NO INHERIT)?( NOT VALID)?( NOT ENFORCED)?$/, '');
      return { name: object.name, what: 'check', sql: `SELECT count(*) FROM (${rows}) r WHERE NOT ${condition}` };
    }
    const columns = idents(list(object, 'columns'));
    const nulls = definition.includes('NULLS NOT DISTINCT') ? '' : ` WHERE ${list(object, 'columns').map((column) => `${ident(column)} IS NOT NULL`).join(' AND ')}`;
    return { name: object.name, what: 'unique', sql: `SELECT coalesce(sum(n - 1), 0)::bigint FROM (SELECT count(*) AS n FROM (${rows}) r${nulls} GROUP BY ${columns} HAVING count(*) > 1) d` };
  });
}
