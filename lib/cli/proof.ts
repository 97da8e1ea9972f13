import { Client } from 'pg';
import { introspect } from '#lib/pg/introspect.ts';
import { type Delta, diff } from '#lib/pipeline/diff.ts';
import { ident } from '#lib/pipeline/ddl.ts';
import { makeScript, SCRIPT_SETTINGS, type Script } from '#lib/pipeline/script/script.ts';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import { sql } from '#lib/sql.ts';
import { asSet, dumpStatements, splitStatements } from './proof-dump.ts';

/** Two schemas as SQL texts. */
export interface Pair {
  name: string;
  a: string;
  b: string;
  /** Loaded before either side. */
  setup: string;
  roles: readonly string[];
}

export interface Server {
  url(database: string): string;
  /** Program that reads the server; null: the raw catalogs are read instead. */
  pgDump: string | null;
}

export interface Proof {
  name: string;
  direction: 'a → b' | 'b → a' | 'load';
  verdict: 'proved' | 'refused' | 'wrong' | 'not loaded';
  /** Why: refusals, the error, or what is left over. */
  reasons: readonly string[];
  statements: number;
}

interface State {
  snapshot: Snapshot;
  truth: ReadonlySet<string>;
}

const COMPARED = { satellites: true, aside: ['owner'] } as const;
let counter = 0;

/**
 * Both directions of a pair on real databases: the script of diff(A, B) is run on A, and then nothing may be left: the second diff is empty and
 * what an independent reader (pg_dump, or the raw catalogs) says of A is what it says of B. Makes and drops two databases.
 */
export async function prove(server: Server, pair: Pair): Promise<Proof[]> {
  counter += 1;
  const names = { a: `proof_${process.pid}_${counter}_a`, b: `proof_${process.pid}_${counter}_b` };
  try {
    await loadPair(server, names, pair);
  } catch (error) {
    await dropDatabases(server, Object.values(names));
    return [{ name: pair.name, direction: 'load', verdict: 'not loaded', reasons: [messageOf(error)], statements: 0 }];
  }
  try {
    const a = await stateOf(server, names.a);
    const b = await stateOf(server, names.b);
    return [await proveOne(server, pair.name, 'a → b', names.a, a, b), await proveOne(server, pair.name, 'b → a', names.b, b, a)];
  } finally {
    await dropDatabases(server, Object.values(names));
  }
}

/** A role that a text names is made when it is missing: roles belong to the cluster, and a dump does not hold them. */
async function loadPair(server: Server, names: { a: string; b: string }, pair: Pair): Promise<void> {
  const roles = [...pair.roles];
  for (;;) {
    await createDatabases(server, Object.values(names), roles);
    try {
      for (const side of ['a', 'b'] as const) await withDatabase(server, names[side], (client) => loadTexts(client, [pair.setup, pair[side]]));
      return;
    } catch (error) {
      const missing = /^role "(.+)" does not exist$/.exec(messageOf(error))?.[1];
      if (missing === undefined || roles.includes(missing)) throw error;
      roles.push(missing);
      await dropDatabases(server, Object.values(names));
    }
  }
}

async function proveOne(server: Server, name: string, direction: Proof['direction'], database: string, from: State, to: State): Promise<Proof> {
  const deltas = diff(from.snapshot, to.snapshot, COMPARED);
  const verdict = (kind: Proof['verdict'], reasons: readonly string[], statements = 0): Proof => ({ name, direction, verdict: kind, reasons, statements });
  let script: Script;
  try {
    script = makeScript(from.snapshot, to.snapshot, deltas, { owners: true });
  } catch (error) {
    return verdict('wrong', [`the script could not be made: ${messageOf(error)}`]);
  }
  const count = script.steps.reduce((total, step) => total + step.statements.length, 0);
  if (script.refusals.length > 0) return verdict('refused', script.refusals.map((refusal) => refusal.sentence), count);
  const failure = await apply(server, database, script);
  if (failure !== null) return verdict('wrong', [failure], count);
  const reached = await stateOf(server, database);
  const left = diff(reached.snapshot, to.snapshot, COMPARED);
  const reasons = [...left.map(leftOver), ...difference(reached.truth, to.truth)];
  return verdict(reasons.length > 0 ? 'wrong' : 'proved', reasons, count);
}

function leftOver(delta: Delta): string {
  return `left: ${delta.id} ${delta.attributes.map(({ name, current, desired }) => `${name}: ${JSON.stringify(current)} → ${JSON.stringify(desired)}`).join('; ')}`;
}

function difference(reached: ReadonlySet<string>, wanted: ReadonlySet<string>): string[] {
  return [...[...reached].filter((each) => !wanted.has(each)).map((each) => `too much: ${each}`), ...[...wanted].filter((each) => !reached.has(each)).map((each) => `missing: ${each}`)];
}

/** The sentence of the first statement that fails; null when all ran. */
async function apply(server: Server, database: string, script: Script): Promise<string | null> {
  return withDatabase(server, database, async (client) => {
    for (const setting of SCRIPT_SETTINGS) await client.query(setting);
    for (const step of script.steps) {
      await client.query('BEGIN');
      for (const statement of step.statements) {
        try {
          await client.query(statement.sql);
        } catch (error) {
          return `${messageOf(error)}: ${statement.sql}`;
        }
      }
      try {
        await client.query('COMMIT');
      } catch (error) {
        return `${messageOf(error)}: COMMIT`;
      }
    }
    return null;
  });
}

async function stateOf(server: Server, database: string): Promise<State> {
  return withDatabase(server, database, async (client) => {
    const snapshot = await introspect(client);
    if (server.pgDump !== null) return { snapshot, truth: asSet(await dumpStatements(server.pgDump, server.url(database))) };
    await client.query(`SET search_path = ''`);
    const { rows } = await client.query<{ line: string }>(sql('introspect/raw_read'));
    return { snapshot, truth: new Set(rows.map((row) => row.line)) };
  });
}

/** As one text; statement by statement where one of them does not run inside a transaction. */
export async function loadTexts(client: Client, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    if (text.trim() === '') continue;
    try {
      await client.query(text);
    } catch (error) {
      if (!(error instanceof Error) || !/cannot (run|be executed)|unsafe use of new value/.test(error.message)) throw error;
      for (const statement of await splitStatements(text)) await client.query(statement);
    }
  }
}

async function createDatabases(server: Server, names: readonly string[], roles: readonly string[]): Promise<void> {
  await withDatabase(server, 'postgres', async (client) => {
    await makeRoles(client, roles);
    for (const name of names) await client.query(`CREATE DATABASE ${ident(name)} TEMPLATE template0`);
  });
}

/** Roles of the cluster that are not there yet. */
export async function makeRoles(client: Client, roles: readonly string[]): Promise<void> {
  for (const role of roles) {
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
    if (rowCount === 0) await client.query(`CREATE ROLE ${ident(role)}`);
  }
}

async function dropDatabases(server: Server, names: readonly string[]): Promise<void> {
  await withDatabase(server, 'postgres', async (client) => {
    for (const name of names) await client.query(`DROP DATABASE IF EXISTS ${ident(name)} WITH (FORCE)`);
  });
}

async function withDatabase<T>(server: Server, database: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: server.url(database), application_name: 'countersign corpus' });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
