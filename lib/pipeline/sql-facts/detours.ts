import { parseSync } from 'libpg-query';
import type { TableName } from '../plan.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import type { Existing } from './existing.ts';
import { overwritten } from './overwrites.ts';
import { type RoutineBody, routineBody, routinesNamed, type RowEvent, type Written } from './routine-body.ts';
import { functionsCalled, volatileRoutines } from './routines.ts';
import { listAt, relationAt, unwrap, words, wrapped } from './tree.ts';

/** What stands between a statement and the rows that it moves. */
export type Detour =
  | { by: 'view'; view: TableName; onto: TableName }
  | { by: 'rule'; rule: string; of: TableName; instead: boolean; writes: readonly Written[] }
  | { by: 'function'; routine: { id: string; name: string }; body: RoutineBody }
  | { by: 'trigger'; trigger: string; of: TableName; routine: { id: string; name: string }; instead: boolean; body: RoutineBody };

/** The rows that a statement moves in the end, and on which ways; triggers that fire beside are among the ways, and what they write is not among the rows. */
export interface Moved {
  writes: readonly Written[];
  detours: readonly Detour[];
}

const EVENT_BITS: Readonly<Record<RowEvent, number>> = { INSERT: 4, DELETE: 8, UPDATE: 16, TRUNCATE: 32 };
const INSTEAD = 64;
const DEEP = 20;

/** Follows views to their tables, and rules and INSTEAD OF triggers to what they do instead. */
export function movedBy(existing: Existing, write: Written, depth = 0): Moved {
  const { schema, name } = write.table;
  const view = existing.objects.get(objectId('view', schema, name));
  const on = view?.id ?? objectId('table', schema, name);
  const parts = existing.children.get(on) ?? [];
  const rules = parts.flatMap((part) => ruleOf(part, write) ?? []);
  const triggers = parts.flatMap((part) => triggerOf(existing, part, write) ?? []);
  const further = rules.flatMap((rule) => (rule.by === 'rule' && depth < DEEP ? rule.writes.map((one) => movedBy(existing, one, depth + 1)) : []));
  const replaced = [...rules, ...triggers].some((one) => (one.by === 'rule' || one.by === 'trigger') && one.instead);
  const onto = view && !replaced ? baseOf(view) : null;
  const below = onto && depth < DEEP ? movedBy(existing, { ...write, table: onto }, depth + 1) : null;
  const instead = triggers.flatMap((one) => (one.by === 'trigger' && one.instead ? one.body.writes : []));
  return {
    writes: [...(replaced || below ? [] : [write]), ...(below?.writes ?? []), ...instead, ...further.flatMap(({ writes }) => writes)],
    detours: [...(onto ? [{ by: 'view' as const, view: write.table, onto }] : []), ...rules, ...triggers, ...(below?.detours ?? []), ...further.flatMap(({ detours }) => detours)],
  };
}

/** Functions of people that a statement calls and that may change something: what they write it writes too. */
export function callsOf(existing: Existing, statement: unknown): Moved {
  const called = [...new Set(functionsCalled(statement))].filter((name) => volatileRoutines(existing).has(name));
  const bodies = called.flatMap((name) => routinesNamed(existing, name).map((one) => ({ by: 'function' as const, routine: { id: one.id, name }, body: routineBody(existing, one) })));
  return { writes: bodies.flatMap(({ body }) => body.writes), detours: bodies };
}

/** The one relation that a view can be written through to. */
function baseOf(view: SchemaObject): TableName | null {
  const select = wrapped(tree(String(view.attributes.definition)), 'SelectStmt');
  const from = select ? listAt(select, 'fromClause') : [];
  return from.length === 1 ? relationAt({ relation: wrapped(from[0], 'RangeVar') }, 'relation', named) : null;
}

function ruleOf(part: SchemaObject, { table, event }: Written): Detour | null {
  if (part.kind !== 'rule' || !fires(part)) return null;
  const rule = wrapped(tree(String(part.attributes.definition)), 'RuleStmt');
  if (!rule || rule.event !== `CMD_${event}`) return null;
  const writes = listAt(rule, 'actions').flatMap((action): Written[] => {
    const one = unwrap(action);
    const to = one ? relationAt(one.node, 'relation', named) : null;
    const does = one ? DOES[one.kind] : undefined;
    return to && does ? [{ table: to, event: does, ...(overwritten(action).length > 0 ? { overwrites: true } : {}) }] : [];
  });
  return { by: 'rule', rule: part.name, of: table, instead: rule.instead === true, writes };
}

const DOES: Readonly<Record<string, RowEvent>> = { InsertStmt: 'INSERT', UpdateStmt: 'UPDATE', DeleteStmt: 'DELETE' };

function triggerOf(existing: Existing, part: SchemaObject, { table, event }: Written): Detour | null {
  if (part.kind !== 'trigger' || !fires(part)) return null;
  const create = wrapped(tree(String(part.attributes.definition)), 'CreateTrigStmt');
  if (!create || (Number(create.events ?? 0) & EVENT_BITS[event]) === 0) return null;
  const parts = words(listAt(create, 'funcname'));
  const name = parts.at(-1) ?? '';
  // What Countersign itself has put there does what the plan says.
  if (parts.length > 1 && /^countersign(_|$)/.test(parts.at(-2) ?? '')) return null;
  const routine = routinesNamed(existing, name).find((one) => parts.length < 2 || one.schema === parts.at(-2));
  return { by: 'trigger', trigger: part.name, of: table, routine: { id: routine?.id ?? '', name }, instead: create.timing === INSTEAD, body: routine ? routineBody(existing, routine) : { writes: [], reads: [], unknown: true } };
}

function fires({ attributes }: SchemaObject): boolean {
  return attributes.enabled !== 'disabled' && attributes.enabled !== 'replica';
}

/** Definitions of the server name everything in full. */
function named(parts: readonly string[]): TableName | null {
  const name = parts.at(-1);
  return name === undefined ? null : { schema: parts.at(-2) ?? 'public', name };
}

const TREES = new Map<string, unknown>();
const MOST = 2_000;

function tree(sql: string): unknown {
  const known = TREES.get(sql);
  if (known !== undefined) return known;
  if (TREES.size >= MOST) TREES.clear();
  const made = parsed(sql);
  TREES.set(sql, made);
  return made;
}

function parsed(sql: string): unknown {
  try {
    return parseSync(sql).stmts?.[0]?.stmt ?? null;
  } catch {
    return null;
  }
}

