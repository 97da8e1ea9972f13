import { Refused } from '#lib/pipeline/refusal.ts';
import type { ObjectKind, Unread } from '#lib/pipeline/snapshot.ts';
import type { ReadFile, SqlStatement } from '#lib/pipeline/sql-text/statements.ts';
import { replayFailed } from './replay-sentence.ts';
import type { Scratch } from './scratch.ts';
import { refusalFromConnection } from './session.ts';
import { isInDoubt, SQLSTATE, sqlState } from './sqlstate.ts';

/** Statements that are sent at once. When one of them fails, Postgres takes the others back, and they are sent one by one. */
const BATCH = 64;
const BATCH_CHARACTERS = 200_000;
/** How a server says that it does not have an extension, or not this version of it, or not what it requires. */
const NOT_HERE: ReadonlySet<string> = new Set([SQLSTATE.featureNotSupported, SQLSTATE.undefinedFile, SQLSTATE.undefinedObject, SQLSTATE.invalidParameterValue]);
const TOGETHER: ReadonlySet<SqlStatement['treatment']> = new Set(['run', 'owner', 'grant', 'lend']);

/**
 * Sends files to a scratch database, each as psql would send it. What could not be had without roles, rights or extensions is in `unread`.
 * @param patient true: a statement that is refused is passed over; false: it ends the replay.
 */
export class Replay {
  readonly unread: Unread[] = [];
  readonly #scratch: Scratch;
  readonly #files: readonly ReadFile[];
  readonly #patient: boolean;
  #inTransaction = false;
  /** The text's own transaction, whether or not it is one here. */
  #open = false;

  constructor(scratch: Scratch, files: readonly ReadFile[], patient = false) {
    this.#scratch = scratch;
    this.#files = files;
    this.#patient = patient;
  }

  async run(): Promise<void> {
    for (const [index, file] of this.#files.entries()) {
      // A file sees nothing of the settings of the one before, as when psql is started for each.
      if (index > 0) await this.#scratch.client.query('DISCARD ALL');
      await this.#runFile(file, index);
    }
  }

  async #runFile(file: ReadFile, index: number): Promise<void> {
    const statements = this.#ungrouped(file);
    let at = 0;
    while (at < statements.length) {
      const batch = this.#inTransaction ? 0 : batchFrom(statements, at);
      if (batch > 1 && (await this.#together(statements.slice(at, at + batch)))) {
        at += batch;
        continue;
      }
      for (const statement of statements.slice(at, at + Math.max(1, batch))) {
        await this.#one(statement).catch((error: unknown) => {
          if (isInDoubt(error)) throw this.#lost(error);
          if (this.#patient && sqlState(error) !== null) return;
          throw replayFailed(error, { files: this.#files, index, statement, unread: this.unread, lends: this.#scratch.server.lends });
        });
        at += 1;
      }
    }
    if (this.#inTransaction || this.#open) throw new Refused('replay_failed', `${file.file.name} begins a transaction and does not end it: nothing of it would stay.`);
  }

  /**
   * Where the server lends, transactions that are only committed are left out: a second session can do nothing for a statement inside one, and what
   * they keep together nobody else sees here.
   */
  #ungrouped(file: ReadFile): readonly SqlStatement[] {
    const takesBack = file.statements.some((statement) => statement.treatment === 'rollback' || statement.treatment === 'temporary' || /^(?:SAVEPOINT|RELEASE|PREPARE\s+TRANSACTION)\b/i.test(statement.sql));
    if (!this.#scratch.server.lends || takesBack) return file.statements;
    const marks = file.statements.filter((statement) => statement.treatment === 'begin' || statement.treatment === 'commit');
    this.#open = marks.at(-1)?.treatment === 'begin';
    return file.statements.filter(({ treatment }) => treatment !== 'begin' && treatment !== 'commit');
  }

  /** False: one of them failed, and none of them took effect. */
  async #together(statements: readonly SqlStatement[]): Promise<boolean> {
    try {
      await this.#scratch.client.query(statements.map(({ sql }) => sql).join(';\n'));
      return true;
    } catch (error) {
      if (isInDoubt(error)) throw this.#lost(error);
      return false;
    }
  }

  #lost(error: unknown): unknown {
    return refusalFromConnection(error, this.#scratch.server.name) ?? error;
  }

  async #one(statement: SqlStatement): Promise<void> {
    const { client } = this.#scratch;
    if (statement.treatment === 'begin') this.#inTransaction = true;
    if (statement.treatment === 'commit' || statement.treatment === 'rollback') this.#inTransaction = false;
    const sql = this.#inTransaction ? statement.sql : forTheFile(statement);
    const guarded = this.#inTransaction && ['owner', 'grant', 'label', 'setting', 'extension'].includes(statement.treatment);
    if (guarded) await client.query('SAVEPOINT countersign_replay');
    try {
      await client.query(sql);
    } catch (error) {
      if (guarded) await client.query('ROLLBACK TO SAVEPOINT countersign_replay');
      if (!(await this.#excused(statement, error))) throw error;
    }
    if (guarded) await client.query('RELEASE SAVEPOINT countersign_replay');
  }

  /** A failure that leaves the rest of the text as it is: lent, without meaning for the schema, or named as unread. */
  async #excused({ treatment, sql, what }: SqlStatement, error: unknown): Promise<boolean> {
    const state = sqlState(error);
    const denied = state === SQLSTATE.insufficientPrivilege;
    const absent = state === SQLSTATE.undefinedObject;
    if (denied && !this.#inTransaction && ['owner', 'grant', 'extension', 'lend'].includes(treatment) && (await this.#lent(sql))) return true;
    if (treatment === 'setting') return absent || denied;
    if (treatment === 'extension') return state === SQLSTATE.duplicateObject || ((denied || NOT_HERE.has(state ?? '')) && this.#withoutExtension(what, denied));
    if (treatment === 'owner' && (denied || absent)) return this.#miss(['owner'], 'Owners are not compared: the text names roles that are not ours to use on the scratch server.');
    if (treatment === 'grant' && (denied || absent)) return this.#miss(['grant', 'default_privileges'], 'Grants are not compared: the text names roles that are not ours to use on the scratch server.');
    if (treatment === 'label' && state === SQLSTATE.invalidParameterValue) return this.#miss(['security_label'], 'Security labels are not compared: the scratch server has not loaded the module that reads them.');
    return treatment === 'lend' && absent && /^COMMENT\s+ON\s+EXTENSION\b|\sDEPENDS\s+ON\s+EXTENSION\b/i.test(sql) && this.unread.some((part) => part.kind === 'extension');
  }

  /** As the server's own role, where the server is for us alone. The name search is the text's. */
  async #lent(sql: string): Promise<boolean> {
    const { lender, client } = this.#scratch;
    if (!lender) return false;
    const { rows } = await client.query<{ path: string }>(`SELECT pg_catalog.current_setting('search_path') AS path`);
    await lender.query(`SELECT pg_catalog.set_config('search_path', $1, false)`, [rows[0]?.path ?? '']);
    await lender.query(sql);
    return true;
  }

  #withoutExtension(name: string, denied: boolean): boolean {
    const why = denied ? 'only a superuser may install it on the scratch server' : 'the scratch server does not have it';
    this.unread.push({ kind: 'extension', id: `extension:${name}`, why: `The extension ${name} is not compared: ${why}.` });
    return true;
  }

  #miss(kinds: readonly (ObjectKind | 'owner')[], why: string): true {
    for (const kind of kinds) if (!this.unread.some((part) => part.kind === kind)) this.unread.push({ kind, why });
    return true;
  }
}

/** Outside a transaction SET LOCAL does nothing but warn, and a table ON COMMIT DROP is gone at once; a tool that runs the file in one transaction would have meant them for the file. */
function forTheFile({ sql, treatment, what }: SqlStatement): string {
  if (treatment === 'setting' && what === 'local') return sql.replace(/^SET\s+LOCAL\b/i, 'SET');
  return treatment === 'temporary' ? sql.replace(/\bON\s+COMMIT\s+(?:DROP|DELETE\s+ROWS)\b/i, 'ON COMMIT PRESERVE ROWS') : sql;
}

function batchFrom(statements: readonly SqlStatement[], at: number): number {
  let characters = 0;
  let count = 0;
  for (; count < BATCH && characters < BATCH_CHARACTERS; count += 1) {
    const statement = statements[at + count];
    if (!statement || !TOGETHER.has(statement.treatment)) break;
    characters += statement.sql.length;
  }
  return count;
}
