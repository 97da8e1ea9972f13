import { ident, literal, qualified } from '../ddl.ts';
import type { Assertion, Statement } from '../plan.ts';
import { spoken } from '../planner/names.ts';
import type { Ledger, MigrationFile } from './migration.ts';

/** A ledger that is a table in the target. */
export type TableLedger = Exclude<Ledger, { tool: 'none' }>;

export interface LedgerPart {
  statements: readonly Statement[];
  undo: readonly Statement[];
}

/**
 * The table as its tool makes it (Prisma: schema engine, Postgres; Drizzle: the migrator of drizzle-orm), where it is not there. IF NOT EXISTS, because a phase may be run again after a rollback that
 * found rows in it. The way back takes away what this made, and nothing that somebody else has written to since.
 */
export function ledgerTable(ledger: TableLedger): LedgerPart {
  if (ledger.stands) return { statements: [], undo: [] };
  const table = qualified(ledger.table);
  const empty = `IF NOT EXISTS (SELECT FROM ${table}) THEN\n    DROP TABLE ${table};\n  END IF;`;
  const undo = (rest: string): Statement => make(`drop ${spoken(ledger.table)} if nobody has written to it`, `DO $ledger$\nBEGIN\n  ${empty}${rest}\nEND\n$ledger$`);
  if (ledger.tool === 'prisma') {
    return {
      statements: [make(`create Prisma’s ledger ${spoken(ledger.table)}`, `CREATE TABLE IF NOT EXISTS ${table} (\n  id VARCHAR(36) PRIMARY KEY NOT NULL,\n  checksum VARCHAR(64) NOT NULL,\n  finished_at TIMESTAMPTZ,\n  migration_name VARCHAR(255) NOT NULL,\n  logs TEXT,\n  rolled_back_at TIMESTAMPTZ,\n  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),\n  applied_steps_count INTEGER NOT NULL DEFAULT 0\n)`)],
      undo: [undo('')],
    };
  }
  const schema = ident(ledger.table.schema);
  const create = make(`create Drizzle’s ledger ${spoken(ledger.table)}`, `CREATE TABLE IF NOT EXISTS ${table} (\n  id SERIAL PRIMARY KEY,\n  hash text NOT NULL,\n  created_at bigint\n)`);
  if (ledger.schemaStands) return { statements: [create], undo: [undo('')] };
  const alone = `\n  IF NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${literal(ledger.table.schema)}) THEN\n    DROP SCHEMA ${schema};\n  END IF;`;
  return { statements: [make(`create the schema ${ledger.table.schema} of Drizzle’s ledger`, `CREATE SCHEMA IF NOT EXISTS ${schema}`), create], undo: [undo(alone)] };
}

function make(label: string, sql: string): Statement {
  return { do: 'execute', label, sql };
}

/** The number that Prisma's schema engine chose: every `prisma migrate` takes this lock before it looks at its table. */
const PRISMA_LOCK = 72_707_369;

/** Where the tool has a lock of its own, the step takes turns with it: for as long as its transaction, and with its patience for locks. Drizzle has none. */
export function takingTurns(ledger: TableLedger): Statement[] {
  return ledger.tool === 'prisma' ? [make('take turns with prisma migrate', `SELECT pg_advisory_xact_lock(${PRISMA_LOCK})`)] : [];
}

/** Somebody may have run the tool since the plan was signed: then the step is undone instead of doing the migration twice. Of Drizzle the time alone says which one it is: two files may have one text. */
export function notThereYet(ledger: TableLedger, file: MigrationFile): Statement {
  const where = ledger.tool === 'prisma' ? `migration_name = ${literal(file.name)} AND rolled_back_at IS NULL` : `created_at = ${whenOf(file)}`;
  return { do: 'assert', label: `the ledger does not have ${file.name} yet`, sql: `SELECT count(*)::text FROM ${qualified(ledger.table)} WHERE ${where}`, expect: { from: 'literal', value: '0' } };
}

/**
 * The row as the tool writes it. `marked`: as `migrate resolve --applied` does, which runs nothing.
 * @param id uuid of the row; Drizzle counts for itself.
 */
export function ledgerRow(ledger: TableLedger, file: MigrationFile, id: string, marked: boolean): LedgerPart & { stands: Assertion } {
  const table = qualified(ledger.table);
  const label = `write ${file.name} into the ledger`;
  const remove = `take ${file.name} out of the ledger`;
  if (ledger.tool === 'prisma') {
    const [finished, logs, steps] = marked ? ['now()', `''`, 0] : ['clock_timestamp()', 'NULL', 1];
    return {
      statements: [{ do: 'execute', label, sql: `INSERT INTO ${table} (id, checksum, finished_at, migration_name, logs, rolled_back_at, started_at, applied_steps_count)\nVALUES (${literal(id)}, ${literal(file.digest)}, ${finished}, ${literal(file.name)}, ${logs}, NULL, now(), ${steps})` }],
      undo: [{ do: 'execute', label: remove, sql: `DELETE FROM ${table} WHERE id = ${literal(id)}` }],
      stands: stands(file, `SELECT count(*)::text FROM ${table} WHERE id = ${literal(id)} AND finished_at IS NOT NULL AND rolled_back_at IS NULL`),
    };
  }
  const where = `hash = ${literal(file.digest)} AND created_at = ${whenOf(file)}`;
  return {
    statements: [{ do: 'execute', label, sql: `INSERT INTO ${table} (hash, created_at)\nVALUES (${literal(file.digest)}, ${whenOf(file)})` }],
    undo: [{ do: 'execute', label: remove, sql: `DELETE FROM ${table} WHERE ${where}` }],
    stands: stands(file, `SELECT count(*)::text FROM ${table} WHERE ${where}`),
  };
}

/** Of a row of Prisma's that was begun and not finished: as `migrate resolve --rolled-back` does. One that somebody has answered meanwhile is left alone, and the step undone. */
export function rolledBackRow(ledger: Extract<Ledger, { tool: 'prisma' }>, name: string, rowId: string): LedgerPart & { stands: Assertion } {
  const table = qualified(ledger.table);
  const open = `id = ${literal(rowId)} AND finished_at IS NULL`;
  return {
    statements: [
      { do: 'assert', label: `${name} is still open in the ledger`, sql: `SELECT count(*)::text FROM ${table} WHERE ${open} AND rolled_back_at IS NULL`, expect: { from: 'literal', value: '1' } },
      { do: 'execute', label: `mark the try of ${name} as rolled back`, sql: `UPDATE ${table} SET rolled_back_at = now() WHERE ${open} AND rolled_back_at IS NULL` },
    ],
    undo: [{ do: 'execute', label: `leave the try of ${name} open again`, sql: `UPDATE ${table} SET rolled_back_at = NULL WHERE ${open}` }],
    stands: { label: `the ledger says that the try of ${name} was rolled back`, sql: `SELECT count(*)::text FROM ${table} WHERE ${open} AND rolled_back_at IS NOT NULL`, expect: { from: 'literal', value: '1' } },
  };
}

function stands(file: MigrationFile, sql: string): Assertion {
  return { label: `the ledger says that ${file.name} is applied`, sql, expect: { from: 'literal', value: '1' } };
}

/** A whole number, checked by whoever read the journal; never text of a file. */
function whenOf({ name, when }: MigrationFile): string {
  if (when === null || !Number.isSafeInteger(when)) throw new Error(`the migration ${name} has no time`);
  return String(when);
}
