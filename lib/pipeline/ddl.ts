// The only place that quotes and renders DDL. One statement per string, without a semicolon at the end: statements are sent alone.
import { KEYWORDS } from './keywords.ts';
import type { TableName } from './plan.ts';
import type { SchemaObject } from './snapshot.ts';

/** Postgres cuts longer names off in silence (NAMEDATALEN - 1), so that the statement would mean another object. */
export const MAX_NAME_BYTES = 63;

/** The name that the server makes of a table, one of its columns and what it is for; where that is too long the longer of the two is cut (makeObjectName in the server's source). */
export function inventedName(table: string, column: string | null, label: string): string {
  let [first, second] = [table, column];
  const whole = (): string => [first, ...(second === null ? [] : [second]), label].join('_');
  while (utf8Bytes(whole()) > MAX_NAME_BYTES) {
    if (second === null || utf8Bytes(first) > utf8Bytes(second)) first = first.slice(0, -1);
    else second = second.slice(0, -1);
  }
  return whole();
}

/**
 * A name as SQL, quoted only where Postgres itself would quote it.
 * @throws on an empty name, one with a zero byte, or one of more than 63 bytes.
 */
export function ident(name: string): string {
  if (name === '' || name.includes('\0')) throw new Error('ident: an empty name or a zero byte is no name');
  // No letter takes more than three bytes for each unit of its length: of nearly all names it need not be counted.
  if (name.length * 3 > MAX_NAME_BYTES && utf8Bytes(name) > MAX_NAME_BYTES) throw new Error(`ident: ${JSON.stringify(name)} is longer than ${MAX_NAME_BYTES} bytes and would be cut off`);
  return /^[a-z_][a-z0-9_]*$/.test(name) && !KEYWORDS.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL string, whatever standard_conforming_strings says. Throws on a zero byte, which no text of Postgres holds. */
export function literal(text: string): string {
  if (text.includes('\0')) throw new Error('literal: a zero byte cannot be stored in Postgres');
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
}

/** `schema.name`, each part quoted where needed. */
export function qualified({ schema, name }: TableName): string {
  return `${ident(schema)}.${ident(name)}`;
}

/** `a, b`: names as a column list. */
export function idents(names: readonly string[]): string {
  return names.map(ident).join(', ');
}

/** The value of search_path; pg_catalog stays in front of it by itself. `''` where no schema is named: nothing is found then but what is in pg_catalog. */
export function searchPathSql(schemas: readonly string[]): string {
  return schemas.length === 0 ? "''" : idents(schemas);
}

/** `CREATE SCHEMA x`. */
export function createSchema(name: string): string {
  return `CREATE SCHEMA ${ident(name)}`;
}

/**
 * The type to cast to where the result is then assigned to a column of `type`: without a length. An explicit cast to a length cuts
 * what is longer and says nothing; assigning it is an error (manual, 8.3 Character Types and 8.10 Bit String Types). `character` and
 * `bit` are given by the names that do not mean length 1.
 */
export function castTarget(type: string): string {
  return type
    .replace(/^character varying\(\d+\)/, 'character varying')
    .replace(/^character\(\d+\)/, 'pg_catalog.bpchar')
    .replace(/^bit varying\(\d+\)/, 'bit varying')
    .replace(/^bit\(\d+\)/, 'pg_catalog."bit"');
}

/** `CREATE TYPE schema.name AS ENUM (…)`, labels in their order. */
export function createEnum(object: SchemaObject): string {
  return `CREATE TYPE ${qualified(object)} AS ENUM (${listAttribute(object, 'labels').map(literal).join(', ')})`;
}

/** `CREATE SEQUENCE …` with every option spelled out. Ownership comes later (ownSequence), when the column exists. */
export function createSequence(object: SchemaObject): string {
  const cycle = object.attributes.cycle === true ? 'CYCLE' : 'NO CYCLE';
  const unlogged = object.attributes.persistence === 'unlogged' ? 'UNLOGGED ' : '';
  const option = (attribute: string) => textAttribute(object, attribute);
  return `CREATE ${unlogged}SEQUENCE ${qualified(object)} AS ${option('type')} INCREMENT BY ${option('increment')} MINVALUE ${option('min')} MAXVALUE ${option('max')} START WITH ${option('start')} CACHE ${option('cache')} ${cycle}`;
}

/** The numbers that a sequence gives. */
export interface NumberRange {
  min: bigint;
  max: bigint;
}

/**
 * Where the position of a sequence goes when it gets another range. `restart`: no number of the old range is in the new one, it begins anew. `before`: numbers of
 * the old range, `start` among them, are outside the new one: the sequence takes both ranges, and its position goes to the nearest number of the new one,
 * which is given again only where none of that range was. What stays needs neither.
 * @param sequence as it is called when the statements run; its bounds are those of `from`.
 */
export function movedPosition(sequence: TableName, from: NumberRange & { start: bigint }, to: NumberRange & { increment: bigint }): { before: string[]; restart: boolean } {
  if (to.max < from.min || to.min > from.max) return { before: [], restart: true };
  if (from.start >= to.min && from.start <= to.max) return { before: [], restart: false };
  const name = qualified(sequence);
  const [min, max] = [to.min < from.min ? to.min : from.min, to.max > from.max ? to.max : from.max];
  return {
    before: [
      `ALTER SEQUENCE ${name} MINVALUE ${min} MAXVALUE ${max}`,
      `SELECT pg_catalog.setval(${literal(name)}, LEAST(GREATEST(last_value, ${to.min}), ${to.max}), is_called AND NOT last_value ${to.increment > 0n ? `< ${to.min}` : `> ${to.max}`}) FROM ${name}`,
    ],
    restart: false,
  };
}

/** `ALTER SEQUENCE … OWNED BY table.column`. */
export function ownSequence(sequence: TableName, table: TableName, column: string): string {
  return `ALTER SEQUENCE ${qualified(sequence)} OWNED BY ${qualified(table)}.${ident(column)}`;
}

/**
 * `CREATE TABLE` with columns only: types, defaults, NOT NULL, identity and generated columns, storage parameters, partition key.
 * Constraints, indexes and what ALTER TABLE alone can set (tableSettings) are statements of their own.
 * @param objects the table object (optional: gives persistence, partition key, parameters) and its columns in any order; other kinds are left out.
 * @param table where to create it; may differ from where the objects stand (shadow tables).
 * @param heir where it is made as one: ` INHERITS (…)`, and what it asks of columns that it does not declare.
 */
export function createTable(objects: readonly SchemaObject[], table: TableName, heir: { clause: string; constraints: readonly string[] } = { clause: '', constraints: [] }): string {
  const owner = objects.find((object) => object.kind === 'table');
  const columns = objects.filter((object) => object.kind === 'column').toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0));
  const parents = new Set([...columns.map((column) => column.parent), ...(owner ? [owner.id] : [])]);
  if (parents.size > 1) throw new Error(`createTable: columns of more than one table: ${[...parents].join(', ')}`);
  const lines = [...columns.map((column) => columnDefinition(column, table.schema)), ...heir.constraints].map((line) => `  ${line}`);
  const body = lines.length > 0 ? `(\n${lines.join(',\n')}\n)` : '()';
  const unlogged = owner?.attributes.persistence === 'unlogged' ? 'UNLOGGED ' : '';
  return `CREATE ${unlogged}TABLE ${qualified(table)} ${body}${heir.clause}${owner ? tableClauses(owner) : ''}`;
}

function tableClauses(owner: SchemaObject): string {
  const partitionKey = optionalText(owner, 'partitionKey');
  const method = optionalText(owner, 'accessMethod');
  const options = listAttribute(owner, 'options');
  return `${partitionKey ? ` PARTITION BY ${partitionKey}` : ''}${method ? ` USING ${ident(method)}` : ''}${options.length > 0 ? ` WITH (${storageParameters(options)})` : ''}`;
}

/** `name type COLLATE … DEFAULT … NOT NULL`, as it stands in CREATE TABLE and ADD COLUMN of a table in the schema. */
export function columnDefinition(column: SchemaObject, schema: string = column.schema): string {
  const parts = [ident(column.name), textAttribute(column, 'type')];
  const collation = optionalText(column, 'collation');
  const generated = optionalText(column, 'generated');
  const identity = optionalText(column, 'identity');
  const fallback = optionalText(column, 'default');
  const notNullName = optionalText(column, 'notNullName') ?? optionalText(column, 'notNullCalled');
  if (collation) parts.push(`COLLATE ${collation}`);
  if (generated) parts.push(`GENERATED ALWAYS AS ${generated}`);
  else if (identity) parts.push(`GENERATED ${identity} AS IDENTITY${identityOptions(column, schema)}`);
  else if (fallback !== null) parts.push(`DEFAULT ${fallback}`);
  if (column.attributes.nullable === false) parts.push(`${notNullName === null ? '' : `CONSTRAINT ${ident(notNullName)} `}NOT NULL`);
  return parts.join(' ');
}

/** The options of an identity column in brackets, with the name of its sequence where it is not the usual one; empty when all is as usual. */
export function identityOptions(column: SchemaObject, schema: string): string {
  const name = optionalText(column, 'identitySequence');
  const options = [name === null ? null : `SEQUENCE NAME ${ident(schema)}.${ident(name)}`, optionalText(column, 'identityOptions')].filter((part) => part !== null);
  return options.length > 0 ? ` (${options.join(' ')})` : '';
}

/** `ALTER TABLE … ADD COLUMN …`. */
export function addColumn(column: SchemaObject, table: TableName): string {
  return `ALTER TABLE ${qualified(table)} ADD COLUMN ${columnDefinition(column, table.schema)}`;
}

/** What a column has beyond CREATE TABLE: storage, compression, statistics target, options, a sequence that is logged otherwise than the table. Empty for ordinary columns. */
export function columnSettings(column: SchemaObject, table: TableName): string[] {
  const alter = `ALTER TABLE ${qualified(table)} ALTER COLUMN ${ident(column.name)}`;
  const storage = optionalText(column, 'storage');
  const compression = optionalText(column, 'compression');
  const target = column.attributes.statisticsTarget;
  const options = listAttribute(column, 'options');
  const logged = optionalText(column, 'identityLogged');
  const sequence = { schema: table.schema, name: optionalText(column, 'identitySequence') ?? `${table.name}_${column.name}_seq` };
  return [
    ...(logged ? [`ALTER SEQUENCE ${qualified(sequence)} SET ${logged}`] : []),
    ...(storage ? [`${alter} SET STORAGE ${storage}`] : []),
    ...(compression ? [`${alter} SET COMPRESSION ${compression}`] : []),
    ...(typeof target === 'number' ? [`${alter} SET STATISTICS ${target}`] : []),
    ...(options.length > 0 ? [`${alter} SET (${storageParameters(options)})`] : []),
  ];
}

/** What a table has beyond CREATE TABLE: row security and replica identity. The index that REPLICA IDENTITY names must exist first. */
export function tableSettings(object: SchemaObject, table: TableName): string[] {
  const alter = `ALTER TABLE ${qualified(table)}`;
  const identity = optionalText(object, 'replicaIdentity') ?? 'default';
  const index = optionalText(object, 'replicaIdentityIndex');
  return [
    ...(object.attributes.rowSecurity === true ? [`${alter} ENABLE ROW LEVEL SECURITY`] : []),
    ...(object.attributes.forceRowSecurity === true ? [`${alter} FORCE ROW LEVEL SECURITY`] : []),
    ...(index === null && identity === 'default' ? [] : [`${alter} ${replicaIdentityClause(identity, index)}`]),
  ];
}

/** Where the index is gone, the server takes it for NOTHING. */
export function replicaIdentityClause(identity: string, index: string | null): string {
  return index === null ? `REPLICA IDENTITY ${(identity === 'index' ? 'nothing' : identity).toUpperCase()}` : `REPLICA IDENTITY USING INDEX ${ident(index)}`;
}

/** `ALTER TABLE … ADD CONSTRAINT name definition`; the definition as in pg_get_constraintdef, or foreignKeyDefinition(). */
export function addConstraint(table: TableName, name: string, definition: string): string {
  return `ALTER TABLE ${qualified(table)} ADD CONSTRAINT ${ident(name)} ${definition}`;
}

/**
 * The definition of a foreign key built from its parts, so that it can point at another table (a shadow of the parent). For the
 * parent's own name it is the same text as the attribute `definition`, NOT VALID included.
 */
export function foreignKeyDefinition(object: Pick<SchemaObject, 'id' | 'attributes'>, references: TableName): string {
  const period = object.attributes.period === true;
  const text = (attribute: string) => textAttribute(object, attribute);
  const parts = [`FOREIGN KEY (${keyColumns(listAttribute(object, 'columns'), period)})`, `REFERENCES ${qualified(references)}(${keyColumns(listAttribute(object, 'referencedColumns'), period)})`];
  if (text('match') !== 'SIMPLE') parts.push(`MATCH ${text('match')}`);
  if (text('onUpdate') !== 'NO ACTION') parts.push(`ON UPDATE ${text('onUpdate')}`);
  if (text('onDelete') !== 'NO ACTION') parts.push(`ON DELETE ${text('onDelete')}${onlyColumns(listAttribute(object, 'onDeleteColumns'))}`);
  const deferrable = text('deferrable');
  if (deferrable !== 'NOT DEFERRABLE') parts.push(deferrable);
  if (object.attributes.enforced === false) parts.push('NOT ENFORCED');
  else if (object.attributes.validated === false) parts.push('NOT VALID');
  return parts.join(' ');
}

function keyColumns(columns: readonly string[], period: boolean): string {
  return columns.map((column, index) => (period && index === columns.length - 1 ? `PERIOD ${ident(column)}` : ident(column))).join(', ');
}

function onlyColumns(columns: readonly string[]): string {
  return columns.length > 0 ? ` (${idents(columns)})` : '';
}

/**
 * `CREATE [UNIQUE] INDEX name ON table USING …`, on the given table, which may be a shadow of the one it stands on. Its own name is kept:
 * index names live in the schema of their table. On a partitioned table it is built on the partitions too, and ends valid.
 */
export function createIndex(object: SchemaObject, table: TableName): string {
  const unique = object.attributes.unique === true ? 'UNIQUE ' : '';
  return `CREATE ${unique}INDEX ${ident(object.name)} ON ${qualified(table)} USING ${textAttribute(object, 'using')}`;
}

/**
 * The statement that makes a table, materialized view, index or key, so that it makes it in this tablespace.
 * @param predicate the condition with which it ends, or ends but for when it is checked; null: none.
 */
export function inTablespace(sql: string, tablespace: string, predicate: string | null): string {
  const clause = ` TABLESPACE ${ident(tablespace)}`;
  if (sql.startsWith('CREATE MATERIALIZED VIEW ')) return sql.replace(' AS\n', () => `${clause} AS\n`);
  if (/^CREATE (?:UNLOGGED )?TABLE /.test(sql)) return `${sql}${clause}`;
  const at = predicate === null ? -1 : sql.lastIndexOf(` WHERE ${predicate}`);
  const checked = / (?:NOT )?DEFERRABLE(?: INITIALLY DEFERRED)?$/.exec(sql)?.index ?? sql.length;
  const before = at >= 0 ? at : sql.startsWith('ALTER TABLE ') ? checked : sql.length;
  return `${sql.slice(0, before)}${sql.startsWith('ALTER TABLE ') ? ' USING INDEX' : ''}${clause}${sql.slice(before)}`;
}

/** `CREATE [UNIQUE] INDEX CONCURRENTLY name ON table USING …`. Never IF NOT EXISTS: that would take an invalid index for the wanted one. */
export function createIndexConcurrently(index: { name: string; unique: boolean; using: string }, table: TableName, placed: { tablespace: string; predicate: string | null } | null = null): string {
  const sql = `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX CONCURRENTLY ${ident(index.name)} ON ${qualified(table)} USING ${index.using}`;
  return placed ? inTablespace(sql, placed.tablespace, placed.predicate) : sql;
}

/** `DROP INDEX CONCURRENTLY schema.name`. */
export function dropIndexConcurrently(index: TableName): string {
  return `DROP INDEX CONCURRENTLY ${qualified(index)}`;
}

/** `REINDEX INDEX CONCURRENTLY schema.name`. */
export function reindexConcurrently(index: TableName): string {
  return `REINDEX INDEX CONCURRENTLY ${qualified(index)}`;
}

/** `ALTER TABLE parent DETACH PARTITION child CONCURRENTLY`, or FINALIZE for one that was broken off. */
export function detachPartition(parent: TableName, child: TableName, how: 'CONCURRENTLY' | 'FINALIZE'): string {
  return `ALTER TABLE ${qualified(parent)} DETACH PARTITION ${qualified(child)} ${how}`;
}

/** `VACUUM (ANALYZE) table`. */
export function vacuumTable(table: TableName, freeze = false): string {
  return `VACUUM (${freeze ? 'FREEZE, ' : ''}ANALYZE) ${qualified(table)}`;
}

/** `ALTER INDEX … SET (…)`: storage parameters of the index behind a constraint, which the constraint's definition does not tell. */
export function setIndexOptions(index: TableName, options: readonly string[]): string {
  return `ALTER INDEX ${qualified(index)} SET (${storageParameters(options)})`;
}

/** `ALTER TABLE … CLUSTER ON index`: marks the index, moves no row. */
export function clusterOn(table: TableName, index: string): string {
  return `ALTER TABLE ${qualified(table)} CLUSTER ON ${ident(index)}`;
}

/** `ALTER TABLE parent ATTACH PARTITION child FOR VALUES …`; the bound as in pg_get_expr(relpartbound). */
export function attachPartition(parent: TableName, child: TableName, bound: string): string {
  return `ALTER TABLE ${qualified(parent)} ATTACH PARTITION ${qualified(child)} ${bound}`;
}

/** `ALTER TABLE child INHERIT parent`. */
export function inherit(child: TableName, parent: TableName): string {
  return `ALTER TABLE ${qualified(child)} INHERIT ${qualified(parent)}`;
}

/** `GRANT privilege ON table TO grantee`; the word PUBLIC stands for everybody, as in Snapshot.carried. */
export function grant(table: TableName, entry: { grantee: string; privilege: string; grantable: boolean }): string {
  const to = entry.grantee === 'PUBLIC' ? 'PUBLIC' : ident(entry.grantee);
  return `GRANT ${entry.privilege} ON ${qualified(table)} TO ${to}${entry.grantable ? ' WITH GRANT OPTION' : ''}`;
}

/** `name=value` pairs as reloptions hold them, in the form of a WITH or SET list. Values are quoted: `autovacuum_enabled='false'`. */
export function storageParameters(options: readonly string[]): string {
  return options
    .map((option) => {
      const at = option.indexOf('=');
      const name = option.slice(0, at).split('.').map(ident).join('.');
      return `${name}=${literal(option.slice(at + 1))}`;
    })
    .join(', ');
}

function optionalText(object: Pick<SchemaObject, 'attributes'>, attribute: string): string | null {
  const value = object.attributes[attribute];
  return typeof value === 'string' ? value : null;
}

function textAttribute(object: Pick<SchemaObject, 'id' | 'attributes'>, attribute: string): string {
  const value = optionalText(object, attribute);
  if (value === null) throw new Error(`ddl: ${object.id} has no attribute ${attribute}`);
  return value;
}

function listAttribute(object: Pick<SchemaObject, 'attributes'>, attribute: string): readonly string[] {
  const value = object.attributes[attribute];
  return Array.isArray(value) ? value : [];
}

const UTF8 = new TextEncoder();

function utf8Bytes(text: string): number {
  return UTF8.encode(text).length;
}
