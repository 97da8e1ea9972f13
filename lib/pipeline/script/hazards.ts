import { castIsHarmless } from '../casts.ts';
import { silentChange } from '../changed-values.ts';
import type { SchemaObject } from '../snapshot.ts';
import { isForeign } from '../kinds/column.ts';
import { listOf } from '../kinds/relation.ts';
import { keepsRows } from '../sql-facts/type-text.ts';
import { costsOfRows } from './anew-hazards.ts';
import { numbersItselfAlone } from './creates.ts';
import type { Action } from './order.ts';
import { costsOfPlacing } from './placed.ts';
import { type Scope, spoken } from './scope.ts';

export type ScriptHazardCode = 'LOSES_DATA' | 'CHANGES_VALUES' | 'REWRITES_TABLE' | 'STOPS_ON_ROWS';

/** One statement with what it can cost, in sentences and in words that can be asked for; most have none. */
export interface HazardousStatement {
  objectId: string;
  sql: string;
  hazards: readonly string[];
  hazardCodes: readonly ScriptHazardCode[];
}

/** A cost of an action, before it stands at a statement. */
export interface ScriptHazard {
  code: ScriptHazardCode;
  sentence: string;
}

/** The statements of an action; the first of them carries what the action can cost. */
export function hazardsOf(scope: Scope, action: Action): HazardousStatement[] {
  const hazards = costsOf(scope, action);
  return action.sql.map((sql, at) => ({ objectId: action.objectId, sql, hazards: at === 0 ? hazards.map(({ sentence }) => sentence) : [], hazardCodes: at === 0 ? hazards.map(({ code }) => code) : [] }));
}

export function loses(sentence: string): ScriptHazard[] {
  return [{ code: 'LOSES_DATA', sentence }];
}

export function rewrites(sentence: string): ScriptHazard[] {
  return [{ code: 'REWRITES_TABLE', sentence }];
}

export function stops(sentence: string): ScriptHazard[] {
  return [{ code: 'STOPS_ON_ROWS', sentence }];
}

function costsOf(scope: Scope, action: Action): ScriptHazard[] {
  return [...harmOf(scope, action), ...costsOfPlacing(scope, action), ...askedOfRows(scope, action), ...costsOfRows(scope, action)];
}

function harmOf(scope: Scope, action: Action): ScriptHazard[] {
  const object = scope.before.objects.get(action.objectId);
  if (!object) return [];
  const name = spoken(object);
  // A default that is taken off is an action about the column too, and loses nothing.
  if (action.key === `drop ${action.objectId}`) {
    if (scope.throughText.has(action.objectId)) return isForeign(object) ? [] : rewrites(`Rewrites the table twice: ${name} goes through text while its type is made anew, and a value that the new type does not take stops the script.`);
    if (scope.removed.has(action.objectId) && ['table', 'column', 'sequence'].includes(object.kind)) return holdsNothing(object) ? [] : loses(`Loses data: ${name} is dropped with what it holds.`);
    if (object.kind === 'column' && typeof object.attributes.generated !== 'string') return loses(`Loses data: ${name} is dropped with its values, because it is computed from now on.`);
    if (object.kind === 'column') return rewrites(`Rewrites the table: the generated ${name} is computed anew.`);
    if (object.kind === 'materialized_view') return rewrites(`The rows of ${name} are computed anew.`);
  }
  const change = scope.altered.get(action.objectId);
  if (['sequence', 'column'].includes(object.kind) && action.sql.some((sql) => sql.endsWith(' RESTART'))) return loses(`Loses data: ${object.kind === 'column' ? `the numbering of ${name}` : name} begins anew, because its position is outside the new range.`);
  if (object.kind === 'composite_type' && action.sql.some((sql) => sql.includes(' DROP ATTRIBUTE '))) return loses(`Loses data: fields of ${name} are dropped with what they hold, in every column of the type.`);
  if (action.key.startsWith('alter ') && action.sql.some((sql) => sql.includes(' SET EXPRESSION AS ')) && String(object.attributes.generated).endsWith(' STORED')) return rewrites(`Rewrites the table: the generated ${name} is computed anew.`);
  if (action.key.startsWith('alter ') && change?.current.kind === 'column' && change.names.has('type')) return retyped(name, String(change.current.attributes.type), String(change.desired.attributes.type));
  return [];
}

function retyped(name: string, from: string, to: string): ScriptHazard[] {
  if (keepsRows(from, to)) return [];
  const change = silentChange(from, to);
  return [...(change === null ? [] : [{ code: 'CHANGES_VALUES' as const, sentence: `Changes values: ${name} goes from ${from} to ${to}, ${change}.` }]), ...rewrites(castIsHarmless(from, to) ? `Rewrites the table: ${to} holds every value of ${name}, written otherwise.` : `May rewrite the table, and values of ${name} that do not fit ${to} stop the script.`)];
}

/** What is computed, or stands on a foreign server, is not lost with the column. */
function holdsNothing(object: SchemaObject): boolean {
  return object.kind === 'column' && (typeof object.attributes.generated === 'string' || object.parent?.startsWith('table:') !== true);
}

/** What rows that are there must already keep; a new table has none. */
function askedOfRows(scope: Scope, action: Action): ScriptHazard[] {
  const wanted = scope.after.objects.get(action.objectId);
  const table = scope.before.objects.get(wanted?.parent ?? '');
  if (!wanted || !table || scope.added.has(table.id) || scope.removed.has(table.id)) return [];
  if (action.key === `create ${wanted.id}`) return scope.added.has(wanted.id) || scope.recreated.get(wanted.id) === 'it differs' ? askedByNew(scope, wanted, table) : [];
  const change = action.key === `alter ${wanted.id}` ? scope.altered.get(wanted.id) : undefined;
  if (change?.names.has('nullable') && wanted.kind === 'column' && wanted.attributes.nullable === false && !listOf(wanted, 'notNullFlags').includes('NOT VALID')) return stops(`Stops at a row that has no value in ${spoken(wanted)}; every row is read while nobody else can.`);
  if (change?.names.has('validated') && wanted.kind === 'constraint' && wanted.attributes.validated === true) return stops(`Stops at a row that does not keep ${spoken(wanted)}.`);
  return [];
}

/** What is new on a table that has rows already. */
export function askedByNew(scope: Scope, wanted: SchemaObject, table: SchemaObject): ScriptHazard[] {
  const { attributes } = wanted;
  if (wanted.kind === 'column') {
    const filled = attributes.nullable !== false || [attributes.default, numbersItselfAlone(scope.after, wanted) ? null : attributes.identity, attributes.generated].some((value) => typeof value === 'string') || hasDefaultOfDomain(scope, wanted);
    return filled ? [] : stops(`Stops where ${spoken(table)} has rows: ${spoken(wanted)} is NOT NULL and has no default.`);
  }
  if (wanted.kind === 'index') return attributes.unique === true ? stops(`Stops where two rows of ${spoken(table)} have the same values in ${spoken(wanted)}.`) : [];
  if (wanted.kind !== 'constraint' || attributes.validated === false || attributes.enforced === false) return [];
  return stops(`Stops at a row that does not keep ${spoken(wanted)}.`);
}

/** A domain gives what has no default of its own the domain's. */
function hasDefaultOfDomain(scope: Scope, column: SchemaObject): boolean {
  return scope.after.needs(column.id).some((id) => typeof scope.after.objects.get(id)?.attributes.default === 'string' && id.startsWith('domain:'));
}
