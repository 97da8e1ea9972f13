import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseConfig } from '#lib/env.ts';
import { logNote } from '#lib/log.ts';
import { targetIdentity } from '#lib/pg/identity.ts';
import { closeRunSession, isKeepSession, openRunSession, type RunSession, targetLockHolder, terminateBackend, tryTargetLock } from '#lib/pg/execute-session.ts';
import { installLedger, type LedgerRun, takeOverRun } from '#lib/pg/ledger.ts';
import { SQLSTATE, sqlState } from '#lib/pg/sqlstate.ts';
import { sql } from '#lib/sql.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { TargetIdentity } from '#lib/pipeline/snapshot.ts';
import { LeaseLost } from './control.ts';

/** Opens the run's session on the target when it is first needed, and again after it was lost. */
export interface Target {
  session(): Promise<RunSession>;
  /** The open session, for the monitor; null when there is none. */
  current(): RunSession | null;
  close(): Promise<void>;
}

const LOCK_POLL_MS = 150;
/** A dead worker's backend normally notices within a second or two; after this it is ended. */
const ZOMBIE_MS = 3_000;
const LOCK_PATIENCE_MS = 20_000;

export interface TargetTerms {
  config: DatabaseConfig;
  run: LedgerRun;
  /** The database that was signed: another one of the same name is refused. */
  signed: TargetIdentity;
  stopping: () => boolean;
}

export function targetOf(terms: TargetTerms): Target {
  let open: RunSession | null = null;
  return {
    session: async () => {
      if (open && !open.lost) return open;
      if (open) await closeRunSession(open);
      open = null;
      open = await openTarget(terms);
      return open;
    },
    current: () => (open && !open.lost ? open : null),
    close: async () => {
      if (open) await closeRunSession(open);
      open = null;
    },
  };
}

/**
 * Connects, becomes the only one on this database, makes sure that it is the one that was signed, and fences off earlier attempts: in
 * this order, so that from here on nothing of an earlier attempt can still take effect.
 */
async function openTarget(terms: TargetTerms): Promise<RunSession> {
  const session = await openRunSession(terms.config, terms.run.runId, terms.run.attempt);
  try {
    await session.client.query(`set lock_timeout = '5s'`);
    await waitForTargetLock(session, terms);
    await refuseOtherDatabase(session, terms);
    await refuseOtherRole(session, terms);
    await installLedger(session.client).catch((error: unknown) => {
      throw cannotWrite(error, terms.config.name) ?? error;
    });
    if (!(await takeOverRun(session.client, terms.run))) throw new LeaseLost();
    return session;
  } catch (error) {
    await closeRunSession(session);
    throw error;
  }
}

/** Polls, because a session that waits inside pg_advisory_lock holds a snapshot and can deadlock with others. */
async function waitForTargetLock(session: RunSession, terms: TargetTerms): Promise<void> {
  const begun = performance.now();
  while (!(await tryTargetLock(session))) {
    if (terms.stopping()) throw new Refused('target_busy', 'Stopped while waiting for the database.');
    const waited = performance.now() - begun;
    const holder = waited > ZOMBIE_MS ? await targetLockHolder(session.client) : null;
    const ours = holder !== null && isEarlierAttempt(holder.applicationName, terms.run);
    if (ours && holder.outside) {
      // Hours of an index build are not thrown away because a worker went: it is waited for, and found done in the catalog.
      await sleep(LOCK_POLL_MS);
    } else if (ours || (holder !== null && isKeepSession(holder.applicationName))) {
      // A keeper that does not give way for a run is asleep, with its process or behind a network that broke: nobody takes its run over, so nobody would ever end it.
      logNote('ending a session that was left behind', { pid: holder.pid, application: holder.applicationName });
      await terminateBackend(session.client, holder);
    } else if (waited > LOCK_PATIENCE_MS) {
      throw new Refused('target_busy', `Another Countersign session (process ${holder?.pid ?? 'unknown'}) works on ${terms.config.name}. One at a time.`);
    }
    await sleep(LOCK_POLL_MS);
  }
}

function isEarlierAttempt(applicationName: string, run: LedgerRun): boolean {
  const prefix = `countersign run ${run.runId} `;
  return applicationName.startsWith(prefix) && Number(applicationName.slice(prefix.length)) <= run.attempt;
}

/** Timeline and version may move while a run is resumed after a failover; the check before the first step compares those too. */
async function refuseOtherDatabase(session: RunSession, terms: TargetTerms): Promise<void> {
  const now = await targetIdentity(session.client);
  if (now.systemIdentifier !== terms.signed.systemIdentifier || now.databaseOid !== terms.signed.databaseOid || now.database !== terms.signed.database) {
    throw new Refused('target_other', `The address configured for ${terms.config.name} leads to another database than the one that was signed for.`);
  }
}

/** What is made belongs to who makes it: another role than the signed one leaves other owners and rights behind, and may do more. */
async function refuseOtherRole(session: RunSession, { config, signed }: TargetTerms): Promise<void> {
  if (signed.operator === undefined) return;
  const { rows: [own] } = await session.client.query<{ role: string }>(sql('probe/own_role'));
  if (own?.role !== signed.operator) throw new Refused('target_other', `The operator credential of ${config.name} is of the role ${own?.role ?? 'unknown'}, and ${signed.operator} was signed. The approvals stand: configure the signed role, or measure and sign again.`);
}

/** A role that may only read says so when it is to write for the first time. */
function cannotWrite(error: unknown, name: string): Refused | null {
  const state = sqlState(error);
  if (state !== SQLSTATE.insufficientPrivilege && state !== SQLSTATE.readOnlySqlTransaction) return null;
  return new Refused('operator_cannot_write', `The operator credential of ${name} may not create the schema of the ledger there, so it cannot change anything. It needs CREATE on the database, or a DBA runs prisma-free-sql/ledger/install.sql for it.`, { cause: error });
}
