import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byNumber, listed, numberOf } from '#lib/pipeline/sql-text/migration-order.ts';
import { readSqitchPlan, type SqitchChange } from '#lib/pipeline/sql-text/sqitch-plan.ts';
import type { FolderRead, Inside } from './source-folder.ts';
import { textOf, textsOf, unreadable, type SourceFile } from './source-text.ts';

/** Drizzle with its journal; null: no such folder. */
export async function drizzleFolder({ path, files: inside }: Inside): Promise<FolderRead | null> {
  if (!(await exists(join(path, 'meta', '_journal.json')))) return null;
  const { dialect, tags, times } = journalOf(await jsonOf(path, 'meta/_journal.json'));
  if (tags === null) throw unreadable(path, 'has a meta/_journal.json without a list of entries with their tags');
  refuseDialect(path, dialect);
  const lacking = tags.filter((tag) => !inside.includes(`${tag}.sql`));
  if (lacking.length > 0) throw unreadable(path, `lacks ${lacking.map((tag) => `${tag}.sql`).join(', ')}, which its journal names`);
  const files = await textsOf(tags.map((tag) => [join(path, `${tag}.sql`), `${tag}.sql`] as const));
  const strangers = inside.filter((name) => /\.sql$/i.test(name) && !tags.includes(name.slice(0, -4)));
  return { style: 'drizzle', files: files.map((file, at): SourceFile => ({ ...file, ...times.get(tags[at] ?? '') })), notes: strangers.length > 0 ? [`Left out, because the journal does not name ${strangers.length === 1 ? 'it' : 'them'}: ${listed(strangers)}.`] : [] };
}

function journalOf(journal: unknown): { dialect: string | null; tags: string[] | null; times: Map<string, { when: number }> } {
  const times = new Map<string, { when: number }>();
  if (typeof journal !== 'object' || journal === null || !('entries' in journal) || !Array.isArray(journal.entries)) return { dialect: null, tags: null, times };
  for (const entry of journal.entries as unknown[]) {
    if (typeof entry === 'object' && entry !== null && 'tag' in entry && typeof entry.tag === 'string' && 'when' in entry && Number.isSafeInteger(entry.when)) times.set(entry.tag, { when: Number(entry.when) });
  }
  const tags = journal.entries.map((entry: unknown) => (typeof entry === 'object' && entry !== null && 'tag' in entry && typeof entry.tag === 'string' && /^[\w.-]+$/.test(entry.tag) ? entry.tag : null));
  return { dialect: dialectOf(journal), tags: tags.some((tag) => tag === null) ? null : tags.filter((tag) => tag !== null), times };
}

/** A folder for each migration: Prisma and Drizzle 1.0 (migration.sql), Diesel and Hasura (up.sql); null: no such folder. */
export async function stepFolders(inside: Inside): Promise<FolderRead | null> {
  for (const file of ['migration.sql', 'up.sql']) {
    const steps = await foldersWith(inside, file);
    if (steps.length > 0) return stepsOf(inside, steps, file);
  }
  return null;
}

async function stepsOf({ path, files: inside, folders }: Inside, steps: readonly string[], file: string): Promise<FolderRead> {
  if (inside.includes('migration_lock.toml')) {
    const provider = /^\s*provider\s*=\s*"([^"]*)"/m.exec((await textOf(join(path, 'migration_lock.toml'), 'migration_lock.toml')).text)?.[1];
    if (provider !== undefined && !/^(postgresql|postgres|cockroachdb)$/.test(provider)) throw unreadable(path, `is a folder of Prisma for ${provider}, and not for PostgreSQL`);
  }
  const snapshots = file === 'migration.sql' ? await foldersWith({ path, files: [], folders: steps }, 'snapshot.json') : [];
  if (snapshots[0] !== undefined) refuseDialect(path, dialectOf(await jsonOf(path, `${snapshots[0]}/snapshot.json`)));
  // Prisma and Drizzle go by the name as text, the others by the number in front of it.
  const sorted = file === 'up.sql' ? steps.toSorted(byNumber) : steps;
  const strangers = inside.filter((name) => /\.sql$/i.test(name));
  const empty = folders.filter((name) => !steps.includes(name) && numberOf(name) !== null);
  return {
    style: file === 'up.sql' ? 'folders' : snapshots.length > 0 ? 'drizzle' : 'prisma',
    files: await textsOf(sorted.map((step) => [join(path, step, file), `${step}/${file}`] as const)),
    notes: [
      ...(strangers.length > 0 ? [`Left out, because they lie beside the folders of the migrations: ${listed(strangers)}.`] : []),
      ...(empty.length > 0 ? [`Left out, because ${empty.length === 1 ? 'it holds' : 'they hold'} no ${file}: ${listed(empty)}.`] : []),
    ],
  };
}

/** Sqitch: the plan says the order, and deploy/ holds the texts. */
export async function sqitchFolder({ path, files: inside, folders }: Inside): Promise<FolderRead | null> {
  const plan = inside.includes('sqitch.plan') ? 'sqitch.plan' : inside.find((name) => name.endsWith('.plan'));
  if (plan === undefined || !folders.includes('deploy')) return null;
  const { changes, elsewhere } = readSqitchPlan((await textOf(join(path, plan), plan)).text);
  if (changes.length === 0) throw unreadable(path, `has a ${plan} without changes`);
  const found = await Promise.all(changes.map((change) => deployed(path, change)));
  const lacking = changes.filter((_, at) => found[at] === null);
  if (lacking.length > 0) throw unreadable(path, `lacks ${listed(lacking.map(({ name }) => `deploy/${name}.sql`))}, which its plan names`);
  const files = await textsOf(found.filter((name) => name !== null).map((name) => [join(path, name), name] as const));
  return { style: 'sqitch', files, notes: elsewhere.length > 0 ? [`Its plan rests on changes of other projects, which are not in the folder: ${listed(elsewhere)}.`] : [] };
}

async function deployed(path: string, { name, before }: SqitchChange): Promise<string | null> {
  for (const file of [...before.map((tag) => `deploy/${name}@${tag}.sql`), `deploy/${name}.sql`]) if (await exists(join(path, file))) return file;
  return null;
}

async function jsonOf(path: string, name: string): Promise<unknown> {
  const { text } = await textOf(join(path, name), name);
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable(path, `has a ${name} that is no JSON`);
  }
}

function dialectOf(json: unknown): string | null {
  return typeof json === 'object' && json !== null && 'dialect' in json && typeof json.dialect === 'string' ? json.dialect : null;
}

function refuseDialect(path: string, dialect: string | null): void {
  if (dialect !== null && !/^(postgres|postgresql|pg)$/.test(dialect)) throw unreadable(path, `is a folder of Drizzle for ${dialect}, and not for PostgreSQL`);
}

async function foldersWith({ path, folders }: Inside, file: string): Promise<string[]> {
  const found = await Promise.all(folders.map(async (name) => ((await exists(join(path, name, file))) ? [name] : [])));
  return found.flat();
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}
