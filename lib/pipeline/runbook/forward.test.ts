import { describe, expect, test } from 'vitest';
import { readRunbook } from './read.ts';

// Nothing that a text keeps for a bad day, or for another day, is done on a good one at once.

const FENCE = '```';
const read = (text: string) => readRunbook({ name: 'runbook.md', text }, { target: 'shop_prod', desired: 'shop_dev', windowHours: 72, planId: '7a1f0c1e-0000-4000-8000-000000000001' });
const sql = (body: string) => `${FENCE}sql\n${body}\n${FENCE}\n`;
const FORWARD = `## Phase 1\n${sql('CREATE INDEX i ON a (b);')}\n`;
const doneBy = async (text: string) => (await read(text)).phases.flatMap(({ steps }) => steps.flatMap(({ statements, work }) => (work ? [work.kind === 'outside' ? work.act.act : work.kind] : statements.map((one) => one.sql))));
const notesOf = async (text: string) => (await read(text)).notes.map(({ code, line, sentence }) => [code, line, sentence]);
const undoneBy = async (text: string) => (await read(text)).phases.flatMap(({ steps }) => steps.flatMap(({ undo }) => undo.map((one) => one.sql)));

describe('what goes back is never run forward', () => {
  test.each(['Contingency plan', 'Emergency procedure', 'Undoing the index', 'In case of failure', 'If something goes wrong', 'Plan B', 'Fallback plan', 'Abort procedure', 'Bail-out', 'Recovery steps', 'When the migration fails', 'If phase 1 failed'])('a chapter “%s”', async (title) => {
    const text = `# P\n\n${FORWARD}## ${title}\n${sql('TRUNCATE f;\nDROP INDEX i;')}`;
    expect(await doneBy(text)).toEqual(['CREATE INDEX i ON a (b)']);
    expect(await undoneBy(text)).toEqual(['DROP INDEX i']);
  });

  test.each(['**Back out:**', 'Down:', 'If the count is not 0:', 'If it does not match:', 'Otherwise:', 'If not fine:', 'If the numbers differ:', 'Should a step fail:', 'In an emergency:'])('a passage below “%s”, and the one right below it', async (words) => {
    const text = `# P\n\n## Phase 1\n${sql('CREATE INDEX i ON a (b);')}\n${words}\n${sql('DROP INDEX i;')}\n${sql('TRUNCATE f;')}\n`;
    expect(await doneBy(text)).toEqual(['CREATE INDEX i ON a (b)']);
    expect(await undoneBy(text)).toEqual(['DROP INDEX i']);
  });

  test.each(['-- Rollback', '-- down', '-- +goose Down', '-- migrate:down', '-- Down Migration', '-- +migrate Down', '--- UNDO ---', '-- To roll back, run:', '/* Rollback script */', '-- Rückbau'])('statements below “%s” in a passage, to its end', async (mark) => {
    const text = `# P\n\n## Phase 1\n${sql(`-- up\nCREATE INDEX i ON a (b);\n\n${mark}\n-- 1. the index\nDROP INDEX i;\n\n-- 2. the rest\nTRUNCATE f;`)}`;
    expect(await doneBy(text)).toEqual(['CREATE INDEX i ON a (b)']);
    expect(await undoneBy(text)).toEqual(['DROP INDEX i']);
  });

  test('a mark that says forward ends it, and words that only speak of going back begin nothing', async () => {
    expect(await doneBy(`# P\n\n${sql('-- Down\nDROP INDEX i;\n-- Up\nCREATE INDEX i ON a (b);')}`)).toEqual(['CREATE INDEX i ON a (b)']);
    expect(await doneBy(`# P\n\n${sql('-- Rollback of this is a backup away\nUPDATE a SET b = 1;\n-- writes down what was there\nUPDATE a SET b = 2;')}`)).toEqual(['UPDATE a SET b = 1', 'UPDATE a SET b = 2']);
  });

  test('what stands folded away under such a title, to its end', async () => {
    const text = `# P\n\n## Phase 1\n${sql('CREATE INDEX i ON a (b);')}\n<details><summary>Rollback</summary>\n\nFirst:\n${sql('DROP INDEX i;')}\nThen:\n${sql('TRUNCATE f;')}\n</details>\n\nAnd:\n${sql('UPDATE a SET b = 1;')}`;
    expect(await doneBy(text)).toEqual(['CREATE INDEX i ON a (b)', 'UPDATE a SET b = 1']);
    expect(await undoneBy(text)).toEqual(['DROP INDEX i']);
  });
});

test.each([
  ['CREATE TYPE app.mood AS ENUM (\'a\')', 'DROP TYPE app.mood'], ['CREATE VIEW v AS SELECT 1', 'DROP VIEW v'], ['CREATE MATERIALIZED VIEW v AS SELECT 1', 'DROP MATERIALIZED VIEW v'], ['CREATE SEQUENCE s', 'DROP SEQUENCE IF EXISTS s'], ['CREATE DOMAIN d AS int', 'DROP DOMAIN d'],
  ['CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS \'SELECT 1\'', 'DROP FUNCTION f(int)'], ['CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()', 'DROP TRIGGER t ON a'], ['CREATE POLICY p ON app.a', 'DROP POLICY p ON app.a'], ['CREATE SCHEMA x', 'DROP SCHEMA x CASCADE'], ['CREATE EXTENSION hstore', 'DROP EXTENSION hstore'],
])('%s is taken back by the %s that the text writes', async (forward, back) => {
  const text = `# P\n\n## Phase 1\n${sql(`${forward};`)}\n## Rollback\n${sql(`${back};`)}`;
  expect(await undoneBy(text)).toEqual([back]);
  expect((await read(text)).notes.map(({ code }) => code)).toEqual(['understood']);
});

describe('what is not to be done is not done', () => {
  test.each(['Do not run this:', '**Note** don’t ever run this on production:', 'Never use this form:', 'For reference only:', 'What it looked like before:', 'The wrong way:'])('below “%s”, which is named with its line and can be taken', async (words) => {
    const text = `# P\n\n${FORWARD}> ${words}\n> ${FENCE}sql\n> DROP TABLE a;\n> ${FENCE}\n`;
    expect(await doneBy(text)).toEqual(['CREATE INDEX i ON a (b)']);
    expect((await read(text)).notes.map(({ code, line, take }) => [code, line, take])).toContainEqual(['left_out', 9, 9]);
    const taken = await readRunbook({ name: 'runbook.md', text }, { target: 'shop_prod', desired: null, windowHours: 72, planId: '7a1f0c1e-0000-4000-8000-000000000001', take: [9] });
    expect(taken.phases.flatMap(({ steps }) => steps)).toHaveLength(2);
  });

  test('a statement below a comment that says so is left out by name', async () => {
    const text = `# P\n\n${sql('UPDATE a SET b = 1;\n\n-- DO NOT RUN: kept for the record\nDROP TABLE a;\n\n-- and on\nUPDATE a SET b = 2;')}`;
    expect(await doneBy(text)).toEqual(['UPDATE a SET b = 1', 'UPDATE a SET b = 2']);
    expect((await read(text)).notes.map(({ code, line }) => [code, line])).toEqual([['left_out', 7]]);
  });

  test('what is done only under a condition says so', async () => {
    const { notes } = await read(`# P\n\nOnly if the index is there:\n${sql('DROP INDEX i;')}\nOptional:\n${sql('ANALYZE a;')}\n`);
    expect(notes.map(({ code, line, sentence }) => [code, line, sentence.slice(0, 44)])).toEqual([['understood', 4, '“Only if the index is there” makes this a ma'], ['understood', 9, '“Optional” makes this a matter of a person’s']]);
  });
});

describe('what is for later waits', () => {
  test.each([
    ['One week later', 168], ['A fortnight later', 336], ['After a month', 720], ['Clean-up (T+72h)', 72], ['D+14: drop', 336], ['Clean-up after one and a half weeks', 252], ['Clean-up in half a day', 12], ['Wait 1-2 weeks, then drop', 336],
    ['Not before 48 hours', 48], ['No sooner than 3 days', 72], ['After 90 minutes', 2], ['Contract (two weeks later)', 336], ['After a couple of days', 48], ['After twenty-four hours', 24], ['The next day', 24], ['Next week: tidy up', 168], ['Nach 48 Stunden', 48], ['Nach zwei Wochen', 336], ['48 saat sonra', 48], ['Après 3 jours', 72], ['Después de 2 semanas', 336],
  ])('“%s” is due after %s hours', async (title, hours) => {
    expect((await read(`# P\n\n${FORWARD}## ${title}\n${sql('DROP TABLE a_old;')}`)).phases.map(({ due }) => due?.hours ?? null)).toEqual([null, hours]);
  });

  test.each(['Next Monday', 'On 2026-12-24 at 03:00 UTC', 'End of the quarter: drop', 'After the next release', 'Once everybody has moved over', 'Some time later', 'In the next sprint', 'Not before Friday', 'When all clients are migrated', 'After the freeze'])('“%s”, a time that nobody can count, is confirmed by a person first', async (title) => {
    const { phases, notes } = await read(`# P\n\n${FORWARD}## ${title}\n${sql('DROP TABLE a_old;')}`);
    expect(phases[1]?.steps.map(({ work }) => work?.kind ?? 'sql')).toEqual(['manual', 'sql']);
    expect(notes.map(({ code, line, sentence }) => [code, line, sentence])).toContainEqual(['understood', 8, `“${title}” names a time that is no number of hours: a person confirms first that it has come.`]);
  });

  test.each(['After: verify', 'After the change', 'Before and after', 'Migration of 2026-12-24', 'When to call whom', 'Drop the old table'])('“%s” waits for nothing', async (title) => {
    const { phases } = await read(`# P\n\n${FORWARD}## ${title}\n${sql('DROP TABLE a_old;')}`);
    expect(phases[1]).toMatchObject({ due: null, steps: [{ id: 'written.2.1' }] });
    expect(phases[1]?.steps).toHaveLength(1);
  });
});

describe('nothing is dropped in silence', () => {
  test('SQL in a table of the text is named', async () => {
    expect(await notesOf(`# P\n\n${FORWARD}| Step | SQL |\n|---|---|\n| 1 | \`ALTER TABLE t ADD COLUMN a int;\` |\n| 2 | \`t\` |\n`)).toContainEqual(['left_out', 8, 'The table in lines 8 to 11 holds SQL (ALTER TABLE t ADD COLUMN a int;), and a table is shown and not run.']);
  });

  test('a chapter that holds SQL in a table alone says so, and one whose title repeats it too', async () => {
    expect(await notesOf(`# P\n\n${FORWARD}## Check\n| q |\n|---|\n| \`SELECT count(*) FROM t;\` |\n`)).toContainEqual(['left_out', 8, '“Check” (lines 8 to 12) asks for nothing to be done. Not run: a table with SQL.']);
    expect((await notesOf(`# P\n\n${FORWARD}## Backfill (repeat until done)\n${sql('UPDATE t SET a = 1;')}`)).map(([code, line]) => [code, line])).toEqual([['understood', 8]]);
  });

  test('what is to be done more than once says that it is done once', async () => {
    expect(await notesOf(`# P\n\nRun this until it changes 0 rows:\n${sql('UPDATE t SET a = 1;')}`)).toContainEqual(['understood', 4, '“Run this until it changes 0 rows” asks for it more than once, and a plan does it once: where rows change in batches, take the step that does that.']);
  });

  test('a remark beside a statement that changes something is named where it says what must come out, or asks for something', async () => {
    expect(await notesOf(`# P\n\n${sql("UPDATE t SET a = 1; -- expected: 5 rows updated\nDROP TABLE t; -- TODO: check with Ann\nUPDATE t SET a = 2; -- the new default")}`)).toEqual([
      ['left_out', 4, '“expected: 5 rows updated” stands beside “Update t”: nothing compares it with what is done.'],
      ['left_out', 5, '“TODO: check with Ann” stands beside “Drop table t”: nobody is asked for it.'],
    ]);
  });

  test('queries in plain bullets are asked, with what must come out', async () => {
    const { phases } = await read(`# P\n\n${FORWARD}## Verify\n- \`SELECT count(*) FROM t\` → 134\n- \`SELECT count(*) FROM u\` returns 5 rows\n- The app works\n`);
    expect(phases[1]?.steps.map(({ work, statements }) => work?.kind ?? statements.flatMap((one) => (one.do === 'assert' && one.expect.from === 'literal' ? [one.expect.value] : [])))).toEqual([['134'], ['5'], 'manual']);
  });

  test('a remark within a query says what must come out, and quotes say nothing', async () => {
    const { phases } = await read(`# P\n\n${sql("SELECT count(*)\nFROM t\n-- it's: must be 9\nWHERE x;\nSELECT count(*) FROM t WHERE a = '-- must be 3';")}`);
    expect(phases[0]?.steps.map(({ statements: [one] }) => one?.do === 'assert' && one.expect)).toEqual([{ from: 'literal', value: '9' }, { from: 'unsaid' }]);
  });

  test.each(['On the replica', 'On the standby server'])('“%s” is another database', async (title) => {
    expect(await doneBy(`# P\n\n${FORWARD}## ${title}\n${sql('DELETE FROM t;')}`)).toEqual(['CREATE INDEX i ON a (b)', 'open']);
  });

  test.each(['Old definition (before)', 'Appendix: full schema', 'Previous schema'])('“%s” tells, and can be taken', async (title) => {
    const text = `# P\n\n${FORWARD}## ${title}\n${sql('CREATE TABLE t (id int);')}`;
    expect(await doneBy(text)).toEqual(['CREATE INDEX i ON a (b)']);
    expect((await read(text)).notes.map(({ take }) => take)).toEqual([8]);
  });

  test('a phase that its title leaves to judgement says so', async () => {
    expect((await notesOf(`# P\n\n${FORWARD}## Phase 2 (optional)\n${sql('DROP INDEX i;')}`)).map(([code, line]) => [code, line])).toEqual([['understood', 8]]);
  });
});

test('a branch of psql is no file, and a list whose items hold SQL asks for something', async () => {
  const { notes } = await read(`# P\n\n- The column\n  ${FENCE}sql\n  \\if :x\n  UPDATE a SET b = 1;\n  \\endif\n  ${FENCE}\n`);
  expect(notes.map(({ line, sentence }) => [line, sentence.slice(0, 43)])).toEqual([[5, '\\if :x decides in psql what is done: keep t'], [7, '\\endif decides in psql what is done: keep t']]);
});

test.each([['If data exists, migrate to prefixed table', true], ['only if the table is empty', true], ['Skip this when the index is there', true], ['optional', true], ['Drop it, if needed', true], ['Only when nobody works', true], ['Fails if a row has no parent', false], ['create the table if it is missing', false], ['Only rows of last year', false]])('a remark “%s” above a statement is a condition that nobody is asked for: %s', async (remark, told) => {
  const notes = await notesOf(`# P\n\n## 1\n\`\`\`sql\n-- ${remark}\nUPDATE t SET a = a + 1;\n\`\`\`\n`);
  expect(notes).toEqual(told ? [['understood', 6, `“${remark.charAt(0).toUpperCase()}${remark.slice(1)}” makes this a matter of a person’s judgement, and a plan has none: it is done, unless its step is removed.`]] : []);
});

test.each([['Rollback plan ready', true], ['No errors in the log', false]])('a checklist behind what runs with “%s” is told to be moved up: %s', async (item, told) => {
  const notes = await notesOf(`# P\n\n## 1\n\`\`\`sql\nUPDATE t SET a = a + 1;\n\`\`\`\n\n## Verification Checklist\n- [ ] Rows are there\n- [ ] ${item}\n`);
  expect(notes).toEqual(told ? [['understood', 8, `“Verification Checklist” stands behind what runs, as in the text, and “${item}” is something to look at before: move the phase up if it is meant so.`]] : []);
});
