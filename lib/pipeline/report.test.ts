import { expect, test } from 'vitest';
import type { Evidence } from './evidence.ts';
import type { Phase, Plan } from './plan.ts';
import type { ReportInput, ReportPhaseInput } from './report-input.ts';
import { makeReport } from './report.ts';
import { reportMarkdown } from './report-markdown.ts';
import { newRun, type AssertionResult, type RunView } from './run.ts';

const table = { schema: 'public', name: 'exports' };
const exact = (value: number) => ({ provenance: 'exact' as const, value });

function phase(id: string, kind: Phase['kind'], more: Partial<Phase> = {}): Phase {
  return { id, kind, title: `Phase ${id}`, summary: '', steps: [], checks: [], verifications: [], price: [], touches: [], requires: [], orphanDecisions: {}, destructive: false, pointOfNoReturn: false, due: null, ...more };
}

function result(label: string, value: string, ok = true): AssertionResult {
  return { label, expected: value, actual: ok ? value : 'other', ok };
}

function noted(actual: string): AssertionResult {
  return { label: 'rows by kind', expected: 'to be read by a person', actual, ok: true, noted: true };
}

function ran(phaseInput: Phase, assertions: AssertionResult[], verification: AssertionResult[] = []): ReportPhaseInput {
  const view: RunView = { ...newRun('forward', ['s']), state: 'applied', verification };
  const steps = view.steps.map((step) => ({ ...step, state: 'applied' as const, assertions }));
  return {
    phase: phaseInput,
    standing: { state: 'applied', standingSteps: ['s'], forwardRunId: 'r', appliedAt: '2026-01-02T00:00:00.000Z', activeRunId: null },
    evidence: null,
    runs: [{ id: 'r', kind: 'forward', state: 'applied', by: 'Ola', reason: '', requestedAt: '2026-01-01T23:00:00.000Z', endedAt: '2026-01-02T00:00:00.000Z', view: { ...view, steps } }],
    approvals: [{ person: 'Ben', signedAt: '2026-01-01T22:00:00.000Z', digest: 'd'.repeat(64), voidedAt: null, voidReason: null }, { person: 'Eve', signedAt: '2026-01-01T21:00:00.000Z', digest: 'e'.repeat(64), voidedAt: '2026-01-01T21:30:00.000Z', voidReason: 'moved' }],
  };
}

function reportOf(phases: readonly ReportPhaseInput[], tablesNow: ReportInput['tablesNow'] = { provenance: 'exact', value: 26 }, more: Partial<ReportInput> = {}) {
  const plan: Plan = { id: 'p', name: 'Sprint [90]', target: 'prod', desired: 'dev', basis: { current: '', desired: '' }, keepSchema: 'countersign_x', deltaIds: [], decisions: [{ deltaId: 'add:schema:auth', verdict: 'later', reason: 'not now' }], tolerance: { rowsPercent: 10 }, windowHours: 48, phases: phases.map((one) => one.phase) };
  return makeReport({ plan, author: 'Ada', now: '2026-01-02T01:00:00.000Z', tablesBefore: 31, tablesNow, keptNow: [], phases, changes: { why: 'Nothing was read.' }, versions: [], rehearsals: [], requests: [], glasses: [], followUps: [], findings: new Map(), ...more });
}

const convert = phase('convert', 'convert', { price: [{ table, step: 's', sql: '' }] });
const converted = ran(convert, [result('rows of exports set aside as orphans', '2'), result('rows of exports after the copy', '132')]);

test('rows before are what stands after plus what was set aside, both asserted under the lock', () => {
  expect(reportOf([converted]).rows).toEqual([{ table: 'exports', before: 134, after: 132, setAside: 2 }]);
});

test('of tables that were filled beside the live ones the rows are those of the proof before the swap, and types and spellings are said once although both phases ask for them', () => {
  const casts = { checks: [{ id: 'casts', kind: 'casts' as const, table, key: ['id'], casts: [{ column: 'id', from: 'text', to: 'uuid' }] }] };
  const column = { column: 'id', from: 'text', to: 'uuid', failures: exact(0), failuresDigest: '', failed: [], respelled: exact(1), respelledDigest: '', respelledRows: [{ key: '1', value: 'A', becomes: 'a' }], collisions: exact(0), collided: [] };
  const evidence = { measuredAt: '', measurements: [{ check: 'casts', kind: 'casts', table, ms: 1, columns: [column] }] } as unknown as Evidence;
  const build = { ...ran(phase('convert', 'convert', casts), [result('rows of exports set aside as orphans', '2')]), evidence };
  const swap = { ...ran(phase('convert-swap', 'convert', { ...casts, price: [{ table, step: 's', sql: '' }] }), [result('exports is the same on both sides', '132 rows, hash -17')]), evidence };
  const report = reportOf([build, swap]);
  expect(report.rows).toEqual([{ table: 'exports', before: 134, after: 132, setAside: 2 }]);
  expect(report.types).toEqual([{ column: 'exports.id', before: 'text', after: 'uuid' }]);
  expect(report.respelled).toEqual([{ table: 'exports', column: 'id', value: 'A', becomes: 'a', changed: false, rows: 1 }]);
});

test('tables set aside and created move the count of the product, and an unknown count stays unknown', () => {
  const step = { id: 's', title: '', statements: [], undo: [], locks: [], rewrite: false, hazards: [], editable: false };
  const report = reportOf([ran(phase('empty', 'empty', { steps: [step, step] }), []), ran(phase('create', 'create', { price: [{ table, step: 's', sql: '' }] }), [])], { provenance: 'unknown', why: 'unreachable' });
  expect(report.tables.milestones.map((one) => one.after)).toEqual([29, 30]);
  expect(reportMarkdown(report)).toContain('now unknown');
});

test('what validation asks again is counted, not listed twice, unless it failed', () => {
  const validate = ran(phase('validate', 'validate'), [result('rows of exports after the copy', '132'), result('index i is valid', 'true', false)]);
  expect(reportOf([converted, validate]).phases[1]).toMatchObject({ repeated: 1, verification: [{ label: 'index i is valid', ok: false }] });
});

test('only standing signatures are named as signers', () => {
  expect(reportOf([converted]).phases[0]?.signers).toEqual([{ person: 'Ben', at: '2026-01-01T22:00:00.000Z', digest: 'd'.repeat(64) }]);
});

test('kept tables fall due when the window is over', () => {
  const kept = { schema: 'countersign_x', name: 'exports_backup' };
  const cleanup: ReportPhaseInput = { ...ran(phase('cleanup', 'cleanup', { due: { afterPhase: 'convert', hours: 48 }, checks: [{ id: 'r', kind: 'rows', table: kept }] }), []), standing: { state: 'pending', standingSteps: [], forwardRunId: null, appliedAt: null, activeRunId: null }, runs: [] };
  expect(reportOf([ran(phase('backup', 'backup'), []), converted, cleanup]).standing).toEqual([{ table: 'countersign_x.exports_backup', what: 'backup', dueAt: '2026-01-04T00:00:00.000Z', byHand: false }]);
});

test('rows that a change in place took out or unlinked stand until clean-up like those of a conversion', () => {
  const [out, unlinked] = ['_quarantine', '_unlinked'].map((suffix) => ({ schema: 'countersign_x', name: `exports${suffix}` }));
  const alter = ran(phase('alter', 'alter', { checks: [{ id: 'free_names', kind: 'free_names', names: [out, unlinked].flatMap((one) => one ?? []) }] }), []);
  const cleanup: ReportPhaseInput = { ...ran(phase('cleanup', 'cleanup', { due: { afterPhase: 'alter', hours: 48 }, checks: [out, unlinked].flatMap((one, i) => (one ? [{ id: `r${i}`, kind: 'rows' as const, table: one }] : [])) }), []), standing: { state: 'pending', standingSteps: [], forwardRunId: null, appliedAt: null, activeRunId: null }, runs: [] };
  expect(reportOf([alter, cleanup]).standing.map((one) => [one.table, one.what])).toEqual([['countersign_x.exports_quarantine', 'quarantined orphans'], ['countersign_x.exports_unlinked', 'rows that lost a reference']]);
});

test('a spelling that several rows share is listed once with their number, and without one where the evidence holds only the first rows', () => {
  const rows = [{ key: '1', value: '{A}', becomes: 'a' }, { key: '2', value: '{A}', becomes: 'a' }];
  const evidence = (total: number): Evidence => ({ phaseId: 'convert', measuredAt: '', ms: 1, target: { systemIdentifier: '1', timeline: 1, databaseOid: 1, database: 'x', serverVersion: 150018 }, fingerprints: {}, measurements: [{ check: 'c', ms: 1, kind: 'casts', table, columns: [{ column: 'id', from: 'text', to: 'uuid', fine: exact(9), failures: exact(0), failureRows: [], respelled: exact(total), respelledRows: rows, collisions: exact(0) }] }] });
  expect(reportOf([{ ...converted, evidence: evidence(2) }]).respelled).toEqual([{ table: 'exports', column: 'id', value: '{A}', becomes: 'a', rows: 2, changed: false }]);
  expect(reportOf([{ ...converted, evidence: evidence(50) }]).respelled[0]?.rows).toBeNull();
});

test('names that people chose do not become markup', () => {
  expect(reportMarkdown(reportOf([converted]))).toContain('# Sprint \\[90\\]');
});

test('what a person did and what was only noted stand in the report without a tick, and a noted answer is not taken for a promise that was kept', () => {
  const first = ran(phase('first', 'written', { steps: [] }), [], [noted('kind | n\na `x` | 2')]);
  const [run] = first.runs;
  if (!run?.view) throw new Error('no run');
  const answer = { by: 'Olga', verdict: 'done' as const, note: 'stopped *both*', at: '2026-01-01T23:30:00.000Z' };
  const asked: ReportPhaseInput = { ...first, runs: [{ ...run, view: { ...run.view, steps: run.view.steps.map((step) => ({ ...step, answer })) } }] };
  const report = reportOf([asked, ran(phase('second', 'written'), [], [noted('3')])]);
  expect(report.phases.map((one) => [one.verification.length, one.repeated, one.byPeople.length])).toEqual([[1, 0, 1], [1, 0, 0]]);
  const text = reportMarkdown(report);
  expect(text).toContain('- s: Olga, 2026-01-01 23:30 UTC: stopped \\*both\\*');
  expect(text).toContain('- noted, rows by kind: 3');
  expect(text).toContain(['- noted, rows by kind:', '', '  ```', '  kind | n', '  a `x` | 2', '  ```'].join('\n'));
  expect(text).not.toContain('✓');
});

test('a plan that people wrote is done when all but what waits for its hour is applied; what that will drop stands with its due time', () => {
  const old = { schema: 'public', name: 'exports_old' };
  const tidy: ReportPhaseInput = { ...ran(phase('tidy', 'written', { title: 'Tidy up', destructive: true, due: { afterPhase: 'change', hours: 48 }, checks: [{ id: 'r', kind: 'rows', table: old }] }), []), standing: { state: 'pending', standingSteps: [], forwardRunId: null, appliedAt: null, activeRunId: null }, runs: [] };
  const report = reportOf([ran(phase('change', 'written'), []), tidy]);
  expect([report.finished, report.headline]).toEqual([true, 'Sprint [90] is done and verified on prod.']);
  expect(report.standing).toEqual([{ table: 'public.exports_old', what: 'until “Tidy up”', dueAt: '2026-01-04T00:00:00.000Z', byHand: false }]);
});

test('the timeline tells who did what in its order: one press that signed several phases is one line, and a void signature says why', () => {
  const { timeline } = reportOf([converted, ran(phase('empty', 'empty'), [])], undefined, {
    versions: [{ version: 1, by: 'Ada', at: '2026-01-01T20:00:00.000Z', reason: 'Read from a.md.' }, ...[2, 3, 4].map((version) => ({ version, by: 'Ada', at: `2026-01-01T20:0${version}:00.000Z`, reason: 'more' })), { version: 5, by: 'Ada', at: '2026-01-01T20:45:00.000Z', reason: 'Said why.' }], requests: [{ phase: 2, by: 'Eve', at: '2026-01-01T20:30:00.000Z', comment: 'Say why.' }],
    followUps: [{ key: 'k', title: 'Tell support', phaseId: null, dueAt: null, addedBy: null, owner: null, state: 'dropped', end: { by: 'Ola', at: '2026-01-03T00:00:00.000Z', note: 'they know' } }],
  });
  expect(timeline.map(({ at, what }) => `${at.slice(8, 16)} ${what}`)).toEqual([
    '01T20:00 Ada saved version 1: Read from a.md.', '01T20:04 Ada saved versions 2 to 4', '01T20:30 Eve asked for changes of phase 2: Say why.', '01T20:45 Ada saved version 5: Said why.', '01T21:00 Eve signed phases 1 and 2', '01T21:30 The signature of Eve for phase 1 became void: moved', '01T21:30 The signature of Eve for phase 2 became void: moved',
    '01T22:00 Ben signed phases 1 and 2', '01T23:00 Ola ran phase 1: applied after 60 min', '01T23:00 Ola ran phase 2: applied after 60 min', '03T00:00 Ola dropped “Tell support”: they know',
  ]);
});

test('findings that were let stand are told with their reason, in the words of the finding while those are known', () => {
  const phases = [ran(phase('a', 'written', { findingDecisions: { 'X:1': { verdict: 'accepted', reason: 'tiny table' }, 'Y:2': { verdict: 'accepted', reason: 'seen' } } }), [])];
  const report = reportOf(phases, undefined, { findings: new Map([['X:1', 'This waits for every writer.']]) });
  expect(report.letStand).toEqual([{ phase: 1, finding: 'This waits for every writer.', reason: 'tiny table' }, { phase: 1, finding: 'Y:2', reason: 'seen' }]);
  expect(reportMarkdown(report)).toContain('- phase 1: This waits for every writer. Reason: tiny table');
});

test('a phase that was started without its signatures says so, and who answered for it afterwards', () => {
  const glass = { run: 'r', phase: 1, by: 'Ola', at: '2026-01-01T22:59:00.000Z', reason: 'down', answer: null };
  const answered = { ...glass, answer: { by: 'Ben', at: '2026-01-02T08:00:00.000Z', verdict: 'countersigned', comment: '' } };
  expect(reportOf([converted], undefined, { glasses: [glass] }).phases[0]?.unsigned).toEqual({ answer: null });
  const text = reportMarkdown(reportOf([converted], undefined, { glasses: [answered] }));
  expect(text).toContain('; started without its signatures, countersigned by Ben');
  expect(text).toContain('Ola broke the glass for phase 1, which ran without its signatures: down');
  expect(reportOf([converted], undefined, { glasses: [{ ...glass, run: 'another' }] }).phases[0]?.unsigned).toBeNull();
});

test('a follow-up is a box that is ticked when it is done, and says when it is due or how it ended', () => {
  const base = { key: 'k', phaseId: null, dueAt: '2026-01-01T00:00:00.000Z', addedBy: null, owner: { id: 'o', name: 'Ola' }, state: 'open' as const, end: null };
  const end = { by: 'Ola', at: '2026-01-01T12:00:00.000Z', note: 'told *them*' };
  const text = reportMarkdown(reportOf([converted], undefined, { followUps: [{ ...base, title: 'Drop it' }, { ...base, title: 'Tell them', state: 'done', end }, { ...base, title: 'Move it', state: 'dropped', end }] }));
  expect(text).toContain('- [ ] Drop it (Ola), overdue since 2026-01-01 00:00 UTC\n- [x] Tell them; done by Ola, 2026-01-01 12:00 UTC: told \\*them\\*\n- [ ] ~~Move it~~; dropped by Ola');
});
