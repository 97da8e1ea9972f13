import type { Delta } from '../diff.ts';
import { ident, literal, qualified } from '../ddl.ts';
import type { Check, Rule } from '../evidence.ts';
import { exclusionParts } from '../exclusion.ts';
import { tableKey } from '../expectation.ts';
import { checkRule, computedNotNullRule, exclusionRule, notNullRule, type RuledRows, uniqueRule } from '../new-rule.ts';
import type { TableName } from '../plan.ts';
import { isUnclear } from '../script/casts.ts';
import type { SchemaObject } from '../snapshot.ts';
import { columnsOf, constraintsOf, indexesOf, list, primaryKeyOf, tableName, text, type Workbench } from './input.ts';

/**
 * What the new rules of a table would refuse, asked of the rows as they will be.
 * `rows` is a query whose columns have the new names and types; `before` and `after` are the table's family without and with the rules;
 * `unfilled` are new columns that must have a value and are given none: no row may be there; `computed` are such that the server computes from columns that are there.
 */
export function violationsCheck(table: TableName, rows: string, before: readonly SchemaObject[], after: readonly SchemaObject[], unfilled: readonly SchemaObject[] = [], computed: readonly SchemaObject[] = []): Check[] {
  const names = new Set(columnsOf(after).map((column) => column.name));
  const ruled: RuledRows = { from: `(${rows}) r`, key: primaryKeyOf(before).filter((column) => names.has(column)) };
  const empty = unfilled.map((column): Rule => ({ name: `${column.name} NOT NULL without a default`, what: 'not null', sql: `SELECT count(*) FROM ${ruled.from}` }));
  const nothing = computed.map((column) => computedNotNullRule(ruled, column.name, (text(column, 'generated') ?? '').replace(/ (STORED|VIRTUAL)$/, '')));
  const rules = [...newNotNulls(ruled, before, after), ...empty, ...nothing, ...newConstraints(ruled, before, after), ...newUniqueIndexes(ruled, before, after)];
  return rules.length === 0 ? [] : [{ id: `violations:${tableKey(table)}`, kind: 'violations', table, rules }];
}

/** Of enums that lose values: the rows that hold one of them, in whatever table; with the enum's columns they are read anew in the step that changes it. */
export function valuesGone(bench: Workbench, deltas: readonly Delta[]): Check[] {
  return deltas.filter(({ kind, change }) => kind === 'enum' && change === 'change').flatMap(({ current, desired }) => {
    const gone = list(current as SchemaObject, 'labels').filter((label) => !list(desired as SchemaObject, 'labels').includes(label));
    const type = `${ident(current?.schema ?? '')}.${ident(current?.name ?? '')}`;
    if (gone.length === 0) return [];
    return [...bench.currentFamily].flatMap(([id, family]): Check[] => {
      const object = bench.current.get(id);
      // The rows of a partitioned table are its partitions' rows.
      if (object?.kind !== 'table' || object.attributes.partitioned === true) return [];
      const columns = columnsOf(family).filter((column) => text(column, 'type') === type || text(column, 'type') === `${type}[]`);
      const table = tableName(object);
      const rules = columns.map((column) => checkRule({ from: `ONLY ${qualified(table)}`, key: primaryKeyOf(family) }, `${column.name} without ${gone.map(literal).join(', ')}`, `(${keeps(column, gone)})`, [column.name]));
      return rules.length === 0 ? [] : [{ id: `values:${tableKey(table)}:${type}`, kind: 'violations', table, rules }];
    });
  });
}

function keeps(column: SchemaObject, gone: readonly string[]): string {
  const [name, labels] = [ident(column.name), `ARRAY[${gone.map(literal).join(', ')}]::text[]`];
  return text(column, 'type')?.endsWith('[]') ? `NOT EXISTS (SELECT FROM pg_catalog.unnest(${name}) v WHERE ${labelOf('v')} = ANY (${labels}))` : `${labelOf(name)} <> ALL (${labels})`;
}

/** What the type itself writes: a cast that somebody defined may let a value become any text. */
function labelOf(value: string): string {
  return `pg_catalog.enum_out(${value})::text`;
}

/** Every row of a table that keeps its columns. */
export function allRows(table: TableName): string {
  return `SELECT * FROM ${qualified(table)}`;
}

/** A unique constraint or index as a question about rows. `columns`: what the rows have; any other part of an index is an expression. */
export function uniqueRuleOf(rows: RuledRows, object: SchemaObject, columns: ReadonlySet<string>): Rule {
  const said = text(object, object.kind === 'index' ? 'using' : 'definition') ?? '';
  const by = list(object, 'columns').map((name) => ({ sql: columns.has(name) ? ident(name) : `(${name})`, name }));
  return uniqueRule(rows, object.name, { by, where: object.kind === 'index' ? text(object, 'predicate') : null, nullsTogether: said.includes('NULLS NOT DISTINCT') });
}

function newNotNulls(rows: RuledRows, before: readonly SchemaObject[], after: readonly SchemaObject[]): Rule[] {
  const old = new Map(columnsOf(before).map((column) => [column.name, column]));
  return columnsOf(after)
    .filter((column) => column.attributes.nullable === false && old.get(column.name)?.attributes.nullable === true)
    .map((column) => notNullRule(rows, column.name));
}

function newConstraints(rows: RuledRows, before: readonly SchemaObject[], after: readonly SchemaObject[]): Rule[] {
  const old = new Set(constraintsOf(before).map((object) => text(object, 'definition')));
  const names = new Set(columnsOf(after).map((column) => column.name));
  return constraintsOf(after, 'check', 'unique', 'primary key', 'exclusion').filter((object) => !old.has(text(object, 'definition')) && !isUnclear(object)).flatMap((object): Rule | Rule[] => {
    const definition = text(object, 'definition') ?? '';
    if (text(object, 'type') === 'exclusion') {
      const parts = exclusionParts(definition);
      return parts === null ? [] : exclusionRule(rows, object.name, parts, list(object, 'columns').filter((column) => names.has(column)));
    }
    if (text(object, 'type') !== 'check') return uniqueRuleOf(rows, object, names);
    const condition = definition.replace(/^CHECK\s*/, '').replace(/( NO INHERIT)?( NOT VALID)?( NOT ENFORCED)?$/, '');
    return checkRule(rows, object.name, condition, list(object, 'columns').filter((column) => names.has(column)));
  });
}

/** An index that enforces something without being called a constraint. */
function newUniqueIndexes(rows: RuledRows, before: readonly SchemaObject[], after: readonly SchemaObject[]): Rule[] {
  const old = new Set(uniqueIndexesOf(before).map((object) => text(object, 'using')));
  const names = new Set(columnsOf(after).map((column) => column.name));
  return uniqueIndexesOf(after).filter((object) => !old.has(text(object, 'using')) && !isUnclear(object)).map((object) => uniqueRuleOf(rows, object, names));
}

export function uniqueIndexesOf(family: readonly SchemaObject[]): SchemaObject[] {
  return indexesOf(family).filter((object) => object.attributes.unique === true);
}
