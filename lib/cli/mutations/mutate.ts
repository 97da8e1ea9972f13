import type { Client } from 'pg';
import { cloneDatabase, createRoles, dropDatabase, type Loaded, loadSchema, messageOf, type Server, stateOf, withDatabase } from '../proof-database.ts';
import { type Pair, type Proof, proveStep, sidesOf } from '../proof.ts';
import { mutationOf } from './all.ts';
import { fewest } from './fewest.ts';
import { Ground, MUTATION_ROLES } from './ground.ts';
import { inventoryOf } from './inventory.ts';
import { chanceOf } from './random.ts';

/** Tries for one change that the server takes; then the next is thought up. */
const TRIES = 400;

/** A loaded schema after so many changes by chance, and the statements that made them. Its database is the caller's to drop. */
async function mutated(server: Server, base: Loaded, count: number, seed: number): Promise<{ loaded: Loaded; statements: string[] }> {
  await createRoles(server, MUTATION_ROLES);
  const chance = chanceOf(seed);
  const statements: string[] = [];
  const loaded = await changed(server, base, `${base.name} after ${count} changes of seed ${seed}`, async (client) => {
    for (let tries = 0; statements.length < count && tries < TRIES + count * 20; tries += 1) {
      const statement = mutationOf(new Ground(chance, await inventoryOf(client), tries));
      if (statement !== null && (await taken(client, statement))) statements.push(statement);
    }
  });
  return { loaded, statements };
}

/** A clone of the schema after the statements; those that the server does not take are left out. */
export async function replayed(server: Server, base: Loaded, statements: readonly string[]): Promise<Loaded> {
  return changed(server, base, `${base.name} after ${statements.length} changes`, async (client) => {
    for (const statement of statements) await taken(client, statement);
  });
}

async function changed(server: Server, base: Loaded, name: string, change: (client: Client) => Promise<void>): Promise<Loaded> {
  const database = await cloneDatabase(server, base);
  try {
    const state = await withDatabase(server, database, async (client) => {
      await client.query(`SET client_min_messages = error; SET search_path = ''`);
      await change(client);
      return stateOf(server, database, client);
    });
    return { name, database, state };
  } catch (error) {
    await dropDatabase(server, database);
    throw error;
  }
}

/** Runs it in a transaction of its own; false when the server does not take it. */
async function taken(client: Client, statement: string): Promise<boolean> {
  try {
    await client.query(`BEGIN; SET LOCAL statement_timeout = '5s'; ${statement}; COMMIT`);
    return true;
  } catch {
    await client.query('ROLLBACK');
    return false;
  }
}

/** Both directions between a schema and what so many changes by chance make of it. */
async function proveMutated(server: Server, base: Loaded, count: number, seed: number): Promise<{ proofs: Proof[]; statements: string[] }> {
  const { loaded, statements } = await mutated(server, base, count, seed);
  try {
    return { proofs: [await proveStep(server, base, loaded), await proveStep(server, loaded, base)], statements };
  } finally {
    await dropDatabase(server, loaded.database);
  }
}

/** The fewest of the statements after which a proof is still not well. */
async function shrunk(server: Server, base: Loaded, statements: readonly string[], wrong: (proof: Proof) => boolean): Promise<string[]> {
  const fails = async (some: readonly string[]): Promise<boolean> => {
    const loaded = await replayed(server, base, some);
    try {
      return wrong(await proveStep(server, base, loaded)) || wrong(await proveStep(server, loaded, base));
    } finally {
      await dropDatabase(server, loaded.database);
    }
  };
  return fewest(statements, fails);
}

function isWrong(proof: Proof): boolean {
  return proof.verdict === 'wrong';
}

/** Every side of the pairs against what seed after seed makes of it; of a wrong one the reasons begin with the fewest statements that it takes. */
export async function proveSeeds(server: Server, pairs: readonly Pair[], { count, seed, seeds }: { count: number; seed: number; seeds: number }): Promise<Proof[]> {
  const results: Proof[] = [];
  for (const schema of pairs.flatMap((pair) => Object.values(sidesOf(pair)))) {
    const base = await loadSchema(server, schema).catch((error: unknown) => messageOf(error));
    if (typeof base === 'string') {
      results.push({ name: schema.name, direction: 'load', verdict: 'not loaded', reasons: [base], statements: 0, fingerprint: '' });
      continue;
    }
    try {
      for (let each = seed; each < seed + seeds; each += 1) {
        const { proofs, statements } = await proveMutated(server, base, count, each);
        const after = proofs.some(isWrong) ? [`after: ${(await shrunk(server, base, statements, isWrong)).join(';\n')}`] : [];
        results.push(...proofs.map((proof) => (isWrong(proof) ? { ...proof, reasons: [...after, ...proof.reasons] } : proof)));
      }
    } finally {
      await dropDatabase(server, base.database);
    }
  }
  return results;
}
