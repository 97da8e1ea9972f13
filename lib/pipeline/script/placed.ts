import { inTablespace } from '../ddl.ts';
import { placeNamed } from '../kinds/placement.ts';
import { textOf } from '../kinds/relation.ts';
import { predicateOf } from '../kinds/table-index.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { ScriptHazard } from './hazards.ts';
import type { Action } from './order.ts';
import { type Scope, spoken } from './scope.ts';

/**
 * What is made in a tablespace is made there, and not made where the database keeps the rest and copied afterwards: a disk may not have the room. `placed`: ids of
 * what needs no statement of its own for it.
 */
export function madeInPlace(scope: Scope, actions: readonly Action[]): { actions: Action[]; placed: ReadonlySet<string> } {
  const places = new Map(scope.after.satellites.filter(({ kind }) => kind === 'placement').map((object) => [textOf(object, 'target') ?? '', object]));
  const placed = new Set<string>();
  const made = actions.map((action) => {
    const [place, object] = [places.get(action.objectId), scope.after.objects.get(action.objectId)];
    if (!place || !object || action.key !== `create ${object.id}`) return action;
    const at = action.sql.findIndex(makes);
    const statement = action.sql[at];
    if (statement === undefined) return action;
    placed.add(object.id);
    return { ...action, sql: action.sql.with(at, inTablespace(statement, placeNamed(place, false), predicateIn(object))) };
  });
  return { actions: places.size === 0 ? [...actions] : made, placed };
}

function makes(sql: string): boolean {
  return /^CREATE (?:UNLOGGED )?TABLE |^CREATE MATERIALIZED VIEW |^CREATE (?:UNIQUE )?INDEX |^ALTER TABLE [\s\S]* ADD CONSTRAINT [\s\S]*(?:PRIMARY KEY|UNIQUE|EXCLUDE) /.test(sql);
}

/** The condition with which the statement ends: a tablespace is named before it. */
function predicateIn(object: SchemaObject): string | null {
  if (object.kind === 'index') return predicateOf(textOf(object, 'using') ?? '');
  return object.kind === 'constraint' ? predicateOf(textOf(object, 'definition') ?? '') : null;
}

/** What it costs to put something that is there into another tablespace; what is partitioned has no file. */
export function costsOfPlacing(scope: Scope, action: Action): ScriptHazard[] {
  if (!action.objectId.startsWith('placement:')) return [];
  const place = scope.after.objects.get(action.objectId) ?? scope.before.objects.get(action.objectId);
  const object = place && scope.before.objects.get(textOf(place, 'target') ?? '');
  if (!place || !object || scope.recreated.has(object.id)) return [];
  const table = scope.before.objects.get(object.parent ?? '') ?? object;
  if (table.attributes.partitioned === true) return [];
  return [{ code: 'REWRITES_TABLE', sentence: `Copies the file of ${spoken(object)} into the tablespace ${placeNamed(place, !scope.after.objects.has(place.id))}; nobody reads or writes it meanwhile.` }];
}
