/** One thing that a script does: statements that belong together, and what they take away, make or change. */
export interface Action {
  key: string;
  /** Where it stands among others of its rank; default: the key. */
  place?: string;
  /** For a person: the object that it is about. */
  objectId: string;
  /** Lower comes first where nothing else decides. */
  rank: number;
  sql: readonly string[];
  drops: readonly string[];
  creates: readonly string[];
  alters: readonly string[];
  /** Keys of actions that must come first, besides what follows from the objects. */
  after: readonly string[];
  /** Keys of actions that come first unless that closes a ring. */
  rather?: readonly string[];
}

export interface Graph {
  /** What an id rests on before the script, and after it. */
  dependentsBefore(id: string): readonly string[];
  needsAfter(id: string): readonly string[];
}

export interface Ordered {
  order: Action[];
  /** What waits for each other, and what lies between. */
  ring: Action[];
  /** Of the ring, what an action waits for. */
  waitsFor(action: Action): readonly Action[];
}

/** Actions in an order in which all can run, or the actions that wait for each other in a ring. */
export function ordered(actions: readonly Action[], graph: Graph): Ordered {
  const { edges } = edgesOf(actions, graph);
  const first = sorted(actions, edges);
  if (first.ring.size === 0) return { order: first.order, ring: [], waitsFor: () => [] };
  // Two objects that are changed in place rarely need an order between them: it is given up when it closes a ring.
  const hard = edges.filter((edge) => !(edge.soft && first.ring.has(edge.from) && first.ring.has(edge.to)));
  const second = sorted(actions, hard);
  const within = Map.groupBy(hard.filter(({ from, to }) => second.ring.has(from) && second.ring.has(to)), ({ to }) => actions[to]);
  return { order: second.order, ring: actions.filter((_, at) => second.ring.has(at)), waitsFor: (action) => (within.get(action) ?? []).flatMap(({ from }) => actions[from] ?? []) };
}

interface Edge {
  from: number;
  to: number;
  soft: boolean;
}

function edgesOf(actions: readonly Action[], graph: Graph): { edges: Edge[] } {
  const dropping = new Map<string, number>();
  const creating = new Map<string, number>();
  const altering = new Map<string, number[]>();
  const byKey = new Map(actions.map((action, at) => [action.key, at]));
  actions.forEach((action, at) => {
    for (const id of action.drops) dropping.set(id, at);
    for (const id of action.creates) creating.set(id, at);
    for (const id of action.alters) altering.set(id, [...(altering.get(id) ?? []), at]);
  });
  const edges: Edge[] = [];
  const edge = (from: number | undefined, to: number | undefined, soft = false) => {
    if (from !== undefined && to !== undefined && from !== to) edges.push({ from, to, soft });
  };
  actions.forEach((action, at) => {
    for (const key of action.after) edge(byKey.get(key), at);
    for (const key of action.rather ?? []) edge(byKey.get(key), at, true);
    for (const id of action.drops) {
      edge(at, creating.get(id));
      for (const each of graph.dependentsBefore(id)) {
        edge(dropping.get(each), at);
        for (const change of altering.get(each) ?? []) edge(change, at);
      }
    }
    for (const id of action.creates) {
      for (const each of graph.needsAfter(id)) {
        edge(creating.get(each), at);
        for (const change of altering.get(each) ?? []) edge(change, at, true);
      }
    }
    for (const id of action.alters) {
      // A sequence that a column owns does not stand in the way of a change of the column, nor a default of a change of its sequence. A key that a table is
      // identified by goes after the table has let go of it.
      for (const each of graph.dependentsBefore(id)) if (!each.startsWith('sequence:') && !id.startsWith('sequence:')) edge(dropping.get(each), at, id.startsWith('table:'));
      for (const each of graph.needsAfter(id)) {
        edge(creating.get(each), at);
        for (const change of altering.get(each) ?? []) edge(change, at, true);
      }
    }
  });
  return { edges };
}

function sorted(actions: readonly Action[], edges: readonly Edge[]): { order: Action[]; ring: Set<number> } {
  const waiting = actions.map(() => 0);
  const next = actions.map((): number[] => []);
  for (const { from, to } of edges) {
    next[from]?.push(to);
    waiting[to] = (waiting[to] ?? 0) + 1;
  }
  const ready = new Map<number, number[]>();
  const ranks = [...new Set(actions.map((action) => action.rank))].sort((a, b) => a - b);
  for (const rank of ranks) ready.set(rank, []);
  actions.forEach((action, at) => waiting[at] === 0 && ready.get(action.rank)?.push(at));
  const order: Action[] = [];
  for (let bucket = ranks.find((rank) => (ready.get(rank)?.length ?? 0) > 0); bucket !== undefined; bucket = ranks.find((rank) => (ready.get(rank)?.length ?? 0) > 0)) {
    const at = ready.get(bucket)?.shift() ?? 0;
    const action = actions[at];
    if (!action) break;
    order.push(action);
    for (const to of next[at] ?? []) {
      waiting[to] = (waiting[to] ?? 0) - 1;
      const target = actions[to];
      if (waiting[to] === 0 && target) ready.get(target.rank)?.push(to);
    }
  }
  const done = new Set(order);
  return { order, ring: ringOf(new Set(actions.flatMap((action, at) => (done.has(action) ? [] : [at]))), edges) };
}

/** Of actions that cannot run, those for which another of them waits: the rings, and what lies between two. */
function ringOf(waiting: Set<number>, edges: readonly Edge[]): Set<number> {
  const within = edges.filter(({ from, to }) => waiting.has(from) && waiting.has(to));
  const before = Map.groupBy(within, ({ to }) => to);
  const followers = new Map<number, number>();
  for (const { from } of within) followers.set(from, (followers.get(from) ?? 0) + 1);
  const free = [...waiting].filter((at) => !followers.has(at));
  for (let at = free.pop(); at !== undefined; at = free.pop()) {
    waiting.delete(at);
    for (const { from } of before.get(at) ?? []) {
      const left = (followers.get(from) ?? 0) - 1;
      followers.set(from, left);
      if (left === 0) free.push(from);
    }
  }
  return waiting;
}
