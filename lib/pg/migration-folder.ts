import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '#lib/pipeline/digest.ts';
import type { MigrationFile, MigrationFolder } from '#lib/pipeline/migrations/migration.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { readSqlFiles, type SourceFile } from './sql-files.ts';

/**
 * A folder of migrations as its tool sees it: names, digests, times.
 * @throws Refused source_unreadable: what readSqlFiles refuses, a journal without times, and folders of Drizzle 1.0, whose ledger is another one.
 */
export async function readMigrationFolder(name: string, path: string): Promise<MigrationFolder> {
  const source = await readSqlFiles(path);
  const style = source.style === 'prisma' || source.style === 'drizzle' ? source.style : 'plain';
  if (style === 'prisma') await refuseSnapshots(name, path, source.files);
  const files = source.files.map((file): MigrationFile => {
    if (style === 'drizzle' && file.when === undefined) throw new Refused('source_unreadable', `${name} has a meta/_journal.json that gives ${file.name} no time (“when”), and Drizzle goes by that.`);
    return { name: nameOf(file, style), file: file.name, text: file.text, digest: file.digest ?? sha256(file.text), sameDigests: style === 'prisma' ? otherLineEnds(file.text) : [], when: file.when ?? null };
  });
  return { name, style, files, notes: source.notes };
}

function nameOf({ name }: SourceFile, style: MigrationFolder['style']): string {
  if (style === 'prisma') return name.replace(/\/migration\.sql$/, '');
  return style === 'drizzle' ? name.replace(/\.sql$/i, '') : name;
}

/** Git changes line ends from one machine to the next; Prisma takes all three for one text. */
function otherLineEnds(text: string): string[] {
  return [sha256(text.replaceAll('\r\n', '\n')), sha256(text.replaceAll('\n', '\r\n'))];
}

/** Its folders look like Prisma's, but for the snapshot in each. */
async function refuseSnapshots(name: string, path: string, files: readonly SourceFile[]): Promise<void> {
  const [first] = files;
  if (!first) return;
  const folder = first.name.replace(/\/migration\.sql$/, '');
  const beside = await Promise.all([path, join(path, 'migrations')].map((root) => stat(join(root, folder, 'snapshot.json')).then(() => true, () => false)));
  if (beside.includes(true)) throw new Refused('source_unreadable', `${name} is a folder of Drizzle 1.0, whose ledger is not known here yet. Folders with meta/_journal.json are.`);
}
