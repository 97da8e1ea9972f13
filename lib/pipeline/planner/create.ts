import type { Check } from '../evidence.ts';
import { addConstraint, createEnum, createIndex, createSchema, createSequence, createTable, ident, literal, qualified } from '../ddl.ts';
import type { Assertion, Phase, Statement, Step, TableName } from '../plan.ts';
import { rowAsText } from '../rows-as-text.ts';
import { foreignKeysOf, parentsFirst } from './foreign-keys.ts';
import { columnsOf, constraintsOf, dropWhenEmpty, indexesOf, refuse, tableName, text, type Workbench } from './input.ts';
import { keptTable, spoken } from './names.ts';
import { grantsAndComments, isPlain } from './plain.ts';

/** New schemas, enums, sequences and tables: nothing that exists is locked for longer than the foreign keys need. */
export function createPhase(bench: Workbench, convertedIds: ReadonlySet<string>): Phase[] {
  const added = bench.chosen.filter((delta) => !bench.scriptsAll && isPlain(bench, delta));
  for (const delta of added) bench.taken.add(delta.id);
  if (added.length === 0) return [];
  const tables = sortedTables(bench, added.filter((delta) => delta.kind === 'table').map((delta) => delta.objectId));
  const before = prerequisiteSteps(bench, added);
  const drafts = [...before, ...tables.map((id) => tableStep(bench, id)), ...foreignKeyStep(bench, tables)];
  const steps = drafts.map((step, i): Step => ({ ...step, id: idAt(i) }));
  const names = tables.map((id) => tableName(bench.desired.get(id) as NonNullable<ReturnType<typeof bench.desired.get>>));
  const parents = outsideParents(bench, tables);
  return [{
    id: 'create',
    kind: 'create',
    title: tables.length > 0 ? `Create ${tables.length} new ${tables.length === 1 ? 'table' : 'tables'}` : 'Create new objects',
    summary: `Creates what ${bench.input.desired} has and ${bench.input.target} lacks${tables.length > 0 ? ': the tables with their keys and indexes first, then their foreign keys' : ''}.`,
    steps,
    checks: checksOf(bench, names, tables),
    verifications: names.flatMap((table, i) => verificationsOf(bench, table, tables[i] ?? '')),
    price: names.map((table, i) => ({ table, step: idAt(before.length + i), sql: `SELECT count(*) AS inserted, 0::bigint AS changed, 0::bigint AS deleted FROM ${qualified(table)}` })),
    touches: [...added.map((delta) => delta.objectId), ...parents],
    requires: parents.filter((id) => convertedIds.has(id)).length > 0 ? ['convert', 'backup'] : [],
    orphanDecisions: {},
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  }];
}

function idAt(place: number): string {
  return `create.${place + 1}`;
}

type Draft = Omit<Step, 'id'>;
const PLAIN = { locks: [], rewrite: false, hazards: [], editable: true } as const;

function sortedTables(bench: Workbench, ids: readonly string[]): string[] {
  const sorted = parentsFirst(ids, (id) => constraintsOf(bench.desiredFamily.get(id) ?? [], 'foreign key').flatMap((key) => text(key, 'references') ?? []));
  return sorted ?? [...ids];
}

function prerequisiteSteps(bench: Workbench, added: Workbench['chosen']): Draft[] {
  const render = {
    schema: { sql: createSchemaOf, drop: 'DROP SCHEMA' },
    enum: { sql: createEnum, drop: 'DROP TYPE' },
    sequence: { sql: createSequence, drop: 'DROP SEQUENCE' },
  } as const;
  return (['schema', 'enum', 'sequence'] as const).flatMap((kind) => added.filter((delta) => delta.kind === kind).flatMap((delta): Draft[] => {
    const object = delta.desired;
    if (!object) return [];
    const name = kind === 'schema' ? ident(object.name) : qualified(tableName(object));
    return [{
      ...PLAIN,
      title: `Create ${kind} ${object.name}`,
      statements: [{ do: 'execute', label: `create ${kind} ${object.name}`, sql: render[kind].sql(object) }],
      undo: [{ do: 'execute', label: `drop ${kind} ${object.name}`, sql: `${render[kind].drop} ${name} RESTRICT` }],
    }];
  }));
}

function createSchemaOf(object: { name: string }): string {
  return createSchema(object.name);
}

function tableStep(bench: Workbench, id: string): Draft {
  const object = bench.desired.get(id) as NonNullable<ReturnType<typeof bench.desired.get>>;
  const family = bench.desiredFamily.get(id) ?? [];
  const table = tableName(object);
  const constraints = [...constraintsOf(family, 'primary key'), ...constraintsOf(family, 'unique'), ...constraintsOf(family, 'check', 'exclusion')];
  return {
    ...PLAIN,
    title: `Create ${spoken(table)}`,
    statements: [
      { do: 'execute', label: `create ${table.name}`, sql: createTable(columnsOf(family), table) },
      ...constraints.map((constraint): Statement => ({ do: 'execute', label: `add ${constraint.name}`, sql: addConstraint(table, constraint.name, text(constraint, 'definition') ?? '') })),
      ...indexesOf(family).map((index): Statement => ({ do: 'execute', label: `create index ${index.name}`, sql: createIndex(index, table) })),
      ...grantsAndComments(bench, id),
    ],
    undo: dropKeepingRows(bench, table),
  };
}

/** Rows that were written since are kept as text, whatever shape the table has when it is created the next time. */
export function dropKeepingRows(bench: Workbench, table: TableName): Statement[] {
  const since = keptTable(bench.keepSchema, table, '_written_since');
  return [
    { do: 'execute', label: 'make sure of the keep schema', sql: `CREATE SCHEMA IF NOT EXISTS ${ident(bench.keepSchema)}` },
    { do: 'execute', label: `lock ${table.name}`, sql: `LOCK TABLE ${qualified(table)} IN ACCESS EXCLUSIVE MODE` },
    { do: 'execute', label: `make room for rows of ${table.name}`, sql: `CREATE TABLE IF NOT EXISTS ${qualified(since)} (row_text text NOT NULL, kept_at timestamptz NOT NULL)` },
    { do: 'execute', label: `keep rows of ${table.name}`, sql: `INSERT INTO ${qualified(since)} SELECT ${rowAsText('t')}, now() FROM ${qualified(table)} t` },
    dropWhenEmpty(since),
    { do: 'execute', label: `drop ${table.name}`, sql: `DROP TABLE ${qualified(table)} RESTRICT` },
  ];
}

function foreignKeyStep(bench: Workbench, tables: readonly string[]): Draft[] {
  const keys = tables.flatMap((id) => {
    const table = tableName(bench.desired.get(id) as NonNullable<ReturnType<typeof bench.desired.get>>);
    return foreignKeysOf(bench, id, table, bench.desiredFamily.get(id) ?? []);
  });
  if (keys.length === 0) return [];
  const parents = new Map(keys.filter((key) => !tables.includes(key.parentId)).map((key) => [key.parentId, key.spec.parent]));
  for (const id of parents.keys()) {
    if (!bench.current.has(id) && !bench.chosen.some((delta) => delta.change === 'add' && delta.objectId === id)) refuse(bench, `A new foreign key refers to ${id.replace('table:', '')}, which ${bench.input.target} does not have: choose that table too.`);
  }
  return [{
    ...PLAIN,
    title: `Add ${keys.length} foreign ${keys.length === 1 ? 'key' : 'keys'} of the new tables`,
    statements: keys.map((key) => ({ do: 'execute', label: `add ${key.object.name}`, sql: addConstraint(key.spec.child, key.object.name, text(key.object, 'definition') ?? '') })),
    undo: keys.toReversed().map((key) => ({ do: 'execute', label: `drop ${key.object.name}`, sql: `ALTER TABLE ${qualified(key.spec.child)} DROP CONSTRAINT ${ident(key.object.name)}` })),
    locks: [...parents.values()].map((table) => ({ mode: 'SHARE ROW EXCLUSIVE', table })),
    hazards: parents.size > 0 ? [{ code: 'BLOCKS_WRITES', sentence: `Writes to ${[...parents.values()].map(spoken).join(', ')} wait while the keys are added; the new tables are empty, so it takes milliseconds.` }] : [],
  }];
}

function outsideParents(bench: Workbench, tables: readonly string[]): string[] {
  const parents = tables.flatMap((id) => constraintsOf(bench.desiredFamily.get(id) ?? [], 'foreign key').flatMap((key) => text(key, 'references') ?? []));
  return [...new Set(parents)].filter((id) => !tables.includes(id));
}

function checksOf(bench: Workbench, names: readonly TableName[], tables: readonly string[]): Check[] {
  const indexes = tables.flatMap((id) => indexesOf(bench.desiredFamily.get(id) ?? []).map(tableName));
  const backing = tables.flatMap((id) => constraintsOf(bench.desiredFamily.get(id) ?? [], 'primary key', 'unique').map(tableName));
  return [{ id: 'free_names', kind: 'free_names', names: [...names, ...indexes, ...backing] }];
}

function verificationsOf(bench: Workbench, table: TableName, id: string): Assertion[] {
  const family = bench.desiredFamily.get(id) ?? [];
  const relation = `to_regclass(${literal(qualified(table))})`;
  return [
    { label: `columns of ${spoken(table)}`, sql: `SELECT count(*)::text FROM pg_attribute WHERE attrelid = ${relation} AND attnum > 0 AND NOT attisdropped`, expect: { from: 'literal', value: String(columnsOf(family).length) } },
    { label: `indexes of ${spoken(table)}`, sql: `SELECT count(*)::text FROM pg_index WHERE indrelid = ${relation} AND indisvalid`, expect: { from: 'literal', value: String(indexesOf(family).length + constraintsOf(family, 'primary key', 'unique', 'exclusion').length) } },
  ];
}
