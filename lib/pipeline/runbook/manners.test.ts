import { expect, test } from 'vitest';
import { planAround } from '../lint/from-sql.ts';
import { lintPlan } from '../lint/lint.ts';
import type { Phase } from '../plan.ts';
import { readRunbook } from './read.ts';

// Texts as people write them who never read how a runbook should look.

const FENCE = '```';
const read = (text: string) => readRunbook({ name: 'runbook.md', text }, { target: 'shop_prod', desired: 'shop_dev', windowHours: 48, planId: '7a1f0c1e-0000-4000-8000-000000000002' });
const sqlOf = (phases: readonly Phase[]) => phases.flatMap((phase) => phase.steps.flatMap((step) => (step.work ? [step.work.kind] : step.statements.map(({ sql }) => sql.replaceAll(/\s+/g, ' ')))));
const undoOf = (phases: readonly Phase[]) => phases.flatMap((phase) => phase.steps.flatMap((step) => step.undo.map(({ sql }) => sql)));

test('numbered steps without fences: SQL in them is SQL, code that is checked is asked, and what goes back is never run forward', async () => {
  const { phases, notes } = await read(`# Archive flag

1. Take a backup

       pg_dump "$PROD_URL" -f before.dump

2. Add the column

       ALTER TABLE project ADD COLUMN archived boolean;

3. Run: UPDATE project SET archived = true WHERE made < '2023-01-01';
4. Check: \`SELECT count(*) FROM project WHERE archived\` should be 12
5. Never run \`DROP TABLE project\` by hand
6. Tell #releases

If something goes wrong:

       ALTER TABLE project DROP COLUMN archived;
`);
  expect(sqlOf(phases)).toEqual(['dump', 'ALTER TABLE project ADD COLUMN archived boolean', "UPDATE project SET archived = true WHERE made < '2023-01-01'", expect.stringContaining('count(*)'), 'manual', 'manual']);
  expect(phases[0]?.steps[3]?.statements).toMatchObject([{ do: 'assert', expect: { from: 'literal', value: '12' } }]);
  expect(undoOf(phases)).toEqual(['ALTER TABLE project DROP COLUMN archived']);
  expect(notes.map(({ sentence }) => sentence)).toContain('“If something goes wrong” says that line 18 goes back: nothing of it is run forward.');
});

test('commands: what sets up the shell is no step, a remark behind a query is its answer, psql behind a pipe is nobody’s to run unread, and psql takes back what psql did', async () => {
  const { phases, notes } = await read(`# Fix

## Run
${FENCE}bash
set -euo pipefail
export PGOPTIONS="-c lock_timeout=2s"
psql "$DATABASE_URL" <<'SQL'
CREATE TABLE fix_log (note text DEFAULT 'a;b');
SQL
psql "$DATABASE_URL" -Atc "SELECT count(*) FROM fix_log"   # expect 2
cat <<END | psql "$DATABASE_URL"
DELETE FROM fix_log;
END
${FENCE}

## Undo
${FENCE}bash
psql "$DATABASE_URL" -c 'DROP TABLE fix_log'
systemctl start app
${FENCE}
`);
  expect(sqlOf(phases)).toEqual(["CREATE TABLE fix_log (note text DEFAULT 'a;b')", expect.stringContaining('count(*)'), 'open']);
  expect(phases[0]?.steps[1]?.statements).toMatchObject([{ expect: { from: 'literal', value: '2' } }]);
  expect(undoOf(phases)).toEqual(['DROP TABLE fix_log']);
  expect(notes.filter(({ sentence }) => sentence.includes('sets up the shell'))).toHaveLength(2);
  expect(notes.some(({ sentence }) => sentence.includes('other commands in lines'))).toBe(true);
});

test('a checklist whose items are code: a dump is a dump, SQL is SQL, and the way back is one', async () => {
  const { phases } = await read(`## Migration

### Before
- [ ] Backup taken: \`pg_dump prod > before.sql\`

### Migrate
- [ ] Create it
  ${FENCE}sql
  CREATE TABLE flag (key text);
  ${FENCE}

### After (24 hours later)
- [ ] \`DROP TABLE IF EXISTS old_flags;\`

### Rollback
- [ ] \`DROP TABLE flag;\`
`);
  expect(sqlOf(phases)).toEqual(['dump', 'CREATE TABLE flag (key text)', 'DROP TABLE IF EXISTS old_flags']);
  expect(phases.at(-1)?.due).toMatchObject({ hours: 24 });
  expect(undoOf(phases)).toEqual(['DROP TABLE flag']);
});

test.each([['Geri alma', '0 satır'], ['Rückbau', 'erwartet: 0'], ['Retour arrière', '0 lignes'], ['Vuelta atrás', '0 filas']])('under “%s” stands a way back, and “%s” is an answer', async (title, answer) => {
  const { phases } = await read(`# P\n\n## 1\n${FENCE}sql\nCREATE TABLE t (id int);\n${FENCE}\n\n## 2\n${FENCE}sql\nSELECT count(*) FROM t; -- ${answer}\n${FENCE}\n\n## ${title}\n${FENCE}sql\nDROP TABLE t;\n${FENCE}\n`);
  expect(sqlOf(phases)).toEqual(['CREATE TABLE t (id int)', expect.stringContaining('count(*)')]);
  expect(phases[1]?.steps[0]?.statements).toMatchObject([{ expect: { from: 'literal', value: '0' } }]);
});

const severities = async (title: string, sql: string) => {
  const { phases } = await read(`# P\n\n## 1\n${FENCE}sql\nCREATE TABLE t (id int);\nALTER TABLE orders ADD COLUMN c text;\n${FENCE}\n\n## ${title}\n${FENCE}sql\n${sql}\n${FENCE}\n`);
  const findings = await lintPlan({ ...planAround('P', []), phases }, { major: 16, current: null, desired: null, evidence: {}, teamRules: [] });
  return findings.filter(({ code }) => code === 'TAKES_BACK_THE_PLAN').map(({ severity }) => severity);
};

test('a way back under a heading of any other language is found by what it does, and blocks; a phase that tidies up, and one that does more, do not', async () => {
  expect(await severities('Wycofanie zmian', 'DROP TABLE t;\nALTER TABLE orders DROP COLUMN c;')).toEqual(['blocking']);
  expect(await severities('Clean up the helper', 'DROP TABLE t;')).toEqual([]);
  expect(await severities('Next', 'DROP TABLE t;\nALTER TABLE orders ADD COLUMN d text;')).toEqual([]);
  expect(await severities('Next', 'DROP TABLE other;')).toEqual([]);
});

test('a transaction over two passages is one step, and what becomes of CONCURRENTLY inside one is told', async () => {
  const { phases, notes } = await read(`# P\n\n## 1\n${FENCE}sql\nBEGIN;\nUPDATE t SET a = 1;\n${FENCE}\n\nLook at it. If it is right:\n\n${FENCE}sql\nCOMMIT;\n${FENCE}\n\n${FENCE}sql\nBEGIN;\nCREATE INDEX CONCURRENTLY i ON t (a);\nCOMMIT;\n${FENCE}\n`);
  expect(sqlOf(phases)).toEqual(['UPDATE t SET a = 1', 'outside']);
  expect(notes.map(({ line, sentence }) => [line, sentence.slice(0, 42)])).toEqual([[5, 'The transaction that begins here goes on i'], [16, 'What is done CONCURRENTLY cannot be in a t']]);
});

test('Windows line ends read as others do, and quotes with semicolons in them stay whole', async () => {
  const text = `# P\n\n## 1\n${FENCE}sql\nDO $body$ BEGIN\n  PERFORM 1; -- ; really\nEND $body$;\nCREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := ';'; RETURN NEW; END $$;\n${FENCE}\n`;
  const [unix, windows] = [await read(text), await read(text.replaceAll('\n', '\r\n'))];
  expect(windows).toEqual(unix);
  expect(sqlOf(unix.phases)).toHaveLength(2);
});

test('a text that wants no ALTER TABLE is told of its own', async () => {
  const { notes } = await read(`# P\n\n## 1\n${FENCE}sql\nCREATE TABLE t (id int);\nALTER TABLE t ADD COLUMN a int;\n${FENCE}\n\n## Checklist\n- [ ] No ALTER TABLE commands present\n`);
  expect(notes.map(({ line, sentence }) => [line, sentence])).toContainEqual([10, 'The text wants no ALTER TABLE here, and its own script has 1 step with it (line 6).']);
});
