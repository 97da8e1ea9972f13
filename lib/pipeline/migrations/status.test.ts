import { expect, test } from 'vitest';
import { sha256 } from '../digest.ts';
import type { DrizzleRow, Ledger, MigrationFile, MigrationFolder, PrismaRow } from './migration.ts';
import { statusOf } from './status.ts';

const file = (name: string, text = `-- ${name}`, when: number | null = null): MigrationFile => ({ name, file: `${name}.sql`, text, digest: sha256(text), sameDigests: [sha256(text.replaceAll('\n', '\r\n'))], when });
const folder = (style: MigrationFolder['style'], files: readonly MigrationFile[]): MigrationFolder => ({ name: 'migrations/shop', style, files, notes: [] });
const prisma = (...rows: readonly PrismaRow[]): Ledger => ({ tool: 'prisma', table: { schema: 'public', name: '_prisma_migrations' }, stands: true, rows });
const row = (of: MigrationFile, change: Partial<PrismaRow> = {}): PrismaRow => ({ id: `id of ${of.name}`, checksum: of.digest, name: of.name, startedAt: '2026-01-01T10:00:00.000Z', finishedAt: '2026-01-01T10:00:01.000Z', rolledBackAt: null, logs: null, ...change });
const drizzle = (...rows: readonly DrizzleRow[]): Ledger => ({ tool: 'drizzle', table: { schema: 'drizzle', name: '__drizzle_migrations' }, stands: true, schemaStands: true, rows });
const noted = (of: MigrationFile, change: Partial<DrizzleRow> = {}): DrizzleRow => ({ id: of.name, hash: of.digest, createdAt: of.when, ...change });

const states = (style: MigrationFolder['style'], files: readonly MigrationFile[], ledger: Ledger) => statusOf(folder(style, files), ledger).map(({ name, state }) => `${name} ${state}`);
const [a, b, c] = [file('1_a'), file('2_b'), file('3_c')];

test('without a row a migration is pending, with a finished one applied', () => {
  expect(states('prisma', [a, b], prisma())).toEqual(['1_a pending', '2_b pending']);
  expect(states('prisma', [a, b], prisma(row(a)))).toEqual(['1_a applied', '2_b pending']);
});

test('a row that was rolled back counts for nothing, and one that is neither finished nor rolled back is a failure', () => {
  const failed = row(b, { finishedAt: null, logs: '\nERROR: relation "x" does not exist\nmore' });
  expect(states('prisma', [a, b], prisma(row(a), row(b, { finishedAt: null, rolledBackAt: '2026-01-02T00:00:00.000Z' })))).toEqual(['1_a applied', '2_b pending']);
  const [, line] = statusOf(folder('prisma', [a, b]), prisma(row(a), failed));
  expect(line).toMatchObject({ state: 'failed', rowId: 'id of 2_b', sentence: expect.stringContaining('“ERROR: relation "x" does not exist”') });
  // One try that came through does not answer for one that is open.
  expect(states('prisma', [b], prisma(failed, row(b, { id: 'later' })))).toEqual(['2_b failed']);
});

test('a file that changed after it was applied is told, and other line ends or lost zeros are no change', () => {
  expect(states('prisma', [a], prisma(row(a, { checksum: sha256('something else') })))).toEqual(['1_a edited']);
  const lines = file('1_lines', 'select 1;\nselect 2;\n');
  expect(states('prisma', [lines], prisma(row(lines, { checksum: lines.sameDigests[0] ?? '' })))).toEqual(['1_lines applied']);
  const digest = '0a00ff' + '11'.repeat(29);
  expect(states('prisma', [{ ...a, digest }], prisma(row(a, { checksum: 'a0ff' + '11'.repeat(29) })))).toEqual(['1_a applied']);
});

test('what Prisma would run although a later one is applied is out of order, and a row without a file is unknown here', () => {
  const [late] = statusOf(folder('prisma', [a, b]), prisma(row(b)));
  expect(late).toMatchObject({ state: 'out_of_order', toolRuns: true });
  expect(states('prisma', [a], prisma(row(a), row(c)))).toEqual(['1_a applied', '3_c unknown_here']);
  expect(states('prisma', [a], prisma(row(c, { finishedAt: null })))).toEqual(['1_a pending', '3_c failed']);
});

test('Drizzle goes by the time of its last row: a file with an earlier one is never run, and that is said', () => {
  const [x, y, z] = [file('0000_x', 'x', 100), file('0001_y', 'y', 150), file('0002_z', 'z', 200)];
  expect(states('drizzle', [x, y, z], drizzle())).toEqual(['0000_x pending', '0001_y pending', '0002_z pending']);
  expect(states('drizzle', [x, y, z], drizzle(noted(x)))).toEqual(['0000_x applied', '0001_y pending', '0002_z pending']);
  const skipped = statusOf(folder('drizzle', [x, y, z]), drizzle(noted(x), noted(z)))[1];
  expect(skipped).toMatchObject({ state: 'out_of_order', toolRuns: false, sentence: expect.stringContaining('never will') });
});

test('of Drizzle an edited file, a journal with other times and a row without a file are told apart, also where two files have one text', () => {
  const [x, y] = [file('0000_x', 'same', 100), file('0001_y', 'same', 200)];
  expect(states('drizzle', [x, y], drizzle(noted(x), noted(y)))).toEqual(['0000_x applied', '0001_y applied']);
  expect(states('drizzle', [x, y], drizzle(noted(y)))).toEqual(['0000_x out_of_order', '0001_y applied']);
  expect(states('drizzle', [x], drizzle(noted(x, { hash: 'other' })))).toEqual(['0000_x edited']);
  expect(statusOf(folder('drizzle', [{ ...x, when: 300 }]), drizzle(noted(x)))[0]).toMatchObject({ state: 'edited', toolRuns: true, sentence: expect.stringContaining('a second time') });
  expect(states('drizzle', [x], drizzle(noted(x), { id: '9', hash: 'gone', createdAt: 50 }))).toEqual(['0000_x applied', 'row 9 of 1970-01-01 00:00:00 UTC unknown_here']);
});

test('of plain files nothing is known', () => {
  expect(states('plain', [a], { tool: 'none' })).toEqual(['1_a not_known']);
});
