import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { outlineOf } from '#lib/testing/runbook-outline.ts';
import { readRunbook, type RunbookAbout } from './read.ts';

const SAMPLES = join(import.meta.dirname, 'samples');
const ABOUT: RunbookAbout = { target: 'shop_prod', desired: 'shop_dev', windowHours: 72, planId: '7a1f0c1e-0000-4000-8000-000000000001' };
const FENCE = '```';

const read = (text: string, over: Partial<RunbookAbout> = {}) => readRunbook({ name: 'runbook.md', text }, { ...ABOUT, ...over });
const outline = async (text: string, over: Partial<RunbookAbout> = {}) => outlineOf(await read(text, over));
const sql = (body: string) => `# P\n\n${FENCE}sql\n${body}\n${FENCE}\n`;
const steps = async (text: string, over: Partial<RunbookAbout> = {}) => (await read(text, over)).phases.flatMap((phase) => phase.steps);
const firstPhase = async (body: string) => (await read(sql(body))).phases[0];
const withWayBack = (back: string) => `# P\n\n## Phase 1\n${FENCE}sql\nALTER TABLE a RENAME TO b;\nCREATE INDEX i ON c (d);\n${FENCE}\n\n## Rollback\n${FENCE}sql\n${back}\n${FENCE}\n`;
const dueOf = async (text: string) => (await read(text)).phases.map((phase) => [phase.steps.length, phase.due?.afterPhase ?? null, phase.due?.hours ?? null]);
const kindsOf = async (commands: string) => (await steps(`# P\n\n${FENCE}bash\n${commands}\n${FENCE}\n`)).map(({ work, statements }) => (work?.kind === 'open' ? work.why : (work?.kind ?? statements[0]?.sql)));
const undoOf = async (back: string) => (await steps(withWayBack(back))).map((step) => step.undo.map((one) => one.sql));
const backs = async (body: string) => (await firstPhase(`BEGIN;\n${body}\nCOMMIT;`))?.steps.flatMap((step) => [...step.undo.map((one) => one.sql), ...step.hazards.flatMap(({ code }) => (code === 'NOT_REVERSIBLE' ? [code] : []))]);
const expectations = async (body: string) => (await steps(sql(body))).flatMap((step) => step.statements.map((one) => (one.do === 'assert' ? one.expect : one.do)));

describe('a runbook is cut as a person would cut it', () => {
  test.each(['plan', 'guide', 'options', 'notes', 'report'])('%s: phases, steps, expectations, ways back and notes', async (name) => {
    const text = readFileSync(join(SAMPLES, `${name}.md`), 'utf8');
    expect(`${(await outline(text)).join('\n')}\n`).toBe(readFileSync(join(SAMPLES, `${name}.outline.txt`), 'utf8'));
  });

  test('a passage that only tells is read all the same when a person asks for its line', async () => {
    const text = readFileSync(join(SAMPLES, 'notes.md'), 'utf8');
    const without = await outline(text);
    expect((await read(text)).notes.flatMap(({ take, line }) => (take === undefined ? [] : [[take, line]]))).toEqual([[11, 11], [41, 41]]);
    const taken = await outline(text, { take: [43] });
    expect(without.join('\n')).not.toContain('run a block of code');
    expect(taken).toEqual(expect.arrayContaining(['# written.3 It hangs on large tables (43-54)', '      run a block of code']));
  });

  test('every step and phase has lines, every phase rests on all before it, and checks ask only for tables that are there', async () => {
    const { phases } = await read(readFileSync(join(SAMPLES, 'plan.md'), 'utf8'));
    expect(phases.map(({ requires }) => requires.length)).toEqual(phases.map((_, i) => i));
    expect(phases.every((phase) => phase.source && phase.steps.every(({ source }) => source && source.from <= source.to))).toBe(true);
    const types = phases[1];
    expect(types?.checks).toEqual([
      { id: 'rows:public.shop_orders', kind: 'rows', table: { schema: 'public', name: 'shop_orders' } },
      { id: 'free_names', kind: 'free_names', names: ['shop_orders_new', 'orders_customer_new', 'orders_note_new', 'shop_orders_old'].map((name) => ({ schema: 'public', name })) },
    ]);
    expect(types?.price.map(({ table, step }) => [table.name, step])).toEqual([['shop_orders', 'written.2.5']]);
    expect(types?.touches).toContain('table:public.shop_orders');
    expect(types?.steps.map(({ locks }) => locks.map(({ mode, table }) => `${mode} ${table.name}`))).toEqual([[], ['ACCESS SHARE shop_orders'], [], ['SHARE ROW EXCLUSIVE shop_customer'], ['ACCESS EXCLUSIVE shop_orders'], []]);
  });
});

describe('what must come out is read from the text where it says so', () => {
  test.each([
    ['SELECT count(*) FROM t; -- 134 rows', { from: 'literal', value: '134' }],
    ['SELECT count(*) FROM t;\n-- expected: 1,026', { from: 'literal', value: '1026' }],
    ['-- should return 0\nSELECT count(*) FROM t;', { from: 'literal', value: '0' }],
    ['SELECT id FROM t; -- (0 rows)', { from: 'literal', value: '0' }],
    ["SELECT max(name) FROM t; -- should be 'x y'", { from: 'literal', value: 'x y' }],
    ['SELECT count(*) FROM t', { from: 'unsaid' }],
    ['-- 2. Look at 3 columns\nSELECT a, b FROM t;', { from: 'unsaid' }],
    ['SELECT pid FROM pg_stat_activity;', { from: 'any' }],
  ])('%s', async (body, expected) => {
    expect(await expectations(body)).toEqual([expected]);
  });

  test('a query that does something is done, and not asked', async () => {
    expect(await expectations("SELECT setval('s', 1);\nSELECT count(*) FROM t FOR UPDATE;\nSELECT my_function();\nWITH x AS (DELETE FROM t RETURNING 1) SELECT count(*) FROM x;")).toEqual(['execute', 'execute', 'execute', 'execute']);
  });
});

describe('what cannot be run is kept where it stands', () => {
  test.each([
    ['UPDATE your_table_name SET a = 1;', 'placeholder', 4, 8],
    ["UPDATE t SET a = 'é🦊', b = :value;", 'placeholder', 4, 28],
    ['CREATE TABLE backup_YYYYMMDD (a int);', 'placeholder', 4, 14],
    ["SELECT 'é🦊' FROM t WHER a;", 'does_not_parse', 4, 25],
    ['\\i other.sql', 'psql_command', 4, 1],
    ['CREATE DATABASE other;', 'other_tool', 4, 1],
    ['COPY t (a) FROM stdin;\n1\n\\.', 'psql_command', 4, 1],
    ['npx prisma migrate deploy', 'other_tool', 4, 1],
  ])('%s', async (body, why, line, column) => {
    const [step] = await steps(sql(body));
    expect(step?.work).toMatchObject({ kind: 'open', why, at: { line, column } });
  });

  test('one broken statement takes none of its neighbours with it', async () => {
    const work = (await steps(sql('UPDATE t SET a = 1;\nSELEKT 1;\nUPDATE t SET a = 2;'))).map((step) => step.work?.kind ?? 'sql');
    expect(work).toEqual(['sql', 'open', 'sql']);
  });

  test('what only shows something is looked at by a person', async () => {
    expect((await steps(sql('SHOW server_version;\nEXPLAIN SELECT 1;\n\\d t'))).map(({ work }) => work)).toEqual(['SHOW server_version', 'EXPLAIN SELECT 1', '\\d t'].map((command) => expect.objectContaining({ kind: 'manual', command })));
  });

  test('a format of dates is no placeholder, and a name from WITH is no table', async () => {
    const [step] = await steps(sql("INSERT INTO t SELECT to_char(now(), 'YYYYMMDD');"));
    expect(step?.work).toBeUndefined();
  });
});

describe('what is meant for later is a phase of its own', () => {
  const drop = `${FENCE}sql\nDROP TABLE t_old;\n${FENCE}\n`;
  const first = `# P\n\n## Phase 1\n${FENCE}sql\nUPDATE t SET a = 1;\n`;

  test.each([
    ['a heading', `${first}${FENCE}\n\n## After 48 hours: tidy up\n${drop}`, 48],
    ['a calendar of headings', `# P\n\n## Day 3: change\n${FENCE}sql\nUPDATE t SET a = 1;\n${FENCE}\n\n## Day 8: clean up\n${drop}`, 120],
    ['a sentence before the SQL', `${first}${FENCE}\n\n## Tidy up\n\nWait two days, then let go of it:\n${drop}`, 48],
    ['an item of a list', `${first}${FENCE}\n\n## Tidy up\n1. Drop t_old after 7 days\n`, 168],
    ['a comment with its hours', `${first}\n-- After 24 hours:\nDROP TABLE t_old;\n${FENCE}\n`, 24],
    ['SQL in comments, kept for as long as the text says elsewhere', `${first}\n-- Later:\n-- DROP TABLE t_old;\n${FENCE}\n\n## Notes\nKeep the old tables for 3 days.\n`, 72],
    ['SQL in comments without a time: the rollback window', `${first}\n-- Once verified\n-- DROP TABLE t_old;\n${FENCE}\n`, 72],
  ])('%s', async (_name, text, hours) => {
    expect(await dueOf(text)).toEqual([[1, null, null], [1, 'written.1', hours]]);
  });

  test('a list of what is left for afterwards becomes follow-ups with their times, and no step; before anything runs it is read as a list of acts', async () => {
    const list = '## Next steps\n- [ ] Drop the old tables after 7 days\n- [x] Told support\n- [ ] Investigate `t_legacy`\n\n### Within 48 hours\n- Watch the error rate\n';
    const { phases, followUps, notes } = await read(`${first}${FENCE}\n\n${list}`);
    expect(phases).toHaveLength(1);
    expect(followUps.map(({ id, title, hours }) => [id, title, hours])).toEqual([['line 9', 'Drop the old tables after 7 days', 168], ['line 11', 'Investigate t_legacy', null], ['line 14', 'Watch the error rate', 48]]);
    expect(notes.map(({ sentence }) => sentence)).toEqual([expect.stringContaining('3 follow-ups of the plan')]);
    expect(await read(`# P\n\n${list}\n## Phase 1\n${FENCE}sql\nUPDATE t SET a = 1;\n${FENCE}\n`)).toMatchObject({ followUps: [] });
    expect((await read(`${first}${FENCE}\n\n${list}${drop}`)).followUps).toEqual([]);
  });

  test('SQL in comments without a word about later is left out by name, and one that is said to take something back is its way back', async () => {
    const { phases, notes } = await read(sql('CREATE INDEX i ON t (a);\n-- Rollback: DROP INDEX IF EXISTS i;\nUPDATE t SET a = 1;\n\n-- off for now\n-- DROP TABLE t;'));
    expect(phases.flatMap((phase) => phase.steps.map((step) => step.undo.map((one) => one.sql)))).toEqual([['DROP INDEX IF EXISTS i'], []]);
    expect(notes.map(({ code, line }) => [code, line])).toEqual([['understood', 5], ['left_out', 9]]);
  });
});

describe('what a step does to others and how it is taken back', () => {
  test('a way back is attached only to the step that it takes back', async () => {
    expect(await undoOf('ALTER TABLE b RENAME TO a;\nDROP INDEX i;')).toEqual([['ALTER TABLE b RENAME TO a'], ['DROP INDEX i']]);
    expect(await undoOf('ALTER TABLE b RENAME TO c;\nDROP INDEX other;')).toEqual([['ALTER TABLE public.b RENAME TO a'], ['DROP INDEX public.i']]);
  });

  test('what is only said about, granted on or counted of something that the step makes goes with it; of what was there before it does not', async () => {
    expect(await backs(`CREATE TABLE n (a int);\nCOMMENT ON TABLE n IS 'x';\nCOMMENT ON COLUMN n.a IS 'y';\nGRANT SELECT ON n TO app;\nREVOKE ALL ON n FROM PUBLIC;\nANALYZE n;`)).toEqual(['DROP TABLE public.n']);
    expect(await backs(`CREATE INDEX i ON t (a);\nCOMMENT ON INDEX i IS 'x';`)).toEqual(['DROP INDEX public.i']);
    expect(await backs(`SET search_path TO app;\nCREATE INDEX i ON t (a);\nCOMMENT ON INDEX i IS 'x';`)).toEqual(['DROP INDEX app.i']);
    expect(await backs(`CREATE VIEW v AS SELECT 1;\nCOMMENT ON VIEW v IS 'x';`)).toEqual(['DROP VIEW public.v']);
    expect(await backs(`ALTER TABLE t ADD COLUMN b int;\nCOMMENT ON COLUMN t.b IS 'x';`)).toEqual(['ALTER TABLE public.t DROP COLUMN b']);
    expect(await backs(`ALTER TABLE t ADD COLUMN b int;\nCOMMENT ON COLUMN t.a IS 'x';`)).toEqual(['NOT_REVERSIBLE']);
    expect(await backs(`CREATE TABLE n (a int);\nGRANT SELECT ON n, t TO app;`)).toEqual(['NOT_REVERSIBLE']);
  });

  test('rows that leave make a phase destructive, and one that nothing takes back a point of no return; tables of the plan itself do not count', async () => {
    expect(await firstPhase('DELETE FROM t;')).toMatchObject({ destructive: true, pointOfNoReturn: true, checks: [{ id: 'rows:public.t' }] });
    expect(await firstPhase('CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\nDELETE FROM t;\nDROP TABLE t;')).toMatchObject({ destructive: false, pointOfNoReturn: false });
    expect(await firstPhase('ALTER TABLE t RENAME TO t_old;\nDROP TABLE t_old;')).toMatchObject({ destructive: true, checks: [{ id: 'rows:public.t' }, { id: 'free_names' }] });
  });

  test('a transaction is one step without its BEGIN and COMMIT, and one that rolls back is left out by name', async () => {
    const reading = await read(sql('BEGIN ISOLATION LEVEL REPEATABLE READ;\nUPDATE t SET a = 1;\nSELECT count(*) FROM t; -- 3\nCOMMIT;\nBEGIN;\nDELETE FROM t;\nROLLBACK;'));
    const [phase] = reading.phases;
    expect(phase?.steps.map(({ statements, isolation }) => [statements.map((one) => one.do), isolation])).toEqual([[['execute', 'assert'], 'repeatable read']]);
    expect(reading.notes.map(({ code, line }) => [code, line])).toEqual([['left_out', 8]]);
  });

  test('SET search_path says where names are looked for from then on', async () => {
    const [step] = await steps(sql('SET search_path TO app, public;\nSET lock_timeout = 5;\nCREATE TABLE t (a int);'));
    expect(step).toMatchObject({ searchPath: ['app', 'public'], undo: [{ sql: 'DROP TABLE app.t' }] });
  });
});

describe('commands become what the plan can do itself, or what a person does', () => {
  test.each([
    ['pg_dump -Fc $DATABASE_URL | gzip > x.gz', ['dump']],
    ['pg_dump -d shop_prod', ['dump']],
    ['pg_dump $STAGING_URL', ['manual']],
    ["psql $DATABASE_URL <<'SQL'\nUPDATE t SET a = 1;\nDELETE FROM t;\nSQL", ['UPDATE t SET a = 1', 'DELETE FROM t']],
    ['PGPASSWORD=x psql -h db -d shop_prod -c "UPDATE t SET a = 1" --command="UPDATE t SET a = 2"', ['UPDATE t SET a = 1', 'UPDATE t SET a = 2']],
    ['docker exec -it db psql -d shop_dev -c "UPDATE t SET a = 1"', ['other_database']],
    ['psql $DATABASE_URL -f change.sql', ['psql_command']],
    ['psql $DATABASE_URL -c "UPDATE t SET a = 1" && echo done', ['psql_command']],
    ['psql $DATABASE_URL', []],
    ['npx drizzle-kit migrate', ['other_tool']],
    ['kubectl rollout restart deploy/api\ncurl -f https://shop.example/health', ['manual']],
    ['# 1. Stop the workers\n# 2. Take the dump\npg_dump $DATABASE_URL', ['manual', 'dump']],
  ])('%s', async (commands, expected) => {
    expect(await kindsOf(commands)).toEqual(expected);
  });

  test('an open check box is an act, and what is ticked off is not done again, its SQL included', async () => {
    const { phases, notes } = await read(`# P\n\n- [ ] Tell support\n- [x] Change it:\n  ${FENCE}sql\n  UPDATE t SET a = 1;\n  ${FENCE}\n`);
    expect(phases.map((phase) => phase.steps.map(({ title, work }) => [title, work?.kind]))).toEqual([[['Tell support', 'manual']]]);
    expect(notes.map(({ code, line }) => [code, line])).toEqual([['left_out', 4]]);
  });

  test('SQL in an item of a list is run, and what a setting says for one transaction holds there alone', async () => {
    const text = `# P\n\n1. Run \`VACUUM orders;\`\n2. Run the tests\n\n${FENCE}sql\nBEGIN;\nSET LOCAL lock_timeout = '5s';\nSET LOCAL search_path = app;\nCREATE TABLE t (a int);\nCOMMIT;\nCREATE TABLE t (a int);\n${FENCE}\n`;
    expect((await steps(text)).map(({ work, undo }) => work?.kind ?? undo[0]?.sql)).toEqual(['outside', 'manual', 'DROP TABLE app.t', 'DROP TABLE public.t']);
  });

  test('a file of SQL needs no Markdown around it', async () => {
    const { phases } = await readRunbook({ name: '0003_orders.sql', text: '-- # orders\nUPDATE t SET a = 1;\n\n    -- indented\n    UPDATE t SET a = 2;\n' }, ABOUT);
    expect(phases.map((phase) => phase.steps.map(({ title, source }) => [title, source?.from]))).toEqual([[['# orders', 2], ['Indented', 5]]]);
    expect(await steps('UPDATE t SET a = 1;\nUPDATE t SET a = 2;')).toHaveLength(2);
  });
});

describe('texts of every kind', () => {
  test.each([
    ['four backticks, which may hold three', '````sql\nUPDATE t SET a = \'\n```\n\';\n````', 1],
    ['tildes', '~~~sql\nUPDATE t SET a = 1;\n~~~', 1],
    ['a fence that is never closed', `${FENCE}sql\nUPDATE t SET a = 1;`, 1],
    ['line breaks of Windows', `# P\r\n\r\n${FENCE}sql\r\nUPDATE t SET a = 1;\r\nUPDATE t SET a = 2;\r\n${FENCE}\r\n`, 2],
    ['no name of a language', `${FENCE}\nUPDATE t SET a = 1;\n${FENCE}`, 1],
    ['a quote', `> ${FENCE}sql\n> UPDATE t SET a = 1;\n> ${FENCE}`, 1],
    ['a list in a list', `- Do this:\n  1. And this:\n     ${FENCE}sql\n     UPDATE t SET a = 1;\n     ${FENCE}`, 1],
    ['a picture of a tree', `${FENCE}\nprisma/\n└── schema.prisma\n${FENCE}`, 0],
    ['nothing', '', 0],
  ])('%s', async (_name, text, count) => {
    expect((await steps(text)).filter(({ work }) => work === undefined)).toHaveLength(count);
  });

  test.each([
    ['quote marks', '> '.repeat(50_000)],
    ['brackets', '['.repeat(100_000)],
    ['nested lists', Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}- Run it`).join('\n')],
    ['comments that are never closed', `${FENCE}sql\n${'/* '.repeat(60_000)}`],
    ['quotes that are never closed', `${FENCE}bash\n${"echo '\n".repeat(8_001)}`],
    ['HTML', '<div>'.repeat(40_000)],
  ])('any number of %s ends in a reading', async (_name, text) => {
    expect((await read(text)).phases.length).toBeLessThan(2);
  });

  test('5,000 statements are 5,000 steps, each on its line', async () => {
    const body = Array.from({ length: 5000 }, (_, i) => (i === 2500 ? 'SELEKT 1;' : `UPDATE t SET a = ${i};`)).join('\n');
    const read5000 = await steps(sql(body));
    expect(read5000).toHaveLength(5000);
    expect(read5000[2500]?.work).toMatchObject({ why: 'does_not_parse', at: { line: 2504, column: 1 } });
    expect(read5000.at(-1)?.source).toEqual({ from: 5003, to: 5003 });
  });
});

/** The five documents themselves, where they are at hand: how many phases and steps of which kind come out of them, not their text. */
const ORIGINALS = process.env.COUNTERSIGN_RUNBOOKS ?? join(import.meta.dirname, '../../../../shared/runbooks');
const FIGURES: Readonly<Record<string, string[]>> = {
  'bazaar-migration-plan': [
    'dump manual manual',
    'sql sql sql sql sql sql open:other_database',
    'assert sql sql destructive',
    'assert sql sql sql sql manual manual manual destructive',
    'assert assert manual manual manual manual',
    'manual open:other_tool',
    'manual dump manual manual',
    'sql due 120 destructive',
    'left_out 8',
    'understood 7',
    'kept_open 2',
    'asks_for_value 3',
  ],
  'bazaar-critical-guide': [
    'dump manual manual manual manual manual',
    'open:placeholder open:placeholder open:placeholder open:placeholder open:placeholder',
    'sql sql sql sql sql sql sql sql sql sql sql sql sql sql sql',
    'open:placeholder open:placeholder',
    'manual manual manual manual',
    'left_out 3',
    'kept_open 7',
    'understood 3',
  ],
  'bazaar-export-tables-plan': [
    'dump manual manual',
    'manual',
    'sql sql sql sql sql sql sql',
    'assert assert',
    'manual manual manual',
    'manual manual manual manual manual manual manual',
    'left_out 4',
    'understood 6',
    'asks_for_value 2',
  ],
  'faceswap-migration-notes': [
    'dump assert assert',
    'dump open:other_tool manual manual manual',
    'manual manual assert assert',
    'manual assert',
    'left_out 8',
    'understood 8',
    'kept_open 1',
    'asks_for_value 2',
  ],
  'bazaar-completion-report': [
    'manual',
    'sql sql sql due 48 destructive',
    'manual open:other_tool manual',
    'left_out 1',
    'understood 2',
    'kept_open 1',
  ],
};

test.each(existsSync(ORIGINALS) ? Object.entries(FIGURES) : [])('the original %s', async (name, figures) => {
  const { phases, notes } = await read(readFileSync(join(ORIGINALS, `${name}.md`), 'utf8'), { target: 'bazaar_prod', desired: 'bazaar_dev' });
  const kinds = phases.map((phase) => `${phase.steps.map(({ work, statements }) => (work ? (work.kind === 'open' ? `open:${work.why}` : work.kind) : statements.some((one) => one.do === 'execute') ? 'sql' : 'assert')).join(' ')}${phase.due ? ` due ${phase.due.hours}` : ''}${phase.destructive ? ' destructive' : ''}`);
  expect([...kinds, ...new Set(notes.map(({ code }) => `${code} ${notes.filter((one) => one.code === code).length}`))]).toEqual(figures);
});
