import { ident, qualified } from '../ddl.ts';
import { kindOf } from '../kinds/all.ts';
import { listOf, qualifiedId, textOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';
import { isTextAside, partitionsBelow, rootsAnew } from './anew.ts';
import type { Scope } from './scope.ts';
import { defaultId } from './side.ts';

/** Schemas where tables stand whose rows come over into new ones, by the schema that they are from; comparison passes over schemas of such names. */
export function asides(scope: Scope): ReadonlyMap<string, string> {
  const from = new Set(rootsAnew(scope).flatMap((table) => [table, ...partitionsBelow(scope.before, table.id)]).map(({ schema }) => schema));
  return new Map([...from].map((schema, at) => [schema, `countersign_aside${at === 0 ? '' : `_${at + 1}`}`]));
}

/** The order in which parts of a table go that could hold what goes: rows stay in the table alone. */
const PARTS = ['trigger', 'policy', 'rule', 'statistics', 'constraint', 'index'] as const;

/** Statements that set a table aside with the partitions within it, so that every name is free, nothing else rests on it, and its owner sees all rows. */
export function setAside(scope: Scope, table: SchemaObject, goes: readonly SchemaObject[]): string[] {
  const tables = goes.filter((each) => each.kind === 'table');
  const of = textOf(table, 'partitionOf');
  const room = asides(scope);
  return [
    ...(of === null ? [] : [`ALTER TABLE ${qualifiedId(of)} DETACH PARTITION ${qualified(table)}`]),
    ...listOf(table, 'inherits').map((parent) => `ALTER TABLE ${qualified(table)} NO INHERIT ${qualifiedId(parent)}`),
    ...PARTS.flatMap((kind) => goes.filter((each) => each.kind === kind && (each.parent === table.id || standsAlone(each))).toSorted(foreignKeysFirst)).flatMap((part) => kindOf(part.kind).drop(part).map((sql) => (standsAlone(part) ? sql : sql.replace(/ DROP CONSTRAINT |^DROP INDEX /, '$&IF EXISTS ')))),
    ...tables.flatMap((each) => [...defaultsOff(scope, each), ...sequencesKept(scope, each).map((sequence) => `ALTER SEQUENCE ${qualified(sequence)} OWNED BY NONE`)]),
    ...asText(scope, table),
    ...(table.attributes.rowSecurity === true ? [`ALTER TABLE ${qualified(table)} DISABLE ROW LEVEL SECURITY`] : []),
    ...(table.attributes.forceRowSecurity === true ? [`ALTER TABLE ${qualified(table)} NO FORCE ROW LEVEL SECURITY`] : []),
    ...tables.map((each) => `ALTER TABLE ${qualified(each)} SET SCHEMA ${ident(room.get(each.schema) ?? '')}`),
  ];
}

/** It does not go with that of the partitioned table. What the uppermost had from its parents is its own when it has left them, unless it has gone with theirs. */
function standsAlone(part: SchemaObject): boolean {
  return part.attributes.inherited !== true && textOf(part, 'partitionOf') === null;
}

function foreignKeysFirst(a: SchemaObject, b: SchemaObject): number {
  return Number(b.attributes.type === 'foreign key') - Number(a.attributes.type === 'foreign key');
}

export function columnsOf(side: Scope['before'], tableId: string): SchemaObject[] {
  return (side.children.get(tableId) ?? []).filter((child) => child.kind === 'column');
}

function defaultsOff(scope: Scope, table: SchemaObject): string[] {
  return columnsOf(scope.before, table.id).filter((column) => textOf(column, 'default') !== null && scope.before.needs(defaultId(column.id)).length > 0).map((column) => `ALTER TABLE ONLY ${qualified(table)} ALTER COLUMN ${ident(column.name)} DROP DEFAULT`);
}

/** Sequences that a column owns and that do not go. */
function sequencesKept(scope: Scope, table: SchemaObject): SchemaObject[] {
  return columnsOf(scope.before, table.id).flatMap((column) => scope.before.followers(column.id)).flatMap((id) => (scope.removed.has(id) || !id.startsWith('sequence:') ? [] : (scope.before.objects.get(id) ?? [])));
}

function asText(scope: Scope, table: SchemaObject): string[] {
  return columnsOf(scope.before, table.id).filter((column) => isTextAside(scope, column.id)).map((column) => {
    const name = ident(column.name);
    return textOf(column, 'generated') === null && scope.after.objects.has(column.id) ? `ALTER TABLE ${qualified(table)} ALTER COLUMN ${name} TYPE ${textType(column)} USING ${name}::${textType(column)}` : `ALTER TABLE ${qualified(table)} DROP COLUMN ${name}`;
  });
}

/** As what a value is put aside whose type goes. */
export function textType(column: SchemaObject): string {
  return textOf(column, 'type')?.endsWith('[]') === true ? 'text[]' : 'text';
}
