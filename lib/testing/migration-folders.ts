import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { closeAtEnd } from './database.ts';

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'countersign-migrations-'));
  closeAtEnd(() => rm(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return path;
}

/** A folder as drizzle-kit writes it, removed at the end of the test. The n-th file is of n minutes after a fixed time. */
export function drizzleFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const tags = Object.keys(files);
  const entries = tags.map((tag, idx) => ({ idx, version: '7', when: 1_767_225_600_000 + idx * 60_000, tag, breakpoints: true }));
  return folderOf({ 'meta/_journal.json': JSON.stringify({ version: '7', dialect: 'postgresql', entries }), ...Object.fromEntries(Object.entries(files).map(([tag, text]) => [`${tag}.sql`, text])) });
}

/** A folder as Prisma writes it. */
export function prismaFolder(files: Readonly<Record<string, string>>): Promise<string> {
  return folderOf({ 'migration_lock.toml': 'provider = "postgresql"\n', ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`${name}/migration.sql`, text])) });
}
