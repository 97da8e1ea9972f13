import type { Client } from 'pg';
import { castProves, typeSql } from '#lib/pipeline/casts.ts';
import { ident, qualified } from '#lib/pipeline/ddl.ts';
import { tableKey } from '#lib/pipeline/expectation.ts';
import type { Check } from '#lib/pipeline/evidence.ts';
import type { Phase, TableName } from '#lib/pipeline/plan.ts';
import { WHY } from '#lib/pipeline/unknowns.ts';
import { sql } from '#lib/sql.ts';
import { isInDoubt, SQLSTATE, sqlState } from './sqlstate.ts';

/** Columns and keys of a table as they are now. */
export interface TableShape {
  table: TableName;
  /** Types as format_type() writes them, by column name, in order. */
  types: ReadonlyMap<string, string>;
  /** Column sets that are unique today. */
  keys: readonly (readonly string[])[];
}

/** What one check needs: the session inside the measuring transaction, and what is known of the target. */
export interface Measuring {
  client: Client;
  phase: Phase;
  serverVersion: number;
  shapes: ReadonlyMap<string, TableShape>;
  /** What castsWhole() found out, by table, column and type. */
  proven: Map<string, boolean>;
  /** The role that is to carry the phase out, where it is known. */
  operator?: string | undefined;
  watch?: MeasureWatch;
}

/** Who watches a measuring that nobody waits for. */
export interface MeasureWatch {
  begins(check: Check): void;
  /** Rows of the question that is asked now; `expected`: what the planner's statistics say, null where they say nothing. */
  counted(rows: number, expected: number | null): void;
  stopping(): boolean;
}

/** Whoever watches does not want to know any more. What was cancelled half-way would look like an unknown. */
export class MeasuringStopped extends Error {
  constructor() {
    super('the measuring was stopped');
  }
}

export function goOn(watch: MeasureWatch | undefined): void {
  if (watch?.stopping()) throw new MeasuringStopped();
}

export type Answer<T> = { ok: true; value: T } | { ok: false; why: string };

/**
 * Asks inside a savepoint, so that one question without an answer leaves the transaction, and the instant it sees, to the others.
 * A timeout, a lock, a missing right, a missing object or a value that does not cast is an answer: "unknown, because". A broken
 * connection and everything unexpected are thrown.
 */
export async function attempt<T>(client: Client, ask: () => Promise<T>, why: (error: unknown) => string | null = whyOf): Promise<Answer<T>> {
  await client.query('SAVEPOINT countersign_ask');
  try {
    const value = await ask();
    await client.query('RELEASE SAVEPOINT countersign_ask');
    return { ok: true, value };
  } catch (error) {
    const reason = why(error);
    if (reason === null) throw error;
    await client.query('ROLLBACK TO SAVEPOINT countersign_ask');
    await client.query('RELEASE SAVEPOINT countersign_ask');
    return { ok: false, why: reason };
  }
}

/** Of a question that people wrote a part of: whatever the server has against its text is an answer too, and so is that it would have written. */
export function whyOfText(error: unknown): string | null {
  const state = sqlState(error);
  if (state !== null && state.startsWith('22')) return WHY.fails;
  return whyOf(error) ?? (state !== null && !isInDoubt(error) && /^(42|25|0A|2B|54)/.test(state) ? WHY.refused : null);
}

/** Ends of sentences for what a server may answer; null = not an answer to the question. Never the server's own text. */
function whyOf(error: unknown): string | null {
  const state = sqlState(error);
  if (state === null || isInDoubt(error)) return null;
  switch (state) {
    case SQLSTATE.queryCanceled: return WHY.slow;
    case SQLSTATE.lockNotAvailable:
    case SQLSTATE.deadlockDetected: return WHY.locked;
    case SQLSTATE.insufficientPrivilege: return WHY.noRights;
    case SQLSTATE.undefinedTable:
    case SQLSTATE.invalidSchemaName: return WHY.absent;
    case '42703': return WHY.noColumn;
    // cannot coerce, no such function or operator, no such type, ambiguous collation, datatype mismatch, no array where one must be, ambiguous function or operator
    case '42846':
    case '42883':
    case '42704':
    case '42P22':
    case '42804':
    case '42809':
    case '42725': return WHY.noCast;
    // NaN as an integer; a cast function may say it too.
    case SQLSTATE.featureNotSupported: return WHY.badValue;
    // Data errors, a domain's constraint, an exception raised by a cast function.
    default: return /^(22|23|P0)/.test(state) ? WHY.badValue : state.startsWith('53') ? WHY.refused : null;
  }
}

/** The shapes of all tables a phase asks about, in one query; a table that does not exist is missing in the answer. */
export async function readShapes(client: Client, tables: readonly TableName[]): Promise<Map<string, TableShape>> {
  const distinct = [...new Map(tables.map((table) => [tableKey(table), table])).values()];
  const { rows } = await client.query<{ schema: string; name: string; columns: { name: string; type: string }[]; keys: string[][] }>(sql('measure/table_shape'), names(distinct));
  return new Map(rows.map((row) => [tableKey(row), { table: { schema: row.schema, name: row.name }, types: new Map(row.columns.map((column) => [column.name, column.type])), keys: row.keys }]));
}

/**
 * Does every value of the column cast? Found out by casting them all, which is many times faster than examining them one by one, and
 * proves the same for this transaction's snapshot. False: some do not, or it cannot be proved this way.
 */
export async function castsWhole({ client, proven }: Measuring, table: TableName, column: string, from: string, to: string): Promise<boolean> {
  if (!castProves(from, to)) return false;
  const name = JSON.stringify([tableKey(table), column, to]);
  const known = proven.get(name);
  if (known !== undefined) return known;
  const { ok } = await attempt(client, () => client.query(`SELECT count(c.${ident(column)}::${typeSql(to)}) FROM ${qualified(table)} c`));
  proven.set(name, ok);
  return ok;
}

/** Two arrays, as the set-based questions take tables: schemas and names. */
export function names(tables: readonly TableName[]): [string[], string[]] {
  return [tables.map((table) => table.schema), tables.map((table) => table.name)];
}
