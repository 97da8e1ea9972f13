import { expect, test } from 'vitest';
import { NOTHING_REHEARSED, type Rehearsed, rehearsalVerdict } from '#lib/pipeline/rehearsal.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import { execute, smallPlan, smallStep } from '#lib/testing/small-run.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { rehearsePhases } from './rehearse-plan.ts';

const stop: Step = { ...smallStep('small.1', []), title: 'Stop the exporter', locks: [], work: { kind: 'manual', instruction: 'Stop it.' }, undoWork: { kind: 'manual', instruction: 'Start it.' } };
const note: Step = { ...smallStep('small.2', [execute('note', 'CREATE TABLE note (id integer)')], [execute('no note', 'DROP TABLE note')]), locks: [], searchPath: ['public'] };

test('a rehearsal passes over the steps of people, both ways and by name, and finds names where the other steps say', async () => {
  const database = await freshDatabase();
  const plan = smallPlan([stop, note], { checks: [], touches: [], verifications: [{ label: 'notes', sql: 'SELECT count(*) FROM note', expect: { from: 'literal', value: '0' } }] });
  let content: Rehearsed = NOTHING_REHEARSED;
  await rehearsePhases({
    plan, phases: plan.phases, config: database.config, backup: { directory: null, toolFolder: null, restoreUrl: null, environment: {} }, worker: 'test',
    told: { content: () => content, tell: (next) => { content = next; }, stopping: () => false },
  });
  expect(content.steps.map((step) => [step.kind, step.step, step.trouble])).toEqual([['forward', 'small.2', null], ['rollback', 'small.2', null]]);
  expect(content.skipped?.map((step) => [step.kind, step.title])).toEqual([['forward', 'Stop the exporter'], ['rollback', 'Undo: Stop the exporter']]);
  expect(content.verifications).toMatchObject([{ label: 'notes', ok: true }]);
  expect(rehearsalVerdict(plan.phases, content)).toMatchObject({ state: 'proved', sentence: expect.stringMatching(/Not rehearsed, because only a person can do it: “Stop the exporter”, “Undo: Stop the exporter”\.$/) });
});
