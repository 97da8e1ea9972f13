import { Refused } from '#lib/pipeline/refusal.ts';
import type { Unread } from '#lib/pipeline/snapshot.ts';
import { placeOf, placeText } from '#lib/pipeline/sql-text/place.ts';
import type { ReadFile, SqlStatement } from '#lib/pipeline/sql-text/statements.ts';
import { SQLSTATE, sqlState } from './sqlstate.ts';

/** Where a replay stopped. */
export interface Stopped {
  files: readonly ReadFile[];
  /** Of the file that failed. */
  index: number;
  statement: SqlStatement;
  unread: readonly Unread[];
  lends: boolean;
}

/**
 * What stopped a replay: file, line and column, the server's own words about the person's own SQL, and how far it came.
 * What is not an answer of the server is handed back as it is.
 */
export function replayFailed(error: unknown, stopped: Stopped): unknown {
  if (sqlState(error) === null || !(error instanceof Error)) return error;
  const file = stopped.files[stopped.index];
  if (!file) return error;
  const at = stopped.statement.at + offsetOf(error, stopped.statement.sql);
  const sentences = [`${placeText(placeOf(file.file, at))}: ${error.message}.`, ...why(error, stopped), applied(stopped, file)];
  return new Refused('replay_failed', sentences.join(' '), { cause: error });
}

/** The server counts characters from 1, in the statement alone. */
function offsetOf(error: Error, sql: string): number {
  const position = 'position' in error ? Number(error.position) : Number.NaN;
  if (!Number.isInteger(position) || position < 1) return 0;
  const before = [...sql].slice(0, position - 1).join('');
  return before.length < sql.length ? before.length : 0;
}

function why(error: Error, { unread, lends, statement }: Stopped): string[] {
  const state = sqlState(error);
  const missing = unread.filter((part) => part.kind === 'extension').map((part) => part.id?.slice('extension:'.length) ?? '');
  if (missing.length > 0 && state !== null && /^(?:42|3F)/.test(state)) return [`It may need ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not installed on the scratch server.`];
  if (state === SQLSTATE.insufficientPrivilege && !lends && statement.treatment === 'lend') return ['On a shared scratch server SQL is replayed by a role that owns its database and nothing else, and never by a superuser.'];
  if (state === SQLSTATE.insufficientPrivilege && statement.treatment === 'lend') return ['Inside a transaction of the text this cannot be done for it by a superuser.'];
  if (state === SQLSTATE.invalidSchemaName) return beforehand(error.message);
  const extension = extensionOf(error.message);
  return extension === undefined ? [] : [`It comes with the extension ${extension}.`];
}

/** What people use of extensions that every server has at hand, by its name in the server's words. */
const COMES_WITH: Readonly<Record<string, string>> = {
  hstore: 'hstore', citext: 'citext', ltree: 'ltree', cube: 'cube', geometry: 'postgis', geography: 'postgis', vector: 'vector', gin_trgm_ops: 'pg_trgm', gist_trgm_ops: 'pg_trgm', similarity: 'pg_trgm',
  uuid_generate_v4: 'uuid-ossp', uuid_generate_v1: 'uuid-ossp', crypt: 'pgcrypto', gen_random_uuid: 'pgcrypto', gen_salt: 'pgcrypto', digest: 'pgcrypto', unaccent: 'unaccent', crosstab: 'tablefunc',
};

/** Schemas that a service makes in every new database. */
const SUPABASE = new Set(['auth', 'extensions', 'graphql_public', 'pgsodium', 'realtime', 'storage', 'supabase_functions', 'vault']);

/** What was there before the first migration is in no folder. */
function beforehand(message: string): string[] {
  const [, schema] = /^schema "(.*)" does not exist$/.exec(message) ?? [];
  if (schema === undefined) return [];
  if (SUPABASE.has(schema)) return ['Every database of Supabase has it from the start, and no migration makes it: replay the text on top of one that does.'];
  return ['Nothing before it makes it: if it was there before the first migration, replay the text on top of one that makes it.'];
}

function extensionOf(message: string): string | undefined {
  const [, name] = /^(?:type|function|operator class|access method) "?(?:\w+\.)?(\w+)"?(?:\(.*\)|\[\])*(?: for .*)? does not exist/.exec(message) ?? [];
  return name === undefined ? undefined : COMES_WITH[name];
}

function applied({ files, index, statement }: Stopped, file: ReadFile): string {
  const before = file.statements.findIndex((each) => each.at === statement.at);
  const here = `${before === 0 ? 'nothing' : `${before} of ${file.statements.length} statements`} of ${files.length === 1 ? 'it' : 'this one'}`;
  if (files.length === 1) return `Applied before it: ${here}.`;
  const names = files.slice(0, index).map((each) => each.file.name);
  const list = names.length > 4 ? `${names[0]} … ${names.at(-1)}` : names.join(', ');
  return names.length === 0 ? `It is the first of ${files.length} files; applied before it: ${here}.` : `Applied before it: ${names.length} of ${files.length} files (${list}), and ${here}.`;
}
