import type { Action } from './order.ts';
import { type Scope, type ScriptRefusal, spoken } from './scope.ts';

/** So many waits of a ring are told one by one. */
const TOLD = 5;
/** For so many actions their own ring is looked for: more in one ring are of one making. */
const LOOKED_AT = 100;
const WAYS_ON = 'Make one of these by hand first, in a simpler form if need be, and compare again.';

/**
 * Why differences have no order, one refusal an object: what waits for what, once round, and what a person can do. A difference that only waits for a ring tells of that one.
 * @param waitsFor Of the ring's actions, those that must come before the given one.
 */
export function ringRefusals(scope: Scope, ring: readonly Action[], waitsFor: (action: Action) => readonly Action[]): ScriptRefusal[] {
  const ways = ring.slice(0, LOOKED_AT).flatMap((action) => wayRound(action, waitsFor)).toSorted((a, b) => a.length - b.length);
  return [...new Set(ring.map(({ objectId }) => objectId))].map((objectId) => {
    const own = ways.find((way) => way[0]?.objectId === objectId);
    const told = own ?? ways[0] ?? [];
    const name = spokenId(scope, objectId);
    return { objectId, sentence: `${name} ${own ? 'has' : 'waits for others that have'} no place in any order: ${waits(scope, told)}. ${WAYS_ON}` };
  });
}

/** The shortest way from an action over what it waits for back to itself; none where it only waits for a ring. */
function wayRound(start: Action, waitsFor: (action: Action) => readonly Action[]): Action[][] {
  const from = new Map<Action, Action>();
  const queue = [start];
  for (let at = 0; at < queue.length; at += 1) {
    const action = queue[at] ?? start;
    for (const next of waitsFor(action)) {
      if (next === start) return [pathTo(action, start, from)];
      if (from.has(next)) continue;
      from.set(next, action);
      queue.push(next);
    }
  }
  return [];
}

function pathTo(last: Action, start: Action, from: ReadonlyMap<Action, Action>): Action[] {
  const path: Action[] = [];
  for (let at: Action | undefined = last; at !== undefined && at !== start; at = from.get(at)) path.unshift(at);
  return [start, ...path];
}

function waits(scope: Scope, way: readonly Action[]): string {
  const names = way.map((action) => doing(scope, action));
  const pairs = names.slice(0, TOLD).map((name, at) => `${name} waits for ${names[(at + 1) % names.length]}`);
  return names.length > TOLD ? `${pairs.join(', ')}, and so on over ${names.length - TOLD} more, back to ${names[0]}` : pairs.join(', ');
}

const VERBS: Readonly<Record<string, string>> = { create: 'making', name: 'making', drop: 'dropping', release: 'dropping', attach: 'attaching', leave: 'parting from its parent', join: 'joining its parent', owner: 'giving an owner to', own: 'tying to its column' };

function doing(scope: Scope, action: Action): string {
  const verb = VERBS[action.key.slice(0, action.key.indexOf(' '))] ?? 'changing';
  const part = action.key.includes(' default:') ? 'the default of ' : '';
  return verb.endsWith('parent') || verb.endsWith('column') ? `${spokenId(scope, action.objectId)} ${verb}` : `${verb} ${part}${spokenId(scope, action.objectId)}`;
}

function spokenId(scope: Scope, id: string): string {
  const object = scope.after.objects.get(id) ?? scope.before.objects.get(id);
  return object ? spoken(object) : id.replace(':', ' ');
}
