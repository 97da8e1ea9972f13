import { bodyOf } from '../sql-facts/body.ts';
import { nameOf } from '../sql-facts/create.ts';
import { findNodes, isNode, listAt, type Node, nodeAt, nodesAt, textAt, unwrap, wordsOf, wrapped } from '../sql-facts/tree.ts';
import { saidConstraint } from './said-columns.ts';

/** Something that a statement makes. */
export interface MadeObject {
  /** Relations (tables, views, indexes, sequences) `schema.name`; parts of a table `schema.table.part`; all else with its kind before it: `type schema.name`. */
  key: string;
  /** As a person calls it: `table y`. */
  words: string;
  /** The table or schema that takes it along when it goes. */
  within: readonly string[];
  /** It may have found one that was there: IF NOT EXISTS, OR REPLACE. */
  perhaps: boolean;
}

/** What statements name, make and take away: enough to see whether one set of them takes another one back. */
export interface SaidObjects {
  names: Set<string>;
  makes: MadeObject[];
  /** New names of what was called otherwise. */
  renamedTo: Set<string>;
  drops: { key: string; words: string; table: boolean }[];
  /** Parts of tables that go: `column c of t`. */
  partsGone: { name: string; words: string }[];
  /** It does more than its text says: EXECUTE, a procedure, a function in a query, a block that could not be read. */
  hidden: boolean;
}

const WORDS: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'table', OBJECT_VIEW: 'view', OBJECT_MATVIEW: 'materialized view', OBJECT_INDEX: 'index', OBJECT_SEQUENCE: 'sequence', OBJECT_FOREIGN_TABLE: 'foreign table', OBJECT_TYPE: 'type', OBJECT_DOMAIN: 'type', OBJECT_SCHEMA: 'schema',
  OBJECT_EXTENSION: 'extension', OBJECT_FUNCTION: 'routine', OBJECT_PROCEDURE: 'routine', OBJECT_ROUTINE: 'routine', OBJECT_TRIGGER: 'trigger', OBJECT_POLICY: 'policy', OBJECT_RULE: 'rule',
};
const RELATIONS: ReadonlySet<string> = new Set(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_INDEX', 'OBJECT_SEQUENCE', 'OBJECT_FOREIGN_TABLE']);
const ON_TABLE: ReadonlySet<string> = new Set(['OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE']);

export function noObjects(): SaidObjects {
  return { names: new Set(), makes: [], renamedTo: new Set(), drops: [], partsGone: [], hidden: false };
}

/** Adds what one statement says. `path`: where names without a schema are looked for. The parser module is loaded by whoever parsed the statement. */
export function addObjects(into: SaidObjects, kind: string, node: Node, sql: string, path: readonly string[]): void {
  const schema = path[0] ?? 'public';
  addRelations(into, node, schema);
  READERS[kind]?.(into, node, schema, rangeKey(node.relation, schema) ?? '');
  if (kind === 'DoStmt') addBody(into, node, sql, path);
  else if (kind === 'CallStmt' || kind === 'ExecuteStmt' || (kind === 'SelectStmt' && findNodes(node, ['FuncCall']).length > 0)) into.hidden = true;
}

/** Relations stand in a tree with their wrapper or without. */
function addRelations(into: SaidObjects, value: unknown, schema: string): void {
  if (Array.isArray(value)) for (const each of value) addRelations(into, each, schema);
  else if (isNode(value)) {
    const key = rangeKey(value, schema);
    if (key !== null) into.names.add(key);
    for (const below of Object.values(value)) if (typeof below === 'object') addRelations(into, below, schema);
  }
}

function addBody(into: SaidObjects, node: Node, sql: string, path: readonly string[]): void {
  const body = bodyOf(node, sql);
  if (!body || body.unknown) into.hidden = true;
  for (const one of body?.statements ?? []) addObjects(into, one.kind, one.node, one.sql, path);
}

type Reader = (into: SaidObjects, node: Node, schema: string, own: string) => void;

const READERS: Readonly<Record<string, Reader>> = {
  CreateStmt: (into, node, _schema, own) => makeRelation(into, 'table', own, node.if_not_exists === true, nodeAt(node, 'relation')),
  CreateTableAsStmt: (into, node, schema) => {
    const range = nodeAt(nodeAt(node, 'into'), 'rel');
    makeRelation(into, node.objtype === 'OBJECT_MATVIEW' ? 'materialized view' : 'table', rangeKey(range, schema) ?? '', node.if_not_exists === true, range);
  },
  ViewStmt: (into, node, schema) => makeRelation(into, 'view', rangeKey(node.view, schema) ?? '', node.replace === true, nodeAt(node, 'view')),
  CreateSeqStmt: (into, node, schema) => makeRelation(into, 'sequence', rangeKey(node.sequence, schema) ?? '', node.if_not_exists === true, nodeAt(node, 'sequence')),
  IndexStmt: (into, node, _schema, own) => {
    const name = textAt(node, 'idxname');
    if (name !== null) make(into, `${schemaOf(own)}.${name}`, `index ${name}`, [own, `schema ${schemaOf(own)}`], node.if_not_exists === true);
  },
  CreateSchemaStmt: (into, node) => make(into, `schema ${textAt(node, 'schemaname') ?? ''}`, `schema ${textAt(node, 'schemaname') ?? ''}`, [], node.if_not_exists === true),
  CreateExtensionStmt: (into, node) => make(into, `extension ${textAt(node, 'extname') ?? ''}`, `extension ${textAt(node, 'extname') ?? ''}`, [], node.if_not_exists === true),
  CreateEnumStmt: (into, node, schema) => makeNamed(into, 'type', nameOf({ List: { items: node.typeName } }), schema, false),
  CreateDomainStmt: (into, node, schema) => makeNamed(into, 'type', nameOf({ List: { items: node.domainname } }), schema, false),
  CompositeTypeStmt: (into, node, schema) => makeNamed(into, 'type', (rangeKey(node.typevar, schema) ?? '').split('.'), schema, false),
  CreateFunctionStmt: (into, node, schema) => makeNamed(into, 'routine', nameOf({ List: { items: node.funcname } }), schema, node.replace === true),
  CreateTrigStmt: (into, node, _schema, own) => make(into, `${own}.${textAt(node, 'trigname') ?? ''}`, `trigger ${textAt(node, 'trigname') ?? ''}`, [own, `schema ${schemaOf(own)}`], node.replace === true),
  AlterEnumStmt: (into, node, schema) => void into.names.add(`type ${full(wordsOf({ List: { items: node.typeName } }), schema)}`),
  AlterTableStmt: (into, node, _schema, own) => {
    for (const cmd of nodesAt(node, 'cmds', 'AlterTableCmd')) altered(into, cmd, own);
  },
  RenameStmt: (into, node, schema, own) => renamed(into, node, schema, own),
  AlterObjectSchemaStmt: (into, node, _schema, own) => {
    const to = `${textAt(node, 'newschema') ?? ''}.${own.split('.').at(-1) ?? ''}`;
    into.names.add(to);
    into.renamedTo.add(to);
  },
  DropStmt: (into, node, schema) => dropped(into, node, schema),
};

function make(into: SaidObjects, key: string, words: string, within: readonly string[], perhaps: boolean): void {
  into.names.add(key);
  into.makes.push({ key, words, within, perhaps });
}

/** A temporary table goes by itself. */
function makeRelation(into: SaidObjects, word: string, key: string, perhaps: boolean, range: Node): void {
  if (textAt(range, 'relpersistence') !== 't') make(into, key, `${word} ${key.split('.').at(-1) ?? ''}`, [`schema ${schemaOf(key)}`], perhaps);
}

function makeNamed(into: SaidObjects, word: string, parts: readonly string[], schema: string, perhaps: boolean): void {
  const key = full(parts, schema);
  make(into, `${word} ${key}`, `${word} ${parts.at(-1) ?? ''}`, [`schema ${schemaOf(key)}`], perhaps);
}

function altered(into: SaidObjects, cmd: Node, own: string): void {
  const def = nodeAt(cmd, 'def');
  const name = textAt(cmd, 'name') ?? '';
  const part = (word: string, called: string): void => make(into, `${own}.${called}`, `${word} ${called} of ${own.split('.').at(-1) ?? ''}`, [own, `schema ${schemaOf(own)}`], cmd.missing_ok === true);
  if (cmd.subtype === 'AT_AddColumn') part('column', textAt(wrapped(def, 'ColumnDef') ?? {}, 'colname') ?? '');
  if (cmd.subtype === 'AT_AddConstraint') {
    const said = saidConstraint(wrapped(def, 'Constraint') ?? {}, own.split('.').at(-1) ?? '', null);
    if (said?.name) {
      part('constraint', said.name);
      // The index behind it has its name.
      into.names.add(`${schemaOf(own)}.${said.name}`);
    }
  }
  if (cmd.subtype === 'AT_DropColumn' || cmd.subtype === 'AT_DropConstraint') into.partsGone.push({ name, words: `${cmd.subtype === 'AT_DropColumn' ? 'column' : 'constraint'} ${name} of ${own.split('.').at(-1) ?? ''}` });
}

function renamed(into: SaidObjects, node: Node, schema: string, own: string): void {
  const to = textAt(node, 'newname') ?? '';
  const of = String(node.renameType);
  if (RELATIONS.has(of)) {
    into.names.add(`${schemaOf(own)}.${to}`);
    into.renamedTo.add(`${schemaOf(own)}.${to}`);
  } else if (own !== '') into.names.add(`${own}.${to}`);
  else {
    const object = unwrap(node.object);
    const word = WORDS[of] ?? '';
    const parts = object ? nameOf(node.object) : [];
    into.names.add(`${word} ${full(parts, schema)}`);
    into.names.add(`${word} ${full([...parts.slice(0, -1), to], schema)}`);
  }
}

function dropped(into: SaidObjects, node: Node, schema: string): void {
  const type = String(node.removeType);
  const word = WORDS[type];
  if (word === undefined) return;
  for (const object of listAt(node, 'objects')) {
    const parts = nameOf(object);
    const key = RELATIONS.has(type) ? full(parts, schema) : ON_TABLE.has(type) ? `${full(parts.slice(0, -1), schema)}.${parts.at(-1) ?? ''}` : type === 'OBJECT_SCHEMA' || type === 'OBJECT_EXTENSION' ? `${word} ${parts.at(-1) ?? ''}` : `${word} ${full(parts, schema)}`;
    into.names.add(key);
    if (ON_TABLE.has(type)) into.names.add(full(parts.slice(0, -1), schema));
    into.drops.push({ key, words: `${word} ${parts.join('.')}`, table: type === 'OBJECT_TABLE' });
  }
}

function rangeKey(value: unknown, schema: string): string | null {
  const range = isNode(value) ? value : {};
  const name = textAt(range, 'relname');
  return name === null ? null : `${textAt(range, 'schemaname') ?? schema}.${name}`;
}

function full(parts: readonly string[], schema: string): string {
  return `${parts.length > 1 ? (parts.at(-2) ?? schema) : schema}.${parts.at(-1) ?? ''}`;
}

function schemaOf(key: string): string {
  return key.split('.')[0] ?? '';
}
