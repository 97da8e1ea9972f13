import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { upPart } from '#lib/pipeline/sql-text/up-part.ts';
import { readFolder } from './source-folder.ts';
import { withIncludes } from './source-includes.ts';
import { codeOf, textOf, unreadable, type SourceFile } from './source-text.ts';

/** SQL to be replayed in this order. */
export interface SqlSource {
  /** Name of the file, or of the folder. */
  name: string;
  style: 'file' | 'numbered' | 'folders' | 'sqitch' | 'drizzle' | 'prisma';
  files: readonly SourceFile[];
  /** What was left out and what was taken for granted: sentences. */
  notes: readonly string[];
}

/**
 * Reads an SQL file, or a folder of migrations: Drizzle (meta/_journal.json, or a folder for each with snapshot.json), Prisma (a folder for each, with
 * migration.sql), a folder for each with up.sql (Diesel, Hasura), a plan of Sqitch, or plain SQL files in the order of the numbers in front of their names.
 * Files that these include with psql's \\i stand in their places. Ways back (.down.sql, U1__, `-- migrate:down` …) and what is for another database are left out and named.
 * @throws Refused source_unreadable: no such file, not text in UTF-8, nothing in it, or a folder whose order is not clear.
 */
export async function readSqlFiles(path: string): Promise<SqlSource> {
  const about = await stat(path).catch((error: unknown) => {
    throw unreadable(path, codeOf(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${codeOf(error)})`);
  });
  if (!about.isDirectory()) return oneFile(await withIncludes(await textOf(path, basename(path)), path, { root: dirname(path), included: new Set() }));
  const { style, files, notes } = await readFolder(path);
  return { name: basename(path.replace(/\/+$/, '')) || path, style, files, notes };
}

/** A text that stands for itself; a way back in it, as migration tools mark it, is left out. */
export function oneFile(file: SourceFile): SqlSource {
  const text = upPart(file.text);
  return { name: file.name, style: 'file', files: [{ ...file, text }], notes: text === file.text ? [] : ['Left out: what its marks call the way back, or for another database.'] };
}
