import type { Check } from '../evidence.ts';
import type { StepPaper } from './kind.ts';

/** The whole database, dumped by pg_dump to where the worker's configuration says. */
export interface DumpWork {
  kind: 'dump';
}

/** The dump of the step `of`, restored into a database made for it, compared, and dropped again. */
export interface RestoreTestWork {
  kind: 'restore_test';
  of: string;
}

const DUMP_CHECK: Check = { id: 'dump', kind: 'dump' };

/** A dump changes nothing in the database; the file stays after a rollback. */
export const dumpPaper: StepPaper = {
  // ACCESS SHARE on every table of the database: too many to name, and nobody but an ACCESS EXCLUSIVE waits for it.
  locks: () => [],
  previews: () => [DUMP_CHECK],
  sql: () => [
    { label: 'pg_dump', sql: 'pg_dump --format=custom --no-password --snapshot=… --lock-wait-timeout=… --file=…/<database>-<run>.part' },
    { label: 'read the archive back', sql: 'pg_restore --list …/<database>-<run>.part' },
  ],
  undone: () => null,
  how: 'by pg_dump, on the machine of the worker',
  progressFrom: 'pg_stat_progress_copy of pg_dump’s own session',
  leftBehind: 'the unfinished file was removed',
};

export const restoreTestPaper: StepPaper = {
  locks: () => [],
  previews: () => [],
  sql: () => [
    { label: 'make a scratch database', sql: 'CREATE DATABASE countersign_restore_… TEMPLATE template0' },
    { label: 'restore into it', sql: 'pg_restore --exit-on-error --no-owner --no-privileges --dbname=countersign_restore_… …/<database>-<run>.dump' },
    { label: 'drop it', sql: 'DROP DATABASE countersign_restore_… WITH (FORCE)' },
  ],
  undone: () => null,
  how: 'by pg_restore, on the scratch server',
  progressFrom: 'pg_stat_progress_copy of the scratch server',
  leftBehind: 'the scratch database was dropped',
};
