import { ident, qualified } from '../ddl.ts';
import type { TableName } from '../plan.ts';
import type { StatementFacts } from '../sql-facts/facts.ts';
import { textAt, type Node, wordsOf } from '../sql-facts/tree.ts';
import { key, type Shape } from './shape.ts';
import { isNew, type World } from './world.ts';

/** What earlier statements of a step have made: their acts, and the statements that would take them back. */
export type Made = ReadonlySet<string>;

/** What this statement adds to that. */
export function madeBy(shape: Shape, facts: StatementFacts): string[] {
  return [...shape.acts, ...(facts.inverse === null ? [] : [facts.inverse])];
}

/**
 * A comment, a grant or statistics need no way back where what they are about goes with the step: without one of its own, such a statement would take the
 * way back from all others of its transaction.
 * @param schema where names without one are looked for.
 */
export function goesAlong(kind: string, node: Node, facts: StatementFacts, made: Made, world: World, schema: string): boolean {
  switch (kind) {
    case 'VacuumStmt': return facts.outside === null;
    case 'GrantStmt': return facts.tables.length > 0 && facts.tables.every((table) => isMadeHere(world, table));
    case 'CommentStmt': return facts.tables.some((table) => isMadeHere(world, table)) || makersOf(node, schema).some((maker) => made.has(maker));
    default: return false;
  }
}

/** Made by this phase, so that a rollback of the phase takes it away. */
function isMadeHere(world: World, table: TableName): boolean {
  return isNew(world, table) && world.began.get(key(table)) === null;
}

const WORDS: Readonly<Record<string, string>> = { OBJECT_VIEW: 'VIEW', OBJECT_MATVIEW: 'MATERIALIZED VIEW', OBJECT_SEQUENCE: 'SEQUENCE', OBJECT_TYPE: 'TYPE', OBJECT_DOMAIN: 'DOMAIN' };

/** How a statement that made the commented thing would be known. A column is known by its table. */
function makersOf(node: Node, schema: string): string[] {
  const parts = wordsOf(node.object);
  const name = parts.at(-1);
  const type = textAt(node, 'objtype') ?? '';
  if (name === undefined) return [];
  const word = WORDS[type];
  if (word !== undefined) return [`DROP ${word} ${qualified({ schema: parts.at(-2) ?? schema, name })}`];
  if (type === 'OBJECT_INDEX') return [`create index ${parts.at(-2) ?? schema}.${name}`];
  const table = parts.at(-2);
  if (table === undefined) return [];
  const of = { schema: parts.at(-3) ?? schema, name: table };
  if (type === 'OBJECT_COLUMN') return [`add column ${key(of)} ${name}`];
  if (type === 'OBJECT_TABCONSTRAINT') return [`add constraint ${key(of)} ${name}`];
  return type === 'OBJECT_TRIGGER' || type === 'OBJECT_POLICY' ? [`DROP ${type === 'OBJECT_TRIGGER' ? 'TRIGGER' : 'POLICY'} ${ident(name)} ON ${qualified(of)}`] : [];
}
