import { expect, test } from 'vitest';
import { sha256 } from '../digest.ts';
import { lintPlan } from '../lint/lint.ts';
import type { Plan } from '../plan.ts';
import type { PlanResult } from '../planner/make-plan.ts';
import { type FolderChoice, folderPlan } from './folder-plan.ts';
import { markPlan, type MarkChoice } from './mark-plan.ts';
import type { Ledger, MigrationFile } from './migration.ts';

const file = (name: string, text: string, when = 100): MigrationFile => ({ name, file: `${name}.sql`, text, digest: sha256(text), sameDigests: [], when });
const ABOUT = { id: '00000000-0000-4000-8000-000000000001', name: 'Shop', target: 'shop', desired: 'shop', basis: { current: '', desired: '' }, tolerance: { rowsPercent: 5 }, windowHours: 72 };
const PRISMA: Extract<Ledger, { tool: 'prisma' }> = { tool: 'prisma', table: { schema: 'public', name: '_prisma_migrations' }, stands: true, rows: [] };
const DRIZZLE: Extract<Ledger, { tool: 'drizzle' }> = { tool: 'drizzle', table: { schema: 'drizzle', name: '__drizzle_migrations' }, stands: false, schemaStands: false, rows: [] };

function choice(files: readonly MigrationFile[], change: Partial<FolderChoice> = {}): FolderChoice {
  const ledger = change.ledger ?? PRISMA;
  const style = ledger.tool === 'none' ? 'plain' : ledger.tool;
  return { about: ABOUT, folder: { name: 'migrations/shop', style, files, notes: [] }, ledger, from: null, upTo: files.at(-1)?.name ?? '', letStand: {}, newId: () => 'a-uuid', ...change };
}

function made(result: PlanResult): Plan {
  if (!result.ok) throw new Error(result.refusals.map((refusal) => refusal.sentence).join(' '));
  return result.plan;
}

const shape = (plan: Plan) => plan.phases.map((phase) => phase.steps.map((step) => [...step.statements.map((statement) => (statement.do === 'assert' ? 'asks' : statement.sql.includes('pg_advisory') ? 'takes turns' : statement.sql.includes('_migrations') ? 'notes' : statement.sql)), ...(step.work ? [step.work.kind] : [])]));
const row = (of: MigrationFile, finished = true) => ({ id: 'r', checksum: of.digest, name: of.name, startedAt: '2026-01-01T00:00:00.000Z', finishedAt: finished ? '2026-01-01T00:00:01.000Z' : null, rolledBackAt: null, logs: null });

const ONE = file('1_orders', 'CREATE TABLE orders (id int PRIMARY KEY);\n\nCREATE INDEX orders_id ON orders (id);');
const TWO = file('2_note', 'ALTER TABLE orders ADD COLUMN note text;', 200);

test('each pending migration is a phase of one transaction that asks first and writes the row last; the way back takes out exactly that row', async () => {
  const plan = made(await folderPlan(choice([ONE, TWO])));
  expect(shape(plan)).toEqual([
    [['takes turns', 'asks', 'CREATE TABLE orders (id int PRIMARY KEY)', 'CREATE INDEX orders_id ON orders (id)', 'notes']],
    [['takes turns', 'asks', 'ALTER TABLE orders ADD COLUMN note text', 'notes']],
  ]);
  expect(plan.phases[0]?.steps[0]?.undo.map(({ sql }) => sql)).toEqual(["DELETE FROM public._prisma_migrations WHERE id = 'a-uuid'", 'DROP INDEX public.orders_id', 'DROP TABLE public.orders']);
  expect(plan.phases[1]).toMatchObject({ requires: ['written.1'], title: '2_note', summary: expect.stringContaining('1 statement of 2_note.sql') });
  expect(plan.origin).toMatchObject({ from: 'folder', act: 'run', files: [{ name: '1_orders', digest: ONE.digest }, { name: '2_note', digest: TWO.digest }] });
  expect(plan.phases[0]?.steps[0]?.searchPath).toEqual(['public']);
});

test('only what is pending is run, up to the one that was chosen', async () => {
  const three = file('3_more', 'SELECT 1;');
  expect(made(await folderPlan(choice([ONE, TWO, three], { ledger: { ...PRISMA, rows: [row(ONE)] }, upTo: '2_note' }))).phases.map((phase) => phase.title)).toEqual(['2_note']);
  expect(await folderPlan(choice([ONE, TWO], { ledger: { ...PRISMA, rows: [row(ONE), row(TWO)] } }))).toMatchObject({ ok: false, refusals: [{ code: 'nothing_pending' }] });
});

test('a ledger that is not there is made as the tool makes it, and goes again only while nobody has written to it', async () => {
  const [first, second] = made(await folderPlan(choice([ONE, TWO], { ledger: DRIZZLE }))).phases;
  expect(first?.steps[0]?.statements.map(({ sql }) => sql).slice(0, 2)).toEqual(['CREATE SCHEMA IF NOT EXISTS drizzle', 'CREATE TABLE IF NOT EXISTS drizzle.__drizzle_migrations (\n  id SERIAL PRIMARY KEY,\n  hash text NOT NULL,\n  created_at bigint\n)']);
  expect(first?.steps[0]?.undo.at(-1)?.sql).toContain('IF NOT EXISTS (SELECT FROM drizzle.__drizzle_migrations) THEN');
  expect(first?.steps[0]?.statements.at(-1)?.sql).toBe(`INSERT INTO drizzle.__drizzle_migrations (hash, created_at)\nVALUES ('${ONE.digest}', 100)`);
  expect(second?.steps[0]?.statements[0]?.do).toBe('assert');
});

test('what cannot run in a transaction is a step of its own, and the row comes in a transaction behind it', async () => {
  const text = 'ALTER TABLE orders ADD COLUMN note text;--> statement-breakpoint\nCREATE INDEX CONCURRENTLY orders_note ON orders (note);';
  const plan = made(await folderPlan(choice([file('0001_x', text)], { ledger: { ...DRIZZLE, stands: true, schemaStands: true } })));
  expect(shape(plan)).toEqual([[
    ['asks', 'ALTER TABLE orders ADD COLUMN note text'],
    ['outside'],
    ['notes'],
  ]]);
  expect(JSON.stringify(plan)).not.toContain('statement-breakpoint');
  expect(plan.phases[0]?.steps.map((step) => step.title)).toEqual(['0001_x, part 1', '0001_x, part 2', 'Write 0001_x into the ledger']);
  expect(plan.phases[0]?.summary).toContain('follows in a transaction of its own');
  const ids = plan.phases.flatMap((phase) => phase.steps.map((step) => step.id));
  expect(new Set(ids).size).toBe(ids.length);
});

test('two files of Drizzle with one text are two migrations', async () => {
  const plan = made(await folderPlan(choice([file('0000_x', '-- to be written', 100), file('0001_y', '-- to be written', 200)], { ledger: { ...DRIZZLE, stands: true, schemaStands: true } })));
  expect(plan.phases.map((phase) => phase.steps[0]?.statements[0]?.sql)).toEqual([100, 200].map((when) => `SELECT count(*)::text FROM drizzle.__drizzle_migrations WHERE created_at = ${when}`));
});

test('a lone concurrent build is framed by the question before it and the row behind it', async () => {
  expect(shape(made(await folderPlan(choice([file('1_i', 'CREATE INDEX CONCURRENTLY i ON orders (id);')]))))).toEqual([[['takes turns', 'asks'], ['outside'], ['notes']]]);
});

test('BEGIN and COMMIT of a file part its steps, settings that the engine makes itself are left out and named, and a query is run without an answer being waited for', async () => {
  const plan = made(await folderPlan(choice([file('1_x', "SET lock_timeout = '1s';\nBEGIN;\nCREATE TABLE a (id int);\nSELECT setval('s', 1);\nCOMMIT;\nCREATE TABLE b (id int);")])));
  expect(shape(plan)).toEqual([[['takes turns', 'asks', 'CREATE TABLE a (id int)', "SELECT setval('s', 1)"], ['CREATE TABLE b (id int)', 'notes']]]);
  expect(plan.phases[0]?.summary).toContain('SET lock_timeout was left out');
});

test('the lint has nothing to say about the table of the tool itself, and goes on speaking about the rest', async () => {
  const plan = made(await folderPlan(choice([file('0000_x', 'CREATE TABLE "leaf" ("id" serial PRIMARY KEY);')], { ledger: DRIZZLE })));
  const findings = await lintPlan(plan, { major: 15, current: null, desired: null, evidence: {}, teamRules: [] });
  expect(findings.filter((finding) => finding.severity === 'blocking')).toEqual([]);
  expect(findings.map((finding) => finding.code)).toContain('KEY_BY_SERIAL');
  expect(JSON.stringify(findings)).not.toContain('drizzle');
  const quiet = made(await folderPlan(choice([file('1_x', 'CREATE TABLE "leaf" ("id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY);')], { ledger: { ...PRISMA, stands: false } })));
  expect(await lintPlan(quiet, { major: 15, current: null, desired: null, evidence: {}, teamRules: [] })).toEqual([]);
});

test('what does not come back keeps its row in the ledger', async () => {
  const [step] = made(await folderPlan(choice([file('1_x', 'DROP TABLE old;')]))).phases[0]?.steps ?? [];
  expect(step?.hazards.map(({ code }) => code)).toContain('NOT_REVERSIBLE');
  expect(step?.undo).toEqual([]);
});

async function stepBeside(sql: string) {
  return made(await folderPlan(choice([file('1_x', `CREATE TABLE a (id int); ${sql}`)]))).phases[0]?.steps[0];
}

test('a query that calls a function of somebody is no question: nobody knows what it leaves behind', async () => {
  expect((await stepBeside('SELECT count(*), max(lower(name)) FROM orders'))?.undo).toHaveLength(2);
  const calling = await stepBeside('SELECT refill(id) FROM orders');
  expect(calling?.undo).toEqual([]);
  expect(calling?.hazards).toContainEqual({ code: 'NOT_REVERSIBLE', sentence: expect.stringContaining('What refill() changes') });
});

test('a failure blocks by name; an edited file and a stranger in the ledger block until somebody says why they may stand', async () => {
  expect(await folderPlan(choice([ONE, TWO], { ledger: { ...PRISMA, rows: [row(ONE, false)] } }))).toMatchObject({ refusals: [{ code: 'migration_failed', sentence: expect.stringContaining('1_orders: Begun') }] });
  const edited = { ...PRISMA, rows: [{ ...row(ONE), checksum: sha256('before') }, { ...row(ONE), id: 's', name: '0_gone' }] };
  expect(await folderPlan(choice([ONE, TWO], { ledger: edited }))).toMatchObject({ refusals: [{ code: 'migration_edited' }] });
  expect(await folderPlan(choice([ONE, TWO], { ledger: edited, letStand: { '1_orders': 'a comment only' } }))).toMatchObject({ refusals: [{ code: 'migration_unknown', sentence: expect.stringContaining('0_gone') }] });
  const plan = made(await folderPlan(choice([ONE, TWO], { ledger: edited, letStand: { '1_orders': 'a comment only', '0_gone': 'squashed' } })));
  expect(plan.origin).toMatchObject({ letStand: [{ name: '1_orders', what: 'edited', reason: 'a comment only' }, { name: '0_gone', what: 'unknown_here', reason: 'squashed' }] });
  // The second person signs the phase, so that it says so too.
  expect(plan.phases[0]?.summary).toContain('Let stand: 1_orders was edited after it was applied (“a comment only”). Let stand: 0_gone is not in the folder (“squashed”).');
});

test('what does not parse, and what takes itself back, is refused with its file', async () => {
  expect(await folderPlan(choice([file('1_x', 'CREATE TABLE a (id int);\nCREATE TABEL b ();')]))).toMatchObject({ refusals: [{ code: 'does_not_parse', sentence: expect.stringContaining('1_x.sql does not parse: syntax error at or near "TABEL" (line 2, column 8)') }] });
  expect(await folderPlan(choice([file('1_x', 'BEGIN; DROP TABLE a; ROLLBACK;')]))).toMatchObject({ refusals: [{ code: 'cannot_plan' }] });
});

test('plain files are run from the one that was chosen to the last, without a ledger', async () => {
  const plan = made(await folderPlan(choice([ONE, TWO], { ledger: { tool: 'none' }, from: '2_note' })));
  expect(shape(plan)).toEqual([[['ALTER TABLE orders ADD COLUMN note text']]]);
  expect(await folderPlan(choice([ONE, TWO], { ledger: { tool: 'none' }, from: '2_note', upTo: '1_orders' }))).toMatchObject({ refusals: [{ code: 'invalid_input' }] });
});

const mark = (files: readonly MigrationFile[], change: Partial<MarkChoice> & Pick<MarkChoice, 'mark' | 'name'>) => markPlan({ ...choice(files, change.ledger ? { ledger: change.ledger } : {}), reason: 'made by hand in May', ...change });

test('a baseline writes rows and runs nothing; its way back takes them out', () => {
  const plan = made(mark([ONE, TWO], { mark: 'applied_up_to', name: '2_note', ledger: DRIZZLE }));
  expect(plan.origin).toMatchObject({ act: 'mark_applied' });
  const [step] = plan.phases[0]?.steps ?? [];
  expect(step?.statements.map(({ label }) => label)).toEqual(['create the schema drizzle of Drizzle’s ledger', 'create Drizzle’s ledger drizzle.__drizzle_migrations', 'the ledger does not have 1_orders yet', 'write 1_orders into the ledger', 'the ledger does not have 2_note yet', 'write 2_note into the ledger']);
  expect(step?.undo.map(({ label }) => label)).toEqual(['take 2_note out of the ledger', 'take 1_orders out of the ledger', 'drop drizzle.__drizzle_migrations if nobody has written to it']);
  expect(plan.phases[0]?.summary).toBe('Writes 2 rows into Drizzle’s ledger drizzle.__drizzle_migrations and runs nothing: made by hand in May.');
});

test('a failed try is marked as rolled back, or as applied beside a row of its own, and only what is open can be', () => {
  const ledger = { ...PRISMA, rows: [row(ONE, false)] };
  expect(made(mark([ONE], { mark: 'rolled_back', name: '1_orders', ledger })).phases[0]?.steps[0]?.undo.map(({ sql }) => sql)).toEqual(["UPDATE public._prisma_migrations SET rolled_back_at = NULL WHERE id = 'r' AND finished_at IS NULL"]);
  const applied = made(mark([ONE], { mark: 'applied', name: '1_orders', ledger })).phases[0]?.steps[0];
  expect(applied?.statements.map(({ label }) => label)).toEqual(['take turns with prisma migrate', '1_orders is still open in the ledger', 'mark the try of 1_orders as rolled back', 'the ledger does not have 1_orders yet', 'write 1_orders into the ledger']);
  expect(applied?.statements.at(-1)?.sql).toContain("now(), '1_orders', '', NULL, now(), 0)");
  expect(mark([ONE], { mark: 'applied', name: '1_orders', ledger: { ...PRISMA, rows: [row(ONE)] } })).toMatchObject({ ok: false });
  expect(mark([ONE], { mark: 'rolled_back', name: '1_orders' })).toMatchObject({ ok: false });
  expect(mark([ONE, TWO], { mark: 'applied', name: '2_note', ledger: DRIZZLE })).toMatchObject({ refusals: [{ code: 'migration_out_of_order', sentence: expect.stringContaining('never run 1_orders') }] });
  expect(mark([ONE], { mark: 'applied', name: '1_orders', ledger: { tool: 'none' } })).toMatchObject({ refusals: [{ code: 'invalid_input' }] });
});
