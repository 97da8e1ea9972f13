import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { loadModule, parseSync } from 'libpg-query';
import { canonicalExpression, sortedList, withoutNamesOfConstants } from '#lib/pipeline/expression.ts';
import { canonicalStatistics } from '#lib/pipeline/kinds/statistics.ts';
import type { Major } from './server-account.ts';

const run = promisify(execFile);

/** The pg_dump of this machine that can read a server of the major version; null when none can. An older one refuses a newer server. */
export async function findPgDump(server: Major): Promise<string | null> {
  for (const program of candidates()) {
    const { stdout } = await run(program, ['--version']).catch(() => ({ stdout: '' }));
    const major = Number(/\b(\d+)[.\w]*\s*(?:\(|$)/.exec(stdout)?.[1]);
    if (major >= server) return program;
  }
  return null;
}

function candidates(): string[] {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).toSorted((a, b) => Number(b) - Number(a)).map((version) => join(base, version, 'bin')) : [];
  return [...new Set([...versions, ...folders].map((folder) => join(folder, 'pg_dump')))].filter((program) => existsSync(program));
}

/** `pg_dump -s` as statements, those that make something in a tablespace with its name; settings of the session and comments of the dump are left out. */
export async function dumpStatements(program: string, url: string): Promise<string[]> {
  const { stdout } = await run(program, ['--schema-only', '--dbname', url], { maxBuffer: 1 << 30 });
  const text = stdout.split('\n').filter((line) => !line.startsWith('\\')).join('\n');
  return inTheirPlaces(await splitStatements(text)).filter((statement) => !/^(SET |SELECT pg_catalog\.set_config)/.test(statement));
}

const PLACED = /^CREATE (?:UNLOGGED )?TABLE |^CREATE (?:UNIQUE )?INDEX |^CREATE MATERIALIZED VIEW |^ALTER TABLE [\s\S]*ADD CONSTRAINT \S+ (?:PRIMARY KEY|UNIQUE|EXCLUDE) /;

/** The tablespace of what follows is a setting of the session in a dump. */
function inTheirPlaces(statements: readonly string[]): string[] {
  let place = '';
  return statements.map((statement) => {
    const set = /^SET default_tablespace = (.*)$/.exec(statement)?.[1];
    if (set !== undefined) place = set === "''" ? '' : set;
    return place !== '' && PLACED.test(statement) ? `${statement} TABLESPACE ${place}` : statement;
  });
}

/** The statements of an SQL text, without what stands between them. Throws when the parser does not take it. */
export async function splitStatements(text: string): Promise<string[]> {
  await loadModule();
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  return (parseSync(text).stmts ?? []).map((statement) => {
    const from = statement.stmt_location ?? 0;
    const length = statement.stmt_len ?? bytes.length - from;
    return decoder.decode(bytes.subarray(from, from + length)).replace(/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '').trim();
  });
}

/** A set of statements in which the order of a table's columns says nothing, nor which of two texts the server shows for one cast of an array. */
export function asSet(statements: readonly string[]): Set<string> {
  return new Set(statements.map((statement) => canonicalExpression(withoutParameterOrder(withoutListOrder(withoutColumnOrder(/^CREATE (?:MATERIALIZED )?VIEW /.test(statement) ? withoutNamesOfConstants(withoutRowLists(statement)) : statement))))));
}

/** Columns of statistics and of a published table are listed as they stand in the table. */
function withoutListOrder(statement: string): string {
  if (statement.startsWith('CREATE STATISTICS ')) return canonicalStatistics(statement);
  return statement.startsWith('ALTER PUBLICATION ') ? statement.replace(/( ADD TABLE ONLY [^()]* \()([^()]*)(\))/, (_, head: string, list: string, tail: string) => `${head}${sortedList(list)}${tail}`) : statement;
}

/** `f(1) x(id, name)`: what a function in FROM returns as rows of a table is listed as the table's columns stood when the query was made. Names of its own that a list gives are compared by the second diff. */
export function withoutRowLists(text: string): string {
  return text.replace(/(\) (?:"(?:[^"]|"")*"|[\w$]+))\([^()]*\)/g, '$1');
}

function withoutParameterOrder(statement: string): string {
  return statement.startsWith('CREATE ') ? statement.replace(/\bWITH \(([^()]*)\)/g, (_, list: string) => `WITH (${list.split(', ').toSorted().join(', ')})`) : statement;
}

function withoutColumnOrder(statement: string): string {
  const match = /^(CREATE (?:UNLOGGED |FOREIGN )?TABLE [^\n]*\(\n)([\s\S]*)(\n\)[\s\S]*)$/.exec(statement);
  if (!match) return statement;
  const lines = (match[2] ?? '').split('\n').map((line) => line.replace(/,$/, ''));
  return `${match[1]}${lines.toSorted().join('\n')}${match[3]}`;
}
