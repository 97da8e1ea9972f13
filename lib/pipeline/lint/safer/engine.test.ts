import { describe, expect, test } from 'vitest';
import { factsOf, planOf, readForeignKey, reading, readIndex, readTable, sceneFor, writtenPhase, writtenPlan, writtenStep } from '#lib/testing/lint-scene.ts';
import type { Plan } from '../../plan.ts';
import { decideOrphans } from '../../planner/decide-orphans.ts';
import type { PlanResult } from '../../planner/make-plan.ts';
import type { LintFacts, LintFinding } from '../finding.ts';
import { withAsks } from '../asks.ts';
import { swapsOf } from '../swaps.ts';
import { applySafer } from './safer.ts';

const project = readTable('project', { id: { type: 'uuid', default: 'gen_random_uuid()' } });
const exportsNow = readTable('exports', { id: 'text', project_id: 'text', status: 'text' }, readIndex('exports', 'exports_project', ['project_id']));
const exportsThen = readTable('exports', { id: { type: 'uuid' }, project_id: { type: 'uuid' }, status: 'text' }, readIndex('exports', 'exports_project', ['project_id']), readForeignKey('exports', 'exports_project_fk', 'project_id', 'project', 'CASCADE'));
const statsNow = readTable('stats', { id: 'uuid', export_id: 'text' });
const statsThen = readTable('stats', { id: 'uuid', export_id: 'uuid' }, readForeignKey('stats', 'stats_export_fk', 'export_id', 'exports'));
const codes = readTable('codes', { id: 'uuid', code: 'text' });
const usage = readTable('usage', { id: 'uuid', code_id: 'uuid' }, readForeignKey('usage', 'usage_code_fk', 'code_id', 'codes'));
const doubled = [...readTable('app_metric', { id: 'uuid', n: 'integer' }), ...readTable('metric', { id: 'uuid', n: 'integer' })];
const current = reading(...project, ...exportsNow, ...statsNow, ...doubled, ...readTable('unused', { id: 'uuid' }));
const desired = reading(...project, ...exportsThen, ...statsThen, ...codes, ...usage, ...readTable('app_metric', { id: 'uuid', n: 'integer' }));
const facts: LintFacts = factsOf({ current, desired });

const HAND = [
  'CREATE TABLE "exports_new" (id uuid PRIMARY KEY, project_id uuid, status text)',
  'INSERT INTO exports_new SELECT id::uuid, project_id::uuid, status FROM exports',
  'CREATE INDEX exports_project_new ON exports_new (project_id)',
  'ALTER TABLE exports_new ADD CONSTRAINT exports_project_fk FOREIGN KEY (project_id) REFERENCES project(id) ON DELETE CASCADE',
];
const SWAP = ['ALTER TABLE exports RENAME TO exports_old', 'ALTER TABLE exports_new RENAME TO exports'];

function migration(): Plan {
  return writtenPlan(
    writtenPhase('written.1', [writtenStep('written.1.1', ["UPDATE exports SET status = 'x' WHERE status = 'y'"]), ...HAND.map((sql, at) => writtenStep(`written.1.${at + 2}`, [sql])), writtenStep('written.1.8', SWAP), writtenStep('written.1.9', ["INSERT INTO project DEFAULT VALUES"])], { verifications: [{ label: 'rows of the new table', sql: 'SELECT count(*) FROM exports_new', expect: { from: 'any' } }, { label: 'rows', sql: 'SELECT count(*) FROM exports', expect: { from: 'any' } }] }),
    writtenPhase('written.2', [writtenStep('written.2.1', ['DROP TABLE exports_old'])], { requires: ['written.1'] }),
    writtenPhase('written.3', [writtenStep('written.3.1', ['SELECT 1'])], { requires: ['written.2'] }),
  );
}

function finding(form: string, more: Partial<LintFinding>): LintFinding {
  return { id: 'X', code: 'X', sentence: '', severity: 'blocking', move: 'yours', phaseId: 'written', stepId: null, statement: null, at: null, safer: { form, label: '', sentence: '' }, ...more };
}

function ok(result: PlanResult): Plan {
  if (!result.ok) throw new Error(result.refusals.map((one) => one.sentence).join('; '));
  return result.plan;
}

const shape = (plan: Plan) => plan.phases.map((phase) => `${phase.id}: ${phase.steps.map((step) => step.id).join(' ')}`);
const table = { schema: 'public', name: 'exports' };
const conversion = () => finding('engine_conversion', { phaseId: 'written.1', stepId: 'written.1.8', table });

const open = (text: string) => writtenPlan(writtenPhase('written', [writtenStep('written.1', [], { work: { kind: 'open', text, language: 'bash', why: 'other_tool', sentence: '', at: { line: 1, column: 1 } } }), writtenStep('written.2', ['SELECT 1'])]));
const drops = () => planOf('INSERT INTO app_metric SELECT * FROM metric WHERE id NOT IN (SELECT id FROM app_metric)', 'DROP TABLE metric', 'SELECT 2', 'DROP TABLE unused');

describe('a conversion by hand', () => {
  test('becomes the planner’s, where it stood, and what people wrote besides stays word by word', async () => {
    const before = migration();
    const plan = ok(await applySafer(before, conversion(), facts));
    expect(shape(plan)).toEqual([
      'written.1: written.1.1', 'backup: backup.1 backup.2 backup.3', 'convert: convert.1 convert.2', 'written.1-2: written.1.9', 'written.3: written.3.1', 'validate: validate.1', 'cleanup: cleanup.1 cleanup.2 cleanup.3 cleanup.4 cleanup.5',
    ]);
    expect(plan.phases[0]?.steps[0]).toEqual(before.phases[0]?.steps[0]);
    expect(plan.phases.find((phase) => phase.id === 'written.1-2')?.verifications.map((one) => one.label)).toEqual(['rows']);
    expect(plan.phases.find((phase) => phase.id === 'written.3')?.requires).toEqual(['convert']);
    expect(plan.phases.at(-1)?.due).toEqual({ afterPhase: 'convert', hours: 48 });
    expect(JSON.stringify(plan.phases)).not.toContain('exports_new');
  });

  test('takes along the tables that foreign keys join, because a key and its reference change type together', async () => {
    const plan = ok(await applySafer(migration(), conversion(), facts));
    expect(plan.phases.find((phase) => phase.id === 'convert')?.title).toBe('Convert types of exports and stats');
    expect(plan.generated?.[0]?.phaseIds).toEqual(['backup', 'convert', 'validate', 'cleanup']);
  });

  test('has no swap by hand left in it', async () => {
    expect(swapsOf(await sceneFor(migration(), facts))).toHaveLength(1);
    const plan = ok(await applySafer(migration(), conversion(), facts));
    expect(swapsOf(await sceneFor(plan, facts)).filter((swap) => swap.into.statement.phaseId.startsWith('written'))).toEqual([]);
  });

  test('leaves what people do with the rows behind the swap, and takes along the keys that they add there', async () => {
    const text = planOf(...HAND, SWAP, "UPDATE exports SET status = 'z' WHERE id IS NULL", 'CREATE INDEX exports_project ON exports (project_id)', 'DROP TABLE exports_old');
    const plan = ok(await applySafer(text, finding('engine_conversion', { stepId: 'written.5', table }), facts));
    expect(shape(plan)).toContain('written: written.6');
  });

  test('in place, by ALTER … TYPE, becomes one too', async () => {
    const plan = ok(await applySafer(planOf('ALTER TABLE stats ALTER COLUMN export_id TYPE uuid USING export_id::uuid', 'SELECT 1'), finding('engine_conversion', { stepId: 'written.1', statement: 0 }), facts));
    expect(shape(plan)).toEqual(['backup: backup.1 backup.2 backup.3', 'convert: convert.1 convert.2', 'written: written.2', 'validate: validate.1', 'cleanup: cleanup.1 cleanup.2 cleanup.3 cleanup.4 cleanup.5']);
  });

  test('is refused while a database was not read, or where nothing is left to convert', async () => {
    const blind = await applySafer(migration(), conversion(), factsOf({ current }));
    expect(blind).toMatchObject({ ok: false, refusals: [{ code: 'cannot_plan' }] });
    const done = await applySafer(migration(), conversion(), factsOf({ current: desired, desired }));
    expect(done.ok ? '' : done.refusals[0]?.sentence).toContain('the same in prod and dev already');
  });

  test('a decision on orphans renders the planner’s phases anew and no others', async () => {
    const plan = ok(await applySafer(migration(), conversion(), facts));
    const decided = ok(decideOrphans(plan, ['exports_project_fk'], { verdict: 'delete', reason: 'projects are gone' }, current, desired));
    expect(shape(decided).filter((line) => line.startsWith('written'))).toEqual(shape(plan).filter((line) => line.startsWith('written')));
    expect(decided.phases.map((phase) => phase.id)).toEqual(plan.phases.map((phase) => phase.id));
    expect(decided.phases.find((phase) => phase.id === 'convert')).toMatchObject({ orphanDecisions: { exports_project_fk: { verdict: 'delete' } }, destructive: true });
    expect(decided.origin).toEqual(plan.origin);
    expect(decided.generated).toEqual(plan.generated);
  });
});

test('rows without a parent in a phase of people can only stop it: nothing that they wrote would take them out', async () => {
  const plan = await withAsks(planOf('ALTER TABLE exports ADD CONSTRAINT fk FOREIGN KEY (project_id) REFERENCES project (id)', 'SELECT 1'), facts);
  const stopped = ok(decideOrphans(plan, ['fk'], { verdict: 'stop', reason: 'the team mends them' }, current, desired));
  expect(stopped).toEqual({ ...plan, phases: [{ ...plan.phases[0], orphanDecisions: { fk: { verdict: 'stop', reason: 'the team mends them' } } }] });
  const taken = decideOrphans(plan, ['fk'], { verdict: 'delete', reason: 'gone' }, current, desired);
  expect(taken.ok ? '' : taken.refusals[0]?.sentence).toContain('Mend the rows of exports first');
});

describe('new tables', () => {
  test('as a text believes them to be give way to the desired ones, parents included, and rows that are put in stay', async () => {
    const plan = ok(await applySafer(planOf('SELECT 1', 'CREATE TABLE usage (id int)', 'CREATE INDEX u ON usage (id)', "INSERT INTO usage (id) SELECT 1"), finding('engine_create', { stepId: 'written.2', table: { schema: 'public', name: 'usage' } }), facts));
    expect(shape(plan)).toEqual(['written: written.1', 'create: create.1 create.2 create.3', 'written-2: written.4', 'validate: validate.1']);
    expect(JSON.stringify(plan.phases[1])).toContain('CREATE TABLE public.usage');
  });

  test('that a placeholder or another tool would make are those it names, or all that are lacking', async () => {
    const named = ok(await applySafer(open('CREATE TABLE codes (...)'), finding('engine_create', { stepId: 'written.1' }), facts));
    expect(named.deltaIds).toEqual(['add:table:public.codes']);
    const all = ok(await applySafer(open('npm run db:migrate'), finding('engine_create', { stepId: 'written.1' }), facts));
    expect(all.deltaIds).toEqual(['add:table:public.codes', 'add:table:public.usage']);
    expect(shape(all)[1]).toBe('written: written.2');
  });
});

describe('tables that are dropped', () => {
  test('are set aside: a duplicate after it was merged, and the INSERT that merged it goes', async () => {
    const plan = ok(await applySafer(drops(), finding('set_aside_instead_of_drop', { stepId: 'written.2' }), facts));
    expect(shape(plan)).toEqual(['backup: backup.1', 'duplicate: duplicate.1', 'written: written.3 written.4', 'validate: validate.1', 'cleanup: cleanup.1 cleanup.2 cleanup.3']);
  });

  test('join what the planner made before, in one clean-up', async () => {
    const one = ok(await applySafer(drops(), finding('set_aside_instead_of_drop', { stepId: 'written.2' }), facts));
    const two = ok(await applySafer(one, finding('set_aside_instead_of_drop', { stepId: 'written.4' }), facts));
    expect(shape(two)).toEqual(['backup: backup.1', 'duplicate: duplicate.1', 'written: written.3', 'empty: empty.1', 'validate: validate.1', 'cleanup: cleanup.1 cleanup.2 cleanup.3 cleanup.4']);
    expect(two.generated?.map((part) => part.deltaIds)).toEqual([['remove:table:public.metric'], ['remove:table:public.unused']]);
  });

  test('that the desired database still has are not taken away', async () => {
    const result = await applySafer(planOf('DROP TABLE app_metric'), finding('set_aside_instead_of_drop', { stepId: 'written.1' }), facts);
    expect(result.ok ? '' : result.refusals[0]?.sentence).toContain('dev still has app_metric');
  });

  test('all four ways together come out in an order in which each stands on what it needs', async () => {
    const text = writtenPlan(writtenPhase('written', [writtenStep('written.1', ['DROP TABLE unused']), writtenStep('written.2', ['SELECT 1']), ...HAND.map((sql, at) => writtenStep(`written.${at + 3}`, [sql])), writtenStep('written.9', SWAP)]));
    const swapped = ok(await applySafer(text, finding('engine_conversion', { stepId: 'written.9', table }), facts));
    const plan = ok(await applySafer(swapped, finding('set_aside_instead_of_drop', { phaseId: 'written', stepId: 'written.1' }), facts));
    expect(shape(plan).map((line) => line.split(':')[0])).toEqual(['backup', 'empty', 'written', 'convert', 'validate', 'cleanup']);
  });
});
