import { sha256 } from '#lib/pipeline/digest.ts';
import type { MigrationFile, MigrationFolder } from '#lib/pipeline/migrations/migration.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { readSqlFiles } from './sql-files.ts';
import type { SourceFile } from './source-text.ts';

/**
 * A folder of migrations as its tool sees it: names, digests, times.
 * @throws Refused source_unreadable: what readSqlFiles refuses, a journal without times, and folders of Drizzle 1.0, whose ledger is another one.
 */
export async function readMigrationFolder(name: string, path: string): Promise<MigrationFolder> {
  const source = await readSqlFiles(path);
  const style = source.style === 'prisma' || source.style === 'drizzle' ? source.style : 'plain';
  if (style === 'drizzle' && source.files.some((file) => file.name.endsWith('/migration.sql'))) throw new Refused('source_unreadable', `${name} is a folder of Drizzle 1.0, whose ledger is not known here yet. Folders with meta/_journal.json are.`);
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
