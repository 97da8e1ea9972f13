import { describe, expect, test } from 'vitest';
import { factsOf } from '#lib/testing/lint-scene.ts';
import { diff } from '../diff.ts';
import { lintPlan } from '../lint/lint.ts';
import { planDigest, type OrphanDecision, type OverlapDecision, type Phase, type Statement } from '../plan.ts';
import { objectId, type Attribute, type SchemaObject, type Snapshot } from '../snapshot.ts';
import { movedSentence } from '../approval.ts';
import { decideOrphans } from './decide-orphans.ts';
import { decideOverlap, keepTable } from './decide-overlap.ts';
import { existingOf } from '../sql-facts/existing.ts';
import { editStep } from './edit-step.ts';
import { makePlan, type MakePlanInput } from './make-plan.ts';

const ID = '7f3a1c52-0000-4000-8000-000000000001';

function snapshot(...objects: SchemaObject[]): Snapshot {
  return { target: { systemIdentifier: '1', timeline: 1, databaseOid: 1, database: 'x', serverVersion: 150018 }, takenAt: '2026-01-01T00:00:00Z', objects, estimates: {}, notCompared: [] };
}

function table(name: string, attributes: Record<string, Attribute> = {}): SchemaObject {
  return { id: objectId('table', 'public', name), kind: 'table', schema: 'public', name, parent: null, position: null, attributes: { persistence: 'permanent', partitioned: false, ...attributes } };
}

function child(kind: 'column' | 'constraint' | 'index', of: string, name: string, attributes: Record<string, Attribute>, position: number | null = null): SchemaObject {
  return { id: objectId(kind, 'public', of, name), kind, schema: 'public', name, parent: objectId('table', 'public', of), position, attributes };
}

function column(of: string, name: string, type: string, position: number, more: Record<string, Attribute> = {}): SchemaObject {
  return child('column', of, name, { type, nullable: true, default: null, identity: null, generated: null, collation: null, ...more }, position);
}

function primaryKey(of: string, name = `${of}_pkey`): SchemaObject {
  return child('constraint', of, name, { type: 'primary key', definition: 'PRIMARY KEY (id)', columns: ['id'], validated: true, deferrable: 'NOT DEFERRABLE' });
}

function foreignKey(of: string, name: string, from: string, to: string): SchemaObject {
  return child('constraint', of, name, { type: 'foreign key', definition: `FOREIGN KEY (${from}) REFERENCES public.${to}(id)`, columns: [from], references: objectId('table', 'public', to), referencedColumns: ['id'], match: 'SIMPLE', onUpdate: 'NO ACTION', onDelete: 'NO ACTION', onDeleteColumns: [], deferrable: 'NOT DEFERRABLE', validated: true });
}

function planFrom(current: Snapshot, desired: Snapshot, more: Partial<MakePlanInput> = {}) {
  return makePlan({ id: ID, name: 'p', target: 'prod', desired: 'dev', current, desiredSnapshot: desired, deltaIds: diff(current, desired).map((delta) => delta.id), decisions: [], windowHours: 48, tolerance: { rowsPercent: 10 }, ...more });
}

function ok(result: ReturnType<typeof makePlan>) {
  if (!result.ok) throw new Error(result.refusals.map((refusal) => refusal.sentence).join('; '));
  return result.plan;
}

function sentences(result: ReturnType<typeof makePlan>): string {
  return result.ok ? '' : result.refusals.map((refusal) => refusal.sentence).join('; ');
}

const shaped = (name: string) => [table(name), column(name, 'id', 'text', 1), column(name, 'title', 'text', 2), primaryKey(name)];
const twoTables = () => ({ current: snapshot(...shaped('category'), ...shaped('tag')), desired: snapshot(...shaped('category')) });
const said = (verdict: OverlapDecision['verdict'], more: Partial<OverlapDecision> = {}): OverlapDecision => ({ verdict, reason: 'r', ...more });
const noteOf = (onDelete: string) => [table('note'), column('note', 'id', 'text', 1), column('note', 'tag_id', 'text', 2), primaryKey('note'), { ...foreignKey('note', 'note_tag', 'tag_id', 'app_tag'), attributes: { ...foreignKey('note', 'note_tag', 'tag_id', 'app_tag').attributes, onDelete } }];
const mergeUndo = (onDelete: string) => ok(planFrom(snapshot(...shaped('app_tag'), ...shaped('tag'), ...noteOf(onDelete)), snapshot(...shaped('app_tag'), ...noteOf(onDelete)))).phases.find((phase) => phase.kind === 'duplicate')?.steps[0]?.undo.filter((statement) => statement.do === 'assert');
const twin = (name: string) => [table(name), column(name, 'id', 'text', 1), primaryKey(name)];
const digestOnce = () => planDigest(ok(planFrom(snapshot(...parent, ...kid), snapshot(...uuidParent, ...uuidKid))));
const parent = [table('parent'), column('parent', 'id', 'text', 1), primaryKey('parent')];
const kid = [table('kid'), column('kid', 'id', 'text', 1), column('kid', 'parent_id', 'text', 2), primaryKey('kid')];
const uuidParent = [table('parent'), column('parent', 'id', 'uuid', 1), primaryKey('parent')];
const uuidKid = [table('kid'), column('kid', 'id', 'uuid', 1), column('kid', 'parent_id', 'uuid', 2), primaryKey('kid'), foreignKey('kid', 'kid_parent_fk', 'parent_id', 'parent')];

const priced = (type: string) => [table('price'), column('price', 'id', 'integer', 1), column('price', 'amount', type, 2), primaryKey('price')];

const part = (name: string, attributes: object) => ({ ...table(name), attributes: { ...table(name).attributes, ...attributes } });

test('a table that is partitioned by the plan, and gets no partition by it, takes no row: that is said, and which were not chosen', () => {
  const parted = [part('p', { partitioned: true, partitionKey: 'RANGE (id)' }), column('p', 'id', 'integer', 1)];
  const partition = [part('p1', { partitionOf: 'table:public.p', partitionBound: 'FOR VALUES FROM (0) TO (10)' }), { ...column('p1', 'id', 'integer', 1), attributes: { ...column('p1', 'id', 'integer', 1).attributes, inherited: true } }];
  const saidOf = (deltaIds: readonly string[]) => ok(planFrom(snapshot(), snapshot(...parted, ...partition), { deltaIds })).phases.flatMap((phase) => phase.steps.flatMap(({ hazards }) => hazards.flatMap(({ code, sentence }) => (code === 'STOPS_ON_ROWS' ? [sentence] : []))));
  expect(saidOf(['add:table:public.p'])).toEqual(['p has no partition when the plan is done, so that every row written to it is refused: p1 was not chosen.']);
  expect(saidOf(['add:table:public.p', 'add:table:public.p1'])).toEqual([]);
});

test.each([['in one transaction', {}, 'convert'], ['beside the live table', { writePauseSeconds: 0 }, 'convert convert-swap'], ['inside it', { writePauseSeconds: 0, keepTables: true as const }, 'convert convert-swap']])('a type that holds less is a hazard of each phase that brings it: %s', (_way, more, phases) => {
  const large = { ...snapshot(...priced('numeric')), estimates: { 'table:public.price': { rows: 5_000_000, bytes: 900_000_000, analyzedAt: null } } };
  const plan = ok(planFrom(large, snapshot(...priced('integer')), more));
  const said = plan.phases.filter((phase) => phase.steps.some((step) => step.hazards.some(({ code, sentence }) => code === 'CHANGES_VALUES' && sentence.startsWith('price.amount goes from numeric to integer, which holds less:'))));
  expect(said.map((phase) => phase.id).join(' ')).toBe(phases);
});

describe('a rename that a person took', () => {
  const current = snapshot(table('member'), column('member', 'mail', 'text', 1));
  const desired = snapshot(table('person'), column('person', 'mail', 'text', 1), column('person', 'born', 'date', 2));
  const renames = [{ from: 'table:public.member', to: 'table:public.person' }];
  const rename = 'rename:table:public.member→table:public.person';
  const added = 'add:column:public.person.born';

  test('comes before everything else, and what follows speaks of the new name', () => {
    const plan = ok(planFrom(current, desired, { renames, deltaIds: [rename, added] }));
    expect(plan.phases.map((phase) => phase.id)).toEqual(['rename', 'alter', 'validate']);
    expect(plan.renames).toEqual(renames);
    expect(plan.phases[1]?.requires).toContain('rename');
    expect(JSON.stringify(plan.phases[1]?.steps)).toContain('ALTER TABLE public.person ADD COLUMN born');
  });

  test('is not carried out by a plan that did not choose it, and what is only there after it is refused with its name', () => {
    expect(sentences(planFrom(current, desired, { renames, deltaIds: [added] }))).toBe('“column public.person.born, only in dev” is said in names that are there only after a rename: choose “table public.member is called person” too.');
  });

  test('that was withdrawn leaves one table to go and one to come', () => {
    const { phases } = ok(planFrom(current, desired));
    expect(phases.map((phase) => phase.kind)).not.toContain('rename');
    expect(JSON.stringify(phases)).not.toContain('RENAME');
  });
});

describe('makePlan', () => {
  test('refuses an empty choice', () => {
    expect(planFrom(snapshot(...parent), snapshot(...parent))).toMatchObject({ ok: false, refusals: [{ code: 'plan_empty' }] });
  });

  test('refuses a chosen difference that no longer exists', () => {
    expect(sentences(planFrom(snapshot(...parent), snapshot(...uuidParent), { deltaIds: ['change:column:public.parent.id', 'add:table:public.gone'] }))).toContain('add:table:public.gone no longer exists');
  });

  test('gives equal plans for equal input', () => {
    expect(digestOnce()).toBe(digestOnce());
  });

  test('converts tables that a foreign key joins in one phase, parents first', () => {
    const plan = ok(planFrom(snapshot(...parent, ...kid), snapshot(...uuidParent, ...uuidKid)));
    const copies = plan.phases.filter((phase) => phase.kind === 'convert').map((phase) => phase.steps.flatMap((step) => step.statements.filter((statement) => statement.do === 'copy').map((statement) => statement.label)));
    expect(copies).toEqual([['copy parent', 'copy kid']]);
  });

  test('converts tables that no key joins in phases of their own', () => {
    const plan = ok(planFrom(snapshot(...parent, ...kid), snapshot(...uuidParent, ...uuidKid.slice(0, 4))));
    expect(plan.phases.filter((phase) => phase.kind === 'convert').map((phase) => phase.id)).toEqual(['convert', 'convert-2']);
  });

  test('refuses to convert one side of a foreign key only, by name', () => {
    const result = planFrom(snapshot(...parent, ...kid), snapshot(...parent, ...uuidKid));
    expect(sentences(result)).toContain('kid_parent_fk would join kid.parent_id (uuid) to parent.id (text)');
  });

  test('refuses tables without a primary key', () => {
    const bare = [table('bare'), column('bare', 'v', 'text', 1)];
    expect(sentences(planFrom(snapshot(...bare), snapshot(table('bare'), column('bare', 'v', 'uuid', 1))))).toContain('bare has no primary key, by which its rows are copied. Give it one first');
  });

  test('refuses what it has no script for, and says which difference', () => {
    const result = planFrom(snapshot(table('t'), column('t', 'a', 'text', 1), column('t', 'b', 'text', 2)), snapshot(table('t'), column('t', 'a', 'text', 1), column('t', 'b', 'text', 2, { generated: 'lower(a) STORED' })));
    expect(sentences(result)).toContain('column public.t.b is dropped with its values, because it is computed from now on');
  });

  test('a table only in the target is set aside when it is empty, merged when its twin exists', () => {
    const plan = ok(planFrom(snapshot(...twin('app_metric'), ...twin('metric'), ...twin('unused')), snapshot(...twin('app_metric'))));
    expect(plan.phases.map((phase) => phase.id)).toEqual(['backup', 'duplicate', 'empty', 'validate', 'cleanup']);
    expect(plan.phases[1]?.title).toContain('metric');
    expect(plan.phases[2]?.title).toBe('Remove 1 empty table');
  });

  test('tables of one shape are not merged by likeness: it is offered, and done when a person says so, and taken back when a person says otherwise', () => {
    const { current, desired } = twoTables();
    const plan = ok(planFrom(current, desired));
    expect(plan.phases.map((phase) => phase.id)).toEqual(['backup', 'empty', 'validate', 'cleanup']);
    expect(plan.phases[1]?.checks[0]).toMatchObject({ kind: 'empty', like: [{ schema: 'public', name: 'category' }] });
    expect(sentences(decideOverlap(plan, 'public.tag', said('stop'), current, desired))).toBe('Say which table the rows of public.tag go into.');
    expect(sentences(decideOverlap(plan, 'public.tag', said('stop', { into: 'public.nowhere' }), current, desired))).toContain('tag cannot be merged into public.nowhere');
    expect(sentences(decideOverlap(plan, 'public.category', said('stop', { into: 'public.tag' }), current, desired))).toBe('The plan takes no such table away.');
    const merged = ok(decideOverlap(plan, 'public.tag', said('stop', { into: 'public.category' }), current, desired));
    expect(merged.phases.map((phase) => phase.id)).toEqual(['backup', 'duplicate', 'validate', 'cleanup']);
    const settled = ok(decideOverlap(merged, 'public.tag', said('keep_duplicate'), current, desired));
    expect(settled.phases[1]).toMatchObject({ overlapDecisions: { 'public.tag': { verdict: 'keep_duplicate', into: 'public.category' } } });
    expect(settled.phases[3]?.checks.map((check) => check.id)).toEqual(['rows:countersign_7f3a1c52.tag', 'rows:countersign_7f3a1c52.tag_merged', 'rows:countersign_7f3a1c52.tag_replaced']);
    expect(movedSentence(merged.phases[1] as Phase, settled.phases[1] as Phase)).toContain('the decision on the table public.tag, from stop to keep duplicate');
    expect(ok(decideOverlap(settled, 'public.tag', said('not_a_duplicate'), current, desired)).phases.map((phase) => phase.id)).toEqual(['backup', 'empty', 'validate', 'cleanup']);
  });

  test('a table that is not empty goes with its rows when a person says so: no row is asked for, its keys to tables that stay are taken off and come back, and clean-up drops it', () => {
    const log = [table('log'), column('log', 'id', 'text', 1), column('log', 'parent_id', 'text', 2), primaryKey('log'), foreignKey('log', 'log_parent', 'parent_id', 'parent'), foreignKey('log', 'log_log', 'parent_id', 'log')];
    const [current, desired] = [snapshot(...parent, ...log), snapshot(...parent)];
    const plan = ok(planFrom(current, desired));
    const archived = ok(decideOverlap(plan, 'public.log', said('archive'), current, desired));
    const phase = archived.phases.find((one) => one.kind === 'empty');
    expect(phase).toMatchObject({ title: 'Remove 1 table with rows', destructive: true, checks: plan.phases[1]?.checks, overlapDecisions: { 'public.log': { verdict: 'archive' } } });
    expect(phase?.steps[0]?.statements.map(({ label }) => label)).toEqual(['lock log', 'take off log_parent', 'set log aside']);
    expect(phase?.steps[0]?.undo.map(({ label }) => label)).toEqual(['bring log back', 'add log_parent for new rows', 'check log_parent where its rows allow it']);
    expect(phase?.steps[0]?.locks.map((lock) => lock.table.name)).toEqual(['log', 'parent']);
    expect(archived.phases.at(-1)?.checks).toMatchObject([{ kind: 'rows', table: { name: 'log' } }]);
    expect(ok(decideOverlap(archived, 'public.log', said('not_a_duplicate'), current, desired)).phases[1]).toMatchObject({ destructive: false, steps: [{ statements: [{}, { do: 'assert' }, {}] }] });
  });

  test('a key to a table that goes is taken off in the step that sets it aside, first locking who holds it, and is added again on the way back', () => {
    const child = [table('child'), column('child', 'id', 'text', 1), column('child', 'parent_id', 'text', 2), primaryKey('child')];
    const phase = ok(planFrom(snapshot(...parent, ...child, foreignKey('child', 'child_parent', 'parent_id', 'parent')), snapshot(...child))).phases.find((one) => one.kind === 'empty');
    expect(phase?.steps.map((step) => step.statements.map(({ label }) => label))).toEqual([['lock child', 'lock parent', 'rows of parent', 'take off child_parent', 'set parent aside']]);
    expect(phase?.steps[0]?.undo.map(({ label }) => label)).toEqual(['bring parent back', 'add child_parent for new rows', 'check child_parent where its rows allow it']);
    expect(phase?.touches).toEqual(['table:public.parent', 'remove:constraint:public.child.child_parent']);
    expect(phase?.checks.find((check) => check.kind === 'dependents')).toMatchObject({ carried: ['child_parent on public.child'] });
  });

  test('a table that a person keeps leaves the plan, with its sequences and the reason; the only thing that a plan does is not kept', () => {
    const [current, desired] = [snapshot(...parent, ...twin('log'), ...twin('unused')), snapshot(...parent)];
    const kept = ok(keepTable(ok(planFrom(current, desired)), 'public.log', 'still read', current, desired));
    expect(kept).toMatchObject({ deltaIds: ['remove:table:public.unused'], decisions: [{ deltaId: 'remove:table:public.log', verdict: 'keep', reason: 'still read' }] });
    expect(kept.phases.find((one) => one.kind === 'empty')?.steps.map(({ title }) => title)).toEqual(['Set unused aside']);
    expect(sentences(keepTable(kept, 'public.unused', 'r', current, desired))).toBe('Nothing would be left in the plan: taking public.unused away is all that it does.');
    expect(sentences(keepTable(kept, 'public.log', 'r', current, desired))).toBe('The plan takes no such table away.');
  });

  test('a duplicate by its name is no duplicate when a person says so, and a column that it does not have cannot tell which row is newer', () => {
    const [current, desired] = [snapshot(...shaped('app_tag'), ...shaped('tag')), snapshot(...shaped('app_tag'))];
    const plan = ok(planFrom(current, desired));
    expect(plan.phases[1]?.kind).toBe('duplicate');
    expect(plan.phases[1]).not.toHaveProperty('overlapDecisions');
    expect(ok(decideOverlap(plan, 'public.tag', said('not_a_duplicate'), current, desired)).phases[1]?.kind).toBe('empty');
    expect(sentences(decideOverlap(plan, 'public.tag', said('newest', { by: 'changed' }), current, desired))).toBe('tag has no column changed by which the newer row could be told.');
  });

  test('a duplicate is merged in batches when one transaction would hold writers up for longer than it may, and where that cannot be the reason is said', async () => {
    const big = (...objects: SchemaObject[]): Snapshot => ({ ...snapshot(...objects), estimates: { [objectId('table', 'public', 'tag')]: { rows: 2_000_000, bytes: 90_000_000, analyzedAt: null } } });
    const summary = (current: Snapshot, writePauseSeconds?: number) => ok(planFrom(current, snapshot(...shaped('app_tag')), writePauseSeconds === undefined ? {} : { writePauseSeconds })).phases[1]?.summary ?? '';
    const both = [...shaped('app_tag'), ...shaped('tag')];
    expect(summary(big(...both))).not.toContain('In one transaction');
    expect(summary(big(...both), 30)).toContain('In one transaction the pause for writers of app_tag is estimated at 20 s, within the 30 s that a pause may take');
    expect(summary(big(...both), 5)).toContain('over the 5 s that a pause may take, so the rows come over in batches');
    expect(summary(big(...both.filter((one) => one.name !== 'tag_pkey')), 5)).toContain('planned so nevertheless, because tag does not have the primary key of app_tag');
    expect(summary(big(...both, { ...table('old_tag'), attributes: { ...table('old_tag').attributes, inherits: [objectId('table', 'public', 'tag')] } }), 5)).toContain('because old_tag inherits from tag');
    const plan = ok(planFrom(big(...both), snapshot(...shaped('app_tag')), { writePauseSeconds: 5 }));
    const phase = plan.phases[1];
    expect(phase?.steps.map((step) => [step.id, step.work?.kind ?? 'sql', step.undo.length > 0 || step.undoWork !== undefined])).toEqual([['duplicate.1', 'sql', true], ['duplicate.2', 'sql', true], ['duplicate.3', 'batches', false], ['duplicate.4', 'take_over', true]]);
    expect(phase?.price.map((question) => question.step)).toEqual(['duplicate.2']);
    expect((await lintPlan(plan, factsOf({ current: big(...both), desired: snapshot(...shaped('app_tag')) }))).filter((finding) => finding.phaseId === 'duplicate')).toEqual([]);
  });

  test('merged rows are not taken out again under rows that would go with them: the way back stops there, and only there', () => {
    expect(mergeUndo('CASCADE')).toMatchObject([{ label: 'rows of note that refer to merged rows by note_tag', sql: 'SELECT count(*)::text FROM public.note c JOIN public.app_tag k ON c.tag_id = k.id JOIN countersign_7f3a1c52.tag_merged n ON k.id = n.id', expect: { value: '0' } }]);
    expect(mergeUndo('NO ACTION')).toEqual([]);
  });

  test('every step of every phase but validation and clean-up has an undo', () => {
    const plan = ok(planFrom(snapshot(...parent, ...kid), snapshot(...uuidParent, ...uuidKid, table('fresh'), column('fresh', 'id', 'uuid', 1), primaryKey('fresh'))));
    const without = plan.phases.filter((phase) => !['validate', 'cleanup'].includes(phase.kind)).flatMap((phase) => phase.steps).filter((step) => step.undo.length === 0);
    expect(without).toEqual([]);
  });

  test('new tables are created before the foreign keys that join them, whatever their names', () => {
    const fresh = [table('a'), column('a', 'id', 'uuid', 1), column('a', 'b_id', 'uuid', 2), primaryKey('a'), foreignKey('a', 'a_b_fk', 'b_id', 'b'), table('b'), column('b', 'id', 'uuid', 1), primaryKey('b')];
    const titles = ok(planFrom(snapshot(), snapshot(...fresh))).phases.find((phase) => phase.kind === 'create')?.steps.map((step) => step.title);
    expect(titles).toEqual(['Create b', 'Create a', 'Add 1 foreign key of the new tables']);
  });
});

describe('decideOrphans', () => {
  const current = snapshot(...parent, ...kid);
  const desired = snapshot(...uuidParent, ...uuidKid);
  const remove: OrphanDecision = { verdict: 'delete', reason: 'gone' };

  test('renders the quarantine into the conversion, marks the phase destructive and adds the table to clean-up', () => {
    const result = decideOrphans(ok(planFrom(current, desired)), ['kid_parent_fk'], remove, current, desired);
    const plan = ok(result);
    const convert = plan.phases.find((phase) => phase.kind === 'convert');
    expect(convert?.destructive).toBe(true);
    expect(convert?.steps[1]?.statements.map((statement) => statement.label)).toContain('set orphans of kid aside');
    expect(plan.phases.at(-1)?.steps.map((step) => step.title)).toContain('Drop kid_quarantine');
  });

  test('unlinks instead of removing where the column may be null', () => {
    const plan = ok(decideOrphans(ok(planFrom(current, desired)), ['kid_parent_fk'], { verdict: 'set_null', reason: 'keep the rows' }, current, desired));
    const copy = plan.phases.find((phase) => phase.kind === 'convert')?.steps[1]?.statements.find((statement) => statement.label === 'copy kid');
    expect(copy?.sql).toContain('THEN NULL ELSE b.parent_id::uuid END');
  });

  test('refuses to unlink a column that may not be null', () => {
    const strict = snapshot(...uuidParent, ...uuidKid.map((object) => (object.name === 'parent_id' ? { ...object, attributes: { ...object.attributes, nullable: false } } : object)));
    expect(sentences(decideOrphans(ok(planFrom(current, strict)), ['kid_parent_fk'], { verdict: 'set_null', reason: 'x' }, current, strict))).toContain('may not be null');
  });

  test('refuses a foreign key that the plan does not have', () => {
    expect(decideOrphans(ok(planFrom(current, desired)), ['nope'], remove, current, desired)).toMatchObject({ ok: false, refusals: [{ code: 'not_found' }] });
  });
});

/** As the form of a browser sends what stood in it. */
function asTyped(statements: readonly Statement[] = []): string {
  return statements.map((statement) => `${statement.sql};`).join('\n\n').replaceAll('\n', '\r\n');
}

describe('editStep', () => {
  const plan = ok(planFrom(snapshot(), snapshot(table('t'), column('t', 'id', 'uuid', 1), primaryKey('t'))));

  test('splits the text with the real parser, by bytes', async () => {
    const edited = ok(await editStep(plan, 'create', 'create.1', { sql: `COMMENT ON SCHEMA public IS 'é; ü';\nCREATE TABLE public.t (id uuid)`, undo: 'DROP TABLE public.t' }));
    expect(edited.phases[0]?.steps[0]?.statements.map((statement) => statement.sql)).toEqual([`COMMENT ON SCHEMA public IS 'é; ü'`, 'CREATE TABLE public.t (id uuid)']);
    expect(edited.phases[0]?.steps[0]?.hazards.map((hazard) => hazard.code)).toContain('EDITED_BY_HAND');
  });

  test.each([
    ['DELETE FROM public.parent WHERE id < 7', 'Rows or values of parent'], ['DROP TABLE public.parent', 'Rows or values of parent'], ['ALTER TABLE public.parent DROP COLUMN id', 'Rows or values of parent'], ['DO $$ BEGIN DELETE FROM public.parent; END $$', 'Rows or values of parent'],
    ["UPDATE public.parent SET id = 'x' WHERE id > 'y'", 'Rows or values of parent'], ["DO $$ BEGIN UPDATE parent SET id = NULL; END $$", 'Rows or values of parent'], ["ALTER TABLE public.parent ALTER COLUMN id TYPE text USING ''", 'Rows or values of parent'],
    ["DO $$ BEGIN EXECUTE 'TRUNCATE public.parent'; END $$", 'What it does cannot be read off its text'], ['CALL tidy()', 'What it does cannot be read off its text'],
    ["DO $$ BEGIN PERFORM pg_catalog.query_to_xml('DELETE FROM public.parent', true, true, ''); END $$", 'What it does cannot be read off its text'], ['DO $$ BEGIN PERFORM pg_sleep(1); END $$', 'What it does cannot be read off its text'],
    ['DO $$ BEGIN PERFORM pg_catalog.pg_sleep(tidy()); END $$', 'What it does cannot be read off its text'],
  ])('refuses %s in a generated step: nobody would count what goes, and fewer would sign', async (sql, why) => {
    const step = plan.phases[0]?.steps[0];
    const existing = existingOf(snapshot(...parent));
    expect(await editStep(plan, 'create', 'create.1', { sql: `${asTyped(step?.statements)}\n${sql}`, undo: asTyped(step?.undo) }, { major: 15, existing })).toMatchObject({ ok: false, refusals: [{ code: 'not_editable', sentence: expect.stringContaining(why) }] });
  });

  test('takes a block that does nothing but wait', async () => {
    const step = plan.phases[0]?.steps[0];
    const sql = "DO $$ BEGIN WHILE EXISTS (SELECT FROM pg_catalog.pg_stat_activity WHERE application_name = 'gate') LOOP PERFORM pg_catalog.pg_sleep(0.05); PERFORM pg_catalog.pg_stat_clear_snapshot(); END LOOP; END $$";
    expect(await editStep(plan, 'create', 'create.1', { sql: `${sql};\n${asTyped(step?.statements)}`, undo: asTyped(step?.undo) }, { major: 15, existing: existingOf(snapshot(...parent)) })).toMatchObject({ ok: true });
  });

  test('signs the tables that the edited text names beside those of the phase', async () => {
    const step = plan.phases[0]?.steps[0];
    const existing = existingOf(snapshot(...parent));
    const edited = ok(await editStep(plan, 'create', 'create.1', { sql: `${asTyped(step?.statements)}\nALTER TABLE public.parent ADD COLUMN more text`, undo: asTyped(step?.undo) }, { major: 15, existing }));
    expect(edited.phases[0]?.touches).toEqual([...(plan.phases[0]?.touches ?? []), 'table:public.parent']);
  });

  test('leaves statements that were not touched as they are, however the form sends line ends', async () => {
    const step = plan.phases[0]?.steps[0];
    const undo = asTyped(step?.undo);
    expect(ok(await editStep(plan, 'create', 'create.1', { sql: asTyped(step?.statements), undo }))).toEqual(plan);
    const edited = ok(await editStep(plan, 'create', 'create.1', { sql: `-- looked over\r\n${asTyped(step?.statements)}`, undo })).phases[0]?.steps[0];
    expect(edited?.undo).toEqual(step?.undo);
    expect(edited?.statements.slice(1)).toEqual(step?.statements.slice(1));
    expect(edited?.statements[0]?.sql).toBe(`-- looked over\n${step?.statements[0]?.sql}`);
  });

  test.each([
    ['BEGIN; SELECT 1', 'BEGIN, COMMIT and ROLLBACK'],
    ['CREATE INDEX CONCURRENTLY i ON public.t (id)', 'CONCURRENTLY'],
    ['VACUUM public.t', 'VACUUM'],
    ['SET lock_timeout = 0', 'SET and RESET'],
  ])('refuses %s, which cannot run inside the step', async (sql, word) => {
    expect(sentences(await editStep(plan, 'create', 'create.1', { sql, undo: '' }))).toContain(word);
  });

  test('refuses text that does not parse, and says where', async () => {
    expect(sentences(await editStep(plan, 'create', 'create.1', { sql: 'SELECT 1;\nCREATE TABEL x ()', undo: '' }))).toMatch(/does not parse: .*\(line 2, column 8\)/);
  });

  test('refuses to edit SQL that follows from decisions', async () => {
    const converted = ok(planFrom(snapshot(...parent), snapshot(...uuidParent)));
    expect(await editStep(converted, 'convert', 'convert.2', { sql: 'SELECT 1', undo: '' })).toMatchObject({ ok: false, refusals: [{ code: 'not_editable' }] });
  });
});

const keyed = (...more: SchemaObject[]) => snapshot(table('note'), column('note', 'id', 'text', 1), column('note', 'body', 'text', 2), ...more);

describe('a column that goes', () => {
  test('leaves its values beside the key in the last phase before clean-up, which drops them', () => {
    const plan = ok(planFrom(keyed(primaryKey('note')), snapshot(table('note'), column('note', 'id', 'text', 1), primaryKey('note'))));
    expect(plan.phases.map((phase) => phase.id)).toEqual(['backup', 'remove-columns', 'validate', 'cleanup']);
    expect(plan.phases[1]?.touches).toEqual(['remove:column:public.note.body']);
    expect(plan.phases[1]?.steps.map((step) => step.title)).toEqual(['Copy body of note', 'Drop body of note']);
    expect(plan.phases[3]?.steps[0]?.title).toBe('Drop note_columns');
  });

  test.each([
    ['no key finds its rows again', keyed(), snapshot(table('note'), column('note', 'id', 'text', 1))],
    ['the key goes too', keyed(primaryKey('note')), snapshot(table('note'), column('note', 'id', 'text', 1))],
  ])('goes in clean-up, for good and by the count of its rows, where %s', (_, current, desired) => {
    const plan = ok(planFrom(current, desired));
    const cleanup = plan.phases.at(-1);
    expect(cleanup?.steps[0]).toMatchObject({ title: 'Drop body of note', undo: [], hazards: [{ code: 'NOT_REVERSIBLE' }] });
    expect(cleanup).toMatchObject({ title: 'Drop a column', destructive: true, pointOfNoReturn: true, touches: ['remove:column:public.note.body'], checks: [{ id: 'rows:public.note', kind: 'rows' }] });
    expect(plan.phases.slice(0, -1).flatMap((phase) => phase.steps.flatMap((step) => step.statements)).some(({ sql }) => sql.includes('DROP COLUMN'))).toBe(false);
  });

  test('that a row cannot be written without may be null before clean-up drops it', () => {
    const strict = (...more: SchemaObject[]) => snapshot(table('note'), column('note', 'id', 'text', 1), ...more);
    const plan = ok(planFrom(strict(column('note', 'body', 'text', 2, { nullable: false })), strict()));
    expect(plan.phases.map((phase) => phase.id)).toEqual(['backup', 'leave-columns', 'validate', 'cleanup']);
    expect(plan.phases[1]?.steps[0]).toMatchObject({ statements: [{ sql: 'ALTER TABLE public.note ALTER COLUMN body DROP NOT NULL' }], undo: [{ sql: 'ALTER TABLE public.note ALTER COLUMN body SET NOT NULL' }] });
  });
});
