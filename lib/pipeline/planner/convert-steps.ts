import { addConstraint, columnSettings, createIndex, createTable, foreignKeyDefinition, ident, qualified, tableSettings } from '../ddl.ts';
import { keysDigestSql } from '../casts.ts';
import { tableKey } from '../expectation.ts';
import type { Hazard } from '../hazards.ts';
import type { LockClaim, OrphanDecision, Statement, Step, TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import { listed } from '../words.ts';
import { carriedStatements, openedTo } from './carried.ts';
import { continueIdentities, identityStatements, returnIdentities } from './carried-sequences.ts';
import { asideOf } from './carried-filled.ts';
import { bringParts, bringPartsBack, leaveParts, partsAssertion } from './carried-parts.ts';
import { createTriggers, dropTriggers, hangingAssertion } from './carried-triggers.ts';
import { bringViewsBack, createViews, dropViews, elsewhereLocks, nothingReads, renewElsewhere, type Resting, restingOn, setViewsAside, takeViewsOut, viewLocks } from './carried-views.ts';
import { shapeAssertion, sinceAssertion } from './rebuild-swap.ts';
import { roundedHazards } from './rounded.ts';
import { type Conversion, copyStatement, isDecided, keepWrittenSince, quarantineStatements, unlinkStatement } from './convert-sql.ts';
import type { ForeignKey } from './foreign-keys.ts';
import { columnsOf, constraintsOf, dropWhenEmpty, indexesOf, text, type Workbench } from './input.ts';
import { asideLabel, rowsLabel } from './labels.ts';
import { spoken } from './names.ts';

/** Foreign keys whose orphans lose their reference instead of their row. */
export function unlinked(one: Conversion, decisions: Readonly<Record<string, OrphanDecision>>): ForeignKey[] {
  return one.foreignKeys.filter((key) => isDecided(decisions, key, 'set_null'));
}

export function shadowStep(bench: Workbench, phaseId: string, tables: readonly Conversion[]): Step {
  const schema = bench.shadowSchema;
  return {
    id: `${phaseId}.1`,
    title: `Create the new tables beside the live ones`,
    statements: [
      { do: 'execute', label: 'create the schema for the new tables', sql: `CREATE SCHEMA IF NOT EXISTS ${ident(schema)}` },
      ...openedTo(bench, schema, tables),
      ...tables.flatMap((one): Statement[] => [
        { do: 'execute', label: `create the new ${one.live.name}`, sql: createTable([...liveObject(bench, one), ...columnsOf(one.family)], one.shadow) },
        ...settings(bench, one).map((sql): Statement => ({ do: 'execute', label: `settings of the new ${one.live.name}`, sql })),
        ...carriedStatements(bench, one.id, one.shadow),
        ...identityStatements(bench, one),
      ]),
    ],
    undo: tables.toReversed().map((one) => ({ do: 'execute', label: `drop the new ${one.live.name}`, sql: `DROP TABLE ${qualified(one.shadow)} RESTRICT` })),
    locks: [],
    rewrite: false,
    hazards: [],
    editable: false,
  };
}

function liveObject(bench: Workbench, one: Conversion): SchemaObject[] {
  const object = bench.current.get(one.id);
  return object ? [object] : [];
}

function settings(bench: Workbench, one: Conversion): string[] {
  return [...columnsOf(one.family).flatMap((column) => columnSettings(column, one.shadow)), ...liveObject(bench, one).flatMap((object) => tableSettings(withoutIdentityIndex(object), one.shadow))];
}

/** Its index is built later, and the swap names it. */
function withoutIdentityIndex(object: SchemaObject): SchemaObject {
  return text(object, 'replicaIdentityIndex') === null ? object : { ...object, attributes: { ...object.attributes, replicaIdentity: 'default', replicaIdentityIndex: null } };
}

export function swapStep(bench: Workbench, id: string, tables: readonly Conversion[], decisions: Readonly<Record<string, OrphanDecision>>): Step {
  const inside = new Map(tables.map((one) => [one.id, one]));
  const outside = outsideParents(tables, inside);
  const resting = restingOn(bench, tables);
  const others = elsewhereLocks(resting);
  const lock = `LOCK TABLE ${[...others.map((claim) => claim.table), ...tables.map((one) => one.live)].map(qualified).join(', ')} IN ACCESS EXCLUSIVE MODE`;
  const aside = tables.flatMap((one) => asideStatements(one, inside, decisions));
  return {
    id,
    title: 'Copy the rows and swap the tables under one lock',
    statements: [
      ...setViewsAside(bench, resting),
      { do: 'execute', label: `lock ${listed(tables.map((one) => one.live.name))}`, sql: lock },
      ...outside.map((parent): Statement => ({ do: 'execute', label: `lock ${parent.table.name} against writes, for the foreign key`, sql: `LOCK TABLE ${qualified(parent.table)} IN SHARE ROW EXCLUSIVE MODE` })),
      ...tables.flatMap((one): Statement[] => [{ do: 'assert', ...shapeAssertion(one) }, { do: 'assert', ...hangingAssertion(one, 'before') }, { do: 'assert', ...partsAssertion(bench, one, 'before') }]),
      ...aside,
      ...tables.map((one) => copyStatement(one, unlinked(one, decisions))),
      ...tables.flatMap((one) => keysAndIndexes(one)),
      ...tables.flatMap((one) => foreignKeyStatements(one, inside)),
      ...tables.map(rowsAssertion),
      ...tables.flatMap((one) => [...dropTriggers(one, 'before'), ...leaveParts(bench, one, 'before')]),
      ...tables.toReversed().map((one): Statement => ({ do: 'execute', label: `keep the old ${one.live.name}`, sql: `ALTER TABLE ${qualified(one.live)} SET SCHEMA ${ident(one.original.schema)}` })),
      ...tables.map((one): Statement => ({ do: 'execute', label: `put the new ${one.live.name} in its place`, sql: `ALTER TABLE ${qualified(one.shadow)} SET SCHEMA ${ident(one.live.schema)}` })),
      ...tables.flatMap((one) => createTriggers(bench, one, 'after')),
      ...createViews(bench, resting),
      ...tables.flatMap((one) => bringParts(bench, one)),
      ...renewElsewhere(resting),
      { do: 'assert', ...nothingReads(bench, asideOf(bench, tables)) },
      ...tables.map((one): Statement => ({ do: 'execute', label: `gather statistics of ${one.live.name}`, sql: `ANALYZE ${qualified(one.live)}` })),
      ...tables.flatMap(continueIdentities),
    ],
    undo: undoSwap(bench, tables, resting, lock, decisions),
    locks: [...viewLocks(resting), ...others, ...tables.map((one): LockClaim => ({ mode: 'ACCESS EXCLUSIVE', table: one.live })), ...outside],
    undoLocks: [...viewLocks(resting), ...others, ...tables.map((one): LockClaim => ({ mode: 'ACCESS EXCLUSIVE', table: one.live }))],
    rewrite: true,
    hazards: swapHazards([...viewLocks(resting), ...others].map((claim) => claim.table), tables, decisions),
    editable: false,
  };
}

/** Parents that are not converted themselves: adding a foreign key takes SHARE ROW EXCLUSIVE on them, so it is asked for at the start. */
function outsideParents(tables: readonly Conversion[], inside: ReadonlyMap<string, Conversion>): LockClaim[] {
  const parents = new Map(tables.flatMap((one) => one.foreignKeys.filter((key) => !inside.has(key.parentId)).map((key) => [key.parentId, key.spec.parent] as const)));
  return [...parents.values()].map((table) => ({ mode: 'SHARE ROW EXCLUSIVE', table }));
}

function asideStatements(one: Conversion, inside: ReadonlyMap<string, Conversion>, decisions: Readonly<Record<string, OrphanDecision>>): Statement[] {
  const statements: Statement[] = [];
  if (one.quarantined) {
    const of = tableKey(one.live);
    statements.push(
      ...quarantineStatements(one, inside, decisions),
      { do: 'assert', label: asideLabel(one.live), sql: `SELECT count(*)::text FROM ${qualified(one.quarantine)}`, expect: { from: 'evidence', check: 'orphans', field: 'rows', of } },
      { do: 'assert', label: `keys of the rows of ${spoken(one.live)} set aside`, sql: keysDigestSql(one.quarantine, one.key), expect: { from: 'evidence', check: 'orphans', field: 'keysDigest', of } },
    );
  }
  const keys = unlinked(one, decisions);
  if (keys.length > 0) statements.push(unlinkStatement(one, inside, keys));
  return statements;
}

function keysAndIndexes(one: Conversion): Statement[] {
  const constraints = [...constraintsOf(one.family, 'primary key'), ...constraintsOf(one.family, 'unique'), ...constraintsOf(one.family, 'check', 'exclusion')];
  return [
    ...constraints.map((object): Statement => ({ do: 'execute', label: `add ${object.name}`, sql: addConstraint(one.shadow, object.name, text(object, 'definition') ?? '') })),
    ...indexesOf(one.family).map((object): Statement => ({ do: 'execute', label: `create index ${object.name}`, sql: createIndex(object, one.shadow) })),
  ];
}

function foreignKeyStatements(one: Conversion, inside: ReadonlyMap<string, Conversion>): Statement[] {
  return one.foreignKeys.map((key) => {
    const parent = inside.get(key.parentId)?.shadow ?? key.spec.parent;
    return { do: 'execute', label: `add ${key.object.name}`, sql: addConstraint(one.shadow, key.object.name, foreignKeyDefinition(key.object, parent)) };
  });
}

function rowsAssertion(one: Conversion): Statement {
  const aside = one.quarantined ? ` - (SELECT count(*) FROM ${qualified(one.quarantine)})` : '';
  return { do: 'assert', label: rowsLabel(one.live), sql: `SELECT count(*)::text FROM ${qualified(one.shadow)}`, expect: { from: 'sql', sql: `SELECT ((SELECT count(*) FROM ${qualified(one.live)})${aside})::text` } };
}

function undoSwap(bench: Workbench, tables: readonly Conversion[], resting: Resting, lock: string, decisions: Readonly<Record<string, OrphanDecision>>): Statement[] {
  return [
    ...takeViewsOut(bench, resting),
    { do: 'execute', label: `lock ${listed(tables.map((one) => one.live.name))}`, sql: lock },
    ...tables.flatMap((one): Statement[] => [{ do: 'assert', ...sinceAssertion(one) }, { do: 'assert', ...hangingAssertion(one, 'after') }, { do: 'assert', ...partsAssertion(bench, one, 'after') }]),
    ...tables.flatMap((one) => [...keepWrittenSince(one, unlinked(one, decisions)), dropWhenEmpty(one.writtenSince)]),
    ...tables.flatMap((one) => [...dropTriggers(one, 'after'), ...leaveParts(bench, one, 'after')]),
    ...tables.toReversed().map((one): Statement => ({ do: 'execute', label: `take the new ${one.live.name} out`, sql: `ALTER TABLE ${qualified(one.live)} SET SCHEMA ${ident(one.shadow.schema)}` })),
    ...tables.map((one): Statement => ({ do: 'execute', label: `bring the old ${one.live.name} back`, sql: `ALTER TABLE ${qualified(one.original)} SET SCHEMA ${ident(one.live.schema)}` })),
    ...tables.flatMap((one) => createTriggers(bench, one, 'before')),
    ...bringViewsBack(bench, resting),
    ...tables.flatMap((one) => bringPartsBack(bench, one, false)),
    ...renewElsewhere(resting),
    ...dropViews(bench, resting),
    { do: 'assert', ...nothingReads(bench, tables.map((one) => one.shadow)) },
    ...tables.flatMap((one): Statement[] => [
      ...(one.quarantined ? [{ do: 'execute' as const, label: `drop the quarantine of ${one.live.name}; its rows are in the old table`, sql: `DROP TABLE ${qualified(one.quarantine)} RESTRICT` }] : []),
      ...(unlinked(one, decisions).length > 0 ? [{ do: 'execute' as const, label: `drop the note of unlinked rows of ${one.live.name}`, sql: `DROP TABLE ${qualified(one.unlinked)} RESTRICT` }] : []),
    ]),
    ...tables.flatMap(returnIdentities),
  ];
}

function swapHazards(readers: readonly TableName[], tables: readonly Conversion[], decisions: Readonly<Record<string, OrphanDecision>>): Hazard[] {
  const names = listed([...tables.map((one) => one.live), ...readers].map(spoken));
  const hazards: Hazard[] = [
    { code: 'BLOCKS_READS_AND_WRITES', sentence: `Nobody can read or write ${names} while the rows are copied and the tables are swapped.` },
    { code: 'STALE_PLANS', sentence: 'Sessions with named prepared statements on these tables fail until they reconnect: restart or drain the application pool after the swap.' },
    { code: 'LOSES_ROWS_ON_ROLLBACK', sentence: 'A rollback brings the old tables back: rows written after the swap leave the live tables and are kept aside. The price is measured before the button can be pressed.' },
  ];
  if (Object.values(decisions).some((decision) => decision.verdict === 'delete')) hazards.push({ code: 'REMOVES_ROWS', sentence: 'Orphans leave the live tables; they stand in the quarantine tables and come back on rollback.' });
  return [...hazards, ...roundedHazards(tables)];
}
