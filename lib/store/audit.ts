import { sql } from 'kysely';
import { canonical, sha256 } from '#lib/pipeline/digest.ts';
import type { ControlDb, ControlTrx, Reader } from './db.ts';

export interface AuditRecord {
  /** Name and e-mail as a person would read it, or `worker …`, or `Countersign`. */
  actor: string;
  actorId: string | null;
  action: string;
  planId?: string;
  runId?: string;
  reason?: string;
  /** Anything JSON can carry: SQL, counts, digests. Never a secret. */
  detail?: unknown;
}

interface AuditBody {
  at: string;
  actor: string;
  actorId: string | null;
  action: string;
  planId: string | null;
  runId: string | null;
  reason: string | null;
  detail: unknown;
}

/** Writes one entry in the transaction of what it logs. Takes the one lock of the log until commit: call it last. */
export async function writeAudit(trx: ControlTrx, record: AuditRecord): Promise<void> {
  const { rows } = await sql<{ seq: string; hash: string; at: Date }>`select seq, hash, clock_timestamp() as at from lock_audit_head()`.execute(trx);
  const head = rows[0];
  if (!head) throw new Error('the log has no head');
  const body: AuditBody = {
    at: head.at.toISOString(),
    actor: record.actor,
    actorId: record.actorId,
    action: record.action,
    planId: record.planId ?? null,
    runId: record.runId ?? null,
    reason: record.reason ?? null,
    detail: record.detail ?? null,
  };
  const text = canonical(plainJson(body));
  await trx.insertInto('audit_entry').values({ seq: Number(head.seq) + 1, body: text, prev_hash: head.hash, hash: sha256(head.hash + text) }).execute();
}

/** Drops `undefined`, turns dates to text, and mends text that Postgres would not give back as it was sent: NUL and half surrogates. */
function plainJson(body: AuditBody): unknown {
  return JSON.parse(JSON.stringify(body, (_key, value: unknown) => (typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value))) as unknown;
}

export interface ChainReport {
  checked: number;
  head: string;
  /** Number of the first entry that does not fit, or of the one that is missing; null when all fit. */
  brokenAt: number | null;
}

/**
 * Recomputes every hash from the first entry on and compares the end with the head. One snapshot: entries written
 * meanwhile do not disturb it.
 */
export async function verifyChain(db: ControlDb): Promise<ChainReport> {
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(async (trx) => {
    const head = await trx.selectFrom('audit_head').select(['seq', 'hash']).executeTakeFirstOrThrow();
    let last = { seq: 0, hash: '0'.repeat(64) };
    for (;;) {
      const rows = await trx.selectFrom('audit_entry').select(['seq', 'body', 'prev_hash', 'hash']).where('seq', '>', String(last.seq)).orderBy('seq').limit(1000).execute();
      for (const row of rows) {
        const fits = Number(row.seq) === last.seq + 1 && row.prev_hash === last.hash && row.hash === sha256(last.hash + row.body);
        if (!fits) return { checked: last.seq, head: head.hash, brokenAt: last.seq + 1 };
        last = { seq: last.seq + 1, hash: row.hash };
      }
      if (rows.length < 1000) break;
    }
    const whole = Number(head.seq) === last.seq && head.hash === last.hash;
    return { checked: last.seq, head: head.hash, brokenAt: whole ? null : last.seq + 1 };
  });
}

export interface AuditFilter {
  actor?: string;
  action?: string;
  planId?: string;
  /** ISO time or day, UTC: entries of then and later. */
  since?: string;
  /** Entries with a smaller number only. */
  before?: number;
}

export interface AuditEntry extends AuditBody {
  seq: number;
  hash: string;
}

/** Entries, newest first. */
export async function listAudit(db: Reader, filter: AuditFilter, limit: number): Promise<AuditEntry[]> {
  let query = filtered(db, filter).select(['seq', 'body', 'hash']).orderBy('seq', 'desc').limit(limit);
  if (filter.before !== undefined) query = query.where('seq', '<', String(filter.before));
  return (await query.execute()).map(toEntry);
}

/** When tables beside the live ones were last compared for a run, and whether both sides were equal; null: never. */
export async function lastComparison(db: Reader, planId: string, runId: string): Promise<{ at: Date; equal: boolean } | null> {
  const row = await db.selectFrom('audit_entry').select(['at', 'action']).where('plan_id', '=', planId).where('run_id', '=', runId).where('action', 'in', ['tables.equal', 'tables.differ']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return row?.at ? { at: new Date(row.at), equal: row.action === 'tables.equal' } : null;
}

export async function countAudit(db: Reader, filter: AuditFilter): Promise<number> {
  const row = await filtered(db, filter).select((eb) => eb.fn.countAll<string>().as('total')).executeTakeFirstOrThrow();
  return Number(row.total);
}

/** What a person can filter by. */
export async function auditFacets(db: Reader): Promise<{ actors: string[]; actions: string[] }> {
  const actors = await db.selectFrom('audit_entry').select('actor').distinct().orderBy('actor').limit(500).execute();
  const actions = await db.selectFrom('audit_entry').select('action').distinct().orderBy('action').execute();
  return { actors: actors.map((row) => row.actor), actions: actions.map((row) => row.action) };
}

/** All entries in order, a page at a time, for the export. */
export async function* auditPages(db: Reader): AsyncGenerator<readonly { seq: number; prevHash: string; hash: string; body: string }[]> {
  let last = 0;
  for (;;) {
    const rows = await db.selectFrom('audit_entry').select(['seq', 'body', 'prev_hash', 'hash']).where('seq', '>', String(last)).orderBy('seq').limit(500).execute();
    if (rows.length === 0) return;
    yield rows.map((row) => ({ seq: Number(row.seq), prevHash: row.prev_hash, hash: row.hash, body: row.body }));
    last = Number(rows.at(-1)?.seq ?? last);
  }
}

function filtered(db: Reader, filter: AuditFilter) {
  let query = db.selectFrom('audit_entry');
  if (filter.actor) query = query.where('actor', '=', filter.actor);
  if (filter.action) query = query.where('action', '=', filter.action);
  if (filter.planId) query = query.where('plan_id', '=', filter.planId);
  // `at` is ISO text in UTC: its order as text is its order in time.
  if (filter.since) query = query.where('at', '>=', filter.since);
  return query;
}

function toEntry(row: { seq: string; body: string; hash: string }): AuditEntry {
  return { ...(JSON.parse(row.body) as AuditBody), seq: Number(row.seq), hash: row.hash };
}
