import type { Hazard, HazardCode } from '../hazards.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { Action } from './order.ts';
import { type Scope, spoken } from './scope.ts';

/** One statement with what it can cost; most have none. */
export interface HazardousStatement {
  objectId: string;
  sql: string;
  hazards: readonly Hazard[];
}

/** The statements of an action; the first of them carries what the action can cost. */
export function hazardsOf(scope: Scope, action: Action): HazardousStatement[] {
  const hazards = costs(scope, action);
  return action.sql.map((sql, at) => ({ objectId: action.objectId, sql, hazards: at === 0 ? hazards : [] }));
}

function costs(scope: Scope, action: Action): Hazard[] {
  const object = scope.before.objects.get(action.objectId);
  if (!object) return [];
  const name = spoken(object);
  if (action.key.startsWith('drop ')) {
    if (scope.throughText.has(action.objectId)) return cost('REWRITES_TABLE', `Rewrites the table twice: ${name} goes through text while its type is made anew, and a value that the new type does not take stops the script.`);
    if (scope.removed.has(action.objectId) && ['table', 'column', 'sequence'].includes(object.kind)) return holdsNothing(object) ? [] : cost('LOSES_DATA', `Loses data: ${name} is dropped with what it holds.`);
    if (object.kind === 'column' && typeof object.attributes.generated !== 'string') return cost('LOSES_DATA', `Loses data: ${name} is dropped with its values, because it is computed from now on.`);
    if (object.kind === 'column') return cost('REWRITES_TABLE', `Rewrites the table: the generated ${name} is computed anew.`);
    if (object.kind === 'materialized_view') return cost('REWRITES_TABLE', `The rows of ${name} are computed anew.`);
  }
  const change = scope.altered.get(action.objectId);
  if (action.key.startsWith('alter ') && change?.current.kind === 'column' && change.names.has('type')) return cost('NARROWS_TYPE', `May rewrite the table, and values of ${name} that do not fit ${String(change.desired.attributes.type)} stop the script, are rounded or cut.`);
  return [];
}

function cost(code: HazardCode, sentence: string): Hazard[] {
  return [{ code, sentence }];
}

/** What is computed, or stands on a foreign server, is not lost with the column. */
function holdsNothing(object: SchemaObject): boolean {
  return object.kind === 'column' && (typeof object.attributes.generated === 'string' || object.parent?.startsWith('table:') !== true);
}
