import { expect, test } from 'vitest';
import { factsOf, planOf, reading, readTable, writtenPhase, writtenPlan, writtenStep } from '#lib/testing/lint-scene.ts';
import type { Check } from '../evidence.ts';
import type { Plan } from '../plan.ts';
import { withAsks } from './asks.ts';

const current = reading(...readTable('project', { id: 'uuid' }), ...readTable('exports', { id: 'text', project_id: 'text', status: 'text' }));
const facts = factsOf({ current });
const asked = async (plan: Plan) => (await withAsks(plan, facts)).phases.map((phase) => ({ checks: phase.checks, touches: phase.touches }));
const kinds = (checks: readonly Check[]) => checks.map((check) => check.id);

const rules = async (...sql: string[]) => (await asked(planOf(...sql)))[0]?.checks.flatMap((check) => (check.kind === 'violations' ? check.rules.map((rule) => `${rule.name} ${rule.what}`) : []));

test('a conversion by hand is measured as one by the planner: rows, orphans and casts of the live table, names that must be free', async () => {
  const [first] = await asked(planOf('CREATE TABLE exports_new (id uuid PRIMARY KEY, project_id uuid, status text)', 'INSERT INTO exports_new (id, project_id, status) SELECT id::uuid, project_id::uuid, status FROM exports', 'ALTER TABLE exports_new ADD CONSTRAINT fk FOREIGN KEY (project_id) REFERENCES project(id) ON DELETE CASCADE', ['ALTER TABLE exports RENAME TO exports_old', 'ALTER TABLE exports_new RENAME TO exports']));
  expect(kinds(first?.checks ?? [])).toEqual(['rows:public.exports', 'orphans', 'casts:public.exports', 'free_names']);
  expect(first?.checks[1]).toEqual({ id: 'orphans', kind: 'orphans', keys: { 'public.exports': ['id'] }, foreignKeys: [{ id: 'fk', child: { schema: 'public', name: 'exports' }, columns: ['project_id'], parent: { schema: 'public', name: 'project' }, parentColumns: ['id'], types: ['uuid'], onDelete: 'CASCADE', nullable: true }] });
  expect(first?.checks[2]).toMatchObject({ key: ['id'], casts: [{ column: 'id', from: 'text', to: 'uuid' }, { column: 'project_id', from: 'text', to: 'uuid' }] });
  expect(first?.checks[3]).toMatchObject({ names: [{ name: 'exports_new' }, { name: 'exports_old' }] });
  expect(first?.touches).toEqual(['table:public.exports', 'table:public.project', 'table:public.exports_new']);
});

test('values that a new rule would refuse are counted, and a phase speaks of tables as they are called when it begins', async () => {
  const plan = writtenPlan(writtenPhase('one', [writtenStep('one.1', ['ALTER TABLE exports RENAME TO outputs'])]), writtenPhase('two', [writtenStep('two.1', ['ALTER TABLE outputs ALTER COLUMN status SET NOT NULL']), writtenStep('two.2', ['ALTER TABLE outputs ADD CONSTRAINT one_each UNIQUE (project_id)'])]));
  const [one, two] = await asked(plan);
  expect([one?.touches, two?.touches]).toEqual([['table:public.exports'], ['table:public.outputs']]);
  expect(two?.checks.find((check) => check.kind === 'violations')).toMatchObject({ table: { name: 'outputs' }, rules: [{ name: 'status NOT NULL' }, { name: 'one_each', what: 'unique' }] });
});

test('a unique index and a primary key are asked of the rows too, and nothing is asked of a table that the phase mends first', async () => {
  expect(await rules('CREATE UNIQUE INDEX one_each ON exports (project_id)', 'ALTER TABLE exports ADD CONSTRAINT both_of PRIMARY KEY (project_id, status)')).toEqual(['one_each unique', 'project_id NOT NULL not null', 'status NOT NULL not null', 'both_of unique']);
  expect(await rules('CREATE INDEX some ON exports (project_id)', 'CREATE UNIQUE INDEX half ON exports (project_id) WHERE status IS NULL')).toEqual([]);
  expect(await rules("UPDATE exports SET status = 'x' WHERE status IS NULL", 'ALTER TABLE exports ALTER COLUMN status SET NOT NULL', 'ALTER TABLE project ALTER COLUMN id SET NOT NULL')).toEqual([]);
  expect(await rules('ALTER TABLE exports ALTER COLUMN status SET NOT NULL', "UPDATE exports SET status = 'x' WHERE status IS NULL")).toEqual(['status NOT NULL not null']);
});

test('a phase that has left its mark keeps what was asked of it, and one that only reads asks nothing', async () => {
  const plan = planOf("UPDATE exports SET status = 'x' WHERE id = 'a'");
  expect(await withAsks(plan, facts, new Set(['written']))).toEqual(plan);
  expect(await asked(planOf('SELECT 1'))).toEqual([{ checks: [], touches: [] }]);
  expect((await asked(planOf('SELECT count(*) FROM exports')))[0]).toEqual({ checks: [], touches: ['table:public.exports'] });
});

test('a phase from which rows leave counts those alone, and is said to have no way back where it has none', async () => {
  const [phase] = (await withAsks(planOf("UPDATE project SET id = id WHERE id IS NULL", "DELETE FROM exports WHERE status = 'old'"), facts)).phases;
  expect(phase).toMatchObject({ destructive: true, pointOfNoReturn: true });
  expect(phase?.checks).toMatchObject([{ id: 'matched', tables: [{ table: { name: 'project' }, goes: false, changes: true }, { table: { name: 'exports' }, goes: true, changes: false }] }]);
  const [mild] = (await withAsks({ ...planOf('SELECT 1'), phases: [{ ...writtenPhase('written', [writtenStep('written.1', ['SELECT 1'])]), destructive: true, pointOfNoReturn: true }] }, facts)).phases;
  expect(mild).toMatchObject({ destructive: false, pointOfNoReturn: false });
});
