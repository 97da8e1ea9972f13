import type { Client } from 'pg';
import { type Delta, diff } from '#lib/pipeline/diff.ts';
import { makeScript, SCRIPT_SETTINGS, type Script } from '#lib/pipeline/script/script.ts';
import { written } from '#lib/pipeline/script/written.ts';
import { fingerprint } from '#lib/pipeline/snapshot.ts';
import { cloneDatabase, dropDatabase, type Loaded, loadSchema, messageOf, type Opened, openSchema, type Schema, type Server, stateOf, withDatabase } from './proof-database.ts';

/** Two schemas as SQL texts. */
export interface Pair {
  name: string;
  a: string;
  b: string;
  /** Loaded before either side. */
  setup: string;
  roles: readonly string[];
}

export interface Proof {
  name: string;
  direction: string;
  verdict: 'proved' | 'refused' | 'wrong' | 'not loaded';
  /** Why: refusals, the error, or what is left over. */
  reasons: readonly string[];
  statements: number;
  /** Of what the script began with; empty where nothing was loaded. */
  fingerprint: string;
}

const COMPARED = { satellites: true, aside: ['owner'] } as const;

/** Both sides of a pair as schemas of their own. */
export function sidesOf(pair: Pair): { a: Schema; b: Schema } {
  return { a: { name: `${pair.name} a`, texts: [pair.setup, pair.a], roles: pair.roles }, b: { name: `${pair.name} b`, texts: [pair.setup, pair.b], roles: pair.roles } };
}

/** Both directions of a pair on real databases, which are gone afterwards. Each script runs in the session that loaded its side: a new one would learn all catalogs again. */
export async function prove(server: Server, pair: Pair): Promise<Proof[]> {
  const sides = sidesOf(pair);
  const opened: Opened[] = [];
  try {
    const a = await openSchema(server, sides.a);
    opened.push(a);
    const b = await openSchema(server, sides.b);
    opened.push(b);
    return [{ ...(await proveOn(server, a, a, b)), name: pair.name, direction: 'a → b' }, { ...(await proveOn(server, b, b, a)), name: pair.name, direction: 'b → a' }];
  } catch (error) {
    return [notLoaded(pair.name, error)];
  } finally {
    for (const { client, database } of opened) {
      await client.end();
      await dropDatabase(server, database);
    }
  }
}

/** From an empty database to each side, and from each side to an empty database. */
export async function proveFromNothing(server: Server, pairs: readonly Pair[]): Promise<Proof[]> {
  return onShelf(server, pairs, async (shelf) => {
    const nothing = await loadSchema(server, { name: 'nothing', texts: [], roles: [] });
    const proofs: Proof[] = [];
    try {
      for (const loaded of shelf) proofs.push(await proveStep(server, nothing, loaded), await proveStep(server, loaded, nothing));
    } finally {
      await dropDatabase(server, nothing.database);
    }
    return proofs;
  });
}

/** From one side to a side of another pair, which has nothing to do with it; the same choice in every run. */
export async function proveCrossed(server: Server, pairs: readonly Pair[], count: number): Promise<Proof[]> {
  return onShelf(server, pairs, async (shelf) => {
    const proofs: Proof[] = [];
    for (let at = 0; at < count; at += 1) {
      const [from, to] = [shelf[(at * 7919) % shelf.length], shelf[(at * 104_729 + 1) % shelf.length]];
      if (from && to && from !== to) proofs.push(await proveStep(server, from, to));
    }
    return proofs;
  });
}

async function onShelf(server: Server, pairs: readonly Pair[], use: (shelf: readonly Loaded[]) => Promise<Proof[]>): Promise<Proof[]> {
  const shelf: Loaded[] = [];
  const failures: Proof[] = [];
  try {
    for (const schema of pairs.flatMap((pair) => Object.values(sidesOf(pair)))) {
      try {
        shelf.push(await loadSchema(server, schema));
      } catch (error) {
        failures.push(notLoaded(schema.name, error));
      }
    }
    return [...failures, ...(await use(shelf))];
  } finally {
    for (const { database } of shelf) await dropDatabase(server, database);
  }
}

function notLoaded(name: string, error: unknown): Proof {
  return { name, direction: 'load', verdict: 'not loaded', reasons: [messageOf(error)], statements: 0, fingerprint: '' };
}

/** The same for one direction, on a clone, so that both databases can be proved against others too. */
export async function proveStep(server: Server, from: Loaded, to: Loaded): Promise<Proof> {
  const database = await cloneDatabase(server, from);
  try {
    return await withDatabase(server, database, (client) => proveOn(server, { database, client }, from, to));
  } finally {
    await dropDatabase(server, database);
  }
}

/**
 * The script of diff(from, to) is run on a database that is as `from` says, and then nothing may be left: the second diff is empty, and what an
 * independent reader (pg_dump, or the raw catalogs) says of the database is what it says of `to`.
 */
async function proveOn(server: Server, { database, client }: Pick<Opened, 'database' | 'client'>, from: Loaded, to: Loaded): Promise<Proof> {
  const deltas = diff(from.state.snapshot, to.state.snapshot, COMPARED);
  const verdict = (kind: Proof['verdict'], reasons: readonly string[], statements = 0): Proof => ({ name: from.name, direction: `→ ${to.name}`, verdict: kind, reasons, statements, fingerprint: fingerprint(from.state.snapshot.objects) });
  let script: Script;
  try {
    script = makeScript(from.state.snapshot, to.state.snapshot, deltas, { owners: true, positions: true });
  } catch (error) {
    return verdict('wrong', [`the script could not be made: ${messageOf(error)}`]);
  }
  const count = script.steps.reduce((total, step) => total + step.statements.length, 0);
  if (script.refusals.length > 0) return verdict('refused', script.refusals.map((refusal) => refusal.sentence), count);
  const reached = (await apply(client, script)) ?? (await stateOf(server, database, client));
  if (typeof reached === 'string') return verdict('wrong', [reached], count);
  const left = diff(reached.snapshot, to.state.snapshot, COMPARED);
  const reasons = [...left.map(leftOver), ...difference(reached.truth, to.state.truth)];
  return verdict(reasons.length > 0 ? 'wrong' : 'proved', reasons, count);
}

function leftOver(delta: Delta): string {
  return `left: ${delta.id} ${delta.attributes.map(({ name, current, desired }) => `${name}: ${JSON.stringify(current)} → ${JSON.stringify(desired)}`).join('; ')}`;
}

function difference(reached: ReadonlySet<string>, wanted: ReadonlySet<string>): string[] {
  return [...[...reached].filter((each) => !wanted.has(each)).map((each) => `too much: ${each}`), ...[...wanted].filter((each) => !reached.has(each)).map((each) => `missing: ${each}`)];
}

/** The sentence of the first statement that fails; null when all ran. */
async function apply(client: Client, script: Script): Promise<string | null> {
  for (const setting of ['DISCARD ALL', ...SCRIPT_SETTINGS]) await client.query(setting);
  for (const step of script.steps) {
    for (const text of ['BEGIN', ...written(step.statements).map((statement) => statement.sql), 'COMMIT']) {
      try {
        await client.query(text);
      } catch (error) {
        return `${messageOf(error)}: ${text}`;
      }
    }
  }
  return null;
}
