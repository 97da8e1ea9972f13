import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { pairsIn } from '#lib/cli/corpus.ts';
import type { Pair } from '#lib/cli/proof.ts';
import { createRoles, loadTexts } from '#lib/cli/proof-database.ts';
import { closeRunSession, openRunSession } from '#lib/pg/execute-session.ts';
import { introspect, readTouched, type Touched } from '#lib/pg/introspect.ts';
import { installLedger, type LedgerRun, takeOverRun } from '#lib/pg/ledger.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import type { Delta } from '#lib/pipeline/diff.ts';
import { differences } from '#lib/pipeline/noise.ts';
import type { Phase, Plan, Step } from '#lib/pipeline/plan.ts';
import { makePlan } from '#lib/pipeline/planner/make-plan.ts';
import { judge } from '#lib/pipeline/preflight.ts';
import type { Rename } from '#lib/pipeline/rename.ts';
import { differencesRenamed, foldRenames } from '#lib/pipeline/renames.ts';
import { rollbackSteps } from '#lib/pipeline/rollback.ts';
import { fingerprint, type Snapshot } from '#lib/pipeline/snapshot.ts';
import { kindsTouched, touchedPrints } from '#lib/pipeline/touches.ts';
import { freshDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { FAMILY_RENAMES, familySchema } from '#lib/testing/family-schema.ts';
import { sceneStep } from '#lib/testing/rebuild-scene.ts';

const CORPUS = join(import.meta.dirname, '..', 'testing', 'corpus');
/** What would lose values, or what a conversion does not carry: said by name when the plan is made. */
const REFUSED = new Set([
  'view--on-what-was-a-table b → a',
  'column--computed-and-not a → b',
  'column--computed-and-not b → a',
  'column--computed-from-now-on-in-partitions a → b',
  'column--declared-by-heirs-too a → b',
  'column--declared-by-heirs-too b → a',
  'column--generated a → b',
  'column--generated b → a',
  'column--goes-from-one-of-two-parents a → b',
  'column--identity-after-not-null a → b',
  'column--identity-after-not-null b → a',
  'column--keys-to-another-type a → b',
  'column--keys-to-another-type b → a',
  'column--on-partitioned-table a → b',
  'column--on-partitioned-table b → a',
  'column--types-without-a-cast a → b',
  'column--types-without-a-cast b → a',
  'composite-type--fields-of-a-typed-table a → b',
  'composite-type--fields-of-a-typed-table b → a',
  'composite-type--changes-places a → b',
  'composite-type--changes-places b → a',
  'composite-type--is-read-by-another a → b',
  'composite-type--is-read-by-another b → a',
  'domain--and-types b → a',
  'extension--members-are-not-mine b → a',
  'extension--moves-under-its-users a → b',
  'extension--moves-under-its-users b → a',
  'foreign--partitions-and-heirs a → b',
  'foreign--partitions-and-heirs b → a',
  'function--read-by-defaults-and-checks b → a',
  'function--standard-body-over-changed-column a → b',
  'function--standard-body-over-changed-column b → a',
  'grant--in-the-name-of-others a → b',
  'grant--in-the-name-of-others b → a',
  'index--of-a-partition-that-moves a → b',
  'index--of-a-partition-that-moves b → a',
  'sequence--type-owner-persistence a → b',
  'sequence--type-owner-persistence b → a',
  'statistics--and-rules a → b',
  'statistics--and-rules b → a',
  'table--borrows-from-another-parent a → b',
  'table--borrows-from-another-parent b → a',
  'table--heirs-of-two a → b',
  'table--heirs-of-two b → a',
  'table--inherits-on-existing-table a → b',
  'table--inherits-on-existing-table b → a',
  'table--joins-and-leaves-while-columns-change a → b',
  'table--joins-and-leaves-while-columns-change b → a',
  'table--partition-key-column-changes a → b',
  'table--partition-key-column-changes b → a',
  'table--partitions-in-depth a → b',
  'table--partitions-in-depth b → a',
  'table--rows-held-elsewhere a → b',
  'table--rows-held-elsewhere b → a',
  'view--chains-over-changed-columns a → b',
  'view--chains-over-changed-columns b → a',
  'whole--events a → b',
  'whole--events b → a',
  'whole--shop a → b',
  'whole--shop b → a',
  'whole--tenants a → b',
  'whole--tenants b → a',
  'whole--workshop a → b',
  'whole--workshop b → a',
]);
/** Said by preflight: a table that is converted or set aside has something that does not come along. */
const BLOCKED = new Set([
  'view--on-what-was-a-table a → b',
  'enum--under-everything b → a',
  'constraint--parameters-on-partitioned-table a → b',
  'table--heirs-unlike-their-parents b → a',
  'table--new-heirs b → a',
]);

const pairs = pairsIn(CORPUS);

test.each(pairs)('a plan of every difference of $name runs forward until none is left, and back until all is as it was', async (pair) => {
  const [a, b] = [await read(await loaded(pair, pair.a)), await read(await loaded(pair, pair.b))];
  for (const [name, target, wanted] of [[`${pair.name} a → b`, a, b], [`${pair.name} b → a`, b, a]] as const) {
    const outcome = await thereAndBack(target, wanted);
    const expected = REFUSED.has(name) ? 'refused' : BLOCKED.has(name) ? 'blocked' : 'done';
    expect({ name, outcome: outcome.outcome, why: outcome.outcome === expected ? '' : outcome.why }).toEqual({ name, outcome: expected, why: '' });
  }
});

test('a plan that renames a parent, a partitioned table and what their heirs inherit, and adds to them, runs forward and back', async () => {
  const more = `alter table public.heir add extra integer; create index more on public.dates (k); create table public.three partition of public.dates for values in ('three');`;
  const pair = { name: 'family', a: familySchema('days', 'label', 'items', 'code'), b: `${familySchema('dates', 'title', 'things', 'number')}${more}`, setup: '', roles: [] };
  const [a, b] = [await read(await loaded(pair, pair.a)), await read(await loaded(pair, pair.b))];
  expect(await thereAndBack(a, b, FAMILY_RENAMES)).toEqual({ outcome: 'done', why: '' });
});

/** A database with what it says of itself: each direction leaves both as they were, so that one reading serves both. */
interface Side {
  database: TestDatabase;
  client: Client;
  snapshot: Snapshot;
}

async function read(database: TestDatabase): Promise<Side> {
  const client = await database.client();
  const snapshot = await introspect(client);
  // Of a phase that touches the parent, the child is read too.
  for (const { id, kind, parent } of snapshot.objects) if (parent !== null && !kindsTouched([parent])?.has(kind)) throw new Error(`${id} hangs on ${parent}, and kindsTouched does not know`);
  return { database, client, snapshot };
}

interface Outcome {
  outcome: 'done' | 'refused' | 'blocked' | 'failed';
  why: string;
}

/** As author, preflight, worker and rollback do it one after the other. The target is as before when it ends well. */
async function thereAndBack({ database: target, client, snapshot: current }: Side, { snapshot: desiredSnapshot }: Side, renames: readonly Rename[] = []): Promise<Outcome> {
  const deltaIds = inPlans(differencesRenamed(foldRenames(current, desiredSnapshot, renames), desiredSnapshot));
  const result = makePlan({ id: randomUUID(), name: 'p', target: 'a', desired: 'b', current, desiredSnapshot, deltaIds, renames, decisions: [], windowHours: 1, tolerance: { rowsPercent: 0 } });
  if (!result.ok) return { outcome: 'refused', why: result.refusals.map((refusal) => refusal.sentence).join(' ') };
  const phases = result.plan.phases.filter((phase) => phase.kind !== 'cleanup');
  const standing: Phase[] = [];
  let blocked = '';
  let reached = current;
  for (const phase of phases) {
    const evidence = await measurePhase(client, phase);
    // Measuring reads only what the fingerprints of a phase are made of.
    if (standing.length === 0) expect(evidence.fingerprints).toEqual(touchedPrints(current, phase.touches));
    blocked = judge(phase, evidence).find((finding) => finding.severity === 'blocking')?.sentence ?? '';
    if (blocked !== '') break;
    const broken = await run(target, result.plan, phase, 'forward', phase.steps);
    if (broken) return { outcome: 'failed', why: `forward, ${phase.id}: ${broken}` };
    if (phase === phases.at(-1)) reached = await introspect(client);
    const expected = Object.keys(phase.expects ?? {});
    const failure = expected.length === 0 ? null : deviation(phase === phases.at(-1) ? reached : await readTouched(client, expected), phase);
    if (failure) return { outcome: 'failed', why: `forward, ${phase.id}: ${failure}` };
    standing.push(phase);
  }
  // Columns that nothing could give back go in clean-up; what is said of them goes with them.
  const late = result.plan.phases.filter((phase) => phase.kind === 'cleanup').flatMap((phase) => phase.touches.map((id) => id.replace('remove:', '')));
  const left = blocked === '' ? leftOf(reached, desiredSnapshot).filter((id) => deltaIds.includes(id) && !late.some((column) => id.includes(column))) : [];
  if (left.length > 0) return { outcome: 'failed', why: `left: ${left.join(', ')}` };
  for (const phase of standing.toReversed()) {
    const failure = await run(target, result.plan, phase, 'rollback', rollbackSteps(phase, phase.steps.map((step) => step.id)));
    if (failure) return { outcome: 'failed', why: `back, ${phase.id}: ${failure}` };
  }
  const back = await introspect(client);
  const moved = leftOf(back, current);
  if (moved.length > 0 || fingerprint(back.objects) !== fingerprint(current.objects)) return { outcome: 'failed', why: `not back: ${moved.join(', ')}` };
  return blocked === '' ? { outcome: 'done', why: '' } : { outcome: 'blocked', why: blocked };
}

function deviation(reached: Touched, { expects = {} }: Phase): string | null {
  const now = touchedPrints(reached, Object.keys(expects));
  const off = Object.keys(expects).filter((id) => now[id] !== expects[id]);
  return off.length > 0 ? `deviates in ${off.join(', ')}` : null;
}

function leftOf(now: Snapshot, wanted: Snapshot): string[] {
  return inPlans(differences(now, wanted));
}

/** All but the order of columns, which no plan takes. */
function inPlans(deltas: readonly Delta[]): string[] {
  return deltas.filter((delta) => !delta.attributes.some(({ name }) => name === 'columnOrder')).map((delta) => delta.id);
}

async function loaded(pair: Pair, text: string): Promise<TestDatabase> {
  const database = await freshDatabase();
  const client = await database.client();
  await createRoles({ url: (name) => database.url().replace(/[^/]*$/, name), pgDump: null }, pair.roles);
  await loadTexts(client, [pair.setup, text]);
  await client.end();
  return database;
}

async function run(database: TestDatabase, plan: Plan, phase: Phase, kind: LedgerRun['kind'], steps: readonly Step[]): Promise<string | null> {
  const ledger: LedgerRun = { runId: randomUUID(), planId: plan.id, phaseId: phase.id, kind, digest: 'd', attempt: 1 };
  const session = await openRunSession({ ...database.config, operatorUrl: database.url() }, ledger.runId, 1);
  try {
    await installLedger(session.client);
    await takeOverRun(session.client, ledger);
    for (const step of steps) {
      const outcome = await sceneStep({ session, run: ledger }, step);
      if (outcome.outcome !== 'applied') return `${step.title}: ${JSON.stringify(outcome)}`;
    }
    return null;
  } finally {
    await closeRunSession(session);
  }
}
