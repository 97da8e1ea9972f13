import { describe, expect, test } from 'vitest';
import { bazaarConversion, evidenceOf, foreignKey, phaseOf, publicTable } from '#lib/testing/phase.ts';
import type { CastResult, Check, ForeignKeySpec, Measurement, OrphanSet, Quantity } from './evidence.ts';
import { FINDING_CODES } from './findings.ts';
import type { OrphanDecision, OverlapDecision, Phase } from './plan.ts';
import { destroyedRows, judge } from './preflight.ts';
import { exact, unknown, WHY } from './unknowns.ts';

const A = publicTable('a');

/** The findings over one check and its answer. */
function findings(check: Check, measurement: Measurement | null, over: Partial<Phase> = {}) {
  const phase = phaseOf([check], over);
  return judge(phase, evidenceOf(phase, measurement ? [measurement] : []));
}

const rowsCheck: Check = { id: 'r', kind: 'rows', table: A };
const judgedRows = (rows: Quantity) => findings(rowsCheck, { check: 'r', ms: 1, kind: 'rows', table: A, rows });
const counted = (check: string, rows: Quantity): Measurement => ({ check, ms: 1, kind: 'rows', table: A, rows });

describe('numbers', () => {
  test('an exact count has nothing to say, and zero is a count', () => {
    expect(findings(rowsCheck, { check: 'r', ms: 1, kind: 'rows', table: A, rows: exact(0) })).toEqual([]);
  });

  test('unknown and estimated block, and say why; a lock clears by itself', () => {
    expect(judgedRows(unknown(WHY.slow))).toEqual([{ code: 'UNKNOWN', severity: 'blocking', move: 'yours', sentence: `The number of rows of public.a is unknown: ${WHY.slow}.` }]);
    expect(judgedRows(unknown(WHY.locked))).toMatchObject([{ code: 'UNKNOWN', severity: 'blocking', move: 'clears' }]);
    expect(judgedRows({ provenance: 'estimate', value: 9, basis: 'statistics' })).toMatchObject([{ code: 'UNKNOWN', severity: 'blocking', sentence: 'The number of rows of public.a is only estimated (statistics), and an estimate cannot be signed.' }]);
    expect(judgedRows(unknown(WHY.absent))).toMatchObject([{ code: 'TABLE_ABSENT', severity: 'blocking', sentence: 'public.a does not exist in the target.' }]);
    const later = phaseOf([rowsCheck], { due: { afterPhase: 'convert', hours: 48 } });
    expect(judge(later, evidenceOf(later, [{ check: 'r', ms: 1, kind: 'rows', table: A, rows: unknown(WHY.absent) }]))).toMatchObject([{ code: 'TABLE_ABSENT', move: 'clears', sentence: 'public.a does not exist in the target yet. Measure this phase when the phases before it have run.' }]);
  });

  test('every kind of check without an answer blocks, and so does an answer of another kind', () => {
    const checks: Check[] = [...bazaarConversion().checks, { id: 'e', kind: 'empty', table: A }, { id: 'o', kind: 'overlap', duplicate: A, kept: publicTable('b'), key: ['id'] }];
    expect(new Set(checks.map((check) => check.kind)).size).toBe(7);
    for (const check of checks) expect(findings(check, null)).toMatchObject([{ code: 'NOT_MEASURED', severity: 'blocking' }]);
    expect(findings(rowsCheck, { check: 'r', ms: 1, kind: 'empty', table: A, rows: exact(0) })).toMatchObject([{ code: 'NOT_MEASURED' }]);
  });

  test('codes come from the closed list, once each', () => {
    expect(new Set(FINDING_CODES).size).toBe(FINDING_CODES.length);
  });
});

describe('an empty table', () => {
  const check: Check = { id: 'e', kind: 'empty', table: A };
  const measured = (rows: Quantity): Measurement => ({ check: 'e', ms: 1, kind: 'empty', table: A, rows });
  const judged = (rows: Quantity) => findings(check, measured(rows));

  test('is empty, or says how many rows it holds', () => {
    expect(judged(exact(0))).toEqual([]);
    expect(judged(exact(1))).toMatchObject([{ code: 'NOT_EMPTY', severity: 'blocking', sentence: 'public.a is not empty: it holds 1 row.' }]);
    expect(judged(exact(12_345))).toMatchObject([{ sentence: 'public.a is not empty: it holds 12,345 rows.' }]);
    expect(judged(unknown(WHY.noRights))).toMatchObject([{ code: 'UNKNOWN', sentence: `Whether public.a is empty is unknown: ${WHY.noRights}.` }]);
  });

  test('that holds rows goes with them when a person says so, and the approver types how many; unknown stays closed', () => {
    const archived = { kind: 'empty' as const, destructive: true, overlapDecisions: { 'public.a': { verdict: 'archive' as const, reason: 'r' } } };
    expect(findings(check, measured(exact(3)), archived)).toMatchObject([{ code: 'ROWS_SET_ASIDE', severity: 'to_know', sentence: '3 rows of public.a go with the table, come back on rollback, and are dropped by clean-up.' }]);
    expect(findings(check, measured(unknown(WHY.noRights)), archived)).toMatchObject([{ code: 'UNKNOWN', severity: 'blocking' }]);
    const other: Check = { id: 'o', kind: 'empty', table: publicTable('b') };
    const phase = phaseOf([check, other], archived);
    const typed = (rows: Quantity) => destroyedRows(phase, evidenceOf(phase, [measured(rows), { check: 'o', ms: 1, kind: 'empty', table: publicTable('b'), rows: exact(0) }]));
    expect([typed(exact(3)), typed(unknown(WHY.noRights))]).toEqual([3, null]);
  });
});

describe('names and dependents', () => {
  test('each taken name and each dependent without a handler is named one by one', () => {
    expect(findings({ id: 'f', kind: 'free_names', names: [] }, { check: 'f', ms: 1, kind: 'free_names', taken: [A, { schema: 's', name: 'b' }] }).map((one) => one.sentence))
      .toEqual(['The name public.a is already taken in the target.', 'The name s.b is already taken in the target.']);
    const dependents = [{ table: A, kind: 'view', description: 'public.v', handled: false }, { table: A, kind: 'index', description: 'public.i', handled: true }, { table: A, kind: 'trigger', description: 'tr on public.a', handled: false }];
    expect(findings({ id: 'd', kind: 'dependents', tables: [A] }, { check: 'd', ms: 1, kind: 'dependents', dependents })).toMatchObject([
      { code: 'DEPENDENT_NOT_HANDLED', severity: 'blocking', sentence: 'public.a has something that this version does not carry over, view: public.v.' },
      { code: 'DEPENDENT_NOT_HANDLED', sentence: 'public.a has something that this version does not carry over, trigger: tr on public.a.' },
    ]);
  });

  test('of a table that is made anew it is named what would be gone, and what its rows, written once more, do to subscribers', () => {
    const dependents = [{ table: A, kind: 'subscription', description: '16400', handled: false }, { table: A, kind: 'publication of its schema with a slot', description: 'p', handled: false }];
    const said = findings({ id: 'd', kind: 'dependents', tables: [A], anew: true }, { check: 'd', ms: 1, kind: 'dependents', dependents });
    expect(said.map(({ sentence }) => sentence)).toEqual([
      'public.a is made anew, and would not have something that no comparison knows, subscription: 16400.',
      'Publication p publishes whatever is written into public.a, and a replication slot reads this database: the table is made anew, and all its rows would be sent once more to subscribers that have them, and stop them. Let the publication name its tables first.',
    ]);
  });
});

describe('what readers notice of a conversion', () => {
  const check: Check = { id: 'd', kind: 'dependents', tables: [A] };
  const dependents = (...kinds: (readonly [string, string, boolean])[]): Measurement => ({ check: 'd', ms: 1, kind: 'dependents', dependents: kinds.map(([kind, description, handled]) => ({ table: A, kind, description, handled })) });

  test('views and publications that come along are said once, in the phase that swaps and in no other', () => {
    const carried = dependents(['view', 'public.v', true], ['view', 'public.w', true], ['publication', 'public.a in publication p', true]);
    const said = findings(check, carried, { kind: 'convert' });
    expect(said.map((one) => [one.code, one.severity])).toEqual([['VIEWS_MADE_ANEW', 'to_know'], ['SUBSCRIBERS_NOTICE', 'to_know']]);
    expect(said[0]?.sentence).toContain('The views public.v and public.w are made anew');
    expect(said[1]?.sentence).toContain('publication p publishes the new public.a');
    expect(findings(check, carried, { kind: 'empty' })).toEqual([]);
  });

  test('a publication of all tables that somebody reads is refused with the reason', () => {
    expect(findings(check, dependents(['publication of all tables with a slot', 'everything', false]), { kind: 'convert' })).toMatchObject([{ severity: 'blocking', sentence: expect.stringContaining('Publication everything publishes every table, and a replication slot reads this database') as string }]);
  });
});

describe('an overlap', () => {
  const check: Check = { id: 'o', kind: 'overlap', duplicate: A, kept: publicTable('b'), key: ['id'] };
  const judged = (over: Partial<Extract<Measurement, { kind: 'overlap' }>>) =>
    findings(check, { check: 'o', ms: 1, kind: 'overlap', duplicate: A, kept: publicTable('b'), onlyDuplicate: exact(0), onlyKept: exact(9), same: exact(3), conflict: exact(0), firstConflicts: [], ...over });

  test('blocks on a conflict, tells of rows that will be copied, says nothing otherwise', () => {
    expect(judged({})).toEqual([]);
    expect(judged({ conflict: exact(1) })).toMatchObject([{ code: 'OVERLAP_CONFLICTS', severity: 'blocking', sentence: '1 row of public.a has the key of a row of public.b and other values; decide which values stay.' }]);
    expect(judged({ onlyDuplicate: exact(2) })).toMatchObject([{ code: 'ROWS_ONLY_IN_DUPLICATE', severity: 'to_know', sentence: '2 rows of public.a are missing in public.b and will be copied there.' }]);
    expect(judged({ same: unknown(WHY.slow) })).toMatchObject([{ code: 'UNKNOWN', severity: 'blocking' }]);
  });

  test('with conflicts is judged by the decision on them, and a column that does not tell which is newer blocks', () => {
    const newest = [{ column: 'changed', duplicate: 2, kept: 1, tied: 0 }, { column: 'made', duplicate: 1, kept: 1, tied: 1 }];
    const decided = (verdict: OverlapDecision['verdict'], by?: string) => {
      const measurement: Measurement = { check: 'o', ms: 1, kind: 'overlap', duplicate: A, kept: publicTable('b'), onlyDuplicate: exact(0), onlyKept: exact(0), same: exact(0), conflict: exact(3), firstConflicts: [], conflicting: { digest: 'd', rows: [], newest } };
      return findings(check, measurement, { kind: 'duplicate', overlapDecisions: { 'public.a': { verdict, reason: 'r', ...(by === undefined ? {} : { by }) } } }).map((one) => `${one.code} ${one.severity}: ${one.sentence}`);
    };
    expect(decided('keep_kept')).toEqual(['CONFLICTS_SETTLED to_know: 3 rows of public.a have the key of a row of public.b and other values: those of public.b stay. The others are kept with public.a until clean-up.']);
    expect(decided('keep_duplicate')[0]).toContain('they overwrite those of public.b, which are noted until clean-up.');
    expect(decided('newest', 'changed')).toEqual(['CONFLICTS_SETTLED to_know: Of 3 rows with one key and different values, 2 of public.a are newer by changed and overwrite their twins in public.b, where 1 stays.']);
    expect(decided('newest', 'made')).toEqual(['OVERLAP_TIED blocking: 1 conflicting row of public.a is neither newer nor older than its twin in public.b by made. Decide otherwise, or make them agree.']);
    expect(decided('stop')[0]).toContain('OVERLAP_CONFLICTS blocking');
  });
});

describe('casts', () => {
  const fine: CastResult = { column: 'c', from: 'text', to: 'uuid', fine: exact(9), failures: exact(0), failureRows: [], respelled: exact(0), respelledRows: [], collisions: exact(0) };
  const check: Check = { id: 'c', kind: 'casts', table: A, key: ['id'], casts: [{ column: 'c', from: 'text', to: 'uuid' }] };
  const judged = (over: Partial<CastResult>) => findings(check, { check: 'c', ms: 1, kind: 'casts', table: A, columns: [{ ...fine, ...over }] });

  test('say nothing when every value casts', () => {
    expect(judged({})).toEqual([]);
  });

  test('that fail block, with the first values', () => {
    expect(judged({ failures: exact(1), failureRows: [{ key: '1', value: 'x' }] })).toMatchObject([{ code: 'CAST_FAILURES', severity: 'blocking', move: 'yours', sentence: '1 value of public.a.c cannot become uuid: “x”. Mend the row first.' }]);
    expect(judged({ failures: exact(5), failureRows: ['v', 'w', 'x', 'y', 'z'].map((value) => ({ key: value, value })) })).toMatchObject([{ sentence: '5 values of public.a.c cannot become uuid: “v”, “w”, “x” and 2 more. Mend the rows first.' }]);
  });

  test('that collide block', () => {
    expect(judged({ collisions: exact(2) })).toMatchObject([{ code: 'CAST_COLLISIONS', severity: 'blocking', sentence: '2 values of public.a.c would stand in more than one row as uuid, and the key would break.' }]);
  });

  test('that change a spelling are to know, with both spellings', () => {
    expect(judged({ respelled: exact(1), respelledRows: [{ key: '1', value: '{AB}', becomes: 'ab' }] })).toMatchObject([{ code: 'VALUES_RESPELLED', severity: 'to_know', sentence: '1 value of public.a.c changes its spelling as uuid: {AB} becomes ab. References held outside this database must follow.' }]);
    const both = judged({ respelled: exact(3), changed: exact(1), respelledRows: [{ key: '3', value: '1.50', becomes: '2', changed: true }, { key: '1', value: '1.0', becomes: '1' }, { key: '2', value: '1.0', becomes: '1' }] });
    expect(both.map(({ code, sentence }) => [code, sentence])).toEqual([
      ['VALUES_CHANGED', '1 value of public.a.c is another value as uuid: 1.50 becomes 2. What is rounded or cut off comes back with a rollback until clean-up, and is gone for good after it.'],
      ['VALUES_RESPELLED', '2 values of public.a.c change their spelling as uuid: 1.0 becomes 1. References held outside this database must follow.'],
    ]);
    expect(judged({ respelled: exact(2), respelledRows: [{ key: '1', value: 'A', becomes: 'a' }, { key: '2', value: 'B', becomes: 'b' }] })).toMatchObject([{ sentence: '2 values of public.a.c change their spelling as uuid: A becomes a and B becomes b. References held outside this database must follow.' }]);
  });

  test('one unknown part blocks once', () => {
    expect(judged({ fine: unknown(WHY.noCast), failures: unknown(WHY.noCast), respelled: unknown(WHY.noCast), collisions: unknown(WHY.noCast) })).toMatchObject([{ code: 'UNKNOWN', sentence: `Whether every value of public.a.c can become uuid is unknown: ${WHY.noCast}.` }]);
    expect(judged({ collisions: unknown(WHY.slow) })).toMatchObject([{ code: 'UNKNOWN', severity: 'blocking' }]);
  });

  test('a column that was not measured, or under another type, blocks', () => {
    expect(judged({ column: 'other' })).toMatchObject([{ code: 'NOT_MEASURED', sentence: 'Whether public.a.c can become uuid was not measured yet.' }]);
    expect(judged({ to: 'text' })).toMatchObject([{ code: 'NOT_MEASURED' }]);
  });
});

function set(key: ForeignKeySpec, depth: number, keys: readonly string[], rows: Quantity = exact(keys.length)): OrphanSet {
  return { foreignKey: key.id, child: key.child, columns: key.columns, parent: key.parent, depth, rows, keys, keysDigest: 'd', firstRows: [], missing: [] };
}

describe('orphans', () => {
  const renders = foreignKey('exports_fk', 'exports', 'project_id', 'project');
  const analytics = foreignKey('analytics_fk', 'analytics', 'export_id', 'exports', { nullable: true });
  const REMOVE: OrphanDecision = { verdict: 'delete', reason: 'gone' };
  const sets = [set(renders, 0, ['1', '2']), set(analytics, 0, []), set(analytics, 1, ['a', 'b', 'c', 'd', 'e', 'f'])];

  function judged(orphanDecisions: Phase['orphanDecisions'], found: readonly OrphanSet[] = sets, over: Partial<Phase> = {}) {
    const phase = phaseOf([{ id: 'orphans', kind: 'orphans', foreignKeys: [renders, analytics], keys: {} }], { orphanDecisions, ...over });
    const evidence = evidenceOf(phase, [{ check: 'orphans', ms: 1, kind: 'orphans', sets: found, rowsTotal: exact(0), rowsByTable: {} }]);
    return { findings: judge(phase, evidence), destroyed: destroyedRows({ ...phase, destructive: true }, evidence) };
  }

  test('undecided block, each foreign key for itself, and say whether the parent is gone or goes', () => {
    expect(judged({}).findings).toEqual([
      { code: 'ORPHANS_UNDECIDED', severity: 'blocking', move: 'yours', sentence: '2 rows of public.exports point at no row of public.project (project_id); decide what becomes of them.' },
      { code: 'ORPHANS_UNDECIDED', severity: 'blocking', move: 'yours', sentence: '6 rows of public.analytics lose their parent when rows of public.exports are removed (export_id); decide what becomes of them.' },
    ]);
    expect(judged({ exports_fk: REMOVE }, [set(renders, 0, ['1']), set(analytics, 0, ['x']), set(analytics, 1, ['a', 'b'])]).findings.map((one) => one.sentence)).toEqual([
      '3 rows of public.analytics have no parent (export_id): 1 today, 2 more when rows of public.exports are removed; decide what becomes of them.',
      '1 row of public.exports will be removed. It is kept in quarantine until clean-up.',
    ]);
  });

  test('no orphans need no decision, whatever was decided', () => {
    for (const verdict of ['delete', 'stop', 'set_null'] as const) expect(judged({ exports_fk: { verdict, reason: 'x' } }, [set(renders, 0, []), set(analytics, 0, [])]).findings).toEqual([]);
    expect(judged({}, [set(renders, 0, []), set(analytics, 0, [])]).findings).toEqual([]);
  });

  test('decided to be removed are told table by table, and counted with the cascade', () => {
    const { findings, destroyed } = judged({ exports_fk: REMOVE, analytics_fk: REMOVE });
    expect(findings).toEqual([{ code: 'ROWS_REMOVED', severity: 'to_know', move: 'clears', sentence: '8 rows will be removed: 2 of public.exports and 6 of public.analytics. They are kept in quarantine until clean-up.' }]);
    expect(destroyed).toBe(8);
  });

  test('a row without two parents is removed and counted once', () => {
    const second = foreignKey('exports_user_fk', 'exports', 'user_id', 'user');
    const phase = phaseOf([{ id: 'orphans', kind: 'orphans', foreignKeys: [renders, second], keys: {} }], { orphanDecisions: { exports_fk: REMOVE, exports_user_fk: REMOVE }, destructive: true });
    const evidence = evidenceOf(phase, [{ check: 'orphans', ms: 1, kind: 'orphans', sets: [set(renders, 0, ['1', '2']), set(second, 0, ['2', '3'])], rowsTotal: exact(3), rowsByTable: {} }]);
    expect(destroyedRows(phase, evidence)).toBe(3);
    expect(judge(phase, evidence).map((one) => one.sentence)).toEqual(['3 rows of public.exports will be removed. They are kept in quarantine until clean-up.']);
  });

  test('beside what people wrote themselves, the number is that of their own rows: decisions take nothing out there', () => {
    const check: Check = { id: 'matched', kind: 'matched', tables: [{ table: A, goes: true, changes: false, by: [] }], sql: '', searchPath: [] };
    const phase = phaseOf([{ id: 'orphans', kind: 'orphans', foreignKeys: [renders], keys: {} }, check], { kind: 'written', destructive: true });
    const evidence = evidenceOf(phase, [{ check: 'orphans', ms: 1, kind: 'orphans', sets: [set(renders, 0, [])], rowsTotal: exact(0), rowsByTable: {} }, { check: 'matched', ms: 1, kind: 'matched', tables: [{ table: A, goes: exact(41), changes: exact(0) }] }]);
    expect(destroyedRows(phase, evidence)).toBe(41);
  });

  test('stop blocks while there are any', () => {
    expect(judged({ exports_fk: { verdict: 'stop', reason: 'x' }, analytics_fk: REMOVE }).findings).toMatchObject([
      { code: 'ORPHANS_STOP', severity: 'blocking', move: 'yours', sentence: '2 rows of public.exports point at no row of public.project (project_id); the decision is to stop until somebody mends them in the database.' }, { code: 'ROWS_REMOVED' },
    ]);
  });

  test('set to null is refused where the column must have a value, and told where it need not', () => {
    expect(judged({ exports_fk: { verdict: 'set_null', reason: 'x' }, analytics_fk: REMOVE }, [set(renders, 0, ['1']), set(analytics, 0, [])]).findings).toMatchObject([
      { code: 'SET_NULL_IMPOSSIBLE', severity: 'blocking', sentence: '1 row of public.exports cannot be set to null: project_id must have a value in the new schema. Decide otherwise.' },
    ]);
    const nulled = judged({ exports_fk: REMOVE, analytics_fk: { verdict: 'set_null', reason: 'x' } });
    expect(nulled.findings).toMatchObject([
      { code: 'ROWS_SET_NULL', severity: 'to_know', sentence: '6 rows of public.analytics stay and lose their reference: export_id becomes null.' },
      { code: 'ROWS_REMOVED', sentence: '2 rows of public.exports will be removed. They are kept in quarantine until clean-up.' },
    ]);
    expect(nulled.destroyed).toBe(2);
  });

  test('an unknown set blocks whatever was decided, and leaves no number to type', () => {
    const { findings, destroyed } = judged({ exports_fk: REMOVE, analytics_fk: REMOVE }, [set(renders, 0, [], unknown(WHY.tooMany)), set(analytics, 0, [])]);
    expect(findings).toEqual([{ code: 'UNKNOWN', severity: 'blocking', move: 'yours', sentence: `The number of rows without a parent in public.exports.project_id is unknown: ${WHY.tooMany}.` }]);
    expect(destroyed).toBeNull();
  });

  test('keys that do not match their number leave no number to type', () => {
    expect(judged({ exports_fk: REMOVE }, [set(renders, 0, ['1'], exact(2)), set(analytics, 0, [])]).destroyed).toBeNull();
  });

  test('a foreign key that was not measured blocks', () => {
    expect(judged({}, [set(renders, 0, [])]).findings).toMatchObject([{ code: 'NOT_MEASURED', sentence: 'The rows without a parent in public.analytics.export_id were not measured yet.' }]);
  });
});

describe('the number to type', () => {
  const cleanup = phaseOf([rowsCheck, { id: 's', kind: 'rows', table: publicTable('b') }], { kind: 'cleanup', destructive: true });

  test('of a clean-up is the sum of everything that it drops', () => {
    expect(destroyedRows(cleanup, evidenceOf(cleanup, [counted('r', exact(134)), counted('s', exact(379))]))).toBe(513);
  });

  test('is not known when a part is unknown, estimated or missing', () => {
    expect(destroyedRows(cleanup, evidenceOf(cleanup, [counted('r', exact(134)), counted('s', unknown(WHY.slow))]))).toBeNull();
    expect(destroyedRows(cleanup, evidenceOf(cleanup, [counted('r', exact(134)), counted('s', { provenance: 'estimate', value: 1, basis: 'x' })]))).toBeNull();
    expect(destroyedRows(cleanup, evidenceOf(cleanup, [counted('r', exact(134))]))).toBeNull();
  });

  test('is asked of destructive phases only', () => {
    expect(destroyedRows({ ...cleanup, destructive: false }, evidenceOf(cleanup, [counted('r', exact(134)), counted('s', exact(379))]))).toBeNull();
  });
});
