import type { DrizzleRow, Ledger, MigrationFile, MigrationFolder, PrismaRow } from './migration.ts';

export type MigrationState =
  | 'applied'
  | 'pending'
  /** Begun, not finished, not rolled back: the tool refuses everything until somebody says what became of it. */
  | 'failed'
  /** Applied, and the file says something else now. */
  | 'edited'
  /** In the ledger, and no file of it here. */
  | 'unknown_here'
  /** Not applied, and a later one is. */
  | 'out_of_order'
  /** Plain files: nobody keeps a ledger of them. */
  | 'not_known';

/** One line of the list: a file, a row of the ledger, or both. */
export interface MigrationStatus {
  name: string;
  state: MigrationState;
  /** What it means, for a person. */
  sentence: string;
  file: MigrationFile | null;
  /** ISO time; null: not applied, or the tool does not keep it. */
  appliedAt: string | null;
  /** The row of the ledger that it is about, where one is left open or strange. */
  rowId: string | null;
  /** Whether the tool would run it with its next command. */
  toolRuns: boolean;
}

/** Joins the files of a folder with the ledger of its tool, in the order of the files; rows without a file come behind. */
export function statusOf(folder: MigrationFolder, ledger: Ledger): MigrationStatus[] {
  switch (ledger.tool) {
    case 'prisma': return prismaStatus(folder.files, ledger.rows);
    case 'drizzle': return drizzleStatus(folder.files, ledger.rows);
    case 'none': return folder.files.map((file) => ({ ...bare(file.name, file), state: 'not_known', sentence: 'No tool keeps a ledger of plain files, so whether it was run is not known here.' }));
  }
}

function bare(name: string, file: MigrationFile | null): Omit<MigrationStatus, 'state' | 'sentence'> {
  return { name, file, appliedAt: null, rowId: null, toolRuns: false };
}

function prismaStatus(files: readonly MigrationFile[], rows: readonly PrismaRow[]): MigrationStatus[] {
  // What was rolled back counts for nothing, as for the tool.
  const live = rows.filter((row) => row.rolledBackAt === null);
  const rowsOf = (name: string) => live.filter((row) => row.name === name);
  const lastApplied = files.findLast((file) => rowsOf(file.name).some((row) => row.finishedAt !== null));
  const known = files.map((file) => prismaLine(file, rowsOf(file.name), lastApplied));
  const strangers = [...new Set(live.map((row) => row.name))].filter((name) => !files.some((file) => file.name === name));
  return [...known, ...strangers.map((name) => prismaStranger(name, rowsOf(name)))];
}

function prismaLine(file: MigrationFile, rows: readonly PrismaRow[], lastApplied: MigrationFile | undefined): MigrationStatus {
  const line = bare(file.name, file);
  const open = rows.find((row) => row.finishedAt === null);
  if (open) return { ...line, state: 'failed', rowId: open.id, sentence: failedSentence(open) };
  const [first] = rows;
  if (!first) {
    const passed = lastApplied !== undefined && file.name < lastApplied.name;
    return { ...line, toolRuns: true, ...(passed ? { state: 'out_of_order', sentence: `Not applied, though ${lastApplied.name}, which comes after it, is. Prisma would run it all the same.` } : { state: 'pending', sentence: 'Not applied yet.' }) };
  }
  const same = rows.find((row) => isSame(file, row.checksum));
  const row = same ?? first;
  return { ...line, appliedAt: row.finishedAt, ...(same ? { state: 'applied', sentence: 'Applied.' } : { state: 'edited', rowId: row.id, sentence: 'The file was changed after it was applied: what stands in the database is not what it says.' }) };
}

/** Also the spelling of older versions of the tool, which lost leading zeros of single bytes. */
function isSame(file: MigrationFile, checksum: string): boolean {
  return [file.digest, ...file.sameDigests].some((digest) => digest === checksum || (checksum.length < 64 && unpadded(digest) === checksum));
}

function unpadded(digest: string): string {
  return digest.replaceAll(/../g, (pair) => (pair.startsWith('0') ? pair.slice(1) : pair));
}

function prismaStranger(name: string, rows: readonly PrismaRow[]): MigrationStatus {
  const open = rows.find((row) => row.finishedAt === null);
  const row = open ?? rows[0];
  const line = { ...bare(name, null), rowId: row?.id ?? null, appliedAt: row?.finishedAt ?? null };
  if (open) return { ...line, state: 'failed', sentence: `${failedSentence(open)} There is no file of it here.` };
  return { ...line, state: 'unknown_here', sentence: 'Applied, and this folder has no such migration: another branch, or several that were made one.' };
}

function failedSentence(row: PrismaRow): string {
  const said = row.logs?.split('\n').map((text) => text.trim()).find((text) => text !== '');
  return `Begun ${row.startedAt.slice(0, 16).replace('T', ' ')} UTC and not finished${said === undefined ? '' : `: “${said.slice(0, 160)}”`}. Prisma runs nothing more until it is marked as applied or as rolled back.`;
}

function drizzleStatus(files: readonly MigrationFile[], rows: readonly DrizzleRow[]): MigrationStatus[] {
  const last = rows.reduce<number | null>((most, { createdAt }) => (createdAt !== null && (most === null || createdAt > most) ? createdAt : most), null);
  const taken = new Set<string>();
  const found = new Map<MigrationFile, { row: DrizzleRow; by: 'both' | 'time' | 'text' }>();
  const take = (by: 'both' | 'time' | 'text', fits: (row: DrizzleRow, file: MigrationFile) => boolean): void => {
    for (const file of files) {
      const row = found.has(file) ? undefined : rows.find((one) => !taken.has(one.id) && fits(one, file));
      if (!row) continue;
      taken.add(row.id);
      found.set(file, { row, by });
    }
  };
  // Exact pairs first: two migrations may have one text.
  take('both', (row, file) => row.createdAt === file.when && row.hash === file.digest);
  take('time', (row, file) => row.createdAt !== null && row.createdAt === file.when);
  take('text', (row, file) => row.hash === file.digest);
  const known = files.map((file) => drizzleLine(file, found.get(file), last));
  return [...known, ...rows.filter((row) => !taken.has(row.id)).map(drizzleStranger)];
}

function drizzleLine(file: MigrationFile, found: { row: DrizzleRow; by: 'both' | 'time' | 'text' } | undefined, last: number | null): MigrationStatus {
  const line = bare(file.name, file);
  const later = last === null || (file.when ?? 0) > last;
  if (!found) {
    if (later) return { ...line, state: 'pending', toolRuns: true, sentence: 'Not applied yet.' };
    return { ...line, state: 'out_of_order', sentence: `Not applied, and Drizzle never will: its time in the journal (${timeText(file.when)}) is not after that of the last row of the ledger (${timeText(last)}).` };
  }
  const { row, by } = found;
  if (by === 'both') return { ...line, state: 'applied', appliedAt: null, sentence: 'Applied.' };
  if (by === 'time') return { ...line, state: 'edited', rowId: row.id, sentence: 'The file was changed after it was applied: what stands in the database is not what it says. Drizzle does not look at that.' };
  // Drizzle goes by the time alone, so the text that stands already would be run once more.
  if (later) return { ...line, state: 'edited', rowId: row.id, toolRuns: true, sentence: `Applied under another time (${timeText(row.createdAt)}) than the journal says now, so Drizzle would run it a second time.` };
  return { ...line, state: 'applied', sentence: 'Applied, under another time than the journal says now.' };
}

function drizzleStranger(row: DrizzleRow): MigrationStatus {
  return { ...bare(`row ${row.id} of ${timeText(row.createdAt)}`, null), state: 'unknown_here', rowId: row.id, sentence: `Applied, and this folder has no migration of that time and text (hash ${row.hash.slice(0, 12)}…).` };
}

function timeText(milliseconds: number | null): string {
  const date = new Date(milliseconds ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? 'no time' : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
