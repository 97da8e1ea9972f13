import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { SqlFile } from '#lib/pipeline/sql-text/statements.ts';
import { upPart } from '#lib/pipeline/sql-text/up-part.ts';

/** A file of a source, with what the tool that wrote it knows of it. */
export interface SourceFile extends SqlFile {
  /** sha256 of its bytes, in hex. */
  digest?: string;
  /** Drizzle's time of it, in milliseconds. */
  when?: number;
}

/** SQL to be replayed in this order. */
export interface SqlSource {
  /** Name of the file, or of the folder. */
  name: string;
  style: 'file' | 'numbered' | 'drizzle' | 'prisma';
  files: readonly SourceFile[];
  /** What was left out and what was taken for granted: sentences. */
  notes: readonly string[];
}

const MOST_BYTES = 200 * 1024 * 1024;

/**
 * Reads an SQL file, or a folder of migrations: Drizzle (meta/_journal.json), Prisma (a folder for each migration, with migration.sql), or plain
 * SQL files, in the order of the numbers in front of their names. Ways back (.down.sql, U1__, `-- migrate:down` …) are left out and named.
 * @throws Refused source_unreadable: no such file, not text in UTF-8, nothing in it, or a folder whose order is not clear.
 */
export async function readSqlFiles(path: string): Promise<SqlSource> {
  const about = await stat(path).catch((error: unknown) => {
    throw unreadable(path, codeOf(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${codeOf(error)})`);
  });
  if (!about.isDirectory()) return { name: basename(path), style: 'file', files: [await textOf(path, basename(path))], notes: [] };
  const inside = (await readdir(path)).toSorted();
  if (inside.includes('meta') && (await exists(join(path, 'meta', '_journal.json')))) return drizzle(path, inside);
  const steps = await foldersWith(path, inside, 'migration.sql');
  if (steps.length > 0) return prisma(path, inside, steps);
  if (inside.some((name) => /\.sql$/i.test(name))) return numbered(path, inside);
  if (inside.includes('migrations')) return readSqlFiles(join(path, 'migrations'));
  throw unreadable(path, 'holds no migrations: no *.sql, no meta/_journal.json of Drizzle, and no folders with a migration.sql of Prisma');
}

async function drizzle(path: string, inside: readonly string[]): Promise<SqlSource> {
  const journal: unknown = await textOf(join(path, 'meta', '_journal.json'), 'meta/_journal.json').then(({ text }) => JSON.parse(text) as unknown).catch((error: unknown) => {
    if (error instanceof SyntaxError) throw unreadable(path, 'has a meta/_journal.json that is no JSON');
    throw error;
  });
  const { dialect, tags, times } = journalOf(journal);
  if (tags === null) throw unreadable(path, 'has a meta/_journal.json without a list of entries with their tags');
  if (dialect !== null && !/^(postgresql|pg)$/.test(dialect)) throw unreadable(path, `is a folder of Drizzle for ${dialect}, and not for PostgreSQL`);
  const lacking = tags.filter((tag) => !inside.includes(`${tag}.sql`));
  if (lacking.length > 0) throw unreadable(path, `lacks ${lacking.map((tag) => `${tag}.sql`).join(', ')}, which its journal names`);
  const files = await Promise.all(tags.map(async (tag): Promise<SourceFile> => ({ ...(await textOf(join(path, `${tag}.sql`), `${tag}.sql`)), ...times.get(tag) })));
  const strangers = inside.filter((name) => /\.sql$/i.test(name) && !tags.includes(name.slice(0, -4)));
  return source(path, 'drizzle', files, strangers.length > 0 ? [`Left out, because the journal does not name ${them(strangers)}: ${strangers.join(', ')}.`] : []);
}

function journalOf(journal: unknown): { dialect: string | null; tags: string[] | null; times: Map<string, { when: number }> } {
  const times = new Map<string, { when: number }>();
  if (typeof journal !== 'object' || journal === null || !('entries' in journal) || !Array.isArray(journal.entries)) return { dialect: null, tags: null, times };
  for (const entry of journal.entries as unknown[]) {
    if (typeof entry === 'object' && entry !== null && 'tag' in entry && typeof entry.tag === 'string' && 'when' in entry && Number.isSafeInteger(entry.when)) times.set(entry.tag, { when: Number(entry.when) });
  }
  const tags = journal.entries.map((entry: unknown) => (typeof entry === 'object' && entry !== null && 'tag' in entry && typeof entry.tag === 'string' && /^[\w.-]+$/.test(entry.tag) ? entry.tag : null));
  return { dialect: 'dialect' in journal && typeof journal.dialect === 'string' ? journal.dialect : null, tags: tags.some((tag) => tag === null) ? null : tags.filter((tag) => tag !== null), times };
}

async function prisma(path: string, inside: readonly string[], steps: readonly string[]): Promise<SqlSource> {
  if (inside.includes('migration_lock.toml')) {
    const provider = /^\s*provider\s*=\s*"([^"]*)"/m.exec((await textOf(join(path, 'migration_lock.toml'), 'migration_lock.toml')).text)?.[1];
    if (provider !== undefined && !/^(postgresql|postgres|cockroachdb)$/.test(provider)) throw unreadable(path, `is a folder of Prisma for ${provider}, and not for PostgreSQL`);
  }
  const files = await Promise.all(steps.map((step) => textOf(join(path, step, 'migration.sql'), `${step}/migration.sql`)));
  const strangers = inside.filter((name) => /\.sql$/i.test(name));
  return source(path, 'prisma', files, strangers.length > 0 ? [`Left out, because they lie beside the folders of the migrations: ${strangers.join(', ')}.`] : []);
}

const WAY_BACK = /(?:[._-](?:down|rollback|undo|revert)\.sql$)|^U\d[\w.]*__/i;

async function numbered(path: string, inside: readonly string[]): Promise<SqlSource> {
  const all = inside.filter((name) => /\.sql$/i.test(name));
  const back = all.filter((name) => WAY_BACK.test(name));
  const forward = all.filter((name) => !WAY_BACK.test(name));
  const withNumber = forward.filter((name) => numberOf(name) !== null);
  const repeatable = forward.filter((name) => name.startsWith('R__'));
  const others = forward.filter((name) => numberOf(name) === null && !repeatable.includes(name));
  // Where some have numbers and some have none, those without are seeds, notes or experiments: nothing says when they would run.
  const leftOut = withNumber.length > 0 ? others : [];
  const names = withNumber.length > 0 ? [...withNumber.toSorted(byNumber), ...repeatable] : forward;
  const notes = [
    ...(back.length > 0 ? [`Left out as ways back: ${back.join(', ')}.`] : []),
    ...(leftOut.length > 0 ? [`Left out, because ${leftOut.length === 1 ? 'it has' : 'they have'} no number in front: ${leftOut.join(', ')}.`] : []),
  ];
  if (names.length === 0) throw unreadable(path, 'holds nothing but ways back');
  const files = await Promise.all(names.map((name) => textOf(join(path, name), name)));
  return source(path, 'numbered', files.map((file) => ({ ...file, text: upPart(file.text) })), notes);
}

/** `0003_x`, `V1.2__x`, `20260101120000-x`, `1_x`: the numbers in front, each as text without leading zeros. */
function numberOf(name: string): string[] | null {
  const found = /^[vV]?(\d+(?:[._]\d+)*)(?=[^\d]|$)/.exec(name)?.[1];
  return found === undefined ? null : found.split(/[._]/).map((part) => part.replace(/^0+(?=\d)/, ''));
}

function byNumber(a: string, b: string): number {
  const [left, right] = [numberOf(a) ?? [], numberOf(b) ?? []];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [x, y] = [left[index] ?? '', right[index] ?? ''];
    if (x !== y) return x.length - y.length || (x < y ? -1 : 1);
  }
  return a < b ? -1 : 1;
}

function source(path: string, style: SqlSource['style'], files: readonly SourceFile[], notes: readonly string[]): SqlSource {
  return { name: basename(path.replace(/\/+$/, '')) || path, style, files, notes };
}

async function textOf(path: string, name: string): Promise<SourceFile> {
  const about = await stat(path).catch((error: unknown) => {
    throw unreadable(path, `cannot be read (${codeOf(error)})`);
  });
  if (about.size > MOST_BYTES) throw unreadable(path, `is larger than ${MOST_BYTES / 1024 / 1024} MB: leave the rows out (pg_dump -s)`);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, `cannot be read (${codeOf(error)})`);
  });
  return { name, text: sqlTextOf(bytes, name), digest: createHash('sha256').update(bytes).digest('hex') };
}

/** How files begin that are met in the place of SQL, what they are, and how SQL is made of them. */
const NO_SQL: readonly { begins: readonly number[]; is: (name: string) => string }[] = [
  { begins: [0x50, 0x47, 0x44, 0x4d, 0x50], is: (name) => `is an archive of pg_dump (-Fc), not SQL: make it text with pg_restore -s -f ${name}.sql ${name}.` },
  { begins: [0x1f, 0x8b], is: (name) => `is packed by gzip: unpack it with gunzip -k ${name}.` },
  { begins: [0x28, 0xb5, 0x2f, 0xfd], is: (name) => `is packed by zstd: unpack it with unzstd ${name}.` },
  ...[[0xff, 0xfe], [0xfe, 0xff]].map((begins) => ({ begins, is: (name: string) => `is text in UTF-16: make it UTF-8 with iconv -f UTF-16 -t UTF-8 ${name}.` })),
];

/** Text of bytes that came from outside. Refused with source_unreadable when they are no text in UTF-8, with what to do where it can be told what they are. */
export function sqlTextOf(bytes: Uint8Array, name: string): string {
  const known = NO_SQL.find(({ begins }) => begins.every((byte, at) => bytes[at] === byte));
  if (known) throw new Refused('source_unreadable', `${name} ${known.is(name)}`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.includes('\0')) throw new TypeError('a zero byte');
    return text;
  } catch (error) {
    throw new Refused('source_unreadable', `${name} is no text in UTF-8.`, { cause: error });
  }
}

async function foldersWith(path: string, inside: readonly string[], file: string): Promise<string[]> {
  const found = await Promise.all(inside.map(async (name) => ((await exists(join(path, name, file))) ? [name] : [])));
  return found.flat();
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}

function them(names: readonly string[]): string {
  return names.length === 1 ? 'it' : 'them';
}

function unreadable(path: string, why: string): Refused {
  return new Refused('source_unreadable', `${path} ${why}.`);
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown reason';
}
