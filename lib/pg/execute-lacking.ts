import type { Client } from 'pg';
import { ident } from '#lib/pipeline/ddl.ts';
import { listed } from '#lib/pipeline/words.ts';
import { SQLSTATE, sqlState } from './sqlstate.ts';

/** What a database has that belongs to its server. */
export interface ServersPart {
  /** Modules that read its security labels. */
  providers: readonly string[];
  /** In which something of it stands. */
  tablespaces: readonly string[];
}

/** What pg_restore is told to leave out, because this server lacks it, and what a person is told of that. */
export interface LeftOut {
  flags: readonly string[];
  sentences: readonly string[];
}

/** What the server is called in the sentences, and what is made on it. */
export interface Spoken {
  copy: string;
  server: string;
}

/** Asks a server, in an empty database that belongs to the session's role. Labels are left out as a whole, and tablespaces too: pg_restore knows no less. */
export async function lackedBy(client: Client, { providers, tablespaces }: ServersPart, { copy, server }: Spoken): Promise<LeftOut> {
  const { rows } = await client.query<{ name: string }>('SELECT spcname::text AS name FROM pg_catalog.pg_tablespace');
  const unloaded: string[] = [];
  for (const provider of providers) if (!(await isLoaded(client, provider))) unloaded.push(provider);
  const absent = tablespaces.filter((name) => !rows.some((row) => row.name === name));
  return {
    flags: [...(unloaded.length > 0 ? ['--no-security-labels'] : []), ...(absent.length > 0 ? ['--no-tablespaces'] : [])],
    sentences: [
      ...(unloaded.length > 0 ? [`${copy} was made without security labels: ${server} has not loaded ${listed(unloaded)}.`] : []),
      ...(absent.length > 0 ? [`${copy} stands in one tablespace: ${server} has no ${listed(absent)}.`] : []),
    ],
  };
}

/** Takes a label away that nobody gave: a module that is not loaded is refused before anything else is looked at. */
async function isLoaded(client: Client, provider: string): Promise<boolean> {
  return client.query(`SECURITY LABEL FOR ${ident(provider)} ON SCHEMA public IS NULL`).then(() => true, (error: unknown) => {
    if (sqlState(error) === null) throw error;
    return sqlState(error) !== SQLSTATE.invalidParameterValue;
  });
}
