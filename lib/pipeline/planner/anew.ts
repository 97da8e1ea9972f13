import { holdsLess } from '../changed-values.ts';
import type { Check } from '../evidence.ts';
import { tableKey } from '../expectation.ts';
import type { Hazard } from '../hazards.ts';
import { textOf } from '../kinds/relation.ts';
import type { Delta } from '../diff.ts';
import type { Statement } from '../plan.ts';
import { makeScript, type Script } from '../script/script.ts';
import { spoken as spokenObject } from '../script/scope.ts';
import type { SchemaObject } from '../snapshot.ts';
import { components } from './foreign-keys.ts';
import { execute, isRetyped, primaryKeyOf, refuse, tableName, typesOf, type Workbench } from './input.ts';
import { spoken } from './names.ts';
import { copySeconds, spokenSeconds } from './pause.ts';

/**
 * Ids of tables that the script makes anew with their rows, of their partitions before and after, and of tables that change type with them because foreign keys
 * join them: none of them is for a builder, because all of it is one matter of one transaction.
 */
export function tablesAnew(bench: Workbench): ReadonlySet<string> {
  if (!bench.chosen.some((delta) => mayMakeAnew(bench, delta))) return new Set();
  const { anew } = makeScript(bench.input.current, bench.wanted, bench.chosen);
  const ids = new Set(anew.map(({ id }) => id));
  const objects = [...bench.current.values(), ...bench.desired.values()];
  for (let grew = ids.size > 0; grew; ) {
    const more = objects.filter((object) => object.kind === 'table' && !ids.has(object.id) && ids.has(textOf(object, 'partitionOf') ?? ''));
    for (const { id } of more) ids.add(id);
    grew = more.length > 0;
  }
  return new Set([...ids, ...joinedInType(bench, objects, ids)]);
}

function mayMakeAnew(bench: Workbench, delta: Delta): boolean {
  const names = delta.attributes.map(({ name }) => name);
  if (delta.kind === 'table') return names.includes('partitionKey') || names.includes('inherits');
  if (names.includes('local')) return true;
  const table = bench.current.get(delta.group);
  return delta.kind === 'column' && (names.includes('type') || names.includes('collation')) && table !== undefined && (table.attributes.partitioned === true || textOf(table, 'partitionOf') !== null);
}

/** A key and its reference change type together. */
function joinedInType(bench: Workbench, objects: readonly SchemaObject[], anew: ReadonlySet<string>): string[] {
  const retyped = new Set(bench.chosen.filter(isRetyped).map((delta) => delta.group));
  const ids = [...new Set([...anew, ...retyped])];
  const edges = objects.flatMap((object) => {
    const references = object.kind === 'constraint' ? textOf(object, 'references') : null;
    return references !== null && object.parent !== null && ids.includes(references) && ids.includes(object.parent) ? [[object.parent, references] as const] : [];
  });
  return components(ids, edges).filter((group) => group.some((id) => anew.has(id))).flat();
}

/** The statement that brings rows over, where it is one, with what proves that as many came, and the same ones, by number and by the sum of a hash of each. */
export function provenRows({ anew }: Script, statement: Statement): Statement[] {
  const one = anew.find(({ insert }) => insert === statement.sql);
  if (!one) return [statement];
  const name = one.id.slice('table:'.length);
  const proof = (less: string): Statement => ({ do: 'assert', label: `every row of ${name} came over as it was`, sql: `SELECT ${sums(less)} FROM (${one.to}) r`, expect: { from: 'sql', sql: `SELECT ${sums('')} FROM (${one.from}) r` } });
  if (!one.joined) return [statement, proof('')];
  // Rows that were in its partitions before are no rows that came over.
  const note = execute(`note what is in partitions of ${name} already`, `SELECT set_config('countersign.rows_before', count(*) || ' ' || coalesce(sum(hashtextextended(r::text, 0)), 0), true) FROM (${one.to}) r`);
  return [note, statement, proof(`current_setting('countersign.rows_before')`)];
}

/** Number and sum, less the two of a note. */
function sums(note: string): string {
  const less = (part: number, type: string) => (note === '' ? '' : ` - split_part(${note}, ' ', ${part})::${type}`);
  return `(count(*)${less(1, 'bigint')}) || ' rows, ' || (coalesce(sum(hashtextextended(r::text, 0)), 0)${less(2, 'numeric')})`;
}

/** Nothing keeps the old values of these tables beside the new ones: what a new type rounds would be gone. */
export function refuseRounding(bench: Workbench, deltas: readonly Delta[]): void {
  for (const { kind, group, current, desired } of deltas) {
    const [from, to] = kind === 'column' && bench.anew.has(group) && current && desired && desired.attributes.inherited !== true ? [textOf(current, 'type') ?? '', textOf(desired, 'type') ?? ''] : ['', ''];
    if (from !== to && desired && holdsLess(from, to)) refuse(bench, `${spokenObject(desired)} goes from ${from} to ${to}, which holds less, in a table that is made anew with its rows: this version keeps no copy of the old values. Leave it out of the plan.`);
  }
}

/** What a person is told of the tables that the script makes anew; empty where there are none. */
export function anewSummary(bench: Workbench, { anew }: Script): Hazard[] {
  return anew.flatMap(({ id }) => {
    const table = bench.current.get(id);
    const seconds = copySeconds(bench, id);
    return table ? [{ code: 'BLOCKS_READS_AND_WRITES' as const, sentence: `${spoken(tableName(table))} is made anew with its rows in this one transaction: estimated pause for readers and writers ${spokenSeconds(seconds)}.` }] : [];
  });
}

/** Rows are counted, their casts looked at, and what no script gives the new tables is asked for, before tables are made anew. */
export function anewChecks(bench: Workbench, deltas: readonly Delta[], aside: readonly string[]): Check[] {
  const groups = new Set(deltas.map((delta) => delta.group));
  const places = (bench.input.current.satellites ?? []).flatMap((one) => (one.kind === 'placement' && aside.includes(textOf(one, 'target') ?? '') ? [textOf(one, 'tablespace') ?? ''] : []));
  const hanging = aside.length === 0 ? [] : [{ id: 'dependents', kind: 'dependents' as const, tables: aside.toSorted().flatMap((id) => { const table = bench.current.get(id); return table ? [tableName(table)] : []; }), anew: true as const, ...(places.length > 0 ? { carried: places } : {}) }];
  const tables = [...bench.anew].flatMap((id) => (groups.has(id) ? (bench.current.get(id) ?? []) : [])).filter((table) => !bench.anew.has(textOf(table, 'partitionOf') ?? ''));
  return [...hanging, ...tables.flatMap((object): Check[] => {
    const [table, family] = [tableName(object), bench.currentFamily.get(object.id) ?? []];
    const casts = deltas.filter((delta) => isRetyped(delta) && delta.group === object.id).map((delta) => ({ column: delta.desired?.name ?? '', ...typesOf(delta) }));
    return [{ id: `rows:${tableKey(table)}`, kind: 'rows', table }, ...(casts.length > 0 ? [{ id: `casts:${tableKey(table)}`, kind: 'casts' as const, table, key: primaryKeyOf(family), casts }] : [])];
  })];
}
