import type { Measurement } from '#lib/pipeline/evidence.ts';
import { exact, unknown } from '#lib/pipeline/unknowns.ts';
import { sql } from '#lib/sql.ts';
import { attempt, type Measuring } from './measure-session.ts';

type DumpFacts = Omit<Extract<Measurement, { kind: 'dump' }>, 'check' | 'ms'>;

/**
 * What a dump of the whole database will meet: its size, its tables, and those that the reader's credential, with which it is dumped, may
 * not read whole. Catalogs only, and the files' sizes; no lock on tables.
 */
export async function measureDump({ client, serverVersion }: Measuring): Promise<DumpFacts> {
  const size = await attempt(client, () => client.query<{ bytes: string }>('SELECT pg_catalog.pg_database_size(pg_catalog.current_database())::text AS bytes'));
  const tables = (await client.query<{ schema: string; name: string; readable: boolean; hidden: boolean }>(sql('measure/dump_tables'))).rows;
  return {
    kind: 'dump',
    bytes: size.ok ? exact(Number(size.value.rows[0]?.bytes)) : unknown(size.why),
    tables: tables.length,
    serverMajor: Math.floor(serverVersion / 10_000),
    unreadable: tables.filter((table) => !table.readable || table.hidden).map(({ schema, name }) => ({ schema, name })),
  };
}
