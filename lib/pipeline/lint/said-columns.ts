import { inventedName } from '../ddl.ts';
import { foundAt, listAt, type Node, nodesAt, textAt, words } from '../sql-facts/tree.ts';
import { isSerial, typeText } from '../sql-facts/type-text.ts';

/** A column as a statement or a reading says it. */
export interface SaidColumn {
  name: string;
  /** As the server writes it: `character varying(255)`; types of people without `public.`. */
  type: string;
  nullable: boolean;
  /** Of a statement: the tree of the expression. Of a reading: the server's text. */
  default: Node | string | null;
  identity: boolean;
  /** It brings a sequence of its own: serial and identity columns. */
  sequence: boolean;
  /** The rows cannot say what stands in it. */
  generated: boolean;
}

/** How a reading's type is compared with a said one. */
export function comparableType(type: string): string {
  return type.replace(/^public\./, '');
}

/** The column of a `ColumnDef` node. */
export function saidColumn(def: Node): SaidColumn {
  const constraints = nodesAt(def, 'constraints', 'Constraint');
  const has = (type: string) => constraints.find((one) => one.contype === type);
  const typeName = foundAt(def, 'typeName');
  const serial = typeName !== null && isSerial(typeName);
  const fallback = has('CONSTR_DEFAULT');
  return {
    name: textAt(def, 'colname') ?? '',
    type: typeName ? typeText(typeName) : '',
    nullable: !has('CONSTR_NOTNULL') && !has('CONSTR_PRIMARY') && !has('CONSTR_IDENTITY') && !serial,
    default: !serial ? (fallback ? foundAt(fallback, 'raw_expr') : null) : 'nextval',
    identity: has('CONSTR_IDENTITY') !== undefined,
    sequence: serial || has('CONSTR_IDENTITY') !== undefined,
    generated: has('CONSTR_GENERATED') !== undefined,
  };
}

/** A constraint as a statement says it, with the name that the server would give it where it has none. */
export interface SaidConstraint {
  name: string | null;
  /** False: the server gives the name. */
  named: boolean;
  type: 'primary key' | 'unique' | 'foreign key' | 'check' | 'exclusion';
  columns: readonly string[];
  /** Of a foreign key. */
  references: { schema: string | null; name: string } | null;
  referencedColumns: readonly string[];
  /** NOT VALID. */
  unchecked: boolean;
  /** Of a unique constraint over an index that is there. */
  usingIndex: string | null;
  node: Node;
}

const TYPES: Readonly<Record<string, SaidConstraint['type']>> = { CONSTR_PRIMARY: 'primary key', CONSTR_UNIQUE: 'unique', CONSTR_FOREIGN: 'foreign key', CONSTR_CHECK: 'check', CONSTR_EXCLUSION: 'exclusion' };

/** The constraint of a `Constraint` node of a table; `column`: it stands behind that column. Null for NOT NULL, defaults and the like. */
export function saidConstraint(node: Node, table: string, column: string | null): SaidConstraint | null {
  const type = TYPES[textAt(node, 'contype') ?? ''];
  if (!type) return null;
  const keys = words(listAt(node, type === 'foreign key' ? 'fk_attrs' : 'keys'));
  const columns = keys.length === 0 && column !== null ? [column] : keys;
  const given = textAt(node, 'conname');
  const parent = foundAt(node, 'pktable');
  return {
    name: given ?? usualName(type, table, columns),
    named: given !== null,
    type,
    columns,
    references: parent ? { schema: textAt(parent, 'schemaname'), name: textAt(parent, 'relname') ?? '' } : null,
    referencedColumns: words(listAt(node, 'pk_attrs')),
    unchecked: node.skip_validation === true,
    usingIndex: textAt(node, 'indexname'),
    node,
  };
}

/** Null where the server would have to shorten it. */
function usualName(type: SaidConstraint['type'], table: string, columns: readonly string[]): string | null {
  const ending = { 'primary key': 'pkey', unique: 'key', 'foreign key': 'fkey', check: 'check', exclusion: 'excl' }[type];
  const name = [table, ...(type === 'primary key' ? [] : columns), ending].join('_');
  return Buffer.byteLength(name, 'utf8') <= 63 ? name : null;
}

/** The name that the server gives the sequence of a serial or identity column. */
export function sequenceName(table: string, column: string): string {
  return inventedName(table, column, 'seq');
}

/** Columns and constraints of a `CreateStmt`; columns null when LIKE, OF or INHERITS brings some that the statement does not say. */
export function saidTable(stmt: Node, name: string): { columns: readonly SaidColumn[] | null; constraints: readonly SaidConstraint[] } {
    const defs = nodesAt(stmt, 'tableElts', 'ColumnDef');
  const inline = defs.flatMap((def) => nodesAt(def, 'constraints', 'Constraint').flatMap((one) => saidConstraint(one, name, textAt(def, 'colname')) ?? []));
  const apart = nodesAt(stmt, 'tableElts', 'Constraint').flatMap((one) => saidConstraint(one, name, null) ?? []);
  const constraints = [...inline, ...apart];
  const key = constraints.find((one) => one.type === 'primary key');
  const borrowed = nodesAt(stmt, 'tableElts', 'TableLikeClause').length > 0 || listAt(stmt, 'inhRelations').length > 0 || foundAt(stmt, 'ofTypename') !== null;
  return { columns: borrowed ? null : defs.map((def) => { const column = saidColumn(def); return key?.columns.includes(column.name) ? { ...column, nullable: false } : column; }), constraints };
}
