import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { LOCK_MODES, type LockMode } from '#lib/pipeline/hazards.ts';
import type { RehearsedStep } from '#lib/pipeline/rehearsal.ts';
import { sql } from '#lib/sql.ts';
import type { RunSession } from './execute-session.ts';

export type Metered = Pick<RehearsedStep, 'ms' | 'walBytes' | 'diskBytes' | 'locks' | 'rewritten'>;

/** How often the session is looked at from beside, for statements that are in no transaction of ours. */
const LOOK_MS = 25;

interface Reading {
  wal: number;
  size: number;
  /** By oid. */
  files: ReadonlyMap<string, { name: string; file: string }>;
}

interface LockRow {
  relation: string;
  mode: string;
}

/** What a session does, measured from beside and, just before each COMMIT, from within. */
export interface Meter {
  measure<T>(work: () => Promise<T>): Promise<{ done: T; metered: Metered }>;
}

/**
 * Puts a meter on the session of a run. From then on the session asks pg_locks before each COMMIT it sends, when it still holds all that the
 * transaction took; what is in no transaction is seen by looks from beside, every 25 ms. Rewrites show by another relfilenode under a table's name.
 * @param beside another session in the same database.
 */
export function meterOn(session: RunSession, beside: Client): Meter {
  let seen = new Map<string, number>();
  const note = (rows: readonly LockRow[]): void => {
    for (const { relation, mode } of rows) seen.set(relation, Math.max(seen.get(relation) ?? -1, LOCK_MODES.indexOf(lockMode(mode))));
  };
  const real = session.client;
  session.client = beforeCommit(real, async () => note((await real.query<LockRow>(sql('probe/locks_of'), [session.pid])).rows));
  return {
    measure: async (work) => {
      seen = new Map();
      const before = await reading(beside);
      const state = { over: false };
      // Caught at once: nobody waits for it before the work is over, and by then the process would have ended for it.
      const looking = lookBeside(beside, session.pid, state, note).then(() => null, (error: unknown) => ({ error }));
      const begun = performance.now();
      let ms = 0;
      let broken: { error: unknown } | null = null;
      const done = await work().finally(async () => {
        ms = Math.round(performance.now() - begun);
        state.over = true;
        broken = await looking;
      });
      throwBroken(broken);
      const after = await reading(beside);
      return { done, metered: { ms, walBytes: after.wal - before.wal, diskBytes: after.size - before.size, locks: locksOf(seen, before), rewritten: rewritten(before, after) } };
    },
  };
}

/** Only when the work itself went well: what stopped that says more. */
function throwBroken(broken: { error: unknown } | null): void {
  if (broken) throw broken.error;
}

/** `AccessExclusiveLock` → `ACCESS EXCLUSIVE`. */
function lockMode(mode: string): LockMode {
  const words = mode.replace(/Lock$/, '').replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase();
  const known = LOCK_MODES.find((one) => one === words);
  if (!known) throw new Error(`a lock of the mode ${mode} is not known`);
  return known;
}

/** The same client, but that something comes before each COMMIT. */
function beforeCommit(client: Client, look: () => Promise<void>): Client {
  const query = (...given: unknown[]): unknown => {
    const send = (): unknown => Reflect.apply(client.query, client, given);
    return textOf(given[0]).trim().toUpperCase() === 'COMMIT' ? look().catch(() => undefined).then(send) : send();
  };
  return new Proxy(client, {
    get: (from, name) => {
      if (name === 'query') return query;
      const value: unknown = Reflect.get(from, name, from);
      return typeof value === 'function' ? value.bind(from) : value;
    },
  });
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  const text: unknown = typeof query === 'object' && query !== null ? Reflect.get(query, 'text') : undefined;
  return typeof text === 'string' ? text : '';
}

async function lookBeside(beside: Client, pid: number, state: { over: boolean }, note: (rows: readonly LockRow[]) => void): Promise<void> {
  while (!state.over) {
    note((await beside.query<LockRow>(sql('probe/locks_of'), [pid])).rows);
    await sleep(LOOK_MS);
  }
}

async function reading(client: Client): Promise<Reading> {
  const meter = await client.query<{ wal: number; size: number }>(sql('probe/rehearsal_meter'));
  const files = await client.query<{ relation: string; name: string; file: string | null }>(sql('probe/table_files'));
  return { wal: meter.rows[0]?.wal ?? 0, size: meter.rows[0]?.size ?? 0, files: new Map(files.rows.map((row) => [row.relation, { name: row.name, file: row.file ?? '' }])) };
}

/** Tables that stood before the step: nobody waits for a table that nobody has seen. */
function locksOf(seen: ReadonlyMap<string, number>, before: Reading): Metered['locks'] {
  return [...seen].flatMap(([relation, strength]) => {
    const [table, mode] = [before.files.get(relation)?.name, LOCK_MODES[strength]];
    return table === undefined || mode === undefined ? [] : [{ mode, table }];
  }).sort((a, b) => LOCK_MODES.indexOf(b.mode) - LOCK_MODES.indexOf(a.mode) || (a.table < b.table ? -1 : 1));
}

function rewritten(before: Reading, after: Reading): string[] {
  const now = new Map([...after.files.values()].map(({ name, file }) => [name, file]));
  return [...before.files.values()].filter(({ name, file }) => now.has(name) && now.get(name) !== file).map(({ name }) => name).sort();
}
