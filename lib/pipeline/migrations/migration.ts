import type { TableName } from '../plan.ts';

/** Whose folder it is, and with that whose ledger: plain SQL files have none. */
export type MigrationStyle = 'prisma' | 'drizzle' | 'plain';

export interface MigrationFile {
  /** As the tool calls it: the folder's name (Prisma), the tag of the journal (Drizzle), the name of the file. */
  name: string;
  /** As a person finds it in the folder. */
  file: string;
  text: string;
  /** sha256 of the file's bytes, in hex: what both tools keep. */
  digest: string;
  /** The same with other line ends, which Prisma takes for the same text. */
  sameDigests: readonly string[];
  /** Drizzle's time of the migration in milliseconds, from the journal; null: the tool has none. */
  when: number | null;
}

/** In the order in which they run. */
export interface MigrationFolder {
  name: string;
  style: MigrationStyle;
  files: readonly MigrationFile[];
  /** What was left out of the reading: sentences. */
  notes: readonly string[];
}

export interface PrismaRow {
  id: string;
  checksum: string;
  name: string;
  /** ISO times. */
  startedAt: string;
  finishedAt: string | null;
  rolledBackAt: string | null;
  logs: string | null;
}

export interface DrizzleRow {
  id: string;
  hash: string;
  /** Milliseconds; null in rows that the tool did not write. */
  createdAt: number | null;
}

/** What the tool has noted in the target. `stands`: the table is there; else nothing was ever applied by the tool. */
export type Ledger =
  | { tool: 'prisma'; table: TableName; stands: boolean; rows: readonly PrismaRow[] }
  | { tool: 'drizzle'; table: TableName; stands: boolean; schemaStands: boolean; rows: readonly DrizzleRow[] }
  | { tool: 'none' };

/** The name of the tool for a person. */
export const TOOL: Readonly<Record<MigrationStyle, string>> = { prisma: 'Prisma', drizzle: 'Drizzle', plain: 'plain SQL' };
