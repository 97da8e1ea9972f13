import { ident, qualified } from '../ddl.ts';
import type { Hazard } from '../hazards.ts';
import type { LockClaim, TableName } from '../plan.ts';
import { objectId, type ObjectKind } from '../snapshot.ts';
import { columnConstraints } from './columns.ts';
import { claim, claims, type Effect, hazard, holdUp, type Reader } from './effect.ts';
import { relationStands } from './existing.ts';
import { indexSpec } from './index-words.ts';
import { findNodes, listAt, type Node, nodeAt, nodesAt, relationAt, relationOf, strongest, textAt, words, wrapped } from './tree.ts';
import { typeText } from './type-text.ts';

/** Statements that make something. Where the text says IF NOT EXISTS or OR REPLACE, the way back follows only when the reading shows that nothing of the name is there. */
export const CREATES: Readonly<Record<string, (node: Node, reader: Reader) => Effect>> = {
  CreateStmt: createTable,
  CreateForeignTableStmt: (node, reader) => createTable(nodeAt(node, 'base'), reader, 'FOREIGN TABLE'),
  CreateTableAsStmt: createTableAs,
  IndexStmt: createIndex,
  ViewStmt: createView,
  CreateSeqStmt: (node, reader) => made('SEQUENCE', relationAt(node, 'sequence', reader.resolve), node.if_not_exists === true, reader),
  CreateEnumStmt: (node, reader) => made('TYPE', reader.resolve(words(listAt(node, 'typeName'))), false, reader),
  CompositeTypeStmt: (node, reader) => made('TYPE', relationAt(node, 'typevar', reader.resolve), false, reader),
  CreateRangeStmt: (node, reader) => made('TYPE', reader.resolve(words(listAt(node, 'typeName'))), false, reader),
  CreateDomainStmt: (node, reader) => made('DOMAIN', reader.resolve(words(listAt(node, 'domainname'))), false, reader),
  CreateFunctionStmt: createFunction,
  CreateTrigStmt: createTrigger,
  CreatePolicyStmt: (node, reader) => onTable(node, 'table', 'policy_name', 'POLICY', 'ACCESS EXCLUSIVE', reader),
  RuleStmt: (node, reader) => onTable(node, 'relation', 'rulename', 'RULE', 'ACCESS EXCLUSIVE', reader),
  CreateSchemaStmt: createSchema,
  CreateExtensionStmt: (node, reader) => ({ inverse: node.if_not_exists === true && reader.existing?.objects.has(objectId('extension', textAt(node, 'extname') ?? '')) !== false ? null : `DROP EXTENSION ${ident(textAt(node, 'extname') ?? '?')}` }),
  CreateStatsStmt: createStatistics,
  CreatePublicationStmt: createPublication,
};

function createTable(node: Node, reader: Reader, what = 'TABLE'): Effect {
  const table = relationAt(node, 'relation', reader.resolve);
  const parents = nodesAt(node, 'inhRelations', 'RangeVar').map((range) => relationOf(range, reader.resolve));
  const keys = foreignKeysOf(node).map((constraint) => relationAt(constraint, 'pktable', reader.resolve));
  const likes = nodesAt(node, 'tableElts', 'TableLikeClause').map((clause) => relationAt(clause, 'relation', reader.resolve));
  const itself = (other: TableName | null) => other !== null && other.schema === table?.schema && other.name === table.name;
  const others = keys.filter((one) => !itself(one));
  const locks: LockClaim[] = [...claims(node.partbound === undefined ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE', parents), ...claims('SHARE ROW EXCLUSIVE', others), ...claims('ACCESS SHARE', likes)];
  return {
    locks: strongest(locks),
    hazards: strongest(locks).flatMap((one) => holdUp(one.mode, one.table, 'moment')),
    tables: [table, ...parents, ...others, ...likes].filter((one) => one !== null),
    inverse: backTo(what, table, node.if_not_exists === true, reader),
  };
}

function foreignKeysOf(node: Node): Node[] {
  const inline = nodesAt(node, 'tableElts', 'ColumnDef').map((column) => columnConstraints(column).foreign).filter((one) => one !== null);
  return [...inline, ...nodesAt(node, 'tableElts', 'Constraint').filter((one) => one.contype === 'CONSTR_FOREIGN')];
}

function createTableAs(node: Node, reader: Reader): Effect {
  const table = relationAt(nodeAt(node, 'into'), 'rel', reader.resolve);
  const sources = relationsIn(node.query, reader);
  return { locks: claims('ACCESS SHARE', sources), tables: [...(table ? [table] : []), ...sources], inverse: backTo(node.objtype === 'OBJECT_MATVIEW' ? 'MATERIALIZED VIEW' : 'TABLE', table, node.if_not_exists === true, reader) };
}

/** Relations that a query reads, without the names of its own WITH clauses. */
export function relationsIn(query: unknown, reader: Reader): TableName[] {
  const own = new Set(findNodes(query, ['CommonTableExpr']).flatMap(({ node }) => textAt(node, 'ctename') ?? []));
  const found = findNodes(query, ['RangeVar']).flatMap(({ node }) => (textAt(node, 'schemaname') === null && own.has(textAt(node, 'relname') ?? '') ? [] : (relationOf(node, reader.resolve) ?? [])));
  return [...new Map(found.map((table) => [qualified(table), table])).values()];
}

function createIndex(node: Node, reader: Reader): Effect {
  const table = relationAt(node, 'relation', reader.resolve);
  if (!table) return {};
  const name = textAt(node, 'idxname');
  const gentle = node.concurrent === true;
  const mode = gentle ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE';
  const spec = gentle ? indexSpec(node, reader.sql, table) : null;
  const index = name === null ? null : { schema: table.schema, name };
  return {
    locks: claim(mode, table),
    hazards: [...holdUp(mode, table, 'reads'), ...(node.unique === true ? [hazard('STOPS_ON_ROWS', `Stops where two rows of ${table.name} have the same values.`)] : [])],
    tables: [table],
    // An index that was there already, perhaps an invalid one, would be taken for the wanted one: the engine builds under a name that must be free.
    ...(gentle ? { outside: { word: 'CREATE INDEX CONCURRENTLY', act: spec ? { act: 'create_index', index: spec } : null } } : {}),
    inverse: index === null || unsure(index, node.if_not_exists === true, reader) ? null : `DROP INDEX ${gentle ? 'CONCURRENTLY ' : ''}${qualified(index)}`,
  };
}

function createView(node: Node, reader: Reader): Effect {
  const view = relationAt(node, 'view', reader.resolve);
  const sources = relationsIn(node.query, reader);
  const replaces = node.replace === true;
  return { locks: [...(replaces ? claim('ACCESS EXCLUSIVE', view) : []), ...claims('ACCESS SHARE', sources)], tables: [...(view ? [view] : []), ...sources], inverse: backTo('VIEW', view, replaces, reader) };
}

function made(what: string, name: TableName | null, maybe: boolean, reader: Reader): Effect {
  return { inverse: backTo(what, name, maybe, reader) };
}

function backTo(what: string, name: TableName | null, maybe: boolean, reader: Reader): string | null {
  return name === null || unsure(name, maybe, reader) ? null : `DROP ${what} ${qualified(name)}`;
}

/** The statement may have found it there; then dropping it would take somebody else's. */
function unsure(name: TableName, maybe: boolean, { existing }: Reader): boolean {
  return maybe && (existing === null || relationStands(existing, name));
}

function createFunction(node: Node, reader: Reader): Effect {
  const name = reader.resolve(words(listAt(node, 'funcname')));
  if (!name || node.replace === true) return {};
  const incoming = nodesAt(node, 'parameters', 'FunctionParameter').filter((one) => !['FUNC_PARAM_OUT', 'FUNC_PARAM_TABLE'].includes(String(one.mode)));
  return { inverse: `DROP ${node.is_procedure === true ? 'PROCEDURE' : 'FUNCTION'} ${qualified(name)}(${incoming.map((one) => typeText(nodeAt(one, 'argType'))).join(', ')})` };
}

function createTrigger(node: Node, reader: Reader): Effect {
  const effect = onTable(node, 'relation', 'trigname', 'TRIGGER', 'SHARE ROW EXCLUSIVE', reader);
  const other = relationAt(node, 'constrrel', reader.resolve);
  return { ...effect, locks: [...(effect.locks ?? []), ...claim('SHARE ROW EXCLUSIVE', other)] };
}

function onTable(node: Node, field: string, named: string, what: string, mode: LockClaim['mode'], reader: Reader): Effect {
  const table = relationAt(node, field, reader.resolve);
  const name = textAt(node, named);
  if (!table || name === null) return {};
  const kind: ObjectKind = what === 'TRIGGER' ? 'trigger' : what === 'RULE' ? 'rule' : 'policy';
  const replaces = node.replace === true && reader.existing?.objects.has(objectId(kind, table.schema, table.name, name)) !== false;
  const hazards: Hazard[] = holdUp(mode, table, 'moment');
  return { locks: [{ mode, table }], tables: [table], hazards, inverse: replaces ? null : `DROP ${what} ${ident(name)} ON ${qualified(table)}` };
}

function createSchema(node: Node, reader: Reader): Effect {
  const name = textAt(node, 'schemaname');
  const unsafe = name === null || listAt(node, 'schemaElts').length > 0 || (node.if_not_exists === true && reader.existing?.objects.has(objectId('schema', name)) !== false);
  return { inverse: unsafe ? null : `DROP SCHEMA ${ident(name)}` };
}

function createStatistics(node: Node, reader: Reader): Effect {
  const tables = nodesAt(node, 'relations', 'RangeVar').flatMap((range) => relationOf(range, reader.resolve) ?? []);
  return { locks: claims('SHARE UPDATE EXCLUSIVE', tables), tables, inverse: backTo('STATISTICS', reader.resolve(words(listAt(node, 'defnames'))), node.if_not_exists === true, reader) };
}

function createPublication(node: Node, reader: Reader): Effect {
  const tables = publishedTables(node, reader);
  return { locks: claims('SHARE UPDATE EXCLUSIVE', tables), tables, inverse: `DROP PUBLICATION ${ident(textAt(node, 'pubname') ?? '?')}` };
}

export function publishedTables(node: Node, reader: Reader): TableName[] {
  return nodesAt(node, 'pubobjects', 'PublicationObjSpec').flatMap((one) => relationAt(nodeAt(one, 'pubtable'), 'relation', reader.resolve) ?? []);
}

/** A name in a DropStmt: a list of words, a type, or a routine. */
export function nameOf(object: unknown): string[] {
  const type = wrapped(object, 'TypeName');
  if (type) return words(listAt(type, 'names'));
  const routine = wrapped(object, 'ObjectWithArgs');
  if (routine) return words(listAt(routine, 'objname'));
  const list = wrapped(object, 'List');
  return list ? words(listAt(list, 'items')) : words([object]);
}
