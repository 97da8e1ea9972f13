import { parseObjectId, type SchemaObject } from '../snapshot.ts';
import type { Existing } from './existing.ts';
import { findNodes, listAt, nodeAt, words } from './tree.ts';

/** Names of the functions and procedures of people: those that may answer otherwise or change something, and those that all promise not to. */
export interface Routines {
  has(name: string): boolean;
  stable: ReadonlySet<string>;
  named: ReadonlyMap<string, readonly SchemaObject[]>;
}

const KNOWN = new WeakMap<Existing, Routines>();

/** By name alone: which of several a call means is up to its arguments, so that one volatile function makes its name volatile. */
export function volatileRoutines(existing: Existing): Routines {
  const known = KNOWN.get(existing);
  if (known) return known;
  const all = [...existing.objects.values()].filter(({ kind }) => kind === 'function' || kind === 'procedure').map((routine) => ({ routine, name: (parseObjectId(routine.id).path.at(-1) ?? '').replace(/\(.*$/, ''), stable: isSteadyByWord(String(routine.attributes.definition)) }));
  const volatile = new Set(all.filter(({ stable }) => !stable).map(({ name }) => name));
  const made: Routines = { has: (name) => volatile.has(name), stable: new Set(all.map(({ name }) => name).filter((name) => !volatile.has(name))), named: new Map([...Map.groupBy(all, ({ name }) => name)].map(([name, some]) => [name, some.map(({ routine }) => routine)])) };
  KNOWN.set(existing, made);
  return made;
}

function isSteadyByWord(definition: string): boolean {
  return /^\s*(?:[A-Z ]+ )?(?:IMMUTABLE|STABLE)\b/m.test(definition);
}

/** Names of the functions that stand in a tree, and of the procedures that it calls. */
export function functionsCalled(tree: unknown): string[] {
  return findNodes(tree, ['FuncCall', 'CallStmt']).flatMap(({ kind, node }) => words(listAt(kind === 'CallStmt' ? nodeAt(node, 'funccall') : node, 'funcname')).at(-1) ?? []);
}
