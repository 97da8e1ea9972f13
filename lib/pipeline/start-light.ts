import { tableKey } from './expectation.ts';
import { CONFLICTS, modeOf } from './lock-conflicts.ts';
import { bytesToWrite, type StartNeeds } from './start-needs.ts';
import type { Holder, SessionNow, StartReading, TableNow } from './start-reading.ts';
import { ageText, bytesText, counted, grouped, listed } from './words.ts';

/** Where green becomes amber. Nothing else decides it. */
export const START_LIMITS = {
  /** Age of the oldest transaction of the database, and of one that an index built concurrently would wait for. */
  transactionSeconds: 300,
  waitedForSeconds: 30,
  /** Age of a transaction that holds a lock which keeps one of ours out. */
  holderSeconds: 5,
  lagSeconds: 2,
  connectionsLeft: 10,
  dead: { share: 0.3, rows: 100_000 },
  freezeShare: 0.9,
  /** Free disk beside what is written: the copy, its WAL, and what the application writes meanwhile. */
  room: 2.5,
  /** A copy above this size without a known disk. */
  unknownRoomBytes: 1_073_741_824,
} as const;

/** What the configuration says. */
export interface StartTerms {
  /** Seconds that a replica may be behind; 0: not looked at. */
  maxLagSeconds: number;
  /** Bytes of the volume with the data directory; null: it does not say. */
  volumeBytes: number | null;
}

export type LightColour = 'green' | 'amber' | 'red';

/** `unknown`: what could not be had; it is said, and neither blocks nor counts as good. */
export interface StartReason {
  code: 'STANDBY' | 'HOLDER' | 'WAITERS' | 'OLD_TRANSACTION' | 'REPLICAS' | 'DISK' | 'BLOAT' | 'FREEZE' | 'VACUUM' | 'CONNECTIONS' | 'DUMP' | 'BASE_BACKUP' | 'ARCHIVE' | 'SESSIONS';
  light: LightColour | 'unknown';
  sentence: string;
  /** What the session sent last, cut off; absent where there is none, or the role may not see it. */
  statement?: string;
  /** Where the figure comes from. */
  source: string;
}

export interface StartLight {
  light: LightColour;
  reasons: readonly StartReason[];
}

const ORDER: readonly StartReason['light'][] = ['red', 'amber', 'unknown', 'green'];

/**
 * May it start now? Green: nothing is in the way. Amber: it may start, and would wait, hold somebody up or run long. Red: it would fail, or
 * stand still from its first step on; only these two facts forbid a start, and the worker asks for them again (`hardReasons`).
 */
export function startLight(needs: StartNeeds, reading: StartReading, terms: StartTerms): StartLight {
  const reasons = [
    ...standby(reading), ...hardReasons(needs, reading, terms), ...sessions(reading), ...holders(needs, reading), ...waiters(needs, reading), ...transactions(needs, reading),
    ...tables(reading.tables), ...vacuums(reading), ...connections(reading), ...backups(reading), ...archive(reading),
  ].toSorted((a, b) => ORDER.indexOf(a.light) - ORDER.indexOf(b.light));
  return { light: reasons.some((one) => one.light === 'red') ? 'red' : reasons.some((one) => one.light === 'amber') ? 'amber' : 'green', reasons };
}

/** Replicas and disk: the facts that can forbid a start. */
export function hardReasons(needs: StartNeeds, reading: Pick<StartReading, 'server' | 'tables' | 'disk'>, terms: StartTerms): StartReason[] {
  return [...replicas(reading, terms), ...disk(needs, reading, terms)];
}

function replicas({ server }: Pick<StartReading, 'server'>, { maxLagSeconds }: StartTerms): StartReason[] {
  const say = (light: StartReason['light'], sentence: string): StartReason[] => [{ code: 'REPLICAS', light, sentence, source: 'pg_stat_replication' }];
  if (server.replicas.length === 0) return say('green', 'No replica follows this server.');
  if (!server.sees) return say('unknown', `How far ${counted(server.replicas.length, 'replica is', 'replicas are')} behind is unknown: the credential lacks pg_read_all_stats.`);
  const worst = server.replicas.toSorted((a, b) => (b.lagSeconds ?? 0) - (a.lagSeconds ?? 0))[0];
  const lag = worst?.lagSeconds ?? 0;
  const name = worst?.name ?? '';
  const behind = `The replica ${name} is ${lag.toFixed(1)} s behind`;
  if (maxLagSeconds > 0 && lag > maxLagSeconds) return say('red', `${behind}, and ${maxLagSeconds} s are allowed: the run would stand still before its first step.`);
  if (lag > START_LIMITS.lagSeconds) return say('amber', `${behind}.`);
  return say('green', `${counted(server.replicas.length, 'replica follows', 'replicas follow')}, at most ${lag.toFixed(1)} s behind.`);
}

function disk(needs: StartNeeds, reading: Pick<StartReading, 'tables' | 'disk'>, { volumeBytes }: StartTerms): StartReason[] {
  const say = (light: StartReason['light'], sentence: string): StartReason[] => [{ code: 'DISK', light, sentence, source: 'pg_tablespace_size, pg_total_relation_size and the configured size of the volume' }];
  const need = bytesToWrite(needs, reading.tables);
  const writes = need.provenance === 'unknown' ? `What the phase writes is unknown: ${need.why}` : need.value === 0 ? 'The phase copies no table' : `The phase writes about ${bytesText(need.value)}${need.provenance === 'estimate' ? ` (${need.basis})` : ''}`;
  const elsewhere = reading.tables.filter((one) => one.elsewhere && needs.copies.some((table) => tableKey(table) === tableKey(one.table)));
  if (elsewhere.length > 0) return say('unknown', `${writes}. ${listed(elsewhere.map((one) => tableKey(one.table)))} ${elsewhere.length === 1 ? 'lies' : 'lie'} in a tablespace of another disk, and how much room that has is unknown.`);
  if (volumeBytes === null || reading.disk === null || reading.disk.used === null) {
    const why = volumeBytes === null ? 'the server does not tell how large its disk is, and the configuration does not either' : 'the credential may not measure the tablespaces';
    const much = need.provenance !== 'unknown' && need.value > START_LIMITS.unknownRoomBytes;
    return say(much ? 'amber' : 'unknown', `${writes}. How much room the disk has is unknown: ${why}.`);
  }
  // Other files on the volume only make it less: what does not even fit into this does not fit.
  const free = Math.max(0, volumeBytes - reading.disk.used);
  const room = `At most ${bytesText(free)} of ${bytesText(volumeBytes)} are free`;
  if (need.provenance === 'unknown') return say('unknown', `${writes}. ${room}.`);
  if (need.value > free) return say('red', `${writes}, and there is no room for it. ${room}.${needs.rehearsed ? '' : ' A rehearsal measures what it really takes.'}`);
  if (need.value * START_LIMITS.room > free) return say('amber', `${writes}. ${room}, and ${START_LIMITS.room} times as much is wanted for WAL and what the application writes meanwhile.`);
  return say('green', `${writes}. ${room}.`);
}

function standby({ server }: StartReading): StartReason[] {
  if (!server.standby) return [];
  return [{ code: 'STANDBY', light: 'amber', sentence: 'The reader’s credential leads to a standby: sessions, locks and vacuums of the primary, where the run goes, are not seen from here.', source: 'pg_is_in_recovery' }];
}

function sessions({ server }: StartReading): StartReason[] {
  if (server.sees) return [];
  return [{ code: 'SESSIONS', light: 'unknown', sentence: 'What other sessions do, and for how long, is unknown: the credential lacks pg_read_all_stats.', source: 'pg_has_role' }];
}

/** Who holds, on one of the tables, a lock that keeps one of ours out. */
function holders(needs: StartNeeds, { holders: all }: StartReading): StartReason[] {
  const inTheWay = all.flatMap((holder) => {
    const held = holder.held.filter((lock) => needs.claims.some((claim) => tableKey(claim.table) === lock.table && CONFLICTS[claim.mode].some((mode) => mode === modeOf(lock.mode))));
    return held.length === 0 ? [] : [{ holder, held }];
  });
  const source = 'pg_locks and pg_stat_activity';
  const old = inTheWay.filter(({ holder }) => holder.seconds === null || holder.seconds > START_LIMITS.holderSeconds);
  if (old.length > 0) return old.map(({ holder, held }) => ({ code: 'HOLDER', light: 'amber', sentence: `${who(holder)} holds ${heldText(held)} ${since(holder)}; the run would wait for it.`, ...statementOf(holder), source }));
  if (needs.claims.length === 0) return [{ code: 'HOLDER', light: 'green', sentence: 'The phase takes no lock that somebody could hold against it.', source: 'the plan' }];
  const young = inTheWay.length === 0 ? 'Nobody holds a lock that would keep the phase waiting.' : `${counted(inTheWay.length, 'session holds a lock', 'sessions hold locks')} in the way, none of them for more than ${START_LIMITS.holderSeconds} s.`;
  return [{ code: 'HOLDER', light: 'green', sentence: young, source }];
}

function heldText(held: Holder['held']): string {
  const [first] = held;
  return first ? `${modeOf(first.mode) ?? first.mode} on ${first.table}${held.length > 1 ? ` and ${counted(held.length - 1, 'other lock', 'other locks')}` : ''}` : 'a lock';
}

function waiters(needs: StartNeeds, { waiters: all }: StartReading): StartReason[] {
  const source = 'pg_locks.waitstart and pg_blocking_pids';
  const first = all[0];
  if (!first) return [{ code: 'WAITERS', light: 'green', sentence: 'No session waits for a lock on a table.', source }];
  const behind = first.blockedBy.length > 0 ? ` behind ${listed(first.blockedBy.map((pid) => (pid === 0 ? 'a prepared transaction' : `pid ${pid}`)))}` : '';
  const more = all.length > 1 ? ` ${counted(all.length - 1, 'more waits', 'more wait')}.` : '';
  return [{ code: 'WAITERS', light: 'amber', sentence: `${who(first)} waits${first.waits === null ? '' : ` since ${ageText(first.waits)}`}${behind} for ${modeOf(first.mode) ?? first.mode} on ${first.table}${needs.claims.length > 0 ? '; the run would queue behind it' : ''}.${more}`, ...statementOf(first), source }];
}

function transactions(needs: StartNeeds, { transactions: all, server }: StartReading): StartReason[] {
  const source = 'pg_stat_activity.xact_start and pg_prepared_xacts';
  const oldest = all[0];
  if (!oldest || oldest.seconds === null) return server.sees ? [{ code: 'OLD_TRANSACTION', light: 'green', sentence: 'No other transaction is open.', source }] : [];
  const most = needs.waitsForAll ? START_LIMITS.waitedForSeconds : START_LIMITS.transactionSeconds;
  if (oldest.seconds <= most) return [{ code: 'OLD_TRANSACTION', light: 'green', sentence: `The oldest transaction is ${ageText(oldest.seconds)} old.`, source }];
  const effect = needs.waitsForAll ? 'An index that is built concurrently waits for it to end.' : 'Vacuum can take away nothing that died since it began.';
  return [{ code: 'OLD_TRANSACTION', light: 'amber', sentence: `${who(oldest)} has been in a transaction ${since(oldest)}. ${effect}`, ...statementOf(oldest), source }];
}

function tables(all: readonly TableNow[]): StartReason[] {
  const reasons: StartReason[] = [];
  for (const { table, live, dead, putRightAt, freezeAge, freezeMost } of all) {
    const share = live + dead > 0 ? dead / (live + dead) : 0;
    if (dead >= START_LIMITS.dead.rows && share >= START_LIMITS.dead.share) {
      reasons.push({ code: 'BLOAT', light: 'amber', sentence: `About ${Math.round(share * 100)} % of the rows of ${tableKey(table)} are dead (${grouped(Math.round(dead))}, an estimate${putRightAt ? ` put right at ${putRightAt.slice(0, 16).replace('T', ' ')} UTC` : ' that nothing has put right yet'}): it reads and copies more than it keeps.`, source: 'pg_stat_get_dead_tuples' });
    }
    if (freezeMost > 0 && freezeAge > freezeMost * START_LIMITS.freezeShare) {
      reasons.push({ code: 'FREEZE', light: 'amber', sentence: `${tableKey(table)} is ${Math.round((freezeAge / freezeMost) * 100)} % of the way to a forced vacuum, which gives way to no lock. Vacuum it first.`, source: 'age(relfrozenxid) and autovacuum_freeze_max_age' });
    }
  }
  return reasons;
}

function vacuums({ vacuums: all }: StartReading): StartReason[] {
  return all.map((vacuum) => ({
    code: 'VACUUM', light: 'amber', source: 'pg_stat_progress_vacuum',
    sentence: `${vacuum.wraparound ? 'A vacuum against wraparound' : 'A vacuum'} is at work on ${vacuum.table} (pid ${vacuum.pid}, ${vacuum.phase}${vacuum.seconds === null ? '' : `, ${ageText(vacuum.seconds)}`}). ${vacuum.wraparound ? 'It gives way to nobody.' : 'Our tries for a lock are too short to make it give way.'}`,
  }));
}

function connections({ server }: StartReading): StartReason[] {
  const { used, most } = server.connections;
  const left = Math.max(0, most - used);
  return [{ code: 'CONNECTIONS', light: left < START_LIMITS.connectionsLeft ? 'amber' : 'green', sentence: `${grouped(used)} of ${grouped(most)} connections are taken.`, source: 'pg_stat_activity and max_connections' }];
}

function backups({ server }: StartReading): StartReason[] {
  const dumps: StartReason[] = server.dumps.map((dump) => ({ code: 'DUMP', light: 'amber', sentence: `A dump is being made (pid ${dump.pid}${dump.seconds === null ? '' : `, ${since(dump)}`}): whatever needs ACCESS EXCLUSIVE waits until it ends.`, source: 'pg_stat_activity' }));
  const base: StartReason[] = server.baseBackups > 0 ? [{ code: 'BASE_BACKUP', light: 'amber', sentence: 'A base backup is being made: it reads the whole disk, and what the run writes comes on top.', source: 'pg_stat_progress_basebackup' }] : [];
  return [...dumps, ...base];
}

function archive({ server }: StartReading): StartReason[] {
  const { on, archivedAt, failedAt, failed } = server.archive;
  if (!on || failedAt === null || (archivedAt !== null && archivedAt >= failedAt)) return [];
  return [{ code: 'ARCHIVE', light: 'amber', sentence: `Archiving of WAL has been failing since before ${failedAt.slice(0, 16).replace('T', ' ')} UTC (${counted(failed, 'failure', 'failures')}): what the run writes stays on the disk.`, source: 'pg_stat_archiver' }];
}

function who({ pid, application, state }: SessionNow): string {
  return pid === 0 ? 'A prepared transaction' : `pid ${pid} (${application}, ${state})`;
}

function since({ seconds }: SessionNow): string {
  return seconds === null ? 'since a time that is not shown' : `for ${ageText(seconds)}`;
}

function statementOf({ query }: SessionNow): Pick<StartReason, 'statement'> {
  return query === '' || query === '<insufficient privilege>' ? {} : { statement: query.replaceAll(/\s+/g, ' ').trim() };
}
