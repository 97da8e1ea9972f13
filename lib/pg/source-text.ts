import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { SqlFile } from '#lib/pipeline/sql-text/place.ts';

/** A file of a source, with what the tool that wrote it knows of it. */
export interface SourceFile extends SqlFile {
  /** sha256 of its bytes, in hex. */
  digest?: string;
  /** Drizzle's time of it, in milliseconds. */
  when?: number;
}

const MOST_BYTES = 200 * 1024 * 1024;
/** So many files are open at once: a process may have a thousand. */
const AT_ONCE = 64;

/** The file as text, under the name that a person knows it by. Refused with source_unreadable: too large, not to be read, or no text in UTF-8. */
export async function textOf(path: string, name: string): Promise<SourceFile> {
  const about = await stat(path).catch((error: unknown) => {
    throw unreadable(path, `cannot be read (${codeOf(error)})`);
  });
  if (about.size > MOST_BYTES) throw unreadable(path, `is larger than ${MOST_BYTES / 1024 / 1024} MB: leave the rows out (pg_dump -s)`);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, `cannot be read (${codeOf(error)})`);
  });
  return { name, text: sqlTextOf(bytes, name), digest: createHash('sha256').update(bytes).digest('hex') };
}

/** All of them, in their order: `[path, name]` each. */
export async function textsOf(files: readonly (readonly [string, string])[]): Promise<SourceFile[]> {
  const texts: SourceFile[] = [];
  for (let at = 0; at < files.length; at += AT_ONCE) texts.push(...(await Promise.all(files.slice(at, at + AT_ONCE).map(([path, name]) => textOf(path, name)))));
  return texts;
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
    throw new Refused('source_unreadable', `${name} is no text in UTF-8 (line ${firstForeignLine(bytes)}): if it is Latin-1, make it so with iconv -f LATIN1 -t UTF-8 ${name}.`, { cause: error });
  }
}

function firstForeignLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let from = 0;
  for (let line = 1; ; line += 1) {
    const found = bytes.indexOf(0x0a, from);
    const end = found === -1 ? bytes.length : found;
    try {
      if (found === -1 || decoder.decode(bytes.subarray(from, end)).includes('\0')) return line;
    } catch {
      return line;
    }
    from = end + 1;
  }
}

export function unreadable(path: string, why: string): Refused {
  return new Refused('source_unreadable', `${path} ${why}.`);
}

export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown reason';
}
