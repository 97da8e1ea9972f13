import type { TableName } from './plan.ts';

/** A session as pg_stat_activity shows it; `seconds` is the age of its transaction, null where the role that asks may not see it. */
export interface SessionNow {
  /** 0: a prepared transaction, which no session holds any more. */
  pid: number;
  application: string;
  state: string;
  seconds: number | null;
  query: string;
}

/** A session that holds locks on tables that are looked at; a partition's count as its parent's. `mode` as pg_locks spells it. */
export interface Holder extends SessionNow {
  held: readonly { mode: string; table: string }[];
}

/** A session that waits for a lock on one of them. */
export interface Waiter extends SessionNow {
  waits: number | null;
  mode: string;
  table: string;
  blockedBy: readonly number[];
}

export interface ReplicaNow {
  name: string;
  state: string | null;
  lagSeconds: number | null;
  /** Written here and not replayed there. */
  bytes: number | null;
}

/** How the whole server is, as far as the role that asks is told. */
export interface ServerNow {
  standby: boolean;
  /** The role sees what other roles' sessions do (pg_read_all_stats). */
  sees: boolean;
  connections: { used: number; most: number };
  replicas: readonly ReplicaNow[];
  /** Sessions of pg_dump in this database, and base backups of the server. */
  dumps: readonly SessionNow[];
  baseBackups: number;
  archive: { on: boolean; archivedAt: string | null; failedAt: string | null; failed: number };
}

export interface TableNow {
  table: TableName;
  /** With indexes and TOAST; null while a lock on the table keeps it from being measured. */
  bytes: number | null;
  /** In another tablespace than the data directory's, on another disk perhaps. */
  elsewhere: boolean;
  /** Of the statistics collector: estimates. */
  live: number;
  dead: number;
  /** When vacuum or analyze last put these right. */
  putRightAt: string | null;
  /** Transactions since the oldest row was frozen, and the age at which a vacuum is forced. */
  freezeAge: number;
  freezeMost: number;
}

export interface VacuumNow extends SessionNow {
  table: string;
  phase: string;
  /** It must end before the numbers of transactions run out, and gives way to nobody. */
  wraparound: boolean;
}

/** What the tablespaces of the data directory take, in bytes; null where the role may not see one of them. */
export interface DiskNow {
  used: number | null;
}

/** What stands in the way of a start, looked at in one moment. */
export interface StartReading {
  readAt: string;
  server: ServerNow;
  holders: readonly Holder[];
  waiters: readonly Waiter[];
  /** The oldest transactions of the database, oldest first, whatever they hold. */
  transactions: readonly SessionNow[];
  tables: readonly TableNow[];
  vacuums: readonly VacuumNow[];
  /** Null: nobody asked, because nothing says how much room there is. */
  disk: DiskNow | null;
}
