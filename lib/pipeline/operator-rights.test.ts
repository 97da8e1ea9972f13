import { expect, test } from 'vitest';
import { phaseOf } from '#lib/testing/phase.ts';
import { rightsWanted } from './operator-rights.ts';
import type { Statement, Step } from './plan.ts';

const statement = (sql: string): Statement => ({ label: 'one', sql }) as Statement;

function wanted(sqls: readonly string[], over: Partial<Step> = {}, kind: 'alter' | 'written' = 'alter') {
  const step: Step = { id: 'a.1', title: 'One', statements: sqls.map(statement), undo: [], locks: [], rewrite: false, hazards: [], editable: false, ...over };
  return rightsWanted(phaseOf([], { kind, steps: [step] }));
}

test.each([
  ['CREATE TABLE public.film (id int)', 'public'],
  ['CREATE UNLOGGED TABLE "odd.schema".film (id int)', 'odd.schema'],
  ['CREATE TABLE IF NOT EXISTS a.film (id int)', 'a'],
  ['CREATE OR REPLACE FUNCTION a."f.g"(integer)\n RETURNS integer', 'a'],
  ['CREATE MATERIALIZED VIEW a.v AS SELECT 1', 'a'],
  ['CREATE TEXT SEARCH CONFIGURATION a.c (COPY = pg_catalog.english)', 'a'],
  ['CREATE UNIQUE INDEX CONCURRENTLY "film.idx" ON ONLY a.film USING btree (id)', 'a'],
  ['ALTER TABLE a.film RENAME TO movie', 'a'],
  ['ALTER MATERIALIZED VIEW kept.v SET SCHEMA "a""b"', 'a"b'],
])('%s enters the schema %s', (sql, schema) => {
  expect(wanted([sql]).entered).toEqual([schema]);
});

test.each(['ALTER TABLE a.film ADD COLUMN b int', 'ALTER TABLE a.film RENAME COLUMN a TO b', 'DROP TABLE a.film', 'CREATE TRIGGER t AFTER INSERT ON a.film EXECUTE FUNCTION a.f()', 'CREATE POLICY p ON a.film', 'CREATE SCHEMA a', 'GRANT SELECT ON a.film TO b'])('%s asks for no right on the schema', (sql) => {
  expect(wanted([sql]).entered).toEqual([]);
});

test('what is given to a role is asked once, there and back, unless the phase opens the schema to the role', () => {
  const gives = ['ALTER TABLE a.film OWNER TO app', 'ALTER STATISTICS "B".s OWNER TO "App Owner"', 'ALTER FUNCTION a.f(text, a.t) OWNER TO app'];
  expect(wanted(gives).given).toEqual([{ schema: 'a', owner: 'app' }, { schema: 'B', owner: 'App Owner' }]);
  expect(wanted([], { undo: gives.map(statement) }).given).toHaveLength(2);
  expect(wanted(['GRANT USAGE, CREATE ON SCHEMA a TO app', ...gives]).given).toEqual([{ schema: 'B', owner: 'App Owner' }]);
});

test('only what is locked ACCESS EXCLUSIVE, there or back, must be owned, and of what people wrote nothing else is read', () => {
  const over: Partial<Step> = { locks: [{ mode: 'ACCESS EXCLUSIVE', table: { schema: 'a', name: 'film' } }, { mode: 'SHARE', table: { schema: 'a', name: 'other' } }], undo: [statement('SELECT 1')], undoLocks: [{ mode: 'ACCESS EXCLUSIVE', table: { schema: 'a', name: 'back' } }] };
  expect(wanted(['ALTER TABLE a.film OWNER TO app'], over, 'written')).toEqual({ altered: [{ schema: 'a', name: 'film' }, { schema: 'a', name: 'back' }], entered: [], given: [] });
});
