import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findPlanText } from '#lib/store/plan-texts.ts';
import { act, done } from '#lib/testing/acting.ts';
import { facts } from '#lib/testing/bazaar-plan.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import { allPhaseFacts, type PhaseFacts } from '../plan-facts.ts';
import { importRunbookSpec, takePassageSpec } from './runbooks.ts';

/** Five documents of teams, not part of this repository; read where they lie beside it. What comes out is said without their words. */
const ORIGINALS = process.env.COUNTERSIGN_RUNBOOKS ?? join(import.meta.dirname, '../../../../shared/runbooks');

/** Each with the target that it speaks of, made out of the demo's production. */
interface Original {
  name: string;
  /** What is there that the demo does not have, or the other way round. */
  before: string;
  desired: '' | 'bazaar_dev';
  /** Of each phase: how many steps, what blocks it (with how often), and the number that whoever signs it types. */
  phases: readonly string[];
}

const FACES = `create table users (id text primary key, email text unique, name varchar(100), role text);
  create table face_sources (id text primary key, user_id text references users on delete cascade);
  create table target_templates (id text primary key, name text);
  create table generated_videos (id text primary key, user_id text references users on delete cascade, template_id text references target_templates, file_path text, new_field text);
  insert into users select i::text, 'u' || i, 'n', 'USER' from generate_series(1, 20) i;
  insert into generated_videos select i::text, (i % 20 + 1)::text, null, 'p', null from generate_series(1, 3000) i`;
const LEFT_OVERS = ['bazaar-vid_exports_backup_20250801', 'bazaar-vid_exports_old'].map((name) => `create table "${name}" as table "bazaar-vid_exports"`);

const FIVE: readonly Original[] = [
  { name: 'bazaar-migration-plan', before: '', desired: 'bazaar_dev', phases: ['3 steps', '7 steps, ORPHANS_UNDECIDED 1, UNLIKE_DESIRED 1, FOREIGN_KEY_OVER_ORPHANS 1, SWAP_LEAVES_BEHIND 1, SWAP_LOSES_WRITES 1, STEP_OPEN 1', '3 steps, ANSWER_UNSAID 1, DROPS_TABLE_FOR_GOOD 1, types 0', '8 steps, DROPS_TABLE_FOR_GOOD 4, types 0', '6 steps, ANSWER_UNSAID 2', '2 steps, DEFINITION_KNOWN 1, STEP_OPEN 1', '4 steps', '1 step, TABLE_ABSENT 1, DROPS_TABLE_FOR_GOOD 1, types nothing'] },
  { name: 'bazaar-critical-guide', before: '', desired: 'bazaar_dev', phases: ['6 steps', '5 steps, STEP_OPEN 5', '15 steps', '2 steps, STEP_OPEN 2', '4 steps'] },
  { name: 'bazaar-export-tables-plan', before: 'drop table "bazaar-vid_export_analytics", "bazaar-vid_exports"', desired: 'bazaar_dev', phases: ['3 steps', '1 step', '7 steps', '2 steps, ANSWER_UNSAID 2', '3 steps', '7 steps'] },
  { name: 'faceswap-migration-notes', before: FACES, desired: '', phases: ['3 steps', '5 steps, STEP_OPEN 1', '4 steps, ANSWER_UNSAID 2', '2 steps'] },
  { name: 'bazaar-completion-report', before: [...LEFT_OVERS, 'create table "bazaar-vid_export_analytics_backup_20250801" as table "bazaar-vid_export_analytics"'].join(';'), desired: 'bazaar_dev', phases: ['1 step', '3 steps, DROPS_TABLE_FOR_GOOD 3, types 647', '3 steps, DEFINITION_KNOWN 1, STEP_OPEN 1'] },
];

function textOf(name: string): string {
  return readFileSync(join(ORIGINALS, `${name}.md`), 'utf8');
}

async function imported({ name, before, desired }: Original): Promise<{ world: World; planId: string }> {
  const world = await freshWorld();
  await (await world.prod.client('operator')).query(before);
  const made = await done(act(world, 'author', importRunbookSpec, { target: 'bazaar_prod', desired, name: 'From a text', textName: `${name}.md`, text: textOf(name), windowHours: '48' }));
  expect(made.sentence, 'what the command says').not.toContain('Not measured');
  return { world, planId: made.to?.split('/').at(-1) ?? '' };
}

function said({ phase, findings, numberToType }: PhaseFacts): string {
  const blocking = Map.groupBy(findings.filter((finding) => finding.severity === 'blocking'), (finding) => finding.code);
  return [`${phase.steps.length} ${phase.steps.length === 1 ? 'step' : 'steps'}`, ...[...blocking].map(([code, all]) => `${code} ${all.length}`), ...(phase.destructive ? [`types ${numberToType ?? 'nothing'}`] : [])].join(', ');
}

test.each(existsSync(ORIGINALS) ? FIVE : [])('the original $name is imported by the command and measured: phases, findings that make sense, numbers that are typed', async (original) => {
  const { world, planId } = await imported(original);
  const all = allPhaseFacts(await facts(world, planId));
  const lines = textOf(original.name).split('\n').length;
  for (const { phase, evidence, findings } of all) {
    expect(evidence, phase.title).not.toBeNull();
    expect(phase.steps.every((step) => step.source !== undefined && step.source.from >= 1 && step.source.to <= lines && step.title.trim() !== ''), phase.title).toBe(true);
    for (const { sentence } of findings) expect(sentence).toMatch(/^[^\n]*[.?!]$/);
    for (const { sentence } of findings) expect(sentence).not.toMatch(/\b(?:undefined|NaN|null|object Object)\b|\(unknown\)/);
  }
  expect(all.map(said)).toEqual(original.phases);
});

test.runIf(existsSync(ORIGINALS))('the batched update that the notes show is taken into the plan at a press, is said to skip rows, and the own one is offered', async () => {
  const { world, planId } = await imported(FIVE[3] as Original);
  const { plan } = (await facts(world, planId)).stored;
  const text = await findPlanText(world.db, plan.origin?.from === 'runbook' ? plan.origin.text : '');
  const block = textOf('faceswap-migration-notes').split('\n').findIndex((line) => line.startsWith('DO $$')) + 1;
  const passage = text?.notes.findLast(({ take }) => take !== undefined && take <= block)?.take;
  await done(act(world, 'author', takePassageSpec, { planId, version: 1, line: String(passage) }));
  const { lint } = await facts(world, planId);
  expect(lint?.findings.filter((finding) => finding.safer && finding.sentence.includes('generated_videos')).map((finding) => [finding.code, finding.safer?.form])).toEqual([['BATCH_SKIPS_ROWS', 'batched_update'], ['LOOP_IN_ONE_TRANSACTION', 'batched_update']]);
});
