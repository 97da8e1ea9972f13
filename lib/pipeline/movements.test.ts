import { describe, expect, test } from 'vitest';
import { foreignKey, phaseOf, publicTable } from '#lib/testing/phase.ts';
import type { CastResult, Check, Evidence, Measurement, OrphanSet, Quantity } from './evidence.ts';
import { movements } from './movements.ts';
import { exact, unknown, WHY } from './unknowns.ts';

const TARGET = { systemIdentifier: '7', timeline: 1, databaseOid: 5, database: 'prod', serverVersion: 150_018 };
const A = publicTable('a');

function evidence(measurement: Measurement | null, over: Partial<Evidence> = {}): Evidence {
  return { phaseId: 'convert', measuredAt: '2026-01-01T00:00:00Z', ms: 3, target: TARGET, fingerprints: {}, measurements: measurement ? [measurement] : [], ...over };
}

function moved(check: Check, signed: Measurement | null, now: Measurement | null, rowsPercent = 10): string[] {
  return movements(phaseOf([check]), evidence(signed), evidence(now, { measuredAt: '2027-01-01T00:00:00Z', ms: 9 }), { rowsPercent }).map((one) => one.sentence);
}

const targetMoved = (over: Partial<typeof TARGET>) => movements(phaseOf([]), evidence(null), evidence(null, { target: { ...TARGET, ...over } }), { rowsPercent: 100 }).map((one) => one.sentence);

describe('the target', () => {
  test('is the same when nothing about it changed', () => {
    expect(targetMoved({})).toEqual([]);
  });

  test('is another when the server, its timeline, the database or the version is', () => {
    expect(targetMoved({ systemIdentifier: '8' })).toEqual(['The target is another server: its system identifier was 7 and is 8.']);
    expect(targetMoved({ timeline: 2 })).toEqual(['The target server failed over or was restored since it was signed: its timeline was 1 and is 2.']);
    expect(targetMoved({ databaseOid: 6 })).toEqual(['The target is another database of the same server: prod was dropped and made anew, or another one is configured.']);
    expect(targetMoved({ database: 'other' })).toEqual(['The target database was prod and is other.']);
    expect(targetMoved({ serverVersion: 150_019 })).toEqual(['The target server was PostgreSQL 15.18 and is 15.19.']);
  });

  test('is another when another role is to carry the phase out, or one where none was signed', () => {
    expect(targetMoved({ ...TARGET, operator: 'owner' } as Partial<typeof TARGET>)).toEqual(['Which role carries this out was not signed; now it is owner.']);
    const of = (signed: string, now?: string) => movements(phaseOf([]), evidence(null, { target: { ...TARGET, operator: signed } }), evidence(null, now === undefined ? {} : { target: { ...TARGET, operator: now } }), { rowsPercent: 100 }).map((one) => one.sentence);
    expect([of('owner', 'owner'), of('owner', 'admin'), of('owner')]).toEqual([[], ['The role that carries this out was owner and is admin.'], ['The role that carries this out was owner and is not declared any more.']]);
  });
});

const definitionsMoved = (signed: Record<string, string>, now: Record<string, string>) => movements(phaseOf([]), evidence(null, { fingerprints: signed }), evidence(null, { fingerprints: now }), { rowsPercent: 100 }).map((one) => one.sentence);

describe('definitions', () => {
  test('that changed, appeared or disappeared are named', () => {
    expect(definitionsMoved({ 'table:public.a': 'x', 'enum:public.e': 'y' }, { 'table:public.a': 'x', 'enum:public.e': 'y' })).toEqual([]);
    expect(definitionsMoved({ 'table:public.bazaar-vid_exports': 'x' }, { 'table:public.bazaar-vid_exports': 'z' })).toEqual(['The definition of public.bazaar-vid_exports changed since it was signed.']);
    expect(definitionsMoved({ 'table:public.a': 'absent' }, { 'table:public.a': 'x' })).toEqual(['The table public.a appeared since it was signed.']);
    expect(definitionsMoved({ 'enum:public.e': 'x' }, { 'enum:public.e': 'absent' })).toEqual(['The enum public.e disappeared since it was signed.']);
  });

  test('that were read only once have moved', () => {
    expect(definitionsMoved({ 'table:public.a': 'x' }, {})).toEqual(['The definition of public.a was not read again.']);
    expect(definitionsMoved({}, { 'table:public.a': 'x' })).toEqual(['The definition of public.a was not part of what was signed.']);
  });
});

describe('row counts', () => {
  const check: Check = { id: 'r', kind: 'rows', table: A };
  const rows = (quantity: Quantity): Measurement => ({ check: 'r', ms: 1, kind: 'rows', table: A, rows: quantity });

  test('may move within the signed tolerance, to the row', () => {
    expect(moved(check, rows(exact(100)), rows(exact(110)))).toEqual([]);
    expect(moved(check, rows(exact(100)), rows(exact(90)))).toEqual([]);
    expect(moved(check, rows(exact(100)), rows(exact(111)))).toEqual(['Rows of public.a: 100 → 111, more than the signed tolerance of 10 %.']);
    expect(moved(check, rows(exact(134)), rows(exact(160)))).toEqual(['Rows of public.a: 134 → 160, more than the signed tolerance of 10 %.']);
    expect(moved(check, rows(exact(100)), rows(exact(89)))).toHaveLength(1);
    expect(moved(check, rows(exact(3)), rows(exact(4)), 0)).toHaveLength(1);
    expect(moved(check, rows(exact(0)), rows(exact(1)), 100)).toHaveLength(1);
  });

  test('that are unknown on either side have moved, even when they were unknown before', () => {
    expect(moved(check, rows(exact(3)), rows(unknown(WHY.slow)))).toEqual([`Rows of public.a: 3 → unknown (${WHY.slow}).`]);
    expect(moved(check, rows(unknown(WHY.slow)), rows(exact(3)))).toEqual(['Rows of public.a: unknown when it was signed → 3.']);
    expect(moved(check, rows(unknown(WHY.slow)), rows(unknown(WHY.slow)))).toHaveLength(1);
    expect(moved(check, rows(exact(3)), rows({ provenance: 'estimate', value: 3, basis: 'x' }))).toEqual(['Rows of public.a: 3 → about 3.']);
  });

  test('that were not measured on one side have moved', () => {
    expect(moved(check, null, rows(exact(3)))).toEqual(['The number of rows of public.a was not measured when this was signed.']);
    expect(moved(check, rows(exact(3)), null)).toEqual(['The number of rows of public.a was not measured again.']);
  });
});

const orphans = (...sets: OrphanSet[]): Measurement => ({ check: 'o', ms: 1, kind: 'orphans', sets, rowsTotal: exact(0), rowsByTable: {} });

describe('orphans', () => {
  const key = foreignKey('analytics_fk', 'export_analytics', 'export_id', 'exports');
  const check: Check = { id: 'o', kind: 'orphans', foreignKeys: [key], keys: {} };
  const set = (depth: number, keys: readonly string[], rows: Quantity = exact(keys.length)): OrphanSet =>
    ({ foreignKey: key.id, child: key.child, columns: key.columns, parent: key.parent, depth, rows, keys, keysDigest: keys.join(), firstRows: [], missing: [] });

  test('have not moved when the keys are the same, whatever the order of the sets and the rows shown', () => {
    expect(moved(check, orphans(set(0, ['1']), set(1, ['2'])), orphans({ ...set(1, ['2']), firstRows: [{ a: 'b' }] }, set(0, ['1'])))).toEqual([]);
  });

  test('that became more or fewer are named, all depths together', () => {
    expect(moved(check, orphans(set(0, []), set(1, ['1', '2', '3', '4', '5', '6'])), orphans(set(0, ['7']), set(1, ['1', '2', '3', '4', '5', '6'])))).toEqual(['Orphans in public.export_analytics.export_id: 6 → 7.']);
    expect(moved(check, orphans(set(0, ['1'])), orphans(set(0, [])), 100)).toEqual(['Orphans in public.export_analytics.export_id: 1 → 0.']);
  });

  test('of the same number but other rows are noticed, and the same rows for another reason', () => {
    expect(moved(check, orphans(set(0, ['1', '2'])), orphans(set(0, ['1', '3'])))).toEqual(['Orphans in public.export_analytics.export_id: 2 → 2, but other rows.']);
    expect(moved(check, orphans(set(0, ['1'])), orphans(set(1, ['1'])))).toEqual(['Orphans in public.export_analytics.export_id: 1 → 1, the same rows but by another way.']);
  });

  test('that are unknown now, or not measured, have moved', () => {
    expect(moved(check, orphans(set(0, ['1'])), orphans(set(0, [], unknown(WHY.tooMany))))).toEqual([`Orphans in public.export_analytics.export_id: 1 → unknown (${WHY.tooMany}).`]);
    expect(moved(check, orphans(set(0, ['1'])), orphans())).toEqual(['Orphans in public.export_analytics.export_id were not measured again.']);
  });
});

describe('casts', () => {
  const check: Check = { id: 'c', kind: 'casts', table: A, key: ['id'], casts: [{ column: 'c', from: 'text', to: 'uuid' }] };
  const casts = (over: Partial<CastResult>): Measurement =>
    ({ check: 'c', ms: 1, kind: 'casts', table: A, columns: [{ column: 'c', from: 'text', to: 'uuid', fine: exact(9), failures: exact(0), failureRows: [], respelled: exact(0), respelledRows: [], collisions: exact(0), ...over }] });

  test('may be of more rows, but not of other failures, spellings or collisions', () => {
    expect(moved(check, casts({}), casts({ fine: exact(500) }))).toEqual([]);
    expect(moved(check, casts({}), casts({ failures: exact(1), failuresDigest: 'x' }), 100)).toEqual(['Values of public.a.c that cannot become uuid: 0 → 1.']);
    expect(moved(check, casts({ respelled: exact(1), respelledDigest: 'x' }), casts({ respelled: exact(1), respelledDigest: 'y' }), 100)).toEqual(['Values of public.a.c that change their spelling: 1 → 1, but other rows.']);
    expect(moved(check, casts({}), casts({ collisions: exact(1) }))).toEqual(['Values of public.a.c that would become equal: 0 → 1.']);
    expect(moved(check, casts({}), casts({ failures: unknown(WHY.slow) }))).toEqual([`Values of public.a.c that cannot become uuid: 0 → unknown (${WHY.slow}).`]);
    expect(moved(check, casts({}), casts({ column: 'd' }))).toEqual(['The change of type of public.a.c was not measured again.']);
    expect(moved(check, casts({}), casts({ from: 'uuid' }))).toEqual(['public.a.c was to change from text to uuid, and now from uuid to uuid.']);
  });
});

describe('emptiness, overlap, dependents and names', () => {
  test('a table that was empty and is not has moved, whatever the tolerance', () => {
    const empty = (rows: Quantity): Measurement => ({ check: 'e', ms: 1, kind: 'empty', table: A, rows });
    const check: Check = { id: 'e', kind: 'empty', table: A };
    expect(moved(check, empty(exact(0)), empty(exact(0)))).toEqual([]);
    expect(moved(check, empty(exact(0)), empty(exact(1)), 100)).toEqual(['public.a was empty when this was signed and now holds 1 row.']);
    expect(moved(check, empty(exact(0)), empty(unknown(WHY.locked)))).toHaveLength(1);
  });

  test('a table that goes with its rows may hold a few more or fewer, as any live table', () => {
    const check: Check = { id: 'e', kind: 'empty', table: A };
    const archived = phaseOf([check], { overlapDecisions: { 'public.a': { verdict: 'archive', reason: 'r' } } });
    const rows = (count: number) => evidence({ check: 'e', ms: 1, kind: 'empty', table: A, rows: exact(count) });
    const movedBy = (count: number) => movements(archived, rows(100), rows(count), { rowsPercent: 5 }).map((one) => one.sentence);
    expect([movedBy(104), movedBy(106)]).toEqual([[], ['Rows of public.a: 100 → 106, more than the signed tolerance of 5 %.']]);
  });

  test('an overlap may grow in the kept table within tolerance, and nowhere else', () => {
    const check: Check = { id: 'o', kind: 'overlap', duplicate: A, kept: publicTable('b'), key: ['id'] };
    const overlap = (over: Partial<Extract<Measurement, { kind: 'overlap' }>> = {}): Measurement =>
      ({ check: 'o', ms: 1, kind: 'overlap', duplicate: A, kept: publicTable('b'), onlyDuplicate: exact(10), onlyKept: exact(100), same: exact(10), conflict: exact(0), firstConflicts: [], ...over });
    expect(moved(check, overlap(), overlap({ onlyKept: exact(110), firstConflicts: [{ a: 'b' }] }))).toEqual([]);
    expect(moved(check, overlap(), overlap({ onlyKept: exact(111) }))).toHaveLength(1);
    const conflict = (digest: string) => overlap({ conflict: exact(1), conflicting: { digest, rows: [], newest: [] } });
    expect(moved(check, conflict('a'), conflict('a'))).toEqual([]);
    expect(moved(check, conflict('a'), conflict('b'))).toEqual(['Rows of public.a that contradict public.b: 1 → 1, but other rows or values.']);
    expect(moved(check, overlap(), overlap({ conflict: exact(1) }))).toEqual(['Rows of public.a that contradict public.b: 0 → 1.']);
    expect(moved(check, overlap(), overlap({ onlyDuplicate: exact(11), same: exact(9) }), 100)).toEqual(['Rows only in public.a: 10 → 11.', 'Rows of public.a that public.b has too: 10 → 9.']);
  });

  test('what newly hangs on a table or no longer does is named, handled or not', () => {
    const check: Check = { id: 'd', kind: 'dependents', tables: [A] };
    const one = { table: A, kind: 'grant', description: 'SELECT to app', handled: true };
    const dependents = (...found: (typeof one)[]): Measurement => ({ check: 'd', ms: 1, kind: 'dependents', dependents: found });
    expect(moved(check, dependents(one), dependents(one))).toEqual([]);
    expect(moved(check, dependents(), dependents(one))).toEqual(['Something new hangs on public.a, grant: SELECT to app.']);
    expect(moved(check, dependents(one), dependents())).toEqual(['Something no longer hangs on public.a, grant: SELECT to app.']);
  });

  test('a name that was taken meanwhile is named', () => {
    const check: Check = { id: 'f', kind: 'free_names', names: [A] };
    const names = (...taken: (typeof A)[]): Measurement => ({ check: 'f', ms: 1, kind: 'free_names', taken });
    expect(moved(check, names(), names())).toEqual([]);
    expect(moved(check, names(), names(A))).toEqual(['The name public.a was free when this was signed and is taken now.']);
    expect(moved(check, names(A), names())).toEqual(['The name public.a was taken when this was signed and is free now.']);
  });
});
