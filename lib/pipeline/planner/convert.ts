import type { Check } from '../evidence.ts';
import { addConstraint, columnSettings, createIndex, createTable, foreignKeyDefinition, ident, literal, qualified, tableSettings } from '../ddl.ts';
import { tableKey } from '../expectation.ts';
import type { Hazard } from '../hazards.ts';
import type { Assertion, LockClaim, OrphanDecision, Phase, Statement, Step, TableName } from '../plan.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { keysDigestSql } from '../casts.ts';
import { carriedStatements } from './carried.ts';
import { type Conversion, conversionNames, copyStatement, isDecided, keepWrittenSince, quarantineStatement, sinceSql, unlinkStatement } from './convert-sql.ts';
import { components, foreignKeysOf, parentsFirst, type ForeignKey } from './foreign-keys.ts';
import { columnsOf, constraintsOf, familyAfter, indexesOf, primaryKeyOf, refuse, tableName, takeFamilyDeltas, text, type Built, type Workbench } from './input.ts';
import { listed, spoken } from './names.ts';

/** One phase for each group of tables that foreign keys join: the whole group is converted under one lock, because a key and its reference change type together. */
export function convertPhases(bench: Workbench): Built[] {
  const ids = convertedTables(bench);
  const conversions = new Map(ids.map((id) => [id, conversionOf(bench, id)]));
  const edges = [...conversions.values()].flatMap((one) => one.foreignKeys.map((key) => [one.id, key.parentId] as const));
  const built: Built[] = [];
  for (const group of components(ids, edges)) {
    const sorted = parentsFirst(group, (id) => conversions.get(id)?.foreignKeys.map((key) => key.parentId) ?? []);
    if (!sorted) {
      refuse(bench, `The foreign keys among ${listed(group.map((id) => spoken(conversions.get(id)?.live ?? { schema: '', name: id })))} form a circle; this version cannot convert them together.`);
      continue;
    }
    const tables = sorted.flatMap((id) => conversions.get(id) ?? []);
    if (tables.every((one) => acceptable(bench, one, conversions))) built.push({ phase: buildPhase(bench, tables, built.length + 1), keeps: tables.flatMap((one) => keeps(bench, one)) });
  }
  return built;
}

function keeps(bench: Workbench, one: Conversion): TableName[] {
  const decisions = bench.input.orphanDecisions ?? {};
  return [one.original, ...(one.quarantined ? [one.quarantine] : []), ...(unlinked(one, decisions).length > 0 ? [one.unlinked] : [])];
}

function convertedTables(bench: Workbench): string[] {
  const ids = bench.chosen
    .filter((delta) => delta.kind === 'column' && delta.change === 'change' && delta.attributes.some((attribute) => attribute.name === 'type'))
    .map((delta) => delta.group);
  return [...new Set(ids)].filter((id) => bench.current.has(id));
}

function conversionOf(bench: Workbench, id: string): Conversion {
  const live = tableName(bench.current.get(id) as NonNullable<ReturnType<typeof bench.current.get>>);
  const family = familyAfter(bench, id);
  const before = bench.currentFamily.get(id) ?? [];
  takeFamilyDeltas(bench, id);
  const foreignKeys = foreignKeysOf(bench, id, live, family);
  const decisions = bench.input.orphanDecisions ?? {};
  return {
    id,
    ...conversionNames(live, bench.keepSchema, bench.shadowSchema),
    key: primaryKeyOf(before),
    before: new Map(columnsOf(before).map((column) => [column.name, column])),
    columns: columnsOf(family).filter((column) => !text(column, 'generated') && columnsOf(before).some((old) => old.name === column.name)),
    foreignKeys,
    family,
    quarantined: foreignKeys.some((key) => isDecided(decisions, key, 'delete')),
  };
}

/** Refuses by name what this version cannot convert without risk. */
function acceptable(bench: Workbench, one: Conversion, all: ReadonlyMap<string, Conversion>): boolean {
  const name = spoken(one.live);
  const refusals = bench.refusals.length;
  const object = bench.current.get(one.id);
  if (object?.attributes.partitioned === true) refuse(bench, `${name} is partitioned; this version converts ordinary tables only.`);
  if (object && text(object, 'replicaIdentityIndex')) refuse(bench, `${name} has an index as replica identity; this version does not carry that over a conversion.`);
  if (one.key.length !== 1) refuse(bench, `${name} has ${one.key.length === 0 ? 'no primary key' : 'a primary key of several columns'}; this version copies by a key of one column.`);
  for (const column of columnsOf(one.family)) {
    if (text(column, 'identity')) refuse(bench, `${name}.${column.name} is an identity column; this version does not carry its sequence over a conversion.`);
    if (text(column, 'default')?.includes('nextval(')) refuse(bench, `${name}.${column.name} draws its default from a sequence; this version does not carry it over a conversion.`);
  }
  for (const key of one.foreignKeys) refuseTypeMismatch(bench, one, key, all);
  return bench.refusals.length === refusals;
}

function refuseTypeMismatch(bench: Workbench, one: Conversion, key: ForeignKey, all: ReadonlyMap<string, Conversion>): void {
  const parentFamily = all.get(key.parentId)?.family ?? bench.currentFamily.get(key.parentId) ?? [];
  key.spec.parentColumns.forEach((column, i) => {
    const object = columnsOf(parentFamily).find((candidate) => candidate.name === column);
    const parentType = object ? text(object, 'type') : null;
    if (!object) refuse(bench, `${key.object.name} refers to ${spoken(key.spec.parent)}.${column}, which does not exist in ${bench.input.target}: choose that difference too.`);
    else if (parentType !== key.spec.types[i] && !bothText(parentType, key.spec.types[i] ?? null)) {
      refuse(bench, `${key.object.name} would join ${spoken(one.live)}.${key.spec.columns[i] ?? ''} (${key.spec.types[i] ?? '?'}) to ${spoken(key.spec.parent)}.${column} (${parentType ?? '?'}): choose the differences of both tables, they convert together.`);
    }
  });
}

function bothText(a: string | null, b: string | null): boolean {
  return [a, b].every((type) => type !== null && /^(text|character varying)/.test(type));
}

function buildPhase(bench: Workbench, tables: readonly Conversion[], number: number): Phase {
  const id = number === 1 ? 'convert' : `convert-${number}`;
  const names = listed(tables.map((one) => spoken(one.live)));
  const keys = tables.flatMap((one) => one.foreignKeys);
  const decisions = Object.fromEntries(Object.entries(bench.input.orphanDecisions ?? {}).filter(([key]) => keys.some((candidate) => candidate.object.name === key)));
  return {
    id,
    kind: 'convert',
    title: `Convert types of ${names}`,
    summary: `Builds ${names} anew with the types, indexes and keys of ${bench.input.desired}, copies the rows under one lock and swaps the tables in the same transaction. The old tables are kept whole until clean-up.`,
    steps: [shadowStep(bench, id, tables), swapStep(bench, id, tables, decisions)],
    checks: checksOf(tables, keys),
    verifications: tables.flatMap((one) => verificationsOf(bench, one)),
    price: tables.map((one) => ({ table: one.live, sql: sinceSql(one, unlinked(one, decisions)) })),
    touches: [...new Set([...tables.map((one) => one.id), ...keys.map((key) => key.parentId)])],
    requires: ['backup'],
    orphanDecisions: decisions,
    destructive: Object.values(decisions).some((decision) => decision.verdict !== 'stop'),
    pointOfNoReturn: false,
    due: null,
  };
}

function unlinked(one: Conversion, decisions: Readonly<Record<string, OrphanDecision>>): ForeignKey[] {
  return one.foreignKeys.filter((key) => isDecided(decisions, key, 'set_null'));
}

function shadowStep(bench: Workbench, phaseId: string, tables: readonly Conversion[]): Step {
  const schema = bench.shadowSchema;
  return {
    id: `${phaseId}.1`,
    title: `Create the new tables beside the live ones`,
    statements: [
      { do: 'execute', label: 'create the schema for the new tables', sql: `CREATE SCHEMA IF NOT EXISTS ${ident(schema)}` },
      ...tables.flatMap((one): Statement[] => [
        { do: 'execute', label: `create the new ${one.live.name}`, sql: createTable([...liveObject(bench, one), ...columnsOf(one.family)], one.shadow) },
        ...settings(bench, one).map((sql): Statement => ({ do: 'execute', label: `settings of the new ${one.live.name}`, sql })),
        ...carriedStatements(bench, one.id, one.shadow),
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
  return [...columnsOf(one.family).flatMap((column) => columnSettings(column, one.shadow)), ...liveObject(bench, one).filter((object) => !text(object, 'replicaIdentityIndex')).flatMap((object) => tableSettings(object, one.shadow))];
}

function swapStep(bench: Workbench, phaseId: string, tables: readonly Conversion[], decisions: Readonly<Record<string, OrphanDecision>>): Step {
  const inside = new Map(tables.map((one) => [one.id, one]));
  const outside = outsideParents(tables, inside);
  const lock = `LOCK TABLE ${tables.map((one) => qualified(one.live)).join(', ')} IN ACCESS EXCLUSIVE MODE`;
  const aside = tables.flatMap((one) => asideStatements(one, inside, decisions));
  return {
    id: `${phaseId}.2`,
    title: 'Copy the rows and swap the tables under one lock',
    statements: [
      { do: 'execute', label: `lock ${listed(tables.map((one) => one.live.name))}`, sql: lock },
      ...outside.map((parent): Statement => ({ do: 'execute', label: `lock ${parent.table.name} against writes, for the foreign key`, sql: `LOCK TABLE ${qualified(parent.table)} IN SHARE ROW EXCLUSIVE MODE` })),
      ...aside,
      ...tables.map((one) => copyStatement(one, unlinked(one, decisions))),
      ...tables.flatMap((one) => keysAndIndexes(one)),
      ...tables.flatMap((one) => foreignKeyStatements(one, inside)),
      ...tables.map(rowsAssertion),
      ...tables.toReversed().map((one): Statement => ({ do: 'execute', label: `keep the old ${one.live.name}`, sql: `ALTER TABLE ${qualified(one.live)} SET SCHEMA ${ident(one.original.schema)}` })),
      ...tables.map((one): Statement => ({ do: 'execute', label: `put the new ${one.live.name} in its place`, sql: `ALTER TABLE ${qualified(one.shadow)} SET SCHEMA ${ident(one.live.schema)}` })),
      ...tables.map((one): Statement => ({ do: 'execute', label: `gather statistics of ${one.live.name}`, sql: `ANALYZE ${qualified(one.live)}` })),
    ],
    undo: undoSwap(tables, lock, decisions),
    locks: [...tables.map((one): LockClaim => ({ mode: 'ACCESS EXCLUSIVE', table: one.live })), ...outside],
    rewrite: true,
    hazards: swapHazards(tables, decisions),
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
      quarantineStatement(one, inside, decisions),
      { do: 'assert', label: `rows of ${spoken(one.live)} set aside as orphans`, sql: `SELECT count(*)::text FROM ${qualified(one.quarantine)}`, expect: { from: 'evidence', check: 'orphans', field: 'rows', of } },
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

export function rowsLabel(table: { schema: string; name: string }): string {
  return `rows of ${spoken(table)} after the copy`;
}

function rowsAssertion(one: Conversion): Statement {
  const aside = one.quarantined ? ` - (SELECT count(*) FROM ${qualified(one.quarantine)})` : '';
  return { do: 'assert', label: rowsLabel(one.live), sql: `SELECT count(*)::text FROM ${qualified(one.shadow)}`, expect: { from: 'sql', sql: `SELECT ((SELECT count(*) FROM ${qualified(one.live)})${aside})::text` } };
}

function undoSwap(tables: readonly Conversion[], lock: string, decisions: Readonly<Record<string, OrphanDecision>>): Statement[] {
  return [
    { do: 'execute', label: `lock ${listed(tables.map((one) => one.live.name))}`, sql: lock },
    ...tables.flatMap((one) => keepWrittenSince(one, unlinked(one, decisions))),
    ...tables.toReversed().map((one): Statement => ({ do: 'execute', label: `take the new ${one.live.name} out`, sql: `ALTER TABLE ${qualified(one.live)} SET SCHEMA ${ident(one.shadow.schema)}` })),
    ...tables.map((one): Statement => ({ do: 'execute', label: `bring the old ${one.live.name} back`, sql: `ALTER TABLE ${qualified(one.original)} SET SCHEMA ${ident(one.live.schema)}` })),
    ...tables.flatMap((one): Statement[] => [
      ...(one.quarantined ? [{ do: 'execute' as const, label: `drop the quarantine of ${one.live.name}; its rows are in the old table`, sql: `DROP TABLE ${qualified(one.quarantine)} RESTRICT` }] : []),
      ...(unlinked(one, decisions).length > 0 ? [{ do: 'execute' as const, label: `drop the note of unlinked rows of ${one.live.name}`, sql: `DROP TABLE ${qualified(one.unlinked)} RESTRICT` }] : []),
    ]),
  ];
}

function swapHazards(tables: readonly Conversion[], decisions: Readonly<Record<string, OrphanDecision>>): Hazard[] {
  const names = listed(tables.map((one) => spoken(one.live)));
  const hazards: Hazard[] = [
    { code: 'BLOCKS_READS_AND_WRITES', sentence: `Nobody can read or write ${names} while the rows are copied and the tables are swapped.` },
    { code: 'STALE_PLANS', sentence: 'Sessions with named prepared statements on these tables fail until they reconnect: restart or drain the application pool after the swap.' },
    { code: 'LOSES_ROWS_ON_ROLLBACK', sentence: 'A rollback brings the old tables back: rows written after the swap leave the live tables and are kept aside. The price is measured before the button can be pressed.' },
  ];
  if (Object.values(decisions).some((decision) => decision.verdict === 'delete')) hazards.push({ code: 'REMOVES_ROWS', sentence: 'Orphans leave the live tables; they stand in the quarantine tables and come back on rollback.' });
  return hazards;
}

function checksOf(tables: readonly Conversion[], keys: readonly ForeignKey[]): Check[] {
  return [
    ...tables.map((one): Check => ({ id: `rows:${tableKey(one.live)}`, kind: 'rows', table: one.live })),
    ...(keys.length > 0 ? [{ id: 'orphans', kind: 'orphans' as const, foreignKeys: keys.map((key) => key.spec), keys: Object.fromEntries(tables.map((one) => [tableKey(one.live), one.key])) }] : []),
    ...tables.map((one): Check => ({
      id: `casts:${tableKey(one.live)}`,
      kind: 'casts',
      table: one.live,
      key: one.key,
      casts: one.columns.flatMap((column) => {
        const from = text(one.before.get(column.name) ?? column, 'type') ?? '';
        const to = text(column, 'type') ?? '';
        return from === to ? [] : [{ column: column.name, from, to }];
      }),
    })),
    { id: 'dependents', kind: 'dependents', tables: tables.map((one) => one.live) },
    { id: 'free_names', kind: 'free_names', names: tables.flatMap((one) => [one.shadow, one.original, one.quarantine]) },
  ];
}

function verificationsOf(bench: Workbench, one: Conversion): Assertion[] {
  const relation = `${literal(qualified(one.live))}::regclass`;
  const changed = one.columns.filter((column) => text(one.before.get(column.name) ?? column, 'type') !== text(column, 'type'));
  const constraints = constraintsOf(one.family);
  return [
    ...changed.map((column): Assertion => ({
      label: `type of ${spoken(one.live)}.${column.name}`,
      sql: `SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = ${relation} AND attname = ${literal(column.name)}`,
      expect: { from: 'literal', value: text(column, 'type') ?? '' },
    })),
    { label: `validated constraints of ${spoken(one.live)}`, sql: `SELECT count(*)::text FROM pg_constraint WHERE conrelid = ${relation} AND convalidated AND contype <> 'n'`, expect: { from: 'literal', value: String(constraints.length) } },
    ...indexesOf(one.family).map((index): Assertion => ({
      label: `index ${index.name} is valid`,
      sql: `SELECT coalesce((SELECT i.indisvalid::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ${relation} AND c.relname = ${literal(index.name)}), 'missing')`,
      expect: { from: 'literal', value: 'true' },
    })),
    { label: `old ${spoken(one.live)} kept in ${bench.keepSchema}`, sql: `SELECT (to_regclass(${literal(qualified(one.original))}) IS NOT NULL)::text`, expect: { from: 'literal', value: 'true' } },
  ];
}

export function tableId(table: { schema: string; name: string }): string {
  return objectId('table', table.schema, table.name);
}
