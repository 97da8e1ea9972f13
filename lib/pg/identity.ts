import type pg from 'pg';
import type { TargetIdentity } from '#lib/pipeline/snapshot.ts';
import { sql } from '#lib/sql.ts';

export interface IdentityRow {
  system_identifier: string;
  timeline: number;
  database_oid: string;
  database: string;
  server_version: number;
}

/** Which database the session is connected to. Works inside a transaction; takes no lock; needs no right beyond CONNECT. */
export async function targetIdentity(client: pg.Client): Promise<TargetIdentity> {
  const answer = await client.query<IdentityRow>(sql('probe/target_identity'));
  const row = answer.rows[0];
  if (!row) throw new Error('targetIdentity: the session is in no database');
  return identityOf(row);
}

export function identityOf(row: IdentityRow): TargetIdentity {
  return { systemIdentifier: row.system_identifier, timeline: row.timeline, databaseOid: Number(row.database_oid), database: row.database, serverVersion: row.server_version };
}
