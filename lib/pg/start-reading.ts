import type { Client } from 'pg';
import type { TableName } from '#lib/pipeline/plan.ts';
import type { DiskNow, Holder, ServerNow, SessionNow, StartReading, TableNow, VacuumNow, Waiter } from '#lib/pipeline/start-reading.ts';
import { sql } from '#lib/sql.ts';
import { attempt, names } from './measure-session.ts';
import { isInDoubt, sqlState } from './sqlstate.ts';

/** Below deadlock_timeout (1 s): looking gives way before it can stand in anybody's queue. */
const LOCK_MS = 500;

/**
 * What is going on around the tables (none named: in the whole database, without their sizes) and on their server, in one read-only
 * transaction. With a standby's session all of it speaks of the standby. Lock: ACCESS SHARE for a moment on each named table (its
 * size), waited for at most 0.5 s; tables held in ACCESS EXCLUSIVE are left out.
 * @param disk true: the data directory is measured too, which reads as many directory entries as there are files.
 */
export async function readStart(client: Client, tables: readonly TableName[], { disk }: { disk: boolean }): Promise<StartReading> {
  await client.query('BEGIN READ ONLY');
  try {
    await client.query(`SELECT pg_catalog.set_config('lock_timeout', $1, true)`, [String(LOCK_MS)]);
    const wanted = names(tables);
    const server = await serverNow(client);
    const holders = (await client.query<Holder>(sql('measure/start_holders'), wanted)).rows;
    const waiters = (await client.query<Waiter>(sql('measure/start_waiters'), wanted)).rows;
    const transactions = (await client.query<SessionNow>(sql('measure/start_transactions'))).rows;
    const vacuums = (await client.query<VacuumNow>(sql('measure/start_vacuums'), wanted)).rows;
    // A lock that came between looking and measuring leaves the sizes unknown, and the rest as it is.
    const sizes = tables.length === 0 ? null : await attempt(client, () => tablesNow(client, tables));
    return { readAt: new Date().toISOString(), server, holders, waiters, transactions, vacuums, tables: sizes?.ok ? sizes.value : [], disk: disk ? await diskNow(client) : null };
  } finally {
    await client.query('ROLLBACK').catch(() => {});
  }
}

/** The two facts that can forbid a start, on the run's own session: how far replicas are behind and, where `disk`, what the disk holds. */
export async function readHardFacts(client: Client, tables: readonly TableName[], { disk }: { disk: boolean }): Promise<Pick<StartReading, 'server' | 'tables' | 'disk'>> {
  return { server: await serverNow(client), tables: disk ? await tablesNow(client, tables) : [], disk: disk ? await diskNow(client) : null };
}

/**
 * Why the server cannot run a DO block, as SQLSTATE; null when it can. A package that is upgraded replaces libraries under a server that runs: what it has not loaded yet fails from
 * then on, triggers and functions among it (execution paper 4.30). Changes nothing. @throws what is no answer of the server.
 */
export async function functionTrouble(client: Client): Promise<string | null> {
  try {
    await client.query('DO $$ BEGIN NULL; END $$');
    return null;
  } catch (error) {
    const state = sqlState(error);
    if (state === null || isInDoubt(error)) throw error;
    return state;
  }
}

async function serverNow(client: Client): Promise<ServerNow> {
  const [row] = (await client.query<ServerNow>(sql('measure/start_server'))).rows;
  if (!row) throw new Error('readStart: the server did not say how it is');
  return row;
}

async function tablesNow(client: Client, tables: readonly TableName[]): Promise<TableNow[]> {
  const { rows } = await client.query<Omit<TableNow, 'table'> & TableName>(sql('measure/start_tables'), names(tables));
  return rows.map(({ schema, name, ...rest }) => ({ table: { schema, name }, ...rest }));
}

async function diskNow(client: Client): Promise<DiskNow> {
  return { used: (await client.query<DiskNow>(sql('measure/start_disk'))).rows[0]?.used ?? null };
}
