import { describe, expect, test } from 'vitest';
import { factsOf, planOf, readForeignKey, reading, readIndex, readPart, readTable, sceneFor, writtenPhase, writtenPlan, writtenStep } from '#lib/testing/lint-scene.ts';
import type { Evidence, Measurement, Quantity } from '../../evidence.ts';
import type { Plan } from '../../plan.ts';
import type { Snapshot } from '../../snapshot.ts';
import type { LintFacts, LintFinding } from '../finding.ts';
import { lintPlan } from '../lint.ts';
import { PLAN_RULES } from './plan.ts';

async function found(plan: Plan, facts: Partial<LintFacts> = {}): Promise<readonly LintFinding[]> {
  const scene = await sceneFor(plan, facts);
  return PLAN_RULES.flatMap((rule) => rule.look(scene));
}

const codes = (findings: readonly LintFinding[]) => findings.map((one) => one.code);
const sentence = (findings: readonly LintFinding[], code: string) => findings.find((one) => one.code === code)?.sentence ?? 'nothing';
const exact = (value: number): Quantity => ({ provenance: 'exact', value });

const project = readTable('project', { id: 'uuid' });
const exportsNow = readTable('exports', { id: 'text', project_id: 'text', status: { type: 'text', nullable: false, default: "'pending'::text" } }, readIndex('exports', 'exports_project', ['project_id']));
const current = reading(...project, ...exportsNow);
const SWAP = ['CREATE TABLE exports_new (id uuid PRIMARY KEY, project_id uuid, status text NOT NULL DEFAULT \'pending\')', 'INSERT INTO exports_new (id, project_id, status) SELECT id::uuid, project_id::uuid, status FROM exports', 'CREATE INDEX exports_project_new ON exports_new (project_id)', ['ALTER TABLE exports RENAME TO exports_old', 'ALTER TABLE exports_new RENAME TO exports']] as const;

function evidence(...measurements: Measurement[]): Readonly<Record<string, Evidence>> {
  return { written: { phaseId: 'written', measuredAt: '2026-01-01T00:00:00Z', ms: 1, target: current.target, fingerprints: {}, measurements } };
}

const counted = (value: number): Measurement => ({ check: 'rows:public.exports', ms: 1, kind: 'rows', table: { schema: 'public', name: 'exports' }, rows: exact(value) });
const dropSaid = async (...measured: Measurement[]) => sentence(await found(planOf('DROP TABLE exports'), { current, evidence: evidence(...measured) }), 'DROPS_TABLE_FOR_GOOD');
const set = (rows: Quantity): Measurement => ({ check: 'orphans', ms: 1, kind: 'orphans', rowsTotal: rows, rowsByTable: {}, sets: [{ foreignKey: 'fk', child: { schema: 'public', name: 'exports' }, columns: ['project_id'], parent: { schema: 'public', name: 'project' }, depth: 0, rows, keys: [], keysDigest: '', firstRows: [], missing: [] }] });
const key = (table: string) => `ALTER TABLE ${table} ADD CONSTRAINT fk FOREIGN KEY (project_id) REFERENCES project(id)`;
const loop = (offset: string, end = '') => `DO $$
DECLARE n integer := 0; k integer;
BEGIN
  LOOP
    UPDATE exports SET status = 'x' WHERE id IN (SELECT id FROM exports WHERE status IS NULL LIMIT 1000${offset});
    GET DIAGNOSTICS k = ROW_COUNT;
    EXIT WHEN k = 0;
    n := n + 1000;${end}
  END LOOP;
END $$`;

describe('a swap by names', () => {
  test('in two transactions loses what is written in between', async () => {
    const [first] = (await found(planOf(...SWAP), { current })).filter((one) => one.code === 'SWAP_LOSES_WRITES');
    expect(first).toMatchObject({ severity: 'blocking', stepId: 'written.4', statement: 1, safer: { form: 'engine_conversion' }, table: { schema: 'public', name: 'exports' } });
    expect(first?.sentence).toContain('two transactions');
  });

  test('in one transaction loses it too, unless a lock comes before the copy', async () => {
    const all = SWAP.flat();
    expect(codes(await found(planOf(all), { current }))).toContain('SWAP_LOSES_WRITES');
    expect(codes(await found(planOf(['LOCK TABLE exports IN SHARE MODE', ...all]), { current }))).not.toContain('SWAP_LOSES_WRITES');
    expect(codes(await found(planOf(['LOCK TABLE exports IN ROW EXCLUSIVE MODE', ...all]), { current }))).toContain('SWAP_LOSES_WRITES');
  });

  test('leaves foreign keys, views, triggers, policies, publications, sequences and grants with the old table, by name', async () => {
    const stats = readTable('stats', { id: 'uuid', export_id: 'text' }, readForeignKey('stats', 'stats_export_fk', 'export_id', 'exports'));
    const view = { id: 'view:public.recent', kind: 'view' as const, schema: 'public', name: 'recent', parent: null, position: null, attributes: {} };
    const publication = { id: 'publication:feed', kind: 'publication' as const, schema: '', name: 'feed', parent: null, position: null, attributes: { tables: ['public.exports'], schemas: [] } };
    const sequence = { id: 'sequence:public.no_seq', kind: 'sequence' as const, schema: 'public', name: 'no_seq', parent: null, position: null, attributes: { ownedBy: 'column:public.exports.no' } };
    const hung: Snapshot = {
      ...reading(...project, ...exportsNow, ...stats, view, publication, sequence, readPart('trigger', 'exports', 'touch', {}), readPart('policy', 'exports', 'mine', {})),
      dependencies: { 'view:public.recent': ['column:public.exports.id'] },
      carried: { 'table:public.exports': { owner: 'app', grants: [{ grantee: 'app', privilege: 'SELECT', grantable: false }, { grantee: 'reporter', privilege: 'SELECT', grantable: false }], comment: null, columnGrants: [], columnComments: {} } },
    };
    const said = sentence(await found(planOf(...SWAP), { current: hung }), 'SWAP_LEAVES_BEHIND');
    for (const part of ['foreign key stats_export_fk of stats', 'view recent', 'trigger touch', 'policy mine', 'sequence no_seq', 'publication feed']) expect(said).toContain(part);
    expect(said).toContain('and 1 more');
    expect(codes(await found(planOf(...SWAP), { current }))).not.toContain('SWAP_LEAVES_BEHIND');
  });

  test('that is taken back by names loses what was written since', async () => {
    const plan = planOf(...SWAP);
    const back = { ...plan, phases: plan.phases.map((phase) => ({ ...phase, steps: phase.steps.map((step) => (step.id === 'written.4' ? { ...step, undo: [{ do: 'execute' as const, label: 'back', sql: 'ALTER TABLE exports RENAME TO exports_failed' }] } : step)) })) };
    expect(codes(await found(back, { current }))).toContain('SWAP_ROLLBACK_LOSES_ROWS');
    expect(codes(await found(plan, { current }))).not.toContain('SWAP_ROLLBACK_LOSES_ROWS');
  });

  test('without a copy puts an empty table in the place of one with rows', async () => {
    expect(codes(await found(planOf(SWAP[0], SWAP[3]), { current }))).toContain('SWAP_WITHOUT_ROWS');
  });

  test('makes a foreign key that was added before it refer to the old table', async () => {
    const findings = await found(planOf('CREATE TABLE note (export_id text REFERENCES exports(id))', ...SWAP), { current });
    expect(sentence(findings, 'FOREIGN_KEY_ONTO_SWAPPED')).toContain('note_export_id_fkey is added before exports is swapped');
  });
});

const open = (text: string) => writtenPlan(writtenPhase('written', [writtenStep('written.1', [], { work: { kind: 'open', text, language: 'sql', why: 'placeholder', sentence: '', at: { line: 3, column: 1 } } })]));

describe('a table unlike the desired one', () => {
  const desired = reading(...project, ...readTable('exports', { id: 'uuid', project_id: 'uuid', status: { type: 'text', nullable: false, default: "'pending'::text" } }, readIndex('exports', 'exports_project', ['project_id'])), ...readTable('brand', { id: { type: 'uuid', default: 'gen_random_uuid()' }, name: { type: 'character varying(255)' }, made: { type: 'timestamp with time zone', nullable: false, default: 'now()' }, data: { type: 'jsonb', nullable: false, default: "'{}'::jsonb" } }, readPart('constraint', 'brand', 'brand_name_check', { type: 'check', definition: "CHECK (name <> ''::text)", columns: ['name'] })));

  test('is named by what differs: an index that keeps its suffix', async () => {
    const findings = await found(planOf(...SWAP), { current, desired });
    expect(sentence(findings, 'UNLIKE_DESIRED')).toBe('exports would not be what dev has (3 columns here, 3 there): exports_new_pkey is called exports_pkey there and index exports_project_new is called exports_project there.');
  });

  test('spelled in another way is the same', async () => {
    const same = `CREATE TABLE IF NOT EXISTS "brand" ("id" uuid NOT NULL DEFAULT gen_random_uuid(), name varchar(255), made timestamptz NOT NULL DEFAULT now(), "data" jsonb NOT NULL DEFAULT '{}'::jsonb, PRIMARY KEY ("id"), CHECK (name <> ''))`;
    expect(codes(await found(planOf(same), { current, desired }))).not.toContain('UNLIKE_DESIRED');
  });

  test('with fewer columns than thought says how many, and offers the real definition', async () => {
    const [finding] = (await found(planOf("CREATE TABLE brand (id uuid PRIMARY KEY, name text, logo_url text, made timestamptz DEFAULT now())"), { current, desired })).filter((one) => one.code === 'UNLIKE_DESIRED');
    expect(finding).toMatchObject({ severity: 'blocking', safer: { form: 'engine_create' } });
    expect(finding?.sentence).toContain('(4 columns here, 4 there): column data is missing, column logo_url is not there, id has no default, name is text, not character varying(255), made may not be null there');
  });

  test('that a text leaves open is offered as it is', async () => {
    expect((await found(open('CREATE TABLE IF NOT EXISTS "brand" (...);'), { current, desired })).map((one) => [one.code, one.safer?.form, one.at?.line])).toEqual([['DEFINITION_KNOWN', 'engine_create', 3]]);
  });

  test('that a text leaves open in another schema is not offered the definition of its namesake', async () => {
    const [other] = await found(open('CREATE TABLE IF NOT EXISTS other."brand" (...);'), { current, desired });
    expect(other).toMatchObject({ code: 'DEFINITION_KNOWN', sentence: expect.stringContaining('The text says other.brand; dev has brand in public only.') });
    expect(other).not.toHaveProperty('safer');
    expect(await found(open('CREATE TABLE public.brand (...);'), { current, desired })).toMatchObject([{ safer: { form: 'engine_create' } }]);
    expect(await found(open('SELECT brand.name FROM somewhere (...);'), { current, desired }), 'a column of it').toEqual([]);
  });
});

const openWith = async (text: string, facts: Partial<LintFacts>, desiredName = 'dev'): Promise<{ sentence: string; offered: boolean }> => {
  const plan = { ...writtenPlan(writtenPhase('w', [writtenStep('w.1', [], { work: { kind: 'open', text, language: 'sql', why: 'placeholder', sentence: '… is open.', at: { line: 1, column: 1 } } })])), desired: desiredName };
  const findings = await lintPlan(plan, factsOf(facts));
  return { sentence: sentence(findings, 'STEP_OPEN'), offered: codes(findings).includes('DEFINITION_KNOWN') };
};

describe('a table that a text leaves open and nothing can be offered for', () => {
  const desired = reading(...project, ...exportsNow, ...readTable('brand', { id: 'uuid' }));
  test.each([
    ['CREATE TABLE brand (…)', { current, desired }, 'dev', '… is open.', true],
    ['CREATE TABLE IF NOT EXISTS "logo" (…)', { current, desired }, 'dev', '… is open. dev has no table logo: what it is to be cannot be offered.', false],
    ['CREATE TABLE exports (…)', { current, desired }, 'dev', '… is open. prod has exports already, so that no definition is offered: Compare shows in what it differs from dev.', false],
    ['CREATE TABLE brand (…)', { current, desired: null }, 'dev', '… is open. What brand is to be cannot be offered before dev is read.', false],
    ['CREATE TABLE brand (…)', { current, desired: null }, 'prod', '… is open. What brand is to be cannot be offered: the plan has no other database to resemble.', false],
    ['ALTER TABLE brand ADD …', { current, desired: null }, 'dev', '… is open.', false],
  ])('%s with %o compared with %s: %s', async (text, facts, side, wanted, offered) => {
    expect(await openWith(text, facts, side)).toEqual({ sentence: wanted, offered });
  });
});

describe('names', () => {
  test('that are taken stop the statement: tables, indexes, constraints', async () => {
    const findings = await found(planOf('CREATE TABLE exports (id int)', 'CREATE INDEX exports_project ON project (id)', 'ALTER TABLE project RENAME TO exports', 'ALTER TABLE project ADD CONSTRAINT project_pkey UNIQUE (id)'), { current });
    expect(findings.filter((one) => one.code === 'NAME_TAKEN').map((one) => one.stepId)).toEqual(['written.1', 'written.2', 'written.3', 'written.4']);
  });

  test('that the plan takes twice, or has let go of before', async () => {
    expect(codes(await found(planOf('CREATE TABLE a (id int)', 'CREATE TABLE a (id int)')))).toEqual(['NAME_TAKEN']);
    expect(codes(await found(planOf('ALTER TABLE exports RENAME TO older', 'CREATE TABLE exports (id text)'), { current }))).not.toContain('NAME_TAKEN');
  });

  test('behind IF NOT EXISTS hide a table that is something else, and nothing when it is the same', async () => {
    expect(sentence(await found(planOf('CREATE TABLE IF NOT EXISTS exports (id uuid, title text)'), { current }), 'HIDDEN_BY_IF_NOT_EXISTS')).toContain('unlike what is written (id, title, project_id, status)');
    expect(codes(await found(planOf('CREATE TABLE IF NOT EXISTS project (id uuid PRIMARY KEY)'), { current }))).toEqual([]);
    expect(codes(await found(planOf('CREATE INDEX IF NOT EXISTS exports_project ON exports (status)'), { current }))).toContain('HIDDEN_BY_IF_NOT_EXISTS');
  });

  test('that mean nothing any more are said with the step that took them', async () => {
    const sequences = planOf('CREATE SEQUENCE s', 'ALTER SEQUENCE s OWNED BY NONE', 'CREATE TABLE fresh (id bigserial, n int GENERATED ALWAYS AS IDENTITY)', 'ALTER SEQUENCE fresh_id_seq RESTART', 'ALTER SEQUENCE fresh_n_seq RESTART', 'GRANT USAGE ON SEQUENCE s, fresh_id_seq, fresh_n_seq TO app');
    expect((await found(sequences, { current })).filter((one) => one.code === 'NOT_THERE')).toEqual([]);
    expect(sentence(await found(planOf('DROP TABLE exports', 'ALTER TABLE exports ADD COLUMN x int'), { current }), 'NOT_THERE')).toBe('exports is not there any more: step 1 drops it before.');
    expect(sentence(await found(planOf('ALTER TABLE exports DROP COLUMN colour'), { current }), 'NOT_THERE')).toBe('column colour of exports is not in prod, and nothing before makes it.');
    expect(codes(await found(planOf('SELECT * FROM nobody_read_this')))).toEqual([]);
  });

  test('of two indexes over the same columns', async () => {
    expect(codes(await found(planOf('CREATE TABLE a (id int, k text, CONSTRAINT a_k UNIQUE (k))', 'CREATE UNIQUE INDEX a_k_idx ON a (k)')))).toEqual(['DUPLICATE_INDEX']);
    expect(codes(await found(planOf('CREATE TABLE a (id int, k text)', 'CREATE INDEX x ON a (k)', 'CREATE UNIQUE INDEX y ON a (k)', 'CREATE INDEX z ON a (k) WHERE id > 0')))).toEqual([]);
  });
});

describe('rows', () => {
  test('without a parent stop a foreign key, on the table or on the copy of its rows; unmeasured ones are said to be unknown', async () => {
    const unknown = await found(planOf(key('exports')), { current });
    expect(unknown).toMatchObject([{ code: 'FOREIGN_KEY_OVER_ORPHANS', severity: 'to_know', rows: { provenance: 'unknown' } }]);
    const counted = await found(planOf(SWAP[0], SWAP[1], key('exports_new'), SWAP[3]), { current, evidence: evidence(set(exact(2))) });
    expect(counted.find((one) => one.code === 'FOREIGN_KEY_OVER_ORPHANS')).toMatchObject({ severity: 'blocking', rows: exact(2), sentence: '2 rows of exports have no parent for fk: it fails, and step 4 with it.', safer: { form: 'engine_conversion' } });
    expect(codes(await found(planOf(key('exports')), { current, evidence: evidence(set(exact(0))) }))).toEqual([]);
  });

  test('that are not there yet have no orphans', async () => {
    expect(codes(await found(planOf('CREATE TABLE fresh (id int, project_id uuid)', key('fresh')), { current }))).toEqual([]);
  });

  test('whose text does not read as the new type stop the statement and what rests on it', async () => {
    const unknown = await found(planOf(...SWAP), { current });
    expect(unknown.filter((one) => one.code === 'CAST_MAY_FAIL').map((one) => [one.severity, one.sentence])).toContainEqual(['to_know', 'Whether every exports.id reads as uuid is not known; one that does not stops the step, and with it steps 3 and 4.']);
    const result = (failures: number, collisions: number): Measurement => ({ check: 'casts', ms: 1, kind: 'casts', table: { schema: 'public', name: 'exports' }, columns: [{ column: 'id', from: 'text', to: 'uuid', fine: exact(1), failures: exact(failures), failureRows: [], respelled: exact(0), respelledRows: [], collisions: exact(collisions) }] });
    const alter = planOf('ALTER TABLE exports ALTER COLUMN id TYPE uuid USING id::uuid');
    expect(await found(alter, { current, evidence: evidence(result(3, 0)) })).toMatchObject([{ code: 'CAST_MAY_FAIL', severity: 'blocking', rows: exact(3) }]);
    expect(sentence(await found(alter, { current, evidence: evidence(result(0, 1)) }), 'CAST_MAY_FAIL')).toContain('1 different texts');
    expect(await found(alter, { current, evidence: evidence(result(0, 0)) })).toEqual([]);
  });

  test('are all meant without WHERE', async () => {
    expect(codes(await found(planOf("UPDATE exports SET status = 'x'", 'DELETE FROM exports', "UPDATE exports SET status = 'x' WHERE id = 'a'", 'CREATE TABLE n (a int)', 'UPDATE n SET a = 1'), { current }))).toEqual(['NO_WHERE', 'NO_WHERE']);
  });

  test('are found by NOT IN only as long as no NULL is among the answers', async () => {
    expect(codes(await found(planOf('SELECT * FROM exports WHERE project_id NOT IN (SELECT project_id FROM exports)'), { current }))).toEqual(['NOT_IN_NULLS']);
    expect(codes(await found(planOf('SELECT * FROM exports WHERE id NOT IN (SELECT id FROM exports)', 'SELECT * FROM exports WHERE id NOT IN (SELECT project_id FROM exports WHERE project_id IS NOT NULL)'), { current }))).toEqual([]);
  });

  test('are put where they stand, not where they are called so', async () => {
    const pair = reading(...readTable('a', { id: 'uuid', x: 'text', y: 'text' }), ...readTable('b', { id: 'uuid', y: 'text', x: 'text' }), ...readTable('c', { id: 'uuid', x: 'text', y: 'text' }));
    expect(sentence(await found(planOf('INSERT INTO a SELECT * FROM b'), { current: pair }), 'COPY_BY_POSITION')).toContain('y is put into x of a');
    expect(codes(await found(planOf('INSERT INTO a SELECT * FROM c', 'INSERT INTO a (id, x, y) SELECT id, x, y FROM b', 'INSERT INTO a SELECT id, x, y FROM b'), { current: pair }))).toEqual([]);
    expect(codes(await found(planOf('INSERT INTO a SELECT id, x FROM b'), { current: pair }))).toEqual(['COPY_BY_POSITION']);
  });
});

describe('drops', () => {
  const stats = readTable('stats', { id: 'uuid', export_id: 'text' }, readForeignKey('stats', 'stats_export_fk', 'export_id', 'exports'));

  test('with CASCADE say what goes along, and that nothing does', async () => {
    const full = reading(...project, ...exportsNow, ...stats);
    expect(sentence(await found(planOf('DROP TABLE exports CASCADE'), { current: full }), 'DROP_CASCADE')).toBe('CASCADE takes along with exports: foreign key stats_export_fk of stats.');
    const nothing = (await found(planOf('DROP TABLE stats CASCADE'), { current: full })).find((one) => one.code === 'DROP_CASCADE');
    expect(nothing).toMatchObject({ severity: 'to_know', safer: { form: 'drop_restrict' } });
  });

  test('name the rows that the phase measured, and not an estimate beside them', async () => {
    expect(await dropSaid(counted(647))).toBe('exports and its rows (647) are gone when the step has run; nothing brings them back.');
    expect(await dropSaid(counted(0))).toBe('exports is gone when the step has run, and nothing brings it back. It holds no row today.');
    expect(await dropSaid()).toBe('exports and its rows (how many is not known) are gone when the step has run; nothing brings them back.');
  });

  test('are for good, and offer to set aside what the desired database lacks', async () => {
    expect(await found(planOf('DROP TABLE exports'), factsOf({ current, desired: reading(...project) }))).toMatchObject([{ code: 'DROPS_TABLE_FOR_GOOD', safer: { form: 'set_aside_instead_of_drop' }, rows: { provenance: 'unknown' } }]);
    expect((await found(planOf('DROP TABLE exports'), factsOf({ current, desired: current })))[0]?.sentence).toContain('dev still has it');
    expect(codes(await found(planOf('CREATE TABLE scratch (id int)', 'DROP TABLE scratch'), { current }))).toEqual([]);
  });
});

describe('a batch loop', () => {
  test('that pages by OFFSET over what it makes smaller is said to skip rows', async () => {
    const findings = await found(planOf(loop(' OFFSET n')), { current });
    expect(findings.map((one) => [one.code, one.safer?.form])).toEqual([['BATCH_SKIPS_ROWS', 'batched_update'], ['LOOP_IN_ONE_TRANSACTION', 'batched_update']]);
  });

  test('without OFFSET skips none, and with COMMIT is several transactions', async () => {
    expect(codes(await found(planOf(loop('')), { current }))).toEqual(['LOOP_IN_ONE_TRANSACTION']);
    expect(codes(await found(planOf(loop('', '\n    COMMIT;')), { current }))).toEqual([]);
  });

  test('that asks for another column than it changes skips none', async () => {
    expect(codes(await found(planOf("UPDATE exports SET status = 'x' WHERE id IN (SELECT id FROM exports WHERE project_id IS NULL LIMIT 10 OFFSET 10)"), { current }))).toEqual([]);
    expect(codes(await found(planOf("UPDATE exports SET status = 'x' WHERE id IN (SELECT id FROM exports WHERE status = 'y' LIMIT 10 OFFSET 10)"), { current }))).toEqual(['BATCH_SKIPS_ROWS']);
  });
});

test('what the planner makes is left alone', async () => {
  const plan = writtenPlan(writtenPhase('empty', [{ ...writtenStep('empty.1', ['DROP TABLE exports CASCADE']), searchPath: undefined as never }], { kind: 'empty' }));
  const bare: Plan = { ...plan, phases: plan.phases.map((phase) => ({ ...phase, steps: phase.steps.map(({ searchPath: _none, ...step }) => step) })) };
  expect(await found(bare, { current })).toEqual([]);
});
