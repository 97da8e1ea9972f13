import type { TableName } from '../plan.ts';
import { listAt, type Node } from '../sql-facts/tree.ts';
import { key, object } from './nodes.ts';
import type { Reader, Shape } from './shape.ts';

// What is no table and is made and dropped under a name, so that a way back that a text writes for it finds what it takes back.

const DROPPED: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'table', OBJECT_INDEX: 'index', OBJECT_VIEW: 'view', OBJECT_TYPE: 'type', OBJECT_DOMAIN: 'type', OBJECT_SEQUENCE: 'sequence', OBJECT_MATVIEW: 'materialized view', OBJECT_FUNCTION: 'function', OBJECT_PROCEDURE: 'procedure',
  OBJECT_TRIGGER: 'trigger', OBJECT_POLICY: 'policy', OBJECT_RULE: 'rule', OBJECT_SCHEMA: 'schema', OBJECT_EXTENSION: 'extension',
};
/** In no schema of their own. */
const UNQUALIFIED: ReadonlySet<string> = new Set(['schema', 'extension']);

/** Statements that make something which `DROP` of the same name takes away. What may replace something is not taken back by that. */
export const MADE: Readonly<Record<string, Reader>> = {
  ViewStmt: (node, path) => (node.replace === true ? {} : made('view', nameIn(object(node.view), path))),
  CreateSeqStmt: (node, path) => made('sequence', nameIn(object(node.sequence), path)),
  CreateEnumStmt: (node, path) => made('type', named(listAt(node, 'typeName'), path)),
  CreateDomainStmt: (node, path) => made('type', named(listAt(node, 'domainname'), path)),
  CompositeTypeStmt: (node, path) => made('type', nameIn(object(node.typevar), path)),
  CreateFunctionStmt: (node, path) => (node.replace === true ? {} : made(node.is_procedure === true ? 'procedure' : 'function', named(listAt(node, 'funcname'), path))),
  CreateTrigStmt: (node, path) => (node.replace === true ? {} : made('trigger', inTable(node.relation, node.trigname, path))),
  CreatePolicyStmt: (node, path) => made('policy', inTable(node.table, node.policy_name, path)),
  CreateSchemaStmt: (node) => made('schema', typeof node.schemaname === 'string' ? { schema: '', name: node.schemaname } : null),
  CreateExtensionStmt: (node) => made('extension', typeof node.extname === 'string' ? { schema: '', name: node.extname } : null),
};

/** Without a label and a way back: sql-facts knows these. */
export function made(what: string, thing: TableName | null): Partial<Shape> {
  return thing ? { takenBackBy: [`drop ${what} ${key(thing)}`] } : {};
}

/** What a DROP names; null where it is nothing of these. */
export function droppedThings(node: Node, path: readonly string[]): { what: string; things: TableName[] } | null {
  const what = DROPPED[String(node.removeType)];
  if (what === undefined) return null;
  const things = listAt(node, 'objects').flatMap((each) => named(partsOf(object(each)), UNQUALIFIED.has(what) ? [''] : path) ?? []);
  return { what, things };
}

/** Names stand in a list, alone, as those of a type, or with arguments behind them. */
function partsOf(each: Node): readonly unknown[] {
  if (each.String !== undefined) return [each];
  if (each.TypeName !== undefined) return listAt(object(each.TypeName), 'names');
  if (each.ObjectWithArgs !== undefined) return listAt(object(each.ObjectWithArgs), 'objname');
  return listAt(object(each.List), 'items');
}

function named(parts: readonly unknown[], path: readonly string[]): TableName | null {
  const words = parts.map((part) => String(object(object(part).String).sval));
  const name = words.at(-1);
  return name === undefined ? null : { schema: words.at(-2) ?? path[0] ?? 'public', name };
}

/** The name of a relation. */
export function nameIn(node: Node, path: readonly string[]): TableName | null {
  return typeof node.relname === 'string' ? { schema: typeof node.schemaname === 'string' && node.schemaname !== '' ? node.schemaname : (path[0] ?? 'public'), name: node.relname } : null;
}

/** As DROP … ON writes it: the table without its schema, and the name. */
function inTable(table: unknown, name: unknown, path: readonly string[]): TableName | null {
  const on = nameIn(object(table), path);
  return on && typeof name === 'string' ? { schema: on.name, name } : null;
}
