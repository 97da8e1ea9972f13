import type { Client } from 'pg';
import { chanceOf } from '#lib/cli/mutations/random.ts';
import { dropDatabase, loadSchema, type Server, withDatabase } from '#lib/cli/proof-database.ts';
import { differences } from '#lib/pipeline/noise.ts';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import { inPlans, planOf, planSide, type PlanOutcome, thereAndBack } from './plan-proof.ts';
import { fillByChance, readRows, rowsUnlike } from './rows-by-chance.ts';
import { takenOf } from './sketch-proof.ts';
import type { SketchPair } from './sketch/pair.ts';
import type { Piece } from './sketch/piece.ts';
import { written } from './sketch/write.ts';

const ROWS = 12;

export interface PlanProof extends PlanOutcome {
  /** What the server took of each side. */
  a: readonly string[];
  b: readonly string[];
  /** Differences in the plan. */
  chosen: readonly string[];
  differing: number;
  rows: number;
}

/** A plan from the first side, with rows in it, to the second, there and back, on databases that are gone afterwards. Whatever is thrown on the way is a failure too. */
export async function provePlan(server: Server, pair: SketchPair, seed: number): Promise<PlanProof> {
  const [from, to] = [await built(server, 'a', pair.a), await built(server, 'b', pair.b)];
  try {
    return await withDatabase(server, from.database, (client) => withDatabase(server, to.database, async (desired) => {
      const rows = await fillByChance(client, chanceOf(seed), ROWS);
      const config = { name: 'a', environment: 'development' as const, readerUrl: server.url(from.database), operatorUrl: server.url(from.database) };
      const sides = [await planSide(config, client), await planSide({ ...config, name: 'b' }, desired)] as const;
      const all = inPlans(differences(sides[0].snapshot, sides[1].snapshot));
      const chosen = plannable(sides[0].snapshot, sides[1].snapshot, all);
      const outcome = await thereAndBack(...sides, { chosen, beside: besideOf(client) }).catch((error: unknown): PlanOutcome => ({ outcome: 'failed', why: `thrown: ${error instanceof Error ? error.stack : String(error)}` }));
      return { ...outcome, a: from.taken, b: to.taken, chosen, differing: all.length, rows };
    }));
  } finally {
    for (const { database } of [from, to]) await dropDatabase(server, database);
  }
}

function besideOf(client: Client): NonNullable<Parameters<typeof thereAndBack>[2]>['beside'] {
  return {
    before: () => readRows(client),
    forward: async (before) => rowsUnlike(before as Awaited<ReturnType<typeof readRows>>, await readRows(client), true),
    back: async (before) => rowsUnlike(before as Awaited<ReturnType<typeof readRows>>, await readRows(client), false),
  };
}

/** As somebody would who leaves out what is refused: group by group, what goes with those before. Twice, because one may need a later one. */
function plannable(current: Snapshot, desired: Snapshot, all: readonly string[]): string[] {
  const whole = planOf(current, desired, all);
  if (whole.ok) return [...all];
  const deltas = new Map(differences(current, desired).map((delta) => [delta.id, delta]));
  const groups = Map.groupBy(all, (id) => deltas.get(id)?.group ?? id);
  let chosen: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    for (const ids of groups.values()) {
      if (chosen.includes(ids[0] ?? '')) continue;
      const more = [...chosen, ...ids];
      if (planOf(current, desired, more).ok) chosen = more;
    }
  }
  return chosen;
}

async function built(server: Server, name: string, pieces: readonly Piece[]): Promise<{ database: string; taken: string[] }> {
  const { database } = await loadSchema(server, { name, texts: [], roles: [] });
  const taken = await withDatabase(server, database, (client) => takenOf(client, written(pieces).map(({ sql }) => sql)));
  return { database, taken };
}
