import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';

/** Rows put into the control database by hand, past every line of our code: what the database itself refuses is shown with these. */
const DIGEST = 'd'.repeat(64);
export const OTHER_DIGEST = 'e'.repeat(64);

export interface Papers {
  planId: string;
  evidenceId: string;
}

/** A plan of one version with evidence for the phase `convert`. */
export async function papers(client: Client, author: string): Promise<Papers> {
  const planId = randomUUID();
  await client.query(`insert into plan (id, name, target_database, desired_database, created_by) values ($1, 'By hand', 'bazaar_prod', 'bazaar_dev', $2)`, [planId, author]);
  await addVersion(client, planId, 1, author);
  const evidence = await client.query<{ id: string }>(
    `insert into evidence (plan_id, phase_id, phase_document_digest, content, measured_at, measured_by) values ($1, 'convert', $2, '{}', now(), $3) returning id`,
    [planId, DIGEST, author],
  );
  return { planId, evidenceId: evidence.rows[0]?.id ?? '' };
}

export async function addVersion(client: Client, planId: string, version: number, editor: string, document: unknown = {}): Promise<void> {
  await client.query(`insert into plan_version (plan_id, version, document, digest, edited_by) values ($1, $2, $5, $3, $4)`, [planId, version, DIGEST, editor, JSON.stringify(document)]);
  if (version > 1) await client.query('update plan set current_version = $2 where id = $1', [planId, version]);
}

/** What every command says first: without it nobody signs or starts anything. Holds for the session of the client. */
async function signIn(client: Client, person: string): Promise<void> {
  await client.query("select set_config('countersign.signed_in', $1, false)", [person]);
}

export async function addApproval(client: Client, { planId, evidenceId }: Papers, person: string, options: { version?: number; digest?: string; expires?: string; startBy?: string; signed?: string; rehearsal?: string; proof?: boolean } = {}): Promise<string> {
  await signIn(client, person);
  const { rows } = await client.query<{ id: string }>(
    `insert into approval (plan_id, version, phase_id, digest, evidence_id, person_id, rehearsal_id, proof_demanded, signed_at, expires_at, start_by)
     values ($1, $2, 'convert', $3, $4, $5, $7, $8, now() + $9::interval, now() + $6::interval, now() + $10::interval) returning id`,
    [planId, options.version ?? 1, options.digest ?? DIGEST, evidenceId, person, options.expires ?? '1 hour', options.rehearsal ?? null, options.proof ?? false, options.signed ?? '-2 hours', options.startBy ?? null],
  );
  return rows[0]?.id ?? '';
}

export async function addRun(client: Client, { planId, evidenceId }: Papers, operator: string, options: { needed?: number; digest?: string; version?: number; proof?: boolean; glass?: string } = {}): Promise<string> {
  await signIn(client, operator);
  const { rows } = await client.query<{ id: string }>(
    `insert into run (plan_id, version, phase_id, kind, target_database, digest, approvals_needed, evidence_id, requested_by, proof_demanded, break_glass_id)
     values ($1, $2, 'convert', 'forward', 'bazaar_prod', $3, $4, $5, $6, $7, $8) returning id`,
    [planId, options.version ?? 1, options.digest ?? DIGEST, options.needed ?? 1, evidenceId, operator, options.proof ?? false, options.glass ?? null],
  );
  return rows[0]?.id ?? '';
}

/** A glass that an operator broke for the phase `convert`; policy allows it when an admin has said so (layPolicy). */
export async function addGlass(client: Client, planId: string, operator: string, digest = DIGEST): Promise<string> {
  await signIn(client, operator);
  const { rows } = await client.query<{ id: string }>(`insert into break_glass (plan_id, version, phase_id, target_database, digest, reason, broken_by) values ($1, 1, 'convert', 'bazaar_prod', $2, 'by hand', $3) returning id`, [planId, digest, operator]);
  return rows[0]?.id ?? '';
}

/** The next policy, by an admin. */
export async function layPolicy(client: Client, admin: string, number: number, document: unknown): Promise<void> {
  await signIn(client, admin);
  await client.query(`insert into policy_version (number, document, made_by, reason) values ($1, $2, $3, 'by hand')`, [number, JSON.stringify(document), admin]);
}

/** A rehearsal of version 1, asked for by its author; ended where a verdict is given. `left`: phases that it left out. */
export async function addRehearsal(client: Client, planId: string, author: string, verdict: string | null, left: readonly string[] = []): Promise<string> {
  const { rows } = await client.query<{ id: string }>(`insert into rehearsal (plan_id, version, target_database, requested_by) values ($1, 1, 'bazaar_prod', $2) returning id`, [planId, author]);
  const id = rows[0]?.id ?? '';
  if (verdict !== null) await client.query(`update rehearsal set state = $2, ended_at = now(), sentence = 'By hand.', content = $3 where id = $1`, [id, verdict, { left: left.map((phase) => ({ phase, why: 'by hand' })) }]);
  return id;
}

/** Roles are added by hand too: a person who holds every role is still bound by the rules. */
export async function addRole(app: Client, role: string, person: string): Promise<void> {
  await app.query('insert into person_role (person_id, role) values ($1, $2) on conflict do nothing', [person, role]);
}
