import { ident, literal, qualified } from '../ddl.ts';
import { parseObjectId } from '../snapshot.ts';
import type { TableName } from '../plan.ts';
import { publishedTables } from './create.ts';
import { claim, claims, type Effect, hazard, holdUp, type Reader } from './effect.ts';
import { listAt, type Node, nodesAt, relationAt, relationOf, textAt, words, wordsOf, wrapped } from './tree.ts';

/** Upkeep of tables and indexes, and what is only said about objects. */
export const UPKEEP: Readonly<Record<string, (node: Node, reader: Reader) => Effect>> = {
  VacuumStmt: vacuum,
  ReindexStmt: reindex,
  ClusterStmt: cluster,
  RefreshMatViewStmt: refresh,
  AlterEnumStmt: alterEnum,
  AlterDomainStmt: alterDomain,
  AlterSeqStmt: (node, reader) => ({ tables: ownersOf(node, reader), locks: claims('ACCESS SHARE', ownersOf(node, reader)) }),
  AlterPolicyStmt: (node, reader) => exclusive(relationAt(node, 'table', reader.resolve)),
  AlterPublicationStmt: (node, reader) => ({ locks: claims('SHARE UPDATE EXCLUSIVE', publishedTables(node, reader)), tables: publishedTables(node, reader) }),
  CommentStmt: comment,
  GrantStmt: grant,
};

function exclusive(table: TableName | null): Effect {
  return table ? { locks: claim('ACCESS EXCLUSIVE', table), tables: [table], hazards: holdUp('ACCESS EXCLUSIVE', table, 'moment') } : {};
}

function options(node: Node, field: string): string[] {
  return nodesAt(node, field, 'DefElem').flatMap((each) => {
    const off = /"(?:sval":"(?:off|false)"|boolval":\{\}|ival":\{\})/.test(JSON.stringify(each.arg ?? null));
    return off ? [] : (textAt(each, 'defname') ?? []);
  });
}

function vacuum(node: Node, reader: Reader): Effect {
  const tables = nodesAt(node, 'rels', 'VacuumRelation').flatMap((rel) => relationAt(rel, 'relation', reader.resolve) ?? []);
  if (node.is_vacuumcmd !== true) return { locks: claims('SHARE UPDATE EXCLUSIVE', tables), tables };
  const full = options(node, 'options').includes('full');
  const [only, ...more] = tables;
  if (!full) return { locks: claims('SHARE UPDATE EXCLUSIVE', tables), tables, outside: { word: 'VACUUM', act: only && more.length === 0 ? { act: 'vacuum', table: only } : null } };
  return { ...rewritten(tables), outside: { word: 'VACUUM FULL', act: null } };
}

function rewritten(tables: readonly TableName[]): Effect {
  return { locks: claims('ACCESS EXCLUSIVE', tables), tables, rewrite: true, hazards: [...tables.flatMap((table) => holdUp('ACCESS EXCLUSIVE', table, 'writes')), hazard('REWRITES_TABLE', 'Every row is written anew: as much disk again while it runs.')] };
}

function reindex(node: Node, reader: Reader): Effect {
  const gentle = options(node, 'params').includes('concurrently');
  const named = relationAt(node, 'relation', reader.resolve);
  const index = node.kind === 'REINDEX_OBJECT_INDEX' ? named : null;
  const table = index ? tableOfIndex(index, reader) : node.kind === 'REINDEX_OBJECT_TABLE' ? named : null;
  const whole = node.kind === 'REINDEX_OBJECT_SCHEMA' || node.kind === 'REINDEX_OBJECT_SYSTEM' || node.kind === 'REINDEX_OBJECT_DATABASE';
  const mode = gentle ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE';
  return {
    locks: claim(mode, table),
    tables: table ? [table] : [],
    hazards: table ? holdUp(mode, table, 'reads') : gentle ? [] : [hazard('BLOCKS_WRITES', `Writes to ${index ? `the table of ${index.name}` : 'each of the tables in turn'} wait while the index is built anew.`)],
    ...(gentle ? { outside: { word: 'REINDEX CONCURRENTLY', act: index && table ? { act: 'reindex', index, table } : null } } : whole ? { outside: { word: 'REINDEX of a schema or database', act: null } } : {}),
  };
}

function tableOfIndex({ schema, name }: TableName, { existing }: Reader): TableName | null {
  const parent = existing?.indexes.get(`${schema}.${name}`)?.parent;
  const [inSchema, table] = parent ? parseObjectId(parent).path : [];
  return inSchema !== undefined && table !== undefined ? { schema: inSchema, name: table } : null;
}

function cluster(node: Node, reader: Reader): Effect {
  const table = relationAt(node, 'relation', reader.resolve);
  return table ? rewritten([table]) : { rewrite: true, outside: { word: 'CLUSTER of all tables', act: null } };
}

function refresh(node: Node, reader: Reader): Effect {
  const view = relationAt(node, 'relation', reader.resolve);
  if (!view) return {};
  const mode = node.concurrent === true ? 'EXCLUSIVE' : 'ACCESS EXCLUSIVE';
  // Nobody writes to a materialized view, so that EXCLUSIVE holds up only the next refresh.
  return { locks: claim(mode, view), tables: [view], hazards: node.concurrent === true ? [] : [hazard('BLOCKS_READS_AND_WRITES', `Reads of ${view.name} wait while it is computed anew.`)] };
}

function alterEnum(node: Node, reader: Reader): Effect {
  const type = reader.resolve(words(listAt(node, 'typeName')));
  const [before, after] = [textAt(node, 'oldVal'), textAt(node, 'newVal') ?? ''];
  if (before !== null) return { inverse: type ? `ALTER TYPE ${qualified(type)} RENAME VALUE ${literal(after)} TO ${literal(before)}` : null };
  return { hazards: [hazard('NOT_REVERSIBLE', `A value of an enum cannot be taken away again: ${after} stays.`)] };
}

/** Letters of AlterDomainStmt.subtype: T default, N drop not null, O set not null, C add constraint, X drop constraint, V validate. */
function alterDomain(node: Node, reader: Reader): Effect {
  const domain = reader.resolve(words(listAt(node, 'typeName')));
  const constraint = wrapped(node.def, 'Constraint') ?? {};
  const asks = node.subtype === 'O' || node.subtype === 'V' || (node.subtype === 'C' && constraint.skip_validation !== true);
  const name = textAt(constraint, 'conname');
  const inverse = domain && node.subtype === 'C' && name !== null ? `ALTER DOMAIN ${qualified(domain)} DROP CONSTRAINT ${ident(name)}` : null;
  return { hazards: asks ? [hazard('STOPS_ON_ROWS', `Every table with a column of ${domain?.name ?? 'the domain'} is read, its writers wait, and it stops at a value that does not keep the rule.`)] : [], inverse };
}

function ownersOf(node: Node, reader: Reader): TableName[] {
  const owned = nodesAt(node, 'options', 'DefElem').find((option) => textAt(option, 'defname') === 'owned_by');
  const parts = owned ? wordsOf(owned.arg) : [];
  return parts.length > 1 ? [reader.resolve(parts.slice(0, -1))].filter((one) => one !== null) : [];
}

const COMMENTED: Readonly<Record<string, number>> = { OBJECT_TABLE: 0, OBJECT_VIEW: 0, OBJECT_MATVIEW: 0, OBJECT_FOREIGN_TABLE: 0, OBJECT_COLUMN: 1 };

/** COMMENT ON a table or a column needs SHARE UPDATE EXCLUSIVE on it; on what belongs to a table, ACCESS SHARE. */
function comment(node: Node, reader: Reader): Effect {
  const parts = wordsOf(node.object);
  const type = String(node.objtype);
  const behind = COMMENTED[type];
  if (behind !== undefined) {
    const table = reader.resolve(parts.slice(0, parts.length - behind));
    return { locks: claim('SHARE UPDATE EXCLUSIVE', table), tables: table ? [table] : [] };
  }
  if (!['OBJECT_TABCONSTRAINT', 'OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE'].includes(type)) return {};
  const table = reader.resolve(parts.slice(0, -1));
  return { locks: claim('ACCESS SHARE', table), tables: table ? [table] : [] };
}

/** From 18 on the table is locked, so that it does not go away meanwhile. */
function grant(node: Node, reader: Reader): Effect {
  if (node.objtype !== 'OBJECT_TABLE' || node.targtype !== 'ACL_TARGET_OBJECT') return {};
  const tables = nodesAt(node, 'objects', 'RangeVar').flatMap((range) => relationOf(range, reader.resolve) ?? []);
  return { locks: reader.major >= 18 ? claims('ACCESS SHARE', tables) : [], tables };
}
