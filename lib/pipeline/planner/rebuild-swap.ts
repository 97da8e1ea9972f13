import { addConstraint, foreignKeyDefinition, ident, literal, qualified } from '../ddl.ts';
import type { Assertion, LockClaim, Statement, TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { Feed, FeedTable } from '../step-kinds/feed.ts';
import { listed } from '../words.ts';
import { continueIdentities, returnIdentities } from './carried-sequences.ts';
import { asideOf, lateNames, splitResting } from './carried-filled.ts';
import { bringParts, bringPartsBack, leaveParts, partsAssertion } from './carried-parts.ts';
import { createTriggers, dropTriggers, hangingAssertion } from './carried-triggers.ts';
import { bringViewsBack, createViews, dropViews, elsewhereLocks, nothingReads, renewElsewhere, restingOn, setViewsAside, takeViewsOut } from './carried-views.ts';
import type { Conversion } from './convert-sql.ts';
import { columnsOf, constraintsOf, execute, tableName, text, type Workbench } from './input.ts';
import { columnsLabel } from './labels.ts';
import { spoken } from './names.ts';
import { rebuildNames } from './rebuild-feeds.ts';
import { followsAssertion, followStatements, gapAssertion, unfollowStatements } from './rebuild-triggers.ts';

export interface KeyOfTable {
  table: TableName;
  object: SchemaObject;
  parent: TableName;
  /** The parent is rebuilt together with it. */
  inside: boolean;
}

/** Foreign keys of the tables as they are now, by the live names. */
export function keysBefore(bench: Workbench, tables: readonly Conversion[]): KeyOfTable[] {
  return tables.flatMap((one) => keysOf(bench, tables, one, one.beforeFamily));
}

/** Foreign keys as they will be. */
export function keysAfter(bench: Workbench, tables: readonly Conversion[]): KeyOfTable[] {
  return tables.flatMap((one) => keysOf(bench, tables, one, one.family));
}

function keysOf(bench: Workbench, tables: readonly Conversion[], one: Conversion, family: readonly SchemaObject[]): KeyOfTable[] {
  return constraintsOf(family, 'foreign key').flatMap((object) => {
    const id = text(object, 'references') ?? '';
    const parent = bench.current.get(id) ?? bench.desired.get(id);
    return parent ? [{ table: one.live, object, parent: tableName(parent), inside: tables.some((other) => other.id === id) }] : [];
  });
}

export interface SwapTerms {
  bench: Workbench;
  tables: readonly Conversion[];
  forward: Feed;
  back: Feed;
}

/**
 * What the swap locks, and the way back as well: the tables, parents first, and last the parents outside, because a foreign key that goes away locks both its ends. An
 * INSERT holds its own table before it looks for the parent: with the parent in our hand first, whoever is between the two would wait for us, and we for them.
 */
export function swapLocks(bench: Workbench, tables: readonly Conversion[]): LockClaim[] {
  const outside = [...keysBefore(bench, tables), ...keysAfter(bench, tables)].filter((key) => !key.inside).map((key) => key.parent);
  const all = [...elsewhereLocks(restingOn(bench, tables)).map((claim) => claim.table), ...tables.map((one) => one.live), ...outside];
  return all.filter((table, i) => all.findIndex((other) => qualified(other) === qualified(table)) === i).map((table) => ({ mode: 'ACCESS EXCLUSIVE', table }));
}

/**
 * The new tables take the place of the old ones. Under the lock: the last keys are applied and compared, the triggers that noted keys go,
 * the tables change places, and from the same transaction on triggers note every key for the way back.
 */
export function swapStatements(terms: SwapTerms): Statement[] {
  const { bench, tables } = terms;
  const { early: resting, late } = splitResting(bench, tables);
  return [
    ...setViewsAside(bench, resting),
    lockAll(bench, tables),
    ...tables.flatMap((one): Statement[] => [asserted(shapeAssertion(one)), asserted(hangingAssertion(one, 'before')), asserted(partsAssertion(bench, one, 'before')), asserted(followsAssertion(one.live, spoken(one.live), rebuildNames(bench, one.live).forwardFunction))]),
    ...lastKeys(terms.forward),
    ...tables.flatMap((one) => unfollowStatements(one.live, spoken(one.live))),
    ...keysBefore(bench, tables).map(dropKey),
    ...tables.flatMap((one) => [...dropTriggers(one, 'before'), ...leaveParts(bench, one, 'before')]),
    ...tables.toReversed().map((one) => execute(`keep the old ${one.live.name}`, `ALTER TABLE ${qualified(one.live)} SET SCHEMA ${ident(one.original.schema)}`)),
    ...tables.map((one) => execute(`put the new ${one.live.name} in its place`, `ALTER TABLE ${qualified(one.shadow)} SET SCHEMA ${ident(one.live.schema)}`)),
    ...keysAfter(bench, tables).map(addKey),
    ...tables.flatMap((one) => createTriggers(bench, one, 'after')),
    ...createViews(bench, resting),
    ...tables.flatMap((one) => bringParts(bench, one)),
    ...renewElsewhere(resting),
    ...tables.flatMap((one) => followStatements(one.live, spoken(one.live), rebuildNames(bench, one.live).backFunction, rebuildNames(bench, one.live).truncateFunction)),
    asserted(nothingReads(bench, asideOf(bench, tables), lateNames(late))),
    ...tables.flatMap(continueIdentities),
  ];
}

/** The old tables come back with every write since, under their names, with their foreign keys; the new ones are followed again, so that going forward once more is cheap. */
export function swapBackStatements(terms: SwapTerms): Statement[] {
  const { bench, tables } = terms;
  const { early: resting } = splitResting(bench, tables);
  return [
    ...takeViewsOut(bench, resting),
    lockAll(bench, tables),
    ...tables.flatMap((one) => [asserted(sinceAssertion(one)), asserted(hangingAssertion(one, 'after')), asserted(partsAssertion(bench, one, 'after')), asserted(followsAssertion(one.live, spoken(one.live), rebuildNames(bench, one.live).backFunction))]),
    ...lastKeys(terms.back),
    ...tables.flatMap((one) => unfollowStatements(one.live, spoken(one.live))),
    ...keysAfter(bench, tables).map(dropKey),
    ...tables.flatMap((one) => [...dropTriggers(one, 'after'), ...leaveParts(bench, one, 'after')]),
    ...tables.toReversed().map((one) => execute(`take the new ${one.live.name} out`, `ALTER TABLE ${qualified(one.live)} SET SCHEMA ${ident(one.shadow.schema)}`)),
    ...tables.map((one) => execute(`bring the old ${one.live.name} back`, `ALTER TABLE ${qualified(one.original)} SET SCHEMA ${ident(one.live.schema)}`)),
    ...keysBefore(bench, tables).map(addKey),
    ...tables.flatMap((one) => createTriggers(bench, one, 'before')),
    ...bringViewsBack(bench, resting),
    ...tables.flatMap((one) => bringPartsBack(bench, one, true)),
    ...renewElsewhere(resting),
    ...dropViews(bench, resting),
    ...tables.flatMap((one) => followStatements(one.live, spoken(one.live), rebuildNames(bench, one.live).forwardFunction, rebuildNames(bench, one.live).truncateFunction)),
    asserted(nothingReads(bench, tables.map((one) => one.shadow))),
    ...tables.flatMap(returnIdentities),
  ];
}

/** In one statement and one order: another order is how two sessions come to wait for each other. */
function lockAll(bench: Workbench, tables: readonly Conversion[]): Statement {
  const claims = swapLocks(bench, tables);
  return execute(`lock ${listed(claims.map((claim) => claim.table.name))}`, `LOCK TABLE ${claims.map((claim) => qualified(claim.table)).join(', ')} IN ACCESS EXCLUSIVE MODE`);
}

/** A statement over `$1` keys as one over whatever stands in the log. */
function filled(table: FeedTable, sql: string): string {
  const keys = table.keyNames.map((k) => `l.${k}::text`).join(', ');
  return sql.replaceAll('$1::jsonb', `(SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_array(${keys})), '[]') FROM ${qualified(table.log)} l)`);
}

/** Applies what still waits in the logs, all of it: nobody can write any more. Then both sides of those keys must be equal. */
export function lastKeys(feed: Feed): Statement[] {
  return [
    ...feed.tables.map((table): Statement => ({ do: 'assert', ...gapAssertion(table.log, table.name) })),
    ...feed.tables.map((table) => execute(`write the last rows of ${table.name}`, filled(table, table.rewriteSql))),
    ...feed.tables.flatMap((table) => table.afterSql.map((sql) => execute(`last old spellings of ${table.name}`, filled(table, sql)))),
    ...feed.tables.map((table): Statement => ({ do: 'assert', label: `last rows of ${table.name} equal on both sides`, sql: filled(table, table.hereOfKeysSql), expect: { from: 'sql', sql: filled(table, table.thereOfKeysSql) } })),
    ...(feed.direction === 'forward' ? [{ do: 'assert' as const, label: 'keys that do not go over', sql: `SELECT count(*)::text FROM ${qualified(feed.errors)} WHERE feed = ${literal(feed.direction)}`, expect: { from: 'literal' as const, value: '0' } }] : []),
    ...feed.tables.map((table) => execute(`empty ${table.log.name}`, `DELETE FROM ${qualified(table.log)}`)),
  ];
}

/** A table that only follows has no foreign keys: its rows come and go in batches, and a key to a table outside would hold up the application there. */
function dropKey(key: KeyOfTable): Statement {
  return execute(`drop ${key.object.name} of the table that steps aside`, `ALTER TABLE ${qualified(key.table)} DROP CONSTRAINT ${ident(key.object.name)}`);
}

/** Not validated under the lock: that would scan the table. The step behind it validates. */
function addKey(key: KeyOfTable): Statement {
  const definition = foreignKeyDefinition(key.object, key.parent);
  return execute(`add ${key.object.name}`, addConstraint(key.table, key.object.name, / NOT (VALID|ENFORCED)$/.test(definition) ? definition : `${definition} NOT VALID`));
}

export function validateKey(key: KeyOfTable): Statement[] {
  if (key.object.attributes.validated === false || key.object.attributes.enforced === false) return [];
  return [execute(`validate ${key.object.name}`, `ALTER TABLE ${qualified(key.table)} VALIDATE CONSTRAINT ${ident(key.object.name)}`)];
}

function asserted(assertion: Assertion): Statement {
  return { do: 'assert', ...assertion };
}

/** Columns, types and NOT NULL of the live table are those from which the new one was made: a column added meanwhile would be lost. */
export function shapeAssertion(one: Conversion): Assertion {
  return columnsAssertion(one, knownColumns(one.beforeFamily), ` || CASE WHEN attnotnull THEN ' not null' ELSE ' null' END`);
}

/** As the catalog says them of a table: `name type null`, `name type not null`. */
export function knownColumns(family: readonly SchemaObject[]): string[] {
  return columnsOf(family).map((column) => `${column.name} ${text(column, 'type') ?? ''} ${column.attributes.nullable === true ? 'null' : 'not null'}`);
}

/** The old table has what the live one has: a column that came since would go with its values, though every row goes back. */
export function sinceAssertion(one: Conversion): Assertion {
  return columnsAssertion(one, columnsOf(one.family).map((column) => `${column.name} ${text(column, 'type') ?? ''}`), '');
}

function columnsAssertion(one: Conversion, expected: readonly string[], more: string): Assertion {
  return {
    label: columnsLabel(one.live),
    sql: `SELECT string_agg(c, ', ' ORDER BY c COLLATE "C") FROM (SELECT attname || ' ' || format_type(atttypid, atttypmod)${more} AS c FROM pg_attribute WHERE attrelid = to_regclass(${literal(qualified(one.live))}) AND attnum > 0 AND NOT attisdropped) columns`,
    expect: { from: 'literal', value: expected.toSorted().join(', ') },
  };
}
