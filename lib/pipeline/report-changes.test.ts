import { expect, test } from 'vitest';
import type { Phase, Plan } from './plan.ts';
import { reportChanges } from './report-changes.ts';
import { objectId, type Attribute, type ObjectKind, type SchemaObject, type Snapshot } from './snapshot.ts';

function object(kind: ObjectKind, path: readonly string[], attributes: Record<string, Attribute> = {}): SchemaObject {
  const [schema = '', table = ''] = path;
  return { id: objectId(kind, ...path), kind, schema, name: path.at(-1) ?? '', parent: path.length > 2 ? objectId('table', schema, table) : null, position: null, attributes };
}

function reading(takenAt: string, objects: readonly SchemaObject[], reader = 'r1'): Snapshot {
  return { target: { systemIdentifier: '', timeline: 1, databaseOid: 1, database: 'prod', serverVersion: 150000 }, takenAt, objects, estimates: {}, notCompared: [], reader };
}

const EXPORTS = object('table', ['public', 'exports']);
const BEFORE = reading('2026-01-01T00:00:00Z', [EXPORTS, object('column', ['public', 'exports', 'id'], { type: 'text' }), object('table', ['public', 'old']), object('column', ['public', 'old', 'a']), object('table', ['audit', 'log'])]);
const AFTER = reading('2026-01-01T01:00:00Z', [EXPORTS, object('column', ['public', 'exports', 'id'], { type: 'uuid' }), object('index', ['public', 'exports', 'exports_i'], { definition: 'x' }), object('table', ['audit', 'log']), object('column', ['audit', 'log', 'extra'])]);
const PHASE: Phase = { id: 'p', kind: 'written', title: '', summary: '', steps: [], checks: [], verifications: [], price: [], touches: [EXPORTS.id, objectId('table', 'public', 'old')], requires: [], orphanDecisions: {}, destructive: false, pointOfNoReturn: false, due: null };
const PLAN: Plan = { id: 'x', name: '', target: 'prod', desired: 'prod', basis: { current: '', desired: '' }, keepSchema: 'k', deltaIds: [], decisions: [], tolerance: { rowsPercent: 0 }, windowHours: 48, phases: [PHASE] };

test('what is different is said by table with the words before and after, and what no phase was to change is marked', () => {
  const changes = reportChanges(BEFORE, AFTER, [{ plan: PLAN, phaseId: 'p' }]);
  expect(changes?.groups).toEqual([
    { name: 'audit.log', changes: [{ change: 'add', what: 'column extra', attributes: [], with: '', outside: true }] },
    { name: 'exports', changes: [{ change: 'change', what: 'column id', attributes: [{ name: 'type', before: 'text', after: 'uuid' }], with: '', outside: false }, { change: 'add', what: 'index exports_i', attributes: [], with: '', outside: false }] },
    { name: 'old', changes: [{ change: 'remove', what: 'table', attributes: [], with: '1 column', outside: false }] },
  ]);
  expect(changes?.counts).toEqual([{ kind: 'tables', before: 3, after: 2 }, { kind: 'indexes', before: 0, after: 1 }]);
});

test('readings of two versions say nothing: what differs may be the reading', () => {
  expect(reportChanges(BEFORE, { ...AFTER, reader: 'r2' }, [])).toBeNull();
});
