import { describe, expect, test } from 'vitest';
import type { Phase, Plan, Step } from '../plan.ts';
import type { PlanResult } from '../planner/make-plan.ts';
import { editStep } from '../planner/edit-step.ts';
import { handPlan } from './new-plan.ts';
import { operate, operationSentence, type Operation } from './operation.ts';
import { emptyPhase } from './phases.ts';
import { inverseOf, typedText } from './written-sql.ts';
import { rowsAsText } from '../rows-as-text.ts';

const ABOUT = { id: '6d1f2a30-0000-4000-8000-000000000001', name: 'By hand', target: 'prod', desired: '', basis: { current: '', desired: '' }, tolerance: { rowsPercent: 5 }, windowHours: 72 };

function step(id: string, sql: readonly string[], undo: readonly string[] = [], more: Partial<Step> = {}): Step {
  return { id, title: `Step ${id}`, statements: sql.map((one) => ({ do: 'execute', label: one, sql: one })), undo: undo.map((one) => ({ do: 'execute', label: one, sql: one })), locks: [], rewrite: false, hazards: [], editable: true, ...more };
}

function planOf(...phases: Phase[]): Plan {
  return { ...handPlan(ABOUT), phases };
}

function written(id: string, steps: readonly Step[], more: Partial<Phase> = {}): Phase {
  return { ...emptyPhase(id, `Phase ${id}`), steps, ...more };
}

function ok(result: PlanResult): Plan {
  if (!result.ok) throw new Error(JSON.stringify(result.refusals));
  return result.plan;
}

const said = (result: PlanResult): string => (result.ok ? 'it was done' : result.refusals.map((one) => one.sentence).join(' '));
const ids = (plan: Plan): string[][] => plan.phases.map((phase) => phase.steps.map((one) => one.id));
const sqlOf = (plan: Plan, stepId: string): [string[], string[]] => {
  const one = plan.phases.flatMap((phase) => phase.steps).find((each) => each.id === stepId);
  return [(one?.statements ?? []).map((each) => each.sql), (one?.undo ?? []).map((each) => each.sql)];
};

const three = planOf(written('written.1', [step('written.1.1', ['A']), step('written.1.2', ['B1', 'B2'], ['b2', 'b1']), step('written.1.3', ['C'], ['c'])]));
const on = (stepId: string, rest: object): Operation => ({ phaseId: 'written.1', stepId, ...rest }) as Operation;

describe('a step', () => {
  test('is added beside another under a new id, split by the real parser', async () => {
    const plan = ok(await operate(three, { operation: 'insert_step', phaseId: 'written.1', beside: { side: 'before', stepId: 'written.1.2' }, step: { kind: 'sql', title: ' Two  tables ', sql: `CREATE TABLE a (x text DEFAULT 'é;');\nCREATE TABLE b ()`, undo: 'DROP TABLE b; DROP TABLE a' } }));
    expect(ids(plan)).toEqual([['written.1.1', 'written.1.4', 'written.1.2', 'written.1.3']]);
    expect(sqlOf(plan, 'written.1.4')).toEqual([[`CREATE TABLE a (x text DEFAULT 'é;')`, 'CREATE TABLE b ()'], ['DROP TABLE b', 'DROP TABLE a']]);
    expect(plan.phases[0]?.steps[1]).toMatchObject({ title: 'Two tables', editable: true, searchPath: ['public'] });
  });

  test.each([
    [{ kind: 'sql', title: 'x', sql: 'SELECT 1;\nCREATE TABEL', undo: '' }, 'does not parse: syntax error at or near "TABEL" (line 2, column 8)'],
    [{ kind: 'sql', title: 'x', sql: 'BEGIN; SELECT 1', undo: '' }, 'cannot run inside'],
    [{ kind: 'sql', title: 'x', sql: 'VACUUM a; SELECT 1', undo: '' }, 'give it a step of its own'],
    [{ kind: 'sql', title: 'x', sql: ' ', undo: '' }, 'no statement'],
    [{ kind: 'sql', title: '  ', sql: 'SELECT 1', undo: '' }, 'title'],
    [{ kind: 'verification', title: 'x', sql: 'DELETE FROM a', expect: 'any', value: '' }, 'one SELECT'],
    [{ kind: 'verification', title: 'x', sql: 'SELECT 1; SELECT 2', expect: 'any', value: '' }, 'one SELECT'],
    [{ kind: 'verification', title: 'x', sql: 'SELECT 1', expect: 'rows', value: 'many' }, 'whole number'],
    [{ kind: 'manual', title: 'x', instruction: ' ', command: '' }, 'what the person is to do'],
  ] as const)('is not added as %j', async (typed, why) => {
    expect(said(await operate(three, { operation: 'insert_step', phaseId: 'written.1', beside: { side: 'end' }, step: typed }))).toContain(why);
  });

  test('is split between two statements, and its undo with it: the later statement is undone first', async () => {
    const plan = ok(await operate(three, on('written.1.2', { operation: 'split_step', count: 1, title: 'The rest' })));
    expect(ids(plan)).toEqual([['written.1.1', 'written.1.2', 'written.1.4', 'written.1.3']]);
    expect(sqlOf(plan, 'written.1.2')).toEqual([['B1'], ['b1']]);
    expect(sqlOf(plan, 'written.1.4')).toEqual([['B2'], ['b2']]);
  });

  test('is not split where nobody can tell which undo belongs to which part, and not beside its statements', async () => {
    const odd = planOf(written('written.1', [step('written.1.1', ['A', 'B', 'C'], ['x', 'y'])]));
    expect(said(await operate(odd, on('written.1.1', { operation: 'split_step', count: 1, title: 'x' })))).toContain('2 statements for 3');
    for (const count of [0, 2, 1.5]) expect(said(await operate(three, on('written.1.2', { operation: 'split_step', count, title: 'x' })))).toContain('between two of the 2');
    expect(said(await operate(three, on('written.1.1', { operation: 'split_step', count: 1, title: 'x' })))).toContain('only one statement');
  });

  test('gives the whole undo to the part that changes something', async () => {
    const check: Step = { ...step('written.1.1', ['A'], ['a', 'again']), statements: [{ do: 'execute', label: 'A', sql: 'A' }, { do: 'assert', label: 'one', sql: 'SELECT 1', expect: { from: 'any' } }] };
    const plan = ok(await operate(planOf(written('written.1', [check])), on('written.1.1', { operation: 'split_step', count: 1, title: 'Look' })));
    expect(sqlOf(plan, 'written.1.1')[1]).toEqual(['a', 'again']);
    expect(plan.phases[0]?.steps[1]).toMatchObject({ undo: [], hazards: [] });
  });

  test('joined with the next runs both, and takes the later one back first', async () => {
    const plan = ok(await operate(three, on('written.1.2', { operation: 'join_step' })));
    expect(ids(plan)).toEqual([['written.1.1', 'written.1.2']]);
    expect(sqlOf(plan, 'written.1.2')).toEqual([['B1', 'B2', 'C'], ['c', 'b2', 'b1']]);
    expect(said(await operate(three, on('written.1.3', { operation: 'join_step' })))).toContain('last step');
    const mixed = planOf(written('written.1', [step('written.1.1', ['A'], ['a']), step('written.1.2', ['B'], ['b'], { searchPath: ['app'] })]));
    expect(said(await operate(mixed, on('written.1.1', { operation: 'join_step' })))).toContain('different schemas');
    const manual = planOf(written('written.1', [step('written.1.1', ['A']), step('written.1.2', [], [], { work: { kind: 'manual', instruction: 'Call them' } })]));
    expect(said(await operate(manual, on('written.1.1', { operation: 'join_step' })))).toContain('cannot be joined');
  });

  test('splitting and joining again gives the step back', async () => {
    const apart = ok(await operate(three, on('written.1.2', { operation: 'split_step', count: 1, title: 'The rest' })));
    expect(ok(await operate(apart, on('written.1.2', { operation: 'join_step' }))).phases[0]?.steps[1]).toEqual(three.phases[0]?.steps[1]);
  });

  test('moves, is duplicated, renamed and taken out', async () => {
    expect(ids(ok(await operate(three, on('written.1.2', { operation: 'move_step', to: 'up' }))))).toEqual([['written.1.2', 'written.1.1', 'written.1.3']]);
    expect(ids(ok(await operate(three, on('written.1.2', { operation: 'move_step', to: 'down' }))))).toEqual([['written.1.1', 'written.1.3', 'written.1.2']]);
    expect(said(await operate(three, on('written.1.1', { operation: 'move_step', to: 'up' })))).toContain('first step');
    expect(ids(ok(await operate(three, on('written.1.1', { operation: 'duplicate_step' }))))).toEqual([['written.1.1', 'written.1.4', 'written.1.2', 'written.1.3']]);
    expect(ids(ok(await operate(three, on('written.1.2', { operation: 'remove_step' }))))).toEqual([['written.1.1', 'written.1.3']]);
    expect(ok(await operate(three, on('written.1.1', { operation: 'rename_step', title: 'Begin' }))).phases[0]?.steps[0]?.title).toBe('Begin');
  });

  test('goes to another written phase by the shortest way, and keeps its id', async () => {
    const plan = planOf(written('written.1', [step('written.1.1', ['A']), step('written.1.2', ['B'])]), written('written.2', [step('written.2.1', ['C'])]));
    const there = ok(await operate(plan, on('written.1.1', { operation: 'move_step_to_phase', toPhaseId: 'written.2' })));
    expect(ids(there)).toEqual([['written.1.2'], ['written.1.1', 'written.2.1']]);
    expect(ids(ok(await operate(there, { operation: 'move_step_to_phase', phaseId: 'written.2', stepId: 'written.1.1', toPhaseId: 'written.1' })))).toEqual([['written.1.2', 'written.1.1'], ['written.2.1']]);
    expect(ids(ok(await operate(there, { operation: 'duplicate_step', phaseId: 'written.1', stepId: 'written.1.2' })))[0]).toEqual(['written.1.2', 'written.1.3']);
  });

  test('takes the answers to its findings with it when it goes, so that the next step of that id begins without them', async () => {
    const plan = planOf(written('written.1', [step('written.1.1', ['A']), step('written.1.2', ['B'])], { findingDecisions: { 'DROPS written.1.2 public.b': { verdict: 'accepted', reason: 'x' }, 'DROPS written.1.1 public.a': { verdict: 'accepted', reason: 'y' } } }));
    expect(Object.keys(ok(await operate(plan, on('written.1.2', { operation: 'remove_step' }))).phases[0]?.findingDecisions ?? {})).toEqual(['DROPS written.1.1 public.a']);
  });

  test('of a generated phase, or one of several that are safe only together, is left alone', async () => {
    const plan = planOf({ ...written('convert', [step('convert.1', ['A'])]), kind: 'convert' }, written('written.1', [step('written.1.1', ['A'], [], { editable: false })]));
    expect(said(await operate(plan, { operation: 'remove_step', phaseId: 'convert', stepId: 'convert.1' }))).toContain('follow from the differences');
    expect(said(await operate(plan, on('written.1.1', { operation: 'duplicate_step' })))).toContain('safe only together');
    expect(said(await operate(plan, on('nothing', { operation: 'duplicate_step' })))).toContain('no such step');
  });
});

const expectIt = async (plan: Plan, what: 'value' | 'rows' | 'any', value: string) => ok(await operate(plan, on('written.1.1', { operation: 'expect', statement: 0, expect: what, value }))).phases[0]?.steps[0]?.statements[0];

const add = async (sql: string, undo: string): Promise<Step | undefined> => ok(await operate(three, { operation: 'insert_step', phaseId: 'written.1', beside: { side: 'end' }, step: { kind: 'sql', title: 'x', sql, undo } })).phases[0]?.steps.at(-1);

describe('what is read off typed SQL', () => {
  test('are its locks and hazards, and that it cannot be taken back when nothing is said about that', async () => {
    const added = await add('ALTER TABLE orders ADD COLUMN note text;\nCREATE INDEX orders_note ON orders (note)', '');
    expect(added?.locks).toEqual([{ mode: 'ACCESS EXCLUSIVE', table: { schema: 'public', name: 'orders' } }]);
    expect(added?.hazards.map((hazard) => hazard.code)).toContain('NOT_REVERSIBLE');
    expect((await add('ALTER TABLE orders ADD COLUMN note text', 'ALTER TABLE orders DROP COLUMN note'))?.hazards.map((hazard) => hazard.code)).not.toContain('NOT_REVERSIBLE');
  });

  test('is that nobody waits for a table that the plan itself has made, in this step or an earlier one', async () => {
    const both = await operate(three, { operation: 'insert_step', phaseId: 'written.1', beside: { side: 'end' }, step: { kind: 'sql', title: 'x', sql: 'CREATE TABLE kid (id int PRIMARY KEY); ALTER TABLE kid ADD COLUMN parent int REFERENCES orders (id)', undo: 'SELECT 1; SELECT 2' } });
    const split = ok(await operate(ok(both), { operation: 'split_step', phaseId: 'written.1', stepId: 'written.1.4', count: 1, title: 'The key' }));
    expect(split.phases[0]?.steps.slice(-2).map((step) => step.locks.map(({ table }) => table.name))).toEqual([[], ['orders']]);
    expect(split.phases[0]?.steps.at(-1)?.hazards.map(({ sentence }) => sentence).join(' ')).not.toContain(' kid ');
    expect(split.phases[0]?.steps.slice(0, 3)).toEqual(three.phases[0]?.steps);
  });

  test('is what would take it back, the last statement first, or nothing where one of them loses something', async () => {
    expect(await inverseOf('CREATE TABLE a (b int); SELECT 1; ALTER TABLE a ADD COLUMN c int')).toMatch(/^ALTER TABLE public\.a DROP COLUMN c.*;\nDROP TABLE public\.a.*;$/);
    expect(await inverseOf('CREATE TABLE a (b int); DELETE FROM c')).toBeNull();
    expect(await inverseOf('CREATE TABEL')).toBeNull();
  });

  test('is an act outside a transaction, both ways, which can be read and edited again', async () => {
    const added = await add('CREATE INDEX CONCURRENTLY orders_note ON orders (note)', 'DROP INDEX CONCURRENTLY orders_note');
    expect(added).toMatchObject({ statements: [], work: { kind: 'outside', act: { act: 'create_index', index: { schema: 'public', name: 'orders_note' } } } });
    const text = typedText(added ?? { statements: [], undo: [] });
    expect(text.sql).toMatch(/^CREATE INDEX CONCURRENTLY orders_note ON public\.orders/);
    const plan = planOf(written('written.1', added ? [added] : []));
    expect(ok(await editStep(plan, 'written.1', added?.id ?? '', text))).toBe(plan);
  });
});

describe('what must come out', () => {
  const open = planOf(written('written.1', [{ ...step('written.1.1', []), statements: [{ do: 'assert', label: 'q', sql: 'SELECT a, b FROM t', expect: { from: 'unsaid' } }] }]));

  test('is a number of rows, asked by counting them; a value; or anything', async () => {
    expect(await expectIt(open, 'rows', '1,204')).toMatchObject({ do: 'assert', sql: 'SELECT count(*)::text FROM (\nSELECT a, b FROM t\n) AS answer', expect: { from: 'literal', value: '1204' } });
    expect(await expectIt(open, 'value', 'on')).toMatchObject({ sql: 'SELECT a, b FROM t', expect: { from: 'literal', value: 'on' } });
    expect(await expectIt(open, 'any', '')).toMatchObject({ sql: 'SELECT a, b FROM t', expect: { from: 'any' } });
  });

  test('can be said otherwise: the counting goes with the number', async () => {
    const rows = ok(await operate(open, on('written.1.1', { operation: 'expect', statement: 0, expect: 'rows', value: '3' })));
    expect(await expectIt(rows, 'rows', '4')).toMatchObject({ sql: 'SELECT count(*)::text FROM (\nSELECT a, b FROM t\n) AS answer', expect: { value: '4' } });
    expect(await expectIt(rows, 'any', '')).toMatchObject({ sql: 'SELECT a, b FROM t', expect: { from: 'any' } });
  });

  test('of a question that a text asks for all rows as one value: a value is compared with that; counted or only read, the rows themselves are meant', async () => {
    const listed = planOf(written('written.1', [{ ...step('written.1.1', []), statements: [{ do: 'assert', label: 'q', sql: rowsAsText('SELECT a, b FROM t'), expect: { from: 'unsaid' } }] }]));
    expect(await expectIt(listed, 'rows', '134')).toMatchObject({ sql: 'SELECT count(*)::text FROM (\nSELECT a, b FROM t\n) AS answer', expect: { value: '134' } });
    expect(await expectIt(listed, 'any', '')).toMatchObject({ sql: 'SELECT a, b FROM t', expect: { from: 'any' } });
    expect(await expectIt(listed, 'value', '(1,x)')).toMatchObject({ sql: rowsAsText('SELECT a, b FROM t'), expect: { value: '(1,x)' } });
  });

  test('is kept when the question is edited, and the step stays a verification', async () => {
    const said = ok(await operate(open, on('written.1.1', { operation: 'expect', statement: 0, expect: 'value', value: '7' })));
    const edited = ok(await editStep(said, 'written.1', 'written.1.1', { sql: 'SELECT max(a) FROM t;', undo: '' }));
    expect(edited.phases[0]?.steps[0]?.statements).toEqual([{ do: 'assert', label: 'SELECT max(a) FROM t', sql: 'SELECT max(a) FROM t', expect: { from: 'literal', value: '7' } }]);
    expect(edited.phases[0]?.steps[0]?.hazards).toEqual([]);
  });

  test('is not said of a statement that asks nothing', async () => {
    expect(said(await operate(three, on('written.1.1', { operation: 'expect', statement: 0, expect: 'any', value: '' })))).toContain('asks nothing');
  });
});

describe('the SQL of a written step', () => {
  test('makes of an open step what was typed instead', async () => {
    const plan = planOf(written('written.1', [step('written.1.1', [], [], { work: { kind: 'open', text: 'drop <table>', language: 'sql', why: 'placeholder', sentence: 'which?', at: { line: 3, column: 6 } }, source: { from: 3, to: 3 } })]));
    const edited = ok(await editStep(plan, 'written.1', 'written.1.1', { sql: 'DROP TABLE old', undo: '' })).phases[0]?.steps[0];
    expect(edited).toMatchObject({ statements: [{ sql: 'DROP TABLE old' }], source: { from: 3, to: 3 } });
    expect(edited?.work).toBeUndefined();
    expect(edited?.hazards.map((hazard) => hazard.code)).toContain('NOT_REVERSIBLE');
  });

  test('that says what it said already is no edit', async () => {
    const plan = planOf(written('written.1', [step('written.1.1', ['SELECT 1'], ['SELECT 2'])]));
    expect(ok(await editStep(plan, 'written.1', 'written.1.1', { sql: 'SELECT 1;\r\n', undo: 'SELECT 2;' }))).toBe(plan);
  });

  test('cannot be written into what a person does', async () => {
    const plan = planOf(written('written.1', [step('written.1.1', [], [], { work: { kind: 'manual', instruction: 'Call' } })]));
    expect(said(await editStep(plan, 'written.1', 'written.1.1', { sql: 'SELECT 1', undo: '' }))).toContain('no SQL that could be edited');
    expect(ok(await operate(plan, on('written.1.1', { operation: 'instruct_step', instruction: ' Call twice ', command: '' }))).phases[0]?.steps[0]?.work).toEqual({ kind: 'manual', instruction: 'Call twice' });
    expect(said(await operate(three, on('written.1.1', { operation: 'instruct_step', instruction: 'x', command: '' })))).toContain('not done by a person');
  });
});

describe('a phase', () => {
  const two = planOf(written('written.1', []), written('written.2', [], { requires: ['written.1'] }));

  test('is added behind another and rests on what was written before it', async () => {
    const plan = ok(await operate(two, { operation: 'add_phase', phaseId: 'written.1', title: 'Between' }));
    expect(plan.phases.map((phase) => [phase.id, phase.title, phase.requires])).toEqual([['written.1', 'Phase written.1', []], ['written.3', 'Between', ['written.1']], ['written.2', 'Phase written.2', ['written.1']]]);
  });

  test('that changes places with a written one changes who requires whom', async () => {
    const plan = ok(await operate(two, { operation: 'move_phase', phaseId: 'written.2', to: 'up' }));
    expect(plan.phases.map((phase) => [phase.id, phase.requires])).toEqual([['written.2', []], ['written.1', ['written.2']]]);
  });

  test('does not pass a generated one that it requires, or that requires it; the refusal names both', async () => {
    const backup: Phase = { ...written('backup', []), kind: 'backup', title: 'Backup' };
    const plan = planOf(backup, written('written.1', [], { requires: ['backup'] }), { ...backup, id: 'convert', kind: 'convert', title: 'Convert', requires: ['written.1'] });
    expect(said(await operate(plan, { operation: 'move_phase', phaseId: 'written.1', to: 'up' }))).toBe('“Phase written.1” requires “Backup”, so it cannot come before it.');
    expect(said(await operate(plan, { operation: 'move_phase', phaseId: 'written.1', to: 'down' }))).toBe('“Convert” requires “Phase written.1”, so it cannot come before it.');
    expect(said(await operate(plan, { operation: 'remove_phase', phaseId: 'written.1' }))).toContain('“Convert” requires');
    expect(said(await operate(plan, { operation: 'move_phase', phaseId: 'backup', to: 'down' }))).toContain('follow from the differences');
  });

  test('waits for the one before it, and then neither passes it nor loses it', async () => {
    const plan = ok(await operate(two, { operation: 'set_due', phaseId: 'written.2', hours: 48 }));
    expect(plan.phases[1]?.due).toEqual({ afterPhase: 'written.1', hours: 48 });
    expect(said(await operate(plan, { operation: 'move_phase', phaseId: 'written.2', to: 'up' }))).toContain('due some time after');
    expect(said(await operate(plan, { operation: 'remove_phase', phaseId: 'written.1' }))).toContain('due some time after');
    expect(ok(await operate(plan, { operation: 'set_due', phaseId: 'written.2', hours: null })).phases[1]?.due).toBeNull();
    expect(said(await operate(two, { operation: 'set_due', phaseId: 'written.1', hours: 1 }))).toContain('first phase');
    expect(said(await operate(two, { operation: 'set_due', phaseId: 'written.2', hours: 5000 }))).toContain('up to 2160');
  });

  test('is taken out, but not the last', async () => {
    const plan = ok(await operate(two, { operation: 'remove_phase', phaseId: 'written.1' }));
    expect(plan.phases.map((phase) => [phase.id, phase.requires])).toEqual([['written.2', []]]);
    expect(said(await operate(plan, { operation: 'remove_phase', phaseId: 'written.2' }))).toContain('at least one phase');
  });
});

test('every operation says what it did, by the names and numbers before it', () => {
  expect(operationSentence(three, on('written.1.2', { operation: 'split_step', count: 1, title: 'x' }))).toBe('Step 2 of “Phase written.1”, “Step written.1.2”, was split in two behind its first statement.');
  expect(operationSentence(three, { operation: 'set_due', phaseId: 'written.1', hours: 48 })).toBe('“Phase written.1” waits for 48 hours.');
});
