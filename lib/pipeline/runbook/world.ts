import type { TableName } from '../plan.ts';
import { key, type Shape } from './shape.ts';

/** The tables of a text while it is followed: which the plan has made, what is in them, and which name is whose. */
export interface World {
  /** Made by the plan, and not yet in the place of a table that was there before. */
  made: Set<string>;
  /** Made by the plan, and rows were written to them. */
  filled: Set<string>;
  /** Names that tables of before have let go of. */
  left: Set<string>;
  /** Of this phase: name now → name when it began; null: made in it. */
  began: Map<string, string | null>;
  tables: Map<string, TableName>;
}

export function newWorld(): World {
  return { made: new Set(), filled: new Set(), left: new Set(), began: new Map(), tables: new Map() };
}

export function isNew(world: World, table: TableName): boolean {
  return world.made.has(key(table));
}

/** The name that a table had when the phase began; null when the phase made it. */
export function atBegin(world: World, table: TableName): TableName | null {
  const name = world.began.has(key(table)) ? world.began.get(key(table)) : key(table);
  return name === null || name === undefined ? null : (world.tables.get(name) ?? table);
}

/** Follows one statement. */
export function follow(world: World, shape: Shape): void {
  for (const table of [...shape.creates, ...shape.changes, ...shape.drops, ...shape.renames.flatMap(({ from, to }) => [from, to])]) world.tables.set(key(table), table);
  for (const table of shape.creates) {
    world.made.add(key(table));
    world.began.set(key(table), null);
  }
  for (const { from, to } of shape.renames) {
    const origin = world.began.has(key(from)) ? (world.began.get(key(from)) ?? null) : key(from);
    world.began.delete(key(from));
    world.began.set(key(to), origin);
    if (world.made.delete(key(from))) {
      if (!world.left.has(key(to))) world.made.add(key(to));
      if (world.filled.delete(key(from))) world.filled.add(key(to));
    } else world.left.add(key(from));
  }
  for (const table of shape.drops) {
    if (!world.made.delete(key(table))) world.left.add(key(table));
    world.filled.delete(key(table));
  }
  if (shape.renames.length === 0) for (const table of shape.changes) if (isRows(shape) && world.made.has(key(table))) world.filled.add(key(table));
}

function isRows(shape: Shape): boolean {
  return shape.acts.length === 0;
}
