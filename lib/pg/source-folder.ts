import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { byNumber, listed, migrationOrder, numberOf, programsAmong } from '#lib/pipeline/sql-text/migration-order.ts';
import { upPart } from '#lib/pipeline/sql-text/up-part.ts';
import { drizzleFolder, sqitchFolder, stepFolders } from './source-tools.ts';
import { withIncludes } from './source-includes.ts';
import { textsOf, unreadable, type SourceFile } from './source-text.ts';

/** A folder of migrations in the order in which its tool runs them. */
export interface FolderRead {
  style: 'numbered' | 'folders' | 'sqitch' | 'drizzle' | 'prisma';
  files: readonly SourceFile[];
  notes: readonly string[];
}

/** What lies in a folder, by name, without what is hidden. */
export interface Inside {
  path: string;
  files: readonly string[];
  folders: readonly string[];
}

const SQL = /\.sql$/i;
const FOR_POSTGRES = /^(?:postgres(?:ql)?|pgsql|pg|default)$/i;
const FLYWAY = /^(?:[VUB]\d[\d._]*__|R__)/;
/** Folders beneath are looked through so deep. */
const DEEP = 4;

/** Whose folder it is, and its files in order. Refused with source_unreadable when neither can be told. */
export async function readFolder(path: string): Promise<FolderRead> {
  const inside = await insideOf(path);
  const known = (await drizzleFolder(inside)) ?? (await stepFolders(inside)) ?? (await sqitchFolder(inside));
  if (known) return known;
  const beneath = await sqlBeneath(inside);
  const here = inside.files.filter((name) => SQL.test(name));
  if (beneath.some((name) => name.startsWith('committed/'))) return besides(await readFolder(join(path, 'committed')), here, 'the folder committed');
  if (beneath.some((name) => name.startsWith('migrations/')) && !here.some((name) => numberOf(name) !== null)) return besides(await readFolder(join(path, 'migrations')), here, 'the folder migrations');
  if ([...here, ...beneath].length > 0 && beneath.length > 0 && [...here, ...beneath].some(isFlyway) && beneath.every(isFlyway)) return numbered(inside, [...here, ...beneath], []);
  if (here.length > 0) return numbered(inside, here, beneath);
  if (beneath.length === 0 && inside.folders.includes('migrations')) return readFolder(join(path, 'migrations'));
  return readBeneath(inside, beneath);
}

/** Folders beneath, where none of the files lies in the folder itself. */
async function readBeneath(inside: Inside, beneath: readonly string[]): Promise<FolderRead> {
  const { path } = inside;
  const folders = [...new Set(beneath.map((name) => name.slice(0, name.indexOf('/'))))];
  const meant = folders.length === 1 ? folders : folders.filter((name) => FOR_POSTGRES.test(name) || name.toLowerCase() === 'up');
  if (meant[0] !== undefined && meant.length === 1) {
    const read = await readFolder(join(path, meant[0]));
    return { ...read, notes: [...read.notes, ...foldersLeft(beneath.filter((name) => !name.startsWith(`${meant[0]}/`)))] };
  }
  if (folders.length > 1 && folders.every((name) => numberOf(name) !== null)) {
    const orders = folders.toSorted(byNumber).map((folder) => migrationOrder(beneath.filter((name) => name.startsWith(`${folder}/`))));
    return { style: 'numbered', files: await forwardOf(path, orders.flatMap(({ names }) => names)), notes: ['Read folder by folder, in the order of their numbers.', ...orders.flatMap(({ notes }) => notes)] };
  }
  if (folders.length > 1) throw unreadable(path, `holds several folders of SQL (${listed(folders)}), and nothing says which is meant, or in which order: name one of them`);
  const programs = programsAmong(inside.files);
  if (programs.length > 0) throw unreadable(path, `holds migrations as programs (${listed(programs)}), which are not run here: give the SQL that their tool prints for them, or pg_dump -s of a database that they made`);
  throw unreadable(path, 'holds no migrations: no *.sql, no meta/_journal.json of Drizzle, no folders with a migration.sql of Prisma or an up.sql, and no plan of Sqitch');
}

/** `beside`: SQL in folders beneath, which is left out unless one of the files includes it. */
async function numbered({ path, files }: Inside, names: readonly string[], beside: readonly string[]): Promise<FolderRead> {
  const included = new Set<string>();
  const all = migrationOrder(names);
  const texts = new Map((await forwardOf(path, all.names, included)).map((file) => [file.name, file]));
  // What another file includes runs there.
  const order = included.size > 0 ? migrationOrder(await notAmong(included, path, names)) : all;
  const notes = foldersLeft(included.size > 0 ? await notAmong(included, path, beside) : beside);
  if (order.names.length === 0) throw unreadable(path, order.notes.length > 1 ? `holds no migrations forward. ${order.notes.join(' ').slice(0, -1)}` : 'holds nothing but ways back');
  const programs = programsAmong(files);
  const missing = programs.length > 0 ? [`Not run, because ${programs.length === 1 ? 'it is a program' : 'they are programs'}: ${listed(programs)}. What ${programs.length === 1 ? 'it does' : 'they do'} is missing here.`] : [];
  return begunFromCheckpoint({ style: 'numbered', files: order.names.flatMap((name) => texts.get(name) ?? []), notes: [...missing, ...order.notes, ...notes] });
}

async function forwardOf(path: string, names: readonly string[], included = new Set<string>()): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const file of await textsOf(names.map((name) => [join(path, name), name] as const))) files.push(await withIncludes(file, join(path, file.name), { root: path, included }));
  return files.map((file) => ({ ...file, text: upPart(file.text) }));
}

async function notAmong(included: ReadonlySet<string>, path: string, names: readonly string[]): Promise<string[]> {
  const paths = await Promise.all(names.map((name) => realpath(join(path, name))));
  return names.filter((_, at) => !included.has(paths[at] ?? ''));
}

/** Atlas begins an empty database with the last file that stands for all before it. */
function begunFromCheckpoint(read: FolderRead): FolderRead {
  const at = read.files.findLastIndex(({ text }) => /^--[ \t]*atlas:checkpoint\b/m.test(text.slice(0, 2_000)));
  if (at <= 0) return read;
  const [first, last] = [read.files[0]?.name, read.files[at - 1]?.name];
  return { ...read, files: read.files.slice(at), notes: [...read.notes, `Begun with the checkpoint ${read.files[at]?.name}, which stands for what is before it: ${first === last ? first : `${first} to ${last}`}.`] };
}

function besides(read: FolderRead, files: readonly string[], what: string): FolderRead {
  return files.length === 0 ? read : { ...read, notes: [...read.notes, `Left out, because ${files.length === 1 ? 'it lies' : 'they lie'} beside ${what}: ${listed(files)}.`] };
}

function foldersLeft(beneath: readonly string[]): string[] {
  const folders = Map.groupBy(beneath, (name) => name.slice(0, name.indexOf('/')));
  return folders.size === 0 ? [] : [`Left out, because ${folders.size === 1 ? 'it is a folder of its own' : 'they are folders of their own'}: ${listed([...folders].map(([folder, { length }]) => `${folder} (${length} ${length === 1 ? 'file' : 'files'})`))}.`];
}

function isFlyway(name: string): boolean {
  return FLYWAY.test(name.slice(name.lastIndexOf('/') + 1));
}

async function insideOf(path: string): Promise<Inside> {
  const entries = (await readdir(path, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.') && name !== 'node_modules').toSorted((a, b) => (a.name < b.name ? -1 : 1));
  // What a link leads to is asked when it is read.
  return { path, files: entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name), folders: entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name) };
}

async function sqlBeneath({ path, folders }: Inside, deep = 1): Promise<string[]> {
  if (deep > DEEP) return [];
  const found = await Promise.all(folders.map(async (folder) => {
    const inside = await insideOf(join(path, folder)).catch(() => null);
    return inside === null ? [] : [...inside.files.filter((name) => SQL.test(name)), ...(await sqlBeneath(inside, deep + 1))].map((name) => `${folder}/${name}`);
  }));
  return found.flat();
}
