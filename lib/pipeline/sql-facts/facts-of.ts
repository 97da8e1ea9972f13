import type { TableName } from '../plan.ts';
import { alterTable } from './alter-table.ts';
import { bodyOf } from './body.ts';
import { CREATES } from './create.ts';
import { drop, dropOwned } from './drop.ts';
import { type Effect, type FactsContext, hazard, type Reader } from './effect.ts';
import { type Existing, relationStands } from './existing.ts';
import type { StatementFacts } from './facts.ts';
import { rename, setSchema } from './rename.ts';
import { ON_ROWS } from './rows.ts';
import { distinct, type Node, type Resolve, strongest } from './tree.ts';
import { UPKEEP } from './upkeep.ts';

const READERS: Readonly<Record<string, (node: Node, reader: Reader) => Effect>> = {
  ...CREATES,
  ...ON_ROWS,
  ...UPKEEP,
  AlterTableStmt: alterTable,
  DropStmt: drop,
  DropOwnedStmt: dropOwned,
  RenameStmt: rename,
  AlterObjectSchemaStmt: setSchema,
  DoStmt: doBlock,
};

/** What Postgres, or the engine's transaction around a step, does not take. */
const NEVER_INSIDE: Readonly<Record<string, string>> = {
  TransactionStmt: 'BEGIN, COMMIT and ROLLBACK', CreatedbStmt: 'CREATE DATABASE', DropdbStmt: 'DROP DATABASE', AlterDatabaseStmt: 'ALTER DATABASE', CreateTableSpaceStmt: 'CREATE TABLESPACE', DropTableSpaceStmt: 'DROP TABLESPACE',
  AlterSystemStmt: 'ALTER SYSTEM', CreateSubscriptionStmt: 'CREATE SUBSCRIPTION', DropSubscriptionStmt: 'DROP SUBSCRIPTION', VariableSetStmt: 'SET and RESET', DiscardStmt: 'DISCARD',
};

/**
 * What one statement does: locks, rewrite, hazards, tables, and the statement that takes it back where one follows. Pure, and never throws for a tree that parsed.
 * @param kind name of the node in libpg-query's tree (`AlterTableStmt`), `node` the node itself, `sql` the statement's own text: the places in the tree are bytes of it.
 * @returns the facts; of what is not understood nothing is claimed but that it does not only read. Locks are the weakest that the server is known to take: the execution paper, section 1, and
 * the manual's pages; lock-table.db.test.ts holds them against servers.
 */
export function factsOf(kind: string, node: Node, sql: string, context: FactsContext): StatementFacts {
  const reader: Reader = { ...context, sql, resolve: resolver(context.searchPath, context.existing) };
  const effect = effectOf(kind, node, reader);
  const never = NEVER_INSIDE[kind];
  return {
    locks: strongest(effect.locks ?? []),
    rewrite: effect.rewrite ?? false,
    hazards: effect.hazards ?? [],
    tables: distinct(effect.tables ?? []),
    loses: distinct(effect.loses ?? []),
    through: effect.through ?? [],
    reads: effect.reads ?? false,
    outside: effect.outside ?? (never === undefined ? null : { word: never, act: null }),
    inverse: effect.inverse ?? null,
  };
}

/** Names longer than Postgres takes make quoting refuse: then nothing is known, and the server will say so itself. */
function effectOf(kind: string, node: Node, reader: Reader): Effect {
  try {
    return READERS[kind]?.(node, reader) ?? {};
  } catch {
    return { hazards: [hazard('NOT_REVERSIBLE', 'A name in this statement cannot be one of Postgres: longer than 63 bytes, or empty.')] };
  }
}

function resolver(searchPath: readonly string[], existing: Existing | null): Resolve {
  return (parts) => {
    const name = parts.at(-1);
    if (name === undefined) return null;
    const schema = parts.length > 1 ? parts.at(-2) : undefined;
    if (schema !== undefined) return { schema, name };
    const [first = 'public', ...more] = searchPath;
    const there = existing && more.length > 0 ? [first, ...more].find((each) => relationStands(existing, { schema: each, name })) : undefined;
    return { schema: there ?? first, name };
  };
}

/** What the block's own statements do, as far as they can be read; the rest is said to be unknown. */
function doBlock(node: Node, reader: Reader): Effect {
  const body = bodyOf(node, reader.sql);
  if (!body) return { hazards: [hazard('NOT_REVERSIBLE', 'What runs inside this block cannot be read off its text.')] };
  const inside = body.statements.map((statement) => effectOf(statement.kind, statement.node, { ...reader, sql: statement.sql }));
  const tables: TableName[] = inside.flatMap((effect) => effect.tables ?? []);
  return {
    locks: strongest(inside.flatMap((effect) => effect.locks ?? [])),
    rewrite: inside.some((effect) => effect.rewrite === true),
    tables,
    loses: inside.flatMap((effect) => effect.loses ?? []),
    through: inside.flatMap((effect) => effect.through ?? []),
    hazards: [...inside.flatMap((effect) => effect.hazards ?? []), ...(body.unknown ? [hazard('NOT_REVERSIBLE', 'The block also runs what its text does not say (EXECUTE, or a function): its locks are not known.')] : [])],
    ...(body.commits ? { outside: { word: 'COMMIT inside DO', act: null } } : {}),
  };
}
