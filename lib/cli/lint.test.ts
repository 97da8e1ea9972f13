import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lintCommand } from './lint.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-lint-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function lint(name: string, text: string, ...options: string[]): Promise<{ code: number; lines: string[] }> {
  writeFileSync(join(folder, name), text);
  let out = '';
  const code = await lintCommand([...options, name], folder, async (more) => { out += more; });
  return { code, lines: out.trimEnd().split('\n') };
}

test('what blocks ends with 1, and every finding has its place in the file', async () => {
  const { code, lines } = await lint('a.sql', "SET lock_timeout = '2s';\n\\timing\nCREATE TABLE t (id bigint PRIMARY KEY, b text);\nCREATE INDEX i ON t (b);\n/* ü */ BEGIN;\n  ALTER TABLE t ADD COLUMN a int NOT NULL;\n  DROP INDEX old; CREATE INDEX j ON orders (a);\nCOMMIT;\n");
  expect(code).toBe(1);
  expect(lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual(['a.sql:7:3: to know', 'a.sql:7:19: blocking INDEX_HOLDS_UP_WRITES', '1 blocking, 1']);
  expect(lines[1]).toBe('a.sql:7:19: blocking INDEX_HOLDS_UP_WRITES Writes to orders wait (SHARE) while all of its rows (how many is not known) are read for j.');
});

test('nothing that blocks ends with 0', async () => {
  expect(await lint('b.sql', 'CREATE TABLE t (id uuid PRIMARY KEY);\nCREATE INDEX CONCURRENTLY i ON orders (a);\n')).toMatchObject({ code: 0, lines: [expect.stringMatching(/^0 blocking, 0 to know\./)] });
});

test('what does not parse is a finding at its place, and the rest is linted all the same', async () => {
  const { code, lines } = await lint('c.sql', 'SELECT 1;\n  ALTER TABLE t ADDD x;\nVACUUM FULL orders;\n');
  expect(code).toBe(1);
  expect(lines.filter((line) => line.includes(' blocking ')).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual(['c.sql:2:17: blocking STEP_OPEN', 'c.sql:3:1: blocking TABLE_REWRITTEN']);
});

test('the part of a file that its tool keeps for the way back is not linted as one that goes forward', async () => {
  const { code, lines } = await lint('down.sql', '-- migrate:up\nCREATE TABLE t (id bigint PRIMARY KEY);\n-- migrate:down\nDROP TABLE orders;\n-- migrate:up\nTRUNCATE orders;\n');
  expect([code, lines.map((line) => line.split(' ')[0])]).toEqual([1, ['down.sql:6:1:', 'down.sql:6:1:', '1']]);
});

test('a table that stands open in a runbook says that nothing tells what it is to be', async () => {
  const { lines } = await lint('open.md', '# P\n\n```sql\nCREATE TABLE brand (...);\n```\n');
  expect(lines[0]).toContain('What brand is to be cannot be offered where nothing says which database has it.');
});

test('what the file makes and then uses is followed, although no database was read, and a value that is thrown away is said', async () => {
  const { code, lines } = await lint('made.sql', 'CREATE FUNCTION purge() RETURNS void LANGUAGE sql AS $$ DELETE FROM public.orders; UPDATE people SET name = NULL $$;\nSELECT purge();\nCREATE VIEW v AS SELECT * FROM t;\nDELETE FROM v WHERE id = 1;\nUPDATE t SET c = NULL WHERE id = 3;\nALTER TABLE t ADD COLUMN d text;\nUPDATE t SET d = c WHERE id = 4;\n');
  expect([code, lines.slice(0, -1).map((line) => line.replace(/^made\.sql:(\d+):\S* (to know|blocking) (\S+) .*$/, '$1 $3'))]).toEqual([1, ['2 NO_WAY_BACK', '2 HIDDEN_SQL', '2 VALUES_REPLACED', '4 NO_WAY_BACK', '4 THROUGH_VIEW', '5 VALUES_REPLACED']]);
});

test('names are looked for where the text says', async () => {
  const { lines } = await lint('d.sql', 'SET search_path TO app, public;\nCREATE TABLE t (id bigint);\nTRUNCATE app.t;\nTRUNCATE public.t;\n');
  expect(lines.filter((line) => line.includes('ROWS_TRUNCATED')).map((line) => line.split(' ')[0])).toEqual(['d.sql:4:1:']);
});

test('a runbook in Markdown is linted as what it would become, and the team’s rules are held', async () => {
  const { code, lines } = await lint('book.md', '# Work\n\n## Phase 1: orders\n\n```sql\nALTER TABLE orders ADD COLUMN note text;\n```\n', '--rule', 'backup_first');
  expect(code).toBe(1);
  expect(lines[0]).toMatch(/^book\.md:6:1: blocking TEAM_NO_BACKUP .*orders/);
});

test('a rule, a version or a file that is not there is named', async () => {
  await expect(lint('e.sql', '', '--rule', 'nothing')).rejects.toThrow('--rule is one of');
  await expect(lint('e.sql', '', '--major', '13')).rejects.toThrow('--major is a version from 14 to 18');
  await expect(lintCommand(['none.sql'], folder, async () => undefined)).rejects.toThrow('none.sql cannot be read');
});
