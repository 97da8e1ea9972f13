import { withClient } from '#lib/cli/bench-schema.ts';
import type { EmbeddedServer } from '#lib/cli/embedded.ts';
import type { DatabaseConfig } from '#lib/env.ts';

/** A database of a bench's own server, with what `sql` puts into it; reader and operator are the superuser. */
export async function benchDatabase(server: EmbeddedServer, name: string, sql: string): Promise<DatabaseConfig> {
  await withClient(server.url('postgres'), (client) => client.query(`CREATE DATABASE ${name}`));
  await withClient(server.url(name), (client) => client.query(sql));
  return { name, environment: 'development', readerUrl: server.url(name), operatorUrl: server.url(name) };
}
