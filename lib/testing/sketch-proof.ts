import type { Client } from 'pg';
import { fewest } from '#lib/cli/mutations/fewest.ts';
import { createRoles, dropDatabase, type Loaded, loadSchema, type Server, stateOf, withDatabase } from '#lib/cli/proof-database.ts';
import { type Proof, proveStep } from '#lib/cli/proof.ts';
import type { Piece } from './sketch/piece.ts';
import type { SketchPair } from './sketch/pair.ts';
import { written } from './sketch/write.ts';

export const SKETCH_ROLES: readonly string[] = ['mutation_reader', 'mutation_writer', 'Mutation Owner'];

/** A pair on real databases: what the server took of each side, and the proof both ways. */
export interface SketchProof {
  readonly a: readonly string[];
  readonly b: readonly string[];
  readonly proofs: readonly Proof[];
}

/** Both ways between the two sides, or only those of `directions`. What the server does not take is left out of a side. Databases are gone afterwards. */
export async function proveSketch(server: Server, pair: SketchPair, directions: readonly string[] = ['a → b', 'b → a']): Promise<SketchProof> {
  await createRoles(server, SKETCH_ROLES);
  const sides = await Promise.all([built(server, 'a', pair.a), built(server, 'b', pair.b)]);
  const [a, b] = sides;
  try {
    const proofs: Proof[] = [];
    for (const [from, to] of [[a, b], [b, a]] as const) {
      const direction = `${from.loaded.name} → ${to.loaded.name}`;
      if (directions.includes(direction)) proofs.push({ ...(await proveStep(server, from.loaded, to.loaded)), direction });
    }
    return { a: a.taken, b: b.taken, proofs };
  } finally {
    for (const { loaded } of sides) await dropDatabase(server, loaded.database);
  }
}

async function built(server: Server, name: string, pieces: readonly Piece[]): Promise<{ loaded: Loaded; taken: string[] }> {
  const { database } = await loadSchema(server, { name, texts: [], roles: [] });
  try {
    return await withDatabase(server, database, async (client) => {
      const taken = await takenOf(client, written(pieces).map(({ sql }) => sql));
      return { loaded: { name, database, state: await stateOf(server, database, client) }, taken };
    });
  } catch (error) {
    await dropDatabase(server, database);
    throw error;
  }
}

/** The statements that the server takes, one after the other. */
export async function takenOf(client: Client, statements: readonly string[]): Promise<string[]> {
  await client.query('SET client_min_messages = error; SET check_function_bodies = off');
  const taken: string[] = [];
  for (const statement of statements) if (await client.query(statement).then(() => true, () => false)) taken.push(statement);
  return taken;
}

/** The pair with as little in it as still fails: first the changes go that it does not take, then what stands on both sides. */
export async function shrunkSketch(pair: SketchPair, fails: (pair: SketchPair) => Promise<boolean>): Promise<SketchPair> {
  const [a, b] = [new Map(pair.a.map((piece) => [piece.key, piece])), new Map(pair.b.map((piece) => [piece.key, piece]))];
  const differing = [...new Set([...a.keys(), ...b.keys()])].filter((key) => JSON.stringify(a.get(key)) !== JSON.stringify(b.get(key)));
  const changing = (keys: readonly string[]): SketchPair => ({ a: pair.a, b: [...pair.b.filter(({ key }) => keys.includes(key) || a.has(key)).map((piece) => (keys.includes(piece.key) ? piece : (a.get(piece.key) ?? piece))), ...pair.a.filter(({ key }) => !b.has(key) && !keys.includes(key))] });
  const fewer = changing(await fewest(differing, (keys) => fails(changing(keys))));
  const having = (keys: readonly string[]): SketchPair => ({ a: fewer.a.filter(({ key }) => keys.includes(key)), b: fewer.b.filter(({ key }) => keys.includes(key)) });
  const all = [...new Set([...fewer.a, ...fewer.b].map(({ key }) => key))];
  return having(await fewest(all, (keys) => fails(having(keys))));
}
