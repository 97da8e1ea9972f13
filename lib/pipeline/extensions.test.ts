import { expect, test } from 'vitest';
import { phaseOf } from '#lib/testing/phase.ts';
import type { Evidence, Measurement } from './evidence.ts';
import { isOlder, judgeExtensions } from './extensions.ts';
import { movements } from './movements.ts';
import { differences } from './noise.ts';
import { makePlan } from './planner/make-plan.ts';
import { objectId, type SchemaObject, type Snapshot } from './snapshot.ts';

const extension = (name: string, version: string): SchemaObject => ({ id: objectId('extension', name), kind: 'extension', schema: '', name, parent: null, position: null, attributes: { inSchema: 'public' }, aside: { version } });
const read = (...objects: SchemaObject[]): Snapshot => ({ target: { systemIdentifier: '1', timeline: 1, databaseOid: 1, database: 'x', serverVersion: 150018 }, takenAt: '2026-01-01T00:00:00Z', objects, satellites: [], estimates: {}, notCompared: [] });
const plan = (current: Snapshot, desiredSnapshot: Snapshot) => makePlan({ id: '7f3a1c52-0000-4000-8000-000000000001', name: 'p', target: 'prod', desired: 'dev', current, desiredSnapshot, deltaIds: differences(current, desiredSnapshot).map((delta) => delta.id), decisions: [], windowHours: 1, tolerance: { rowsPercent: 5 } });

test.each([['1.9', '1.10', true], ['1.10', '1.9', false], ['1.0', '1', false], ['2', '2.0.1', true], ['1.0dev', '1.1', false]])('%s is before %s: %s', (one, other, older) => {
  expect(isOlder(one, other)).toBe(older);
});

test('a version that would go down is refused when the plan is made, by name', () => {
  expect(plan(read(extension('citext', '1.6')), read(extension('citext', '1.5')))).toMatchObject({ ok: false, refusals: [{ code: 'cannot_plan', sentence: 'The extension citext has version 1.6 in prod and 1.5 in dev: an extension does not go back to an older version. Leave it out of the plan.' }] });
});

test('a version that goes up is asked of the server before anybody signs, and stays on a rollback, which the step says', () => {
  const made = plan(read(extension('citext', '1.4')), read(extension('citext', '1.6'), extension('hstore', '1.8')));
  const phases = made.ok ? made.plan.phases : [];
  expect(phases.flatMap((phase) => phase.checks.flatMap((check) => (check.kind === 'extensions' ? check.extensions : [])))).toEqual([{ name: 'citext', from: '1.4', to: '1.6' }, { name: 'hstore', from: null, to: '1.8' }]);
  const step = phases.flatMap((phase) => phase.steps).find((one) => one.statements.some(({ sql }) => sql.includes('UPDATE TO')));
  expect(step).toMatchObject({ undo: [], hazards: [{ code: 'NOT_REVERSIBLE' }] });
});

test('what the server does not have, or knows no way to, blocks, and a fact that changed has moved', () => {
  const wanted = [{ name: 'a', from: null, to: '2' }, { name: 'b', from: '1', to: '2' }, { name: 'c', from: null, to: '2' }];
  expect(judgeExtensions(wanted, [{ name: 'a', byDefault: null, reachable: false }, { name: 'b', byDefault: '3', reachable: false }, { name: 'c', byDefault: '3', reachable: true }]).map(({ sentence }) => sentence)).toEqual([
    'The extension a is not installed on the server of the target: install its package there, then measure again.',
    'The server of the target knows no way for b from version 1 to 2: install the package that has it there, then measure again.',
    'The other side has c 2; the server of the target makes 3.',
  ]);
  const phase = phaseOf([{ id: 'extensions', kind: 'extensions', extensions: wanted.slice(0, 1) }]);
  const evidence = (byDefault: string | null): Evidence => ({ phaseId: phase.id, measuredAt: '', ms: 1, target: read().target, fingerprints: {}, measurements: [{ check: 'extensions', ms: 1, kind: 'extensions', extensions: [{ name: 'a', byDefault, reachable: true }] } satisfies Measurement] });
  expect(movements(phase, evidence('2'), evidence('2'), { rowsPercent: 5 })).toEqual([]);
  expect(movements(phase, evidence('2'), evidence('3'), { rowsPercent: 5 })).toMatchObject([{ what: 'extensions:a' }]);
});
