import type { SchemaObject } from '../snapshot.ts';
import { namesOf } from './names.ts';
import type { Action } from './order.ts';

/** What makes an object, and its name with it, unless `more` says otherwise. */
export function action(key: string, object: SchemaObject, rank: number, sql: readonly string[], more: Partial<Action> = {}): Action {
  return { key, objectId: object.id, rank, sql, drops: [], creates: [object.id, ...namesOf(object)], alters: [], after: [], ...more };
}
