import type { Delta } from '../diff.ts';
import type { Check } from '../evidence.ts';
import { addColumn, addConstraint, createIndex, ident, qualified } from '../ddl.ts';
import type { LockMode } from '../hazards.ts';
import type { Phase, Statement, Step, TableName } from '../plan.ts';
import { foreignKeysOf } from './foreign-keys.ts';
import type { SchemaObject } from '../snapshot.ts';
import { columnsOf, execute, familyAfter, list, primaryKeyOf, refuse, tableName, text, type Workbench } from './input.ts';
import { tableKey } from '../expectation.ts';
import { spoken } from './names.ts';
import { isPlainChange } from './plain.ts';
import { allRows, violationsCheck } from './violations.ts';

type Draft = Omit<Step, 'id'>;

/** Additions and small changes to tables that exist and keep their column types. What has no safe form here is refused by name. */
export function alterPhase(bench: Workbench): Phase[] {
  const deltas = bench.chosen.filter((delta) => !bench.scriptsAll && !bench.taken.has(delta.id) && isPlainChange(bench, delta));
  const drafts = inOrder(deltas).flatMap((delta) => {
    const draft = draftOf(bench, delta);
    if (draft) bench.taken.add(delta.id);
    return draft ?? [];
  });
  if (drafts.length === 0) return [];
  const tables = [...new Set(deltas.filter((delta) => bench.taken.has(delta.id)).map((delta) => delta.group))];
  return [{
    id: 'alter',
    kind: 'alter',
    title: `Change ${tables.length} existing ${tables.length === 1 ? 'table' : 'tables'}`,
    summary: 'Adds columns, keys and indexes to tables that exist, each in a transaction of its own.',
    steps: drafts.map((draft, i) => ({ ...draft, id: `alter.${i + 1}` })),
    checks: checksOf(bench, deltas),
    verifications: [],
    price: [],
    touches: tables,
    requires: bench.chosen.some((delta) => delta.kind === 'table' && delta.change === 'add') ? ['create'] : [],
    orphanDecisions: {},
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  }];
}

/** Columns before what uses them; foreign keys last. */
function inOrder(deltas: readonly Delta[]): Delta[] {
  return deltas.toSorted((a, b) => rank(a) - rank(b));
}

function rank(delta: Delta): number {
  const object = delta.desired ?? delta.current;
  if (delta.kind === 'column') return 0;
  if (delta.kind !== 'constraint') return 2;
  return object && text(object, 'type') === 'foreign key' ? 3 : 1;
}

function draftOf(bench: Workbench, delta: Delta): Draft | null {
  const table = tableName(bench.current.get(delta.group) as NonNullable<ReturnType<typeof bench.current.get>>);
  if (delta.kind === 'column') return columnDraft(bench, delta, table);
  if (delta.kind === 'index') return indexDraft(delta, table);
  if (delta.kind === 'constraint') return constraintDraft(delta, table);
  return null;
}

function columnDraft(bench: Workbench, delta: Delta, table: TableName): Draft | null {
  const { current, desired } = delta;
  if (desired && !current) {
    if (desired.attributes.nullable !== true && text(desired, 'default') === null && !text(desired, 'generated')) {
      refuse(bench, `${spoken(table)}.${desired.name} is to be added NOT NULL without a default, which fails on a table with rows: add it nullable first.`);
      return null;
    }
    const drop = `ALTER TABLE ${qualified(table)} DROP COLUMN ${ident(desired.name)}`;
    return draft(`Add ${spoken(table)}.${desired.name}`, 'ACCESS EXCLUSIVE', table, addColumn(desired, table), drop);
  }
  if (!current || !desired) return null;
  const names = delta.attributes.map((attribute) => attribute.name);
  if (names.some((name) => name !== 'default' && name !== 'nullable')) return null;
  const forward: Statement[] = [];
  const back: Statement[] = [];
  const alter = `ALTER TABLE ${qualified(table)} ALTER COLUMN ${ident(desired.name)}`;
  if (names.includes('default')) {
    forward.push(execute(`default of ${desired.name}`, `${alter} ${defaultClause(text(desired, 'default'))}`));
    back.push(execute(`default of ${desired.name}`, `${alter} ${defaultClause(text(current, 'default'))}`));
  }
  if (names.includes('nullable')) {
    const set = execute(`${desired.name} not null`, `${alter} SET NOT NULL`);
    const drop = execute(`${desired.name} nullable`, `${alter} DROP NOT NULL`);
    const loosens = desired.attributes.nullable === true;
    if (loosens) forward.push(drop);
    else forward.push({ do: 'assert', label: `nulls in ${spoken(table)}.${desired.name}`, sql: `SELECT count(*)::text FROM ${qualified(table)} WHERE ${ident(desired.name)} IS NULL`, expect: { from: 'literal', value: '0' } }, set);
    back.push(loosens ? set : drop);
  }
  return { ...draft(`Change ${spoken(table)}.${desired.name}`, 'ACCESS EXCLUSIVE', table, '', ''), statements: forward, undo: back, editable: forward.every((statement) => statement.do === 'execute') };
}

function defaultClause(value: string | null): string {
  return value === null ? 'DROP DEFAULT' : `SET DEFAULT ${value}`;
}

function indexDraft(delta: Delta, table: TableName): Draft {
  const object = delta.desired ?? (delta.current as NonNullable<Delta['current']>);
  const drop = `DROP INDEX ${qualified({ schema: object.schema, name: object.name })}`;
  const forward = [...(delta.current ? [drop] : []), ...(delta.desired ? [createIndex(delta.desired, table)] : [])];
  const back = [...(delta.desired ? [drop] : []), ...(delta.current ? [createIndex(delta.current, table)] : [])];
  const base = draft(`${verb(delta)} index ${object.name}`, delta.current ? 'ACCESS EXCLUSIVE' : 'SHARE', table, '', '');
  return { ...base, statements: forward.map((sql) => execute(`index ${object.name}`, sql)), undo: back.map((sql) => execute(`index ${object.name}`, sql)) };
}

function constraintDraft(delta: Delta, table: TableName): Draft {
  const object = delta.desired ?? (delta.current as NonNullable<Delta['current']>);
  const drop = `ALTER TABLE ${qualified(table)} DROP CONSTRAINT ${ident(object.name)}`;
  const add = (from: NonNullable<Delta['current']>) => addConstraint(table, from.name, text(from, 'definition') ?? '');
  const forward = [...(delta.current ? [drop] : []), ...(delta.desired ? [add(delta.desired)] : [])];
  const back = [...(delta.desired ? [drop] : []), ...(delta.current ? [add(delta.current)] : [])];
  const isForeignKey = text(object, 'type') === 'foreign key';
  const base = draft(`${verb(delta)} ${object.name}`, isForeignKey && !delta.current ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE', table, '', '');
  return { ...base, statements: forward.map((sql) => execute(object.name, sql)), undo: back.map((sql) => execute(object.name, sql)) };
}

function verb(delta: Delta): string {
  return delta.change === 'add' ? 'Add' : delta.change === 'remove' ? 'Drop' : 'Replace';
}

function draft(title: string, mode: LockMode, table: TableName, sql: string, undo: string): Draft {
  const reads = mode === 'ACCESS EXCLUSIVE';
  return {
    title,
    statements: [execute(title, sql)],
    undo: [execute(`undo: ${title}`, undo)],
    locks: [{ mode, table }],
    rewrite: false,
    hazards: [{ code: reads ? 'BLOCKS_READS_AND_WRITES' : 'BLOCKS_WRITES', sentence: reads ? `Reads and writes of ${spoken(table)} wait until the step is done.` : `Writes to ${spoken(table)} wait until the step is done; reads go on.` }],
    editable: true,
  };
}

/** What the rows must keep and the names that must be free when these differences of existing tables are made real. */
export function checksOf(bench: Workbench, deltas: readonly Delta[]): Check[] {
  const added = deltas.filter((delta) => delta.change === 'add' && delta.desired);
  const ids = [...new Set(added.filter((delta) => delta.kind === 'constraint').map((delta) => delta.group))];
  const keys = ids.flatMap((id) => {
    const object = bench.current.get(id);
    const family = familyAfter(bench, id);
    if (!object) return [];
    return foreignKeysOf(bench, id, tableName(object), family).filter((key) => added.some((delta) => delta.objectId === key.object.id)).map((key) => ({ key, primary: primaryKeyOf(family) }));
  });
  const changed = [...new Set(deltas.map((delta) => delta.group))].flatMap((id) => {
    const object = bench.current.get(id);
    return object ? violationsCheck(tableName(object), allRows(tableName(object)), bench.currentFamily.get(id) ?? [], withoutNewColumns(bench, id)) : [];
  });
  const names = added.filter((delta) => delta.kind === 'index').map((delta) => tableName(delta.desired as NonNullable<Delta['desired']>));
  return [
    { id: 'free_names', kind: 'free_names', names },
    ...changed,
    ...(keys.length > 0 ? [{ id: 'orphans', kind: 'orphans' as const, foreignKeys: keys.map((one) => one.key.spec), keys: Object.fromEntries(keys.map((one) => [tableKey(one.key.spec.child), one.primary])) }] : []),
  ];
}

/** Rules over a column that does not exist yet cannot be asked of the rows; its default decides, and the step's own transaction. */
function withoutNewColumns(bench: Workbench, id: string): SchemaObject[] {
  const old = new Set(columnsOf(bench.currentFamily.get(id) ?? []).map((column) => column.name));
  return familyAfter(bench, id).filter((object) => (object.kind === 'column' ? old.has(object.name) : list(object, 'columns').every((column) => old.has(column))));
}
