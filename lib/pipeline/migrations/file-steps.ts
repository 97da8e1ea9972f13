import { loadModule, parseSync } from 'libpg-query';
import { readTyped, troubleText } from '../editor/typed-sql.ts';
import type { RefusalCode } from '../refusal.ts';
import type { DraftStatement, DraftStep } from '../runbook/draft.ts';
import { factsOf } from '../sql-facts/facts-of.ts';
import type { MigrationFile, MigrationStyle } from './migration.ts';

export type FileSteps =
  | { ok: true; drafts: DraftStep[]; notes: string[] }
  | { ok: false; refusals: { code: RefusalCode; sentence: string }[] };

/** Drizzle parts the statements of a file by this comment, which means nothing to Postgres. */
const BREAKPOINT = /^[ \t]*--> statement-breakpoint[ \t]*$|--> statement-breakpoint[ \t]*$/gm;

/** Settings that the engine makes itself for each transaction: what a file says of them would reach past its own statements. */
const OWN_SETTINGS = new Set(['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout', 'client_min_messages', 'client_encoding', 'standard_conforming_strings', 'row_security', 'xmloption', 'check_function_bodies']);

/**
 * A file as steps: everything that can run in one transaction is one step, as its tool does it; what cannot is a step of its own. BEGIN and COMMIT of the file end a step.
 * Pure. Refuses by name what does not parse, and what takes itself back (ROLLBACK, SAVEPOINT).
 * @param searchPath where names without a schema are looked for.
 */
export async function stepsOfFile(file: MigrationFile, style: MigrationStyle, searchPath: readonly string[]): Promise<FileSteps> {
  await loadModule();
  const read = await readTyped(style === 'drizzle' ? file.text.replaceAll(BREAKPOINT, '') : file.text);
  if (!read.ok) return refused('does_not_parse', `${file.file} does not parse: ${troubleText(read.trouble)}.`);
  const notes: string[] = [];
  const groups: DraftStatement[][] = [[]];
  for (const { sql, kind, node } of read.statements) {
    if (kind === 'TransactionStmt') {
      if (!ENDS.has(String(node.kind))) return refused('cannot_plan', `${file.file} takes part of itself back (ROLLBACK or SAVEPOINT). Write what is meant into the file.`);
      groups.push([]);
      continue;
    }
    const setting = kind === 'VariableSetStmt' && typeof node.name === 'string' ? node.name : null;
    if (setting !== null && OWN_SETTINGS.has(setting)) {
      notes.push(`SET ${setting} was left out: every step runs with its own.`);
      continue;
    }
    const statement = { sql, kind, node: ownNode(sql, node), beside: [], above: [], around: [], line: 1, column: 1 };
    if (factsOf(kind, statement.node, sql, { major: OLDEST, searchPath, existing: null }).outside) groups.push([statement], []);
    else groups.at(-1)?.push(statement);
  }
  const drafts = groups.filter((group) => group.length > 0).map((statements): DraftStep => ({ title: file.name, from: 1, to: 1, body: { is: 'sql', statements, repeatable: false, searchPath }, notes: [] }));
  return { ok: true, drafts, notes: [...new Set(notes)] };
}

const OLDEST = 14;
const ENDS = new Set(['TRANS_STMT_BEGIN', 'TRANS_STMT_START', 'TRANS_STMT_COMMIT']);

/** The same node with places that are those of the statement's own text. */
function ownNode(sql: string, node: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const own = Object.values((parseSync(sql).stmts?.[0]?.stmt ?? {}) as Record<string, unknown>)[0];
  return typeof own === 'object' && own !== null ? (own as Readonly<Record<string, unknown>>) : node;
}

function refused(code: RefusalCode, sentence: string): FileSteps {
  return { ok: false, refusals: [{ code, sentence }] };
}
