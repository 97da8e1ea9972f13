import { qualified } from '../ddl.ts';
import { canonicalExpression, sortedList } from '../expression.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { relationId } from './relation.ts';

interface Row {
  schema: string;
  name: string;
  table_schema: string;
  relation: string;
  relkind: string;
  definition: string;
  target: number | null;
  owner: string;
}

export const statisticsKind = defineKind<Row>({
  kind: 'statistics',
  label: { one: 'extended statistics', many: 'extended statistics' },
  query: 'introspect/statistics_list',
  catalog: 'pg_statistic_ext',
  attributes: [{ name: 'definition', label: 'definition' }, { name: 'target', label: 'statistics target', remedy: 'altered' }],
  aside: ['owner'],
  fromRow: (row) => ({
    id: objectId('statistics', row.schema, row.name), kind: 'statistics', schema: row.schema, name: row.name, parent: relationId(row.relkind, row.table_schema, row.relation), position: null,
    attributes: { definition: canonicalStatistics(canonicalExpression(row.definition)), target: row.target }, aside: { owner: row.owner },
  }),
  create: (object) => [{ stage: 'index', sql: String(object.attributes.definition) }, ...(object.attributes.target === null ? [] : [{ stage: 'setting' as const, sql: setTarget(object) }])],
  alter: ({ desired }) => [setTarget(desired)],
});

function setTarget(object: SchemaObject): string {
  return `ALTER STATISTICS ${qualified(object)} SET STATISTICS ${object.attributes.target === null ? -1 : String(object.attributes.target)}`;
}

/** The server lists columns as they stand in the table, which says nothing about the statistics. */
export function canonicalStatistics(definition: string): string {
  return definition.replace(/ ON ([\s\S]*) FROM /, (_, list: string) => ` ON ${sortedList(list)} FROM `);
}
