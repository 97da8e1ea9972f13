import { createShell, isShell } from '../kinds/base-type.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { namesOf } from './names.ts';
import type { Action } from './order.ts';
import type { Side } from './side.ts';

/** Stands for the name of a type that is not made yet. */
function shellId(typeId: string): string {
  return `shell:${typeId}`;
}

/** Types that are made of functions which name them: those of base types, and the canonical function of a range. */
function isOfFunctions(object: SchemaObject | undefined): boolean {
  return (object?.kind === 'base_type' && !isShell(object)) || (object?.kind === 'range_type' && object.attributes.canonical === true);
}

/**
 * A type that is made of functions comes twice: its name first, which they can name, and after them the type itself. `made` is how it comes itself.
 * @see https://www.postgresql.org/docs/current/sql-createtype.html, shell types.
 */
export function shellFirst(object: SchemaObject, rank: number, made: readonly Action[]): Action[] {
  if (!isOfFunctions(object)) return [...made];
  const key = `shell ${object.id}`;
  const shell = { key, objectId: object.id, rank, sql: [createShell(object)], drops: [], creates: [shellId(object.id), ...namesOf(object)], alters: [], after: [`drop ${object.id}`, `create ${objectId('schema', object.schema)}`] };
  return [shell, ...made.map((each) => ({ ...each, creates: each.creates.filter((id) => !shell.creates.includes(id)), after: [...each.after, key] }))];
}

/** Of what a function rests on, a type that is made of the function need be no more than its name. */
export function withShells(side: Side, functionId: string, needs: readonly string[]): readonly string[] {
  return needs.map((id) => (isOfFunctions(side.objects.get(id)) && side.needs(id).includes(functionId) ? shellId(id) : id));
}

/** The type that goes with this function and with which it goes: neither can go before the other. */
export function typeOfFunction(side: Side, object: SchemaObject): string | null {
  if (object.kind !== 'function') return null;
  return side.needs(object.id).find((id) => isOfFunctions(side.objects.get(id)) && side.needs(id).includes(object.id)) ?? null;
}
