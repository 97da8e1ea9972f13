import { Client } from 'pg';
import { introspect } from '#lib/pg/introspect.ts';
import { ident } from '#lib/pipeline/ddl.ts';
import { canonicalExpression, withoutNamesOfConstants } from '#lib/pipeline/expression.ts';
import { canonicalStatistics } from '#lib/pipeline/kinds/statistics.ts';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import { sql } from '#lib/sql.ts';
import { newDatabase } from './new-database.ts';
import { asSet, dumpStatements, splitStatements, withoutRowLists } from './proof-dump.ts';

export interface Server {
  url(database: string): string;
  /** Program that reads the server; null: the raw catalogs are read instead. */
  pgDump: string | null;
  /** An open session with its database postgres, for whoever makes many databases one after the other. Without it each of them takes one of its own. */
  admin?: Client;
}

/** What we say of a database, and what an independent reader says of it. */
export interface State {
  snapshot: Snapshot;
  truth: ReadonlySet<string>;
}

/** A schema as SQL texts, run one after the other. */
export interface Schema {
  name: string;
  texts: readonly string[];
  roles: readonly string[];
}

export interface Loaded {
  name: string;
  database: string;
  state: State;
}

/** With the session that loaded it. */
export interface Opened extends Loaded {
  client: Client;
}

let counter = 0;

/** A new database with the schema in it, and no session. Throws as openSchema does. */
export async function loadSchema(server: Server, schema: Schema): Promise<Loaded> {
  const { client, ...loaded } = await openSchema(server, schema);
  await client.end();
  return loaded;
}

/**
 * A new database with the schema in it. A role that a text names is made when it is missing: roles belong to the cluster, and a dump does
 * not hold them. Throws the server's error when a text does not load, and then leaves no database behind. The session is the caller's to end.
 */
export async function openSchema(server: Server, schema: Schema): Promise<Opened> {
  const roles = [...schema.roles];
  for (;;) {
    const database = newName();
    await createRoles(server, roles);
    await onPostgres(server, (admin) => newDatabase(admin, database, 'template0'));
    const client = await connected(server, database);
    try {
      await loadTexts(client, schema.texts);
      return { name: schema.name, database, state: await stateOf(server, database, client), client };
    } catch (error) {
      await client.end();
      await dropDatabase(server, database);
      const missing = /^role "(.+)" does not exist$/.exec(messageOf(error))?.[1];
      if (missing === undefined || roles.includes(missing)) throw error;
      roles.push(missing);
    }
  }
}

/** A database of its own that begins as the loaded one; it must have no session. */
export async function cloneDatabase(server: Server, loaded: Loaded): Promise<string> {
  const database = newName();
  await onPostgres(server, (client) => newDatabase(client, database, loaded.database));
  return database;
}

export async function dropDatabase(server: Server, database: string): Promise<void> {
  await onPostgres(server, (client) => client.query(`DROP DATABASE IF EXISTS ${ident(database)} WITH (FORCE)`));
}

function newName(): string {
  counter += 1;
  return `proof_${process.pid}_${counter}`;
}

/** In the session that made the database what it is: a new one would have to learn the catalogs again. Nothing that a text has set is left in it. */
export async function stateOf(server: Server, database: string, client: Client): Promise<State> {
  await client.query('DISCARD ALL');
  const snapshot = await introspect(client);
  if (server.pgDump !== null) return { snapshot, truth: asSet(await dumpStatements(server.pgDump, server.url(database))) };
  await client.query(`SET search_path = ''`);
  const { rows } = await client.query<{ line: string }>(sql('introspect/raw_read'));
  return { snapshot, truth: new Set(rows.map(({ line }) => canonicalLine(line))) };
}

/** `kind {…}`: every text in it in its canonical form. */
function canonicalLine(line: string): string {
  const from = line.indexOf(' {') + 1;
  const text = JSON.stringify(JSON.parse(line.slice(from)), (key, value: unknown) => (typeof value === 'string' ? canonicalExpression(key === 'view' ? withoutNamesOfConstants(withoutRowLists(value)) : value) : value));
  return `${line.slice(0, from)}${line.startsWith('statistics ') ? canonicalStatistics(text) : text}`;
}

/** As one text; statement by statement where one of them does not run inside a transaction. */
export async function loadTexts(client: Client, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    // A dump of a newer pg_dump holds commands that are psql's; its search_path is not meant for the text after it.
    const plain = text.replaceAll(/^\\(?:un)?restrict .*$/gm, '');
    if (plain.trim() === '') continue;
    await client.query('RESET search_path');
    try {
      await client.query(plain);
    } catch (error) {
      if (!(error instanceof Error) || !/cannot (run|be executed)|unsafe use of new value/.test(error.message)) throw error;
      for (const statement of await splitStatements(plain)) await client.query(statement);
    }
  }
}

export async function createRoles(server: Server, roles: readonly string[]): Promise<void> {
  if (roles.length === 0) return;
  await onPostgres(server, async (client) => {
    for (const role of roles) {
      const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
      // Another proof may make it at the same time.
      if (rowCount === 0) await client.query(`CREATE ROLE ${ident(role)}`).catch((error: unknown) => { if (!/already exists|duplicate key/.test(messageOf(error))) throw error; });
    }
  });
}

async function onPostgres(server: Server, use: (client: Client) => Promise<unknown>): Promise<void> {
  await (server.admin ? use(server.admin) : withDatabase(server, 'postgres', use));
}

export async function withDatabase<T>(server: Server, database: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = await connected(server, database);
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function connected(server: Server, database: string): Promise<Client> {
  const client = new Client({ connectionString: server.url(database), application_name: 'countersign corpus' });
  await client.connect();
  return client;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
