import type { Check } from '../evidence.ts';
import { literal, qualified } from '../ddl.ts';
import { tableKey } from '../expectation.ts';
import type { Assertion, Phase, TableName } from '../plan.ts';
import { objectId } from '../snapshot.ts';
import { listed } from '../words.ts';
import { adoptSteps, identityPairs, ownedSequences, ownersVerification, refuseSequences, releaseSteps } from './carried-sequences.ts';
import { partNames, partsVerification, publicationIds, publishedColumnsGone, replicaIndex } from './carried-parts.ts';
import { carriedNames, refuseTriggers, triggersVerification } from './carried-triggers.ts';
import { dropKeptReaders, joinedByReaders, refuseViews, restingNames, restingOn, takeViews, viewReads, viewsVerification } from './carried-views.ts';
import { type Conversion, conversionNames, convertedRows, isDecided, sinceSql } from './convert-sql.ts';
import { shadowStep, swapStep, unlinked } from './convert-steps.ts';
import { components, foreignKeysOf, parentsFirst, type ForeignKey } from './foreign-keys.ts';
import { columnsOf, constraintsOf, familyAfter, indexesOf, isRetyped, list, primaryKeyOf, refuse, tableName, takeFamilyDeltas, text, type Built, type Workbench } from './input.ts';
import { retypedInPlace } from './in-place.ts';
import { looseOriginals } from './loose-keys.ts';
import { spoken } from './names.ts';
import { possibleNotes } from './orphan-notes.ts';
import { rebuildPhases, unfollowForGood } from './rebuild.ts';
import { columnsMode, rebuildMode } from './rebuild-mode.ts';
import { mendedBeside } from './rebuild-orphans.ts';
import { knownColumns } from './rebuild-swap.ts';
import { columnChecks, columnPhases } from './columns.ts';
import { swappedColumns } from './columns-names.ts';
import { restingOnColumns } from './columns-swap.ts';
import { violationsCheck } from './violations.ts';

/** One phase for each group of tables that foreign keys join: the whole group is converted under one lock, because a key and its reference change type together. */
export function convertPhases(bench: Workbench): Built[] {
  const retyped = convertedTables(bench);
  const standing = retypedInPlace(bench, retyped);
  const ids = retyped.filter((id) => !standing.has(id));
  const conversions = new Map(ids.map((id) => [id, conversionOf(bench, id)]));
  const edges = [...[...conversions.values()].flatMap((one) => one.foreignKeys.map((key) => [one.id, key.parentId] as const)), ...joinedByReaders(bench, ids)];
  const built: Built[] = [];
  for (const group of components(ids, edges)) {
    const sorted = parentsFirst(group, (id) => conversions.get(id)?.foreignKeys.map((key) => key.parentId) ?? []);
    const tables = (sorted ?? group).flatMap((id) => conversions.get(id) ?? []);
    const number = new Set(built.map((one) => one.phase.id.replace(/-swap$/, ''))).size + 1;
    const columns = columnsMode(bench, tables);
    if (columns?.chosen) {
      built.push(...tables.flatMap((one) => swapColumns(bench, one, number, columns.reason)));
      continue;
    }
    takeViews(bench, tables);
    if (tables.every((one) => acceptable(bench, one, conversions)) && readable(bench, tables)) built.push(...convertGroup(bench, tables, number, sorted === null, columns?.reason ?? ''));
    else if (columns) refuse(bench, columns.reason);
  }
  return built;
}

export const NOT_UNDER_ONE_LOCK = 'While a table is converted in one transaction, rows without a parent can be taken out or set to null; point them elsewhere before or after it.';

/** In one transaction, or beside the live tables as two phases. In one transaction the old tables keep their foreign keys: children are dropped first. */
function convertGroup(bench: Workbench, tables: readonly Conversion[], number: number, circle: boolean, whyNotColumns: string): Built[] {
  const phase = buildPhase(bench, tables, number);
  const { mode, reason: because } = rebuildMode(bench, tables, circle);
  if (circle && mode === 'one transaction') refuse(bench, because);
  const reason = [because, whyNotColumns].filter((part) => part !== '').join(' ');
  const views = dropKeptReaders(bench, tables);
  if (mode === 'one transaction' && Object.values(phase.orphanDecisions).some((decision) => decision.verdict === 're_point')) refuse(bench, NOT_UNDER_ONE_LOCK);
  if (mode === 'one transaction') return [{ phase: reason === '' ? phase : { ...phase, summary: `${phase.summary} ${reason}` }, keeps: tables.toReversed().flatMap((one) => keeps(bench, one)), views }];
  const shadow = shadowStep(bench, phase.id, tables);
  const checks = phase.checks.filter((check) => check.kind !== 'free_names');
  const mended = mendedBeside(bench, tables);
  const { build, swap } = rebuildPhases(bench, tables, number, { shadow, checks, verifications: phase.verifications, touches: phase.touches, orphanDecisions: phase.orphanDecisions, mended: mended.drafts, notes: possibleNotes(bench.keepSchema, tables.flatMap((one) => one.foreignKeys)), reason });
  return [{ phase: build, keeps: mended.keeps }, { phase: swap, keeps: tables.map((one) => one.original), unfollow: unfollowForGood(bench, tables), views }];
}

/** Inside the table: what of the checks and touches concerns its rows and its views is the same. */
function swapColumns(bench: Workbench, one: Conversion, number: number, reason: string): Built[] {
  const views = restingOnColumns(bench, swappedColumns(bench, one)).views;
  return columnPhases(bench, one, number, reason, { checks: columnChecks(checksOf(bench, [one], [])), touches: [one.id, ...views.map((view) => view.id)] });
}

function keeps(bench: Workbench, one: Conversion): TableName[] {
  const decisions = bench.input.orphanDecisions ?? {};
  return [one.original, ...(one.quarantined ? [one.quarantine] : []), ...(unlinked(one, decisions).length > 0 ? [one.unlinked] : [])];
}

function convertedTables(bench: Workbench): string[] {
  const ids = bench.chosen
    .filter(isRetyped)
    .map((delta) => delta.group);
  // Of a foreign table only the description changes.
  return [...new Set(ids)].filter((id) => bench.current.get(id)?.kind === 'table' && !bench.anew.has(id));
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
    beforeFamily: before,
    quarantined: foreignKeys.some((key) => isDecided(decisions, key, 'delete')),
    sequences: ownedSequences(bench, id),
    identities: identityPairs(before, family),
  };
}

/** The way that is left where no table can be copied beside the one that is written to. */
const BY_A_NEW_COLUMN = 'Add a column of the new type instead, fill it in batches, and let the old one go when the application reads the new.';

/** Refuses by name what this version cannot convert without risk, and says what can be done instead. */
function acceptable(bench: Workbench, one: Conversion, all: ReadonlyMap<string, Conversion>): boolean {
  const name = spoken(one.live);
  const refusals = bench.refusals.length;
  const object = bench.current.get(one.id);
  if (object?.attributes.partitioned === true) refuse(bench, `${name} is partitioned; this version converts ordinary tables only. ${BY_A_NEW_COLUMN}`);
  const identity = replicaIndex(bench, one);
  if (identity !== null && ![...constraintsOf(one.family), ...indexesOf(one.family)].some((part) => part.name === identity)) refuse(bench, `The index ${identity} is the replica identity of ${name} and is chosen to go; choose another replica identity first.`);
  if (one.key.length === 0) refuse(bench, `${name} has no primary key, by which its rows are copied. Give it one first, in a plan of its own: a new identity column will do.`);
  for (const { publication, column } of publishedColumnsGone(bench, one)) refuse(bench, `The publication ${publication} names ${name}.${column}, which is chosen to go while ${name} is converted, and the new table is published as the old one was: take the column out of the publication first, in a plan of its own.`);
  refuseSequences(bench, one);
  refuseTriggers(bench, one);
  for (const key of one.foreignKeys) refuseTypeMismatch(bench, one, key, all);
  return bench.refusals.length === refusals;
}

function readable(bench: Workbench, tables: readonly Conversion[]): boolean {
  const refusals = bench.refusals.length;
  refuseViews(bench, tables);
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
  const decisions = Object.fromEntries(Object.entries(bench.input.orphanDecisions ?? {}).filter(([id]) => keys.some((key) => key.spec.id === id)));
  const release = releaseSteps(`${id}.2`, tables);
  const resting = restingOn(bench, tables);
  const swap = 2 + release.length;
  const swapped = [shadowStep(bench, id, tables), ...release, swapStep(bench, `${id}.${swap}`, tables, decisions), ...adoptSteps(`${id}.${swap + 1}`, tables)];
  return {
    id,
    kind: 'convert',
    title: `Convert types of ${names}`,
    summary: `Builds ${names} anew with the types, indexes and keys of ${bench.input.desired}, copies the rows under one lock and swaps the tables in the same transaction. The old tables are kept whole until clean-up.`,
    steps: [...swapped, ...looseOriginals(bench, tables).map((draft, i) => ({ id: `${id}.${swapped.length + i + 1}`, ...draft }))],
    checks: checksOf(bench, tables, keys),
    verifications: [...tables.flatMap((one) => verificationsOf(bench, one)), ...viewsVerification(resting, bench)],
    price: tables.map((one) => ({ table: one.live, step: `${id}.${swap}`, sql: sinceSql(one, unlinked(one, decisions)) })),
    touches: [...new Set([...tables.map((one) => one.id), ...keys.map((key) => key.parentId), ...[...resting.views, ...resting.elsewhere].map((object) => object.id), ...tables.flatMap((one) => publicationIds(bench, one))])],
    requires: ['backup'],
    orphanDecisions: decisions,
    destructive: Object.values(decisions).some((decision) => decision.verdict !== 'stop'),
    pointOfNoReturn: false,
    due: null,
  };
}


function checksOf(bench: Workbench, tables: readonly Conversion[], keys: readonly ForeignKey[]): Check[] {
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
        const labels = labelsOf(bench, to);
        return from === to ? [] : [{ column: column.name, from, to, ...(labels === null ? {} : { labels }) }];
      }),
    })),
    ...tables.flatMap((one) => violationsCheck(one.live, convertedRows(one), one.beforeFamily, one.family)),
    { id: 'dependents', kind: 'dependents', tables: tables.map((one) => one.live), carried: [...tables.flatMap((one) => [...carriedNames(one), ...partNames(bench, one)]), ...restingNames(restingOn(bench, tables))], ...viewReads(bench, tables), columns: tables.map((one) => knownColumns(one.beforeFamily)) },
    { id: 'free_names', kind: 'free_names', names: [...tables.flatMap((one) => [one.shadow, one.original, one.quarantine]), ...keptViews(bench, tables)] },
  ];
}

function labelsOf(bench: Workbench, type: string): readonly string[] | null {
  const found = type.includes('.') ? [...bench.desired.values()].find((object) => object.kind === 'enum' && qualified(object) === type) : undefined;
  return found ? list(found, 'labels') : null;
}

/** Where the old views will stand. */
function keptViews(bench: Workbench, tables: readonly Conversion[]): TableName[] {
  return restingOn(bench, tables).views.map((view) => ({ schema: bench.keepSchema, name: view.name }));
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
    { label: `validated constraints of ${spoken(one.live)}`, sql: `SELECT count(*)::text FROM pg_constraint WHERE conrelid = ${relation} AND convalidated AND contype <> 'n'`, expect: { from: 'literal', value: String(constraints.filter((object) => object.attributes.validated !== false && object.attributes.enforced !== false).length) } },
    ...indexesOf(one.family).map((index): Assertion => ({
      label: `index ${index.name} is valid`,
      sql: `SELECT coalesce((SELECT i.indisvalid::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ${relation} AND c.relname = ${literal(index.name)}), 'missing')`,
      expect: { from: 'literal', value: 'true' },
    })),
    ...triggersVerification(one),
    ...partsVerification(bench, one),
    ...ownersVerification(one),
    { label: `old ${spoken(one.live)} kept in ${bench.keepSchema}`, sql: `SELECT (to_regclass(${literal(qualified(one.original))}) IS NOT NULL)::text`, expect: { from: 'literal', value: 'true' } },
  ];
}

export function tableId(table: { schema: string; name: string }): string {
  return objectId('table', table.schema, table.name);
}
