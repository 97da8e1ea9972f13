import { addColumn, ident, literal, qualified } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import { tableKey } from '../expectation.ts';
import type { Hazard } from '../hazards.ts';
import { kindOf } from '../kinds/all.ts';
import type { Phase, Statement, Step, TableName } from '../plan.ts';
import { rowAsText } from '../rows-as-text.ts';
import type { SchemaObject } from '../snapshot.ts';
import { listed } from '../words.ts';
import { BACKUP_PHASE } from './backup.ts';
import { type Built, constraintsOf, execute, primaryKeyOf, tableName, text, type Workbench } from './input.ts';
import { readersOf } from './held.ts';
import { keptTable, spoken } from './names.ts';
import { isHeldElsewhere, isPlainChange } from './plain.ts';
import { letsNobodyUpdate } from './published.ts';

/** Columns of one table that go, with the key by which their values are kept. */
interface Leaving {
  table: TableName;
  id: string;
  deltas: readonly Delta[];
  columns: readonly SchemaObject[];
  key: readonly string[];
  kept: TableName;
}

/**
 * Columns with values of their own that go from ordinary tables with a primary key that stays: copied beside the key while the application works, brought
 * up to date under the lock in which they go, and given back by the key on the way back. The last phase before clean-up, because until then
 * everything may still read them. What is computed, numbers itself, or has no key to be kept by is left to the script, which refuses what loses values; what an old view
 * over a converted table reads beside it goes with that view, in clean-up. `converted`: ids of those tables.
 */
export function dropColumnsPhase(bench: Workbench, converted: readonly string[]): Built[] {
  const kept = new Set(converted.flatMap((id) => readersOf(bench, id)));
  const isRead = (delta: Delta) => kept.size > 0 && bench.dependents(delta.objectId).some((id) => kept.has(id));
  const mine = bench.chosen.filter((delta) => delta.kind === 'column' && delta.change === 'remove' && !bench.taken.has(delta.id) && !isRead(delta) && isKeepable(bench, delta));
  if (mine.length === 0) return [];
  for (const delta of mine) bench.taken.add(delta.id);
  const tables = [...Map.groupBy(mine, (delta) => delta.group)].flatMap(([id, deltas]): Leaving[] => {
    const object = bench.current.get(id);
    return object ? [{ table: tableName(object), id, deltas, columns: deltas.flatMap((delta) => delta.current ?? []), key: primaryKeyOf(bench.currentFamily.get(id) ?? []), kept: keptTable(bench.keepSchema, tableName(object), '_columns') }] : [];
  });
  const steps = [...tables.map(copyStep), ...tables.map((one) => dropStep(bench, one))];
  const phase: Phase = {
    id: 'remove-columns',
    kind: 'remove',
    title: `Drop ${mine.length === 1 ? 'a column' : `${mine.length} columns`} of ${listed(tables.map((one) => spoken(one.table)))}`,
    summary: 'Keeps the values beside the keys of their rows until clean-up, then drops the columns. The way back adds the columns again, as the last of their tables, and gives every row its values.',
    steps: steps.map((step, at) => ({ ...step, id: `remove-columns.${at + 1}` })),
    checks: [...tables.map((one) => ({ id: `rows:${tableKey(one.table)}`, kind: 'rows' as const, table: one.table })), { id: 'free_names', kind: 'free_names', names: tables.map((one) => one.kept) }],
    verifications: tables.map((one) => ({ label: `${listed(one.columns.map((column) => column.name))} of ${spoken(one.table)} ${one.columns.length === 1 ? 'is' : 'are'} gone`, sql: `SELECT count(*)::text FROM pg_attribute WHERE attrelid = to_regclass(${literal(qualified(one.table))}) AND attname IN (${one.columns.map((column) => literal(column.name)).join(', ')}) AND NOT attisdropped`, expect: { from: 'literal', value: '0' } })),
    price: [],
    touches: mine.map((delta) => delta.id).toSorted(),
    requires: [BACKUP_PHASE],
    orphanDecisions: {},
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  };
  return [{ phase, keeps: tables.map((one) => one.kept) }];
}

/** Grants and comments are given back too. The primary key stays as it is in this plan, and the column is one that can be given its values again, in a table whose rows can be written. */
function isKeepable(bench: Workbench, delta: Delta): boolean {
  const column = delta.current;
  const family = bench.currentFamily.get(delta.group) ?? [];
  const key = primaryKeyOf(family);
  if (!column || key.length === 0 || text(column, 'generated') !== null || text(column, 'identity') !== null || !isPlainChange(bench, { ...delta, carries: [] }) || isHeldElsewhere(bench, delta) || letsNobodyUpdate(bench, delta.group)) return false;
  const bearing = new Set([...constraintsOf(family, 'primary key').map((object) => object.id), ...family.filter((object) => object.kind === 'column' && key.includes(object.name)).map((object) => object.id)]);
  const ownsSequence = bench.input.current.objects.some((object) => object.kind === 'sequence' && text(object, 'ownedBy') === column.id);
  return !ownsSequence && !bench.chosen.some((other) => bearing.has(other.objectId));
}

function copyStep({ table, columns, key, kept }: Leaving): Omit<Step, 'id'> {
  const said = listed(columns.map((column) => column.name));
  return {
    title: `Copy ${said} of ${spoken(table)}`,
    statements: [
      execute(`copy ${said} beside the key`, `CREATE TABLE ${qualified(kept)} AS SELECT ${[...key, ...columns.map((column) => column.name)].map(ident).join(', ')} FROM ${qualified(table)}`),
      execute('make the copies easy to find', `ALTER TABLE ${qualified(kept)} ADD PRIMARY KEY (${key.map(ident).join(', ')})`),
      sameCount(table, kept),
    ],
    undo: [execute(`drop the copy of ${said}`, `DROP TABLE ${qualified(kept)} RESTRICT`)],
    locks: [{ mode: 'ACCESS SHARE', table }],
    rewrite: false,
    isolation: 'repeatable read',
    hazards: [],
    editable: false,
  };
}

/** What was written between the copy and the lock is brought over under the lock; json and points have no equality, but all types have a text. */
function dropStep(bench: Workbench, one: Leaving): Omit<Step, 'id'> {
  const { table, columns, key, kept } = one;
  const [live, copy] = [qualified(table), qualified(kept)];
  const names = columns.map((column) => ident(column.name));
  const said = listed(columns.map((column) => column.name));
  const same = key.map((name) => `t.${ident(name)} = k.${ident(name)}`).join(' AND ');
  const all = [...key.map(ident), ...names];
  return {
    title: `Drop ${said} of ${spoken(table)}`,
    statements: [
      execute(`lock ${table.name}`, `LOCK TABLE ${live} IN ACCESS EXCLUSIVE MODE`),
      execute('forget rows that went since the copy', `DELETE FROM ${copy} k WHERE NOT EXISTS (SELECT FROM ${live} t WHERE ${same})`),
      execute('bring over what changed since the copy', `UPDATE ${copy} k SET ${names.map((name) => `${name} = t.${name}`).join(', ')} FROM ${live} t WHERE ${same} AND ${rowAsText('t', names)} IS DISTINCT FROM ${rowAsText('k', names)}`),
      execute('add rows that came since the copy', `INSERT INTO ${copy} (${all.join(', ')}) SELECT ${all.map((name) => `t.${name}`).join(', ')} FROM ${live} t WHERE NOT EXISTS (SELECT FROM ${copy} k WHERE ${same})`),
      sameCount(table, kept),
      execute(`drop ${said}`, `ALTER TABLE ${live} ${names.map((name) => `DROP COLUMN ${name}`).join(', ')}`),
    ],
    undo: giveBack(bench, one, same),
    locks: [{ mode: 'ACCESS EXCLUSIVE', table }],
    rewrite: false,
    hazards: hazardsOf(one, said),
    editable: false,
  };
}

/** Triggers would take the values that come back for a change that somebody made. */
function giveBack(bench: Workbench, { table, id, columns, kept }: Leaving, same: string): Statement[] {
  const live = qualified(table);
  const firing = (bench.currentFamily.get(id) ?? []).filter((object) => object.kind === 'trigger' && ['origin', 'always'].includes(text(object, 'enabled') ?? ''));
  const names = columns.map((column) => ident(column.name));
  return [
    ...firing.map((trigger) => execute(`let ${trigger.name} rest`, `ALTER TABLE ${live} DISABLE TRIGGER ${ident(trigger.name)}`)),
    ...columns.map((column) => execute(`add ${column.name}`, addColumn({ ...column, attributes: { ...column.attributes, nullable: true, notNullName: null } }, table))),
    execute('give every row its values', `UPDATE ${live} t SET ${names.map((name) => `${name} = k.${name}`).join(', ')} FROM ${qualified(kept)} k WHERE ${same}`),
    ...columns.flatMap((column) => (column.attributes.nullable === true ? [] : (kindOf('column').alter({ current: { ...column, attributes: { ...column.attributes, nullable: true } }, desired: column, names: new Set(['nullable']) }) ?? []).map((sql) => execute(`no null in ${column.name}`, sql)))),
    ...firing.map((trigger) => execute(`let ${trigger.name} fire again`, `ALTER TABLE ${live} ENABLE ${text(trigger, 'enabled') === 'always' ? 'ALWAYS ' : ''}TRIGGER ${ident(trigger.name)}`)),
    ...(bench.input.current.satellites ?? []).filter((object) => columns.some((column) => text(object, 'target') === column.id)).flatMap((object) => kindOf(object.kind).create(object, []).map(({ sql }) => execute(`${object.kind} on ${object.name}`, sql))),
  ];
}

function hazardsOf({ table, columns }: Leaving, said: string): Hazard[] {
  const strict = columns.filter((column) => column.attributes.nullable !== true && text(column, 'default') === null);
  return [
    { code: 'BLOCKS_READS_AND_WRITES', sentence: `Reads and writes of ${spoken(table)} wait while the copy is compared with every row; after it nobody finds ${said}: code that still reads it fails.` },
    { code: 'REWRITES_TABLE', sentence: `On the way back every row of ${spoken(table)} is written with its values, while nobody else can read or write it. Rows that came meanwhile have the default there, or nothing.` },
    ...(strict.length > 0 ? [{ code: 'STOPS_ON_ROWS' as const, sentence: `The way back stops where a row came meanwhile: ${listed(strict.map((column) => column.name))} may not be null and has no default.` }] : []),
  ];
}

function sameCount(table: TableName, kept: TableName): Statement {
  return { do: 'assert', label: `rows of the copy of ${spoken(table)}`, sql: countOf(kept), expect: { from: 'sql', sql: countOf(table) } };
}

function countOf(table: TableName): string {
  return `SELECT count(*)::text FROM ${qualified(table)}`;
}
