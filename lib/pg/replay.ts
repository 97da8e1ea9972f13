import { sha256 } from '#lib/pipeline/digest.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { ObjectKind, SchemaObject, Snapshot, Unread } from '#lib/pipeline/snapshot.ts';
import { readSqlFile, type ReadFile, type SqlStatement } from '#lib/pipeline/sql-text/statements.ts';
import { introspect } from './introspect.ts';
import { replayFailed } from './replay-sentence.ts';
import { withScratch, type Scratch, type ScratchServer } from './scratch.ts';
import { closeSession, refusalFromConnection } from './session.ts';
import type { SqlSource } from './sql-files.ts';
import { isInDoubt, SQLSTATE, sqlState } from './sqlstate.ts';

/** Statements that are sent at once. When one of them fails, Postgres takes the others back, and they are sent one by one. */
const BATCH = 64;
const BATCH_CHARACTERS = 200_000;
const TOGETHER: ReadonlySet<SqlStatement['treatment']> = new Set(['run', 'owner', 'grant', 'lend']);

export interface ReplayOptions {
  /** The replay as a whole, in milliseconds; default ten minutes. The text could run for ever. */
  deadlineMs?: number;
}

/**
 * Replays an SQL text or a folder of migrations into a scratch database, reads its schema, and removes it. Statements are sent as psql would
 * send them: each commits by itself unless the text opens a transaction. Everything is parsed before the first one is sent.
 * Rows behind COPY, roles, settings of databases and tablespaces are left out and named in `origin.notes`; what could not be had without roles
 * or extensions that the server lacks is named in `unread`, and is then compared on neither side.
 * **Replaying SQL is running code**: it happens on the scratch server only, as a role that owns nothing but the scratch database.
 * @throws Refused does_not_parse | not_replayable | replay_failed (file, line, what was applied) | database_timeout | what withScratch refuses.
 */
export async function replay(source: SqlSource, server: ScratchServer, options: ReplayOptions = {}): Promise<Snapshot> {
  const files: ReadFile[] = [];
  for (const file of source.files) files.push(await readSqlFile(file));
  const roles = [...new Set(files.flatMap((file) => file.roles))].toSorted();
  return withScratch(server, roles, async (scratch) => {
    const deadline = options.deadlineMs ?? 600_000;
    const replayed = new Replay(scratch, files);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      void closeSession(scratch.client);
    }, deadline);
    try {
      await replayed.run();
      await scratch.client.query('DISCARD ALL');
      return finished(await introspect(scratch.client), source, files, scratch, replayed.unread);
    } catch (error) {
      if (late) throw new Refused('database_timeout', `Replaying ${source.name} took longer than ${Math.round(deadline / 1000)} s and was stopped.`, { cause: error });
      throw error;
    } finally {
      clearTimeout(timer);
    }
  });
}

/** sha256 over names and texts: what a snapshot was made from. */
export function sourceDigest(source: SqlSource): string {
  return sha256(JSON.stringify(source.files.map(({ name, text }) => [name, text])));
}

class Replay {
  readonly unread: Unread[] = [];
  readonly #scratch: Scratch;
  readonly #files: readonly ReadFile[];
  #inTransaction = false;
  /** The text's own transaction, whether or not it is one here. */
  #open = false;

  constructor(scratch: Scratch, files: readonly ReadFile[]) {
    this.#scratch = scratch;
    this.#files = files;
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
          throw isInDoubt(error) ? this.#lost(error) : replayFailed(error, { files: this.#files, index, statement, unread: this.unread, lends: this.#scratch.server.lends });
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
    const takesBack = file.statements.some((statement) => statement.treatment === 'rollback' || /^(?:SAVEPOINT|RELEASE|PREPARE\s+TRANSACTION)\b/i.test(statement.sql));
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
    // Outside a transaction SET LOCAL does nothing but warn; a tool that runs the file in one transaction would have meant it for the file.
    const sql = statement.treatment === 'setting' && statement.what === 'local' && !this.#inTransaction ? statement.sql.replace(/^SET\s+LOCAL\b/i, 'SET') : statement.sql;
    const guarded = this.#inTransaction && ['owner', 'grant', 'setting', 'extension'].includes(statement.treatment);
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
    if (treatment === 'extension') return this.#withoutExtension(what, denied);
    if (treatment === 'owner' && (denied || absent)) return this.#miss(['owner'], 'Owners are not compared: the text names roles that are not ours to use on the scratch server.');
    if (treatment === 'grant' && (denied || absent)) return this.#miss(['grant', 'default_privileges'], 'Grants are not compared: the text names roles that are not ours to use on the scratch server.');
    return treatment === 'lend' && absent && /^COMMENT\s+ON\s+EXTENSION\b/i.test(sql) && this.unread.some((part) => part.kind === 'extension');
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

/** The reading as the text's: whoever ran it owns nothing in the text's own world. */
function finished(snapshot: Snapshot, source: SqlSource, files: readonly ReadFile[], { runner }: Scratch, unread: readonly Unread[]): Snapshot {
  const passed = new Map<string, number>();
  for (const file of files) for (const [what, count] of Object.entries(file.passed)) passed.set(what, (passed.get(what) ?? 0) + count);
  const left = [...passed].map(([what, count]) => (count > 1 ? `${what} (${count} times)` : what));
  return {
    ...snapshot,
    objects: snapshot.objects.map((object) => withoutOwner(object, runner)),
    ...(snapshot.satellites ? { satellites: snapshot.satellites.map((object) => withoutOwner(object, runner)) } : {}),
    estimates: {},
    ...(unread.length > 0 ? { unread } : {}),
    origin: { name: nameOf(source), digest: sourceDigest(source), notes: [...source.notes, ...(left.length > 0 ? [`Left out, because it is no schema of one database: ${left.join(', ')}.`] : [])] },
  };
}

function nameOf(source: SqlSource): string {
  const style = { file: '', numbered: 'numbered SQL, ', drizzle: 'Drizzle, ', prisma: 'Prisma, ' }[source.style];
  return source.style === 'file' ? source.name : `${source.name} (${style}${source.files.length} ${source.files.length === 1 ? 'file' : 'files'})`;
}

/** An owner that the text does not name is not known, and must not look like one. */
function withoutOwner(object: SchemaObject, runner: string): SchemaObject {
  if (object.aside?.owner !== runner) return object;
  const { owner: _, ...aside } = object.aside;
  return { ...object, aside };
}
