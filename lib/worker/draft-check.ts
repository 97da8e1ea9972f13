import type { DatabaseConfig } from '#lib/env.ts';
import { introspect } from '#lib/pg/introspect.ts';
import { inTime, withoutRunner } from '#lib/pg/replay.ts';
import { rebuildSchema } from '#lib/pg/schema-clone.ts';
import { type Scratch, type ScratchServer, withScratch } from '#lib/pg/scratch.ts';
import { withReader } from '#lib/pg/session.ts';
import { ident } from '#lib/pipeline/ddl.ts';
import { draftDifferences, draftVerdict, type DraftChecked, type DraftState, NOTHING_CHECKED, restToCheck } from '#lib/pipeline/draft-check.ts';
import { differences, isNoise } from '#lib/pipeline/noise.ts';
import type { DecisionVerdict, Plan } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { Snapshot, Unread } from '#lib/pipeline/snapshot.ts';
import { planStanding } from '#lib/pipeline/standing.ts';
import { rolesOfPlan } from '#lib/pipeline/sql-text/plan-roles.ts';
import { unreadSentences } from '#lib/pipeline/unread.ts';
import { writeAudit } from '#lib/store/audit.ts';
import type { ControlDb } from '#lib/store/db.ts';
import { onDifferences, standingDecisions } from '#lib/store/decisions.ts';
import { claimDraftCheck, endDraftCheck, loadDraftCheck, noteDraftCheck, serversUnderReview, type StoredDraftCheck } from '#lib/store/draft-checks.ts';
import { keepReading } from '#lib/store/drift.ts';
import { release, type WorkClaim } from '#lib/store/lease.ts';
import { findVersion } from '#lib/store/plans.ts';
import { listRuns, summariesOf } from '#lib/store/runs.ts';
import { contentOf, isOutrun, latestReading, type Reading } from '#lib/store/snapshots.ts';
import { oneAtATimeUntil, surpriseSentence, type Teller, teller } from './claimed.ts';
import { untilControlAnswers } from './control.ts';
import { draftSteps, DraftStopped } from './draft-steps.ts';
import type { WorkerTerms } from './loop.ts';

export interface DraftTerms extends WorkerTerms {
  worker: { id: string };
  /** A server of its own for replaying SQL; null: this worker checks no drafts. */
  scratchUrl: string | null;
  /** Tests only: how long a version must have stood before it is checked by itself. */
  draftSettledSeconds?: number;
}

/** A check that takes its worker down with it each time is not begun for ever. */
const ATTEMPTS = 3;
/** Whoever compares SQL in the browser stands behind it in line on the scratch server. */
const DEADLINE_MS = 5 * 60_000;
const STATEMENT_LIMITS = { lockMs: 400, statementMs: 60_000, idleMs: 60_000 };

type End = { state: Exclude<DraftState, 'queued' | 'running'>; sentence: string };

/** Claims and carries out draft checks one at a time until the signal fires. Never throws. Where no scratch server is configured, it does nothing. */
export async function checkDraftsUntil(terms: DraftTerms, stop: AbortSignal): Promise<void> {
  const { scratchUrl } = terms;
  if (scratchUrl === null) return;
  await oneAtATimeUntil({ what: 'draft check', claim: () => claimDraftCheck(terms.db, terms.worker.id, terms.draftSettledSeconds), carryOut: (claim) => check(terms, scratchUrl, claim, stop) }, stop);
}

/** One claimed check, to its end or until it is another worker's. */
async function check(terms: DraftTerms, scratchUrl: string, claim: WorkClaim, stop: AbortSignal): Promise<void> {
  const found = await loadDraftCheck(terms.db, claim.id);
  if (!found) return;
  const told = tellCheck(terms.db, claim, stop);
  let end: End | null;
  try {
    end = await carryOut(terms, scratchUrl, claim, found, told);
  } catch (error) {
    end = endOf(error, told, claim);
  } finally {
    await told.stop();
  }
  if (end === null) await release(terms.db, 'draft_check', claim);
  else await record(terms, claim, found, { ...told.content(), stage: 'over' }, end);
}

function endOf(error: unknown, told: DraftTeller, claim: WorkClaim): End | null {
  if (told.older()) return SUPERSEDED;
  if (error instanceof Refused) return { state: 'refused', sentence: error.refusal.sentence };
  if (error instanceof DraftStopped || told.stopping()) return null;
  return { state: 'refused', sentence: surpriseSentence(error, `draft check ${claim.id}`) };
}

const SUPERSEDED: End = { state: 'superseded', sentence: 'A newer version of the plan was saved meanwhile.' };

async function carryOut(terms: DraftTerms, scratchUrl: string, claim: WorkClaim, found: StoredDraftCheck, told: DraftTeller): Promise<End> {
  if (claim.lost >= ATTEMPTS) return { state: 'refused', sentence: `${ATTEMPTS} times the worker went away while it checked this draft. It is not begun again by itself.` };
  const { db } = terms;
  if ((await noteDraftCheck(db, claim)) === 'older') return SUPERSEDED;
  const { plan, whole, standing } = await whatToCheck(db, found);
  told.tell({ ...told.content(), standing });
  told.stage(`reading ${found.target} and ${found.desired}`);
  const [target, desired] = [await readingOf(terms, found.target), await readingOf(terms, found.desired)];
  told.tell({ ...told.content(), target: headOf(target.reading), desired: headOf(desired.reading) });
  // A little later than the scratch session is ended, which says why.
  const until = performance.now() + DEADLINE_MS + 1_000;
  const server: ScratchServer = { name: 'the scratch server', url: scratchUrl, lends: false, never: await serversUnderReview(db, terms.databases.map(({ name }) => name)) };
  return withScratch(server, await rolesOfPlan(plan), (scratch) => inTime(scratch, { what: 'The draft check', ms: DEADLINE_MS }, async () => {
    const made = await afterPlan(terms, scratch, { plan, name: found.target, snapshot: target.snapshot, until, begun: standing.length > 0 }, told);
    told.tell({ ...told.content(), ...made.steps, unread: unreadSentences([...(made.snapshot?.unread ?? []), ...(desired.snapshot.unread ?? [])].filter(isCompared)) });
    if (made.snapshot) {
      const before = differences({ ...target.snapshot, unread: made.snapshot.unread ?? [] }, desired.snapshot);
      const after = differences(made.snapshot, desired.snapshot);
      const open = (deltas: typeof after) => deltas.filter((delta) => !isNoise(delta));
      told.tell({ ...told.content(), ...draftDifferences(open(before), open(after), plan, await verdictsOn(db, plan, found.desired)) });
    }
    return verdictOf(whole, found.desired, told.content());
  }));
}

interface ToCheck {
  /** With the phases alone that are left. */
  plan: Plan;
  whole: Plan;
  standing: readonly string[];
}

async function whatToCheck(db: ControlDb, { planId, version }: StoredDraftCheck): Promise<ToCheck> {
  const whole = await findVersion(db, planId, version);
  if (!whole) throw new Refused('not_found', 'There is no such version of the plan.');
  const found = restToCheck(whole.phases, planStanding(whole.phases, await summariesOf(db, await listRuns(db, { planId }))));
  if ('not' in found) throw new Refused('steps_stand', found.not);
  return { plan: { ...whole, phases: whole.phases.filter(({ id }) => found.rest.includes(id)) }, whole, standing: found.standing };
}

interface Side {
  reading: Reading;
  snapshot: Snapshot;
}

/** The newest reading; of a declared database that a run has changed since, or that was never read, a new one. */
async function readingOf({ db, databases }: DraftTerms, name: string): Promise<Side> {
  const known = await latestReading(db, name);
  const config = databases.find((database) => database.name === name);
  if (known && (!config || !(await isOutrun(db, known)))) return { reading: known, snapshot: await contentOf(db, known.id) };
  if (!config) throw new Refused('source_unknown', `There is nothing called “${name}” to compare with. Open it in Compare once, so that it is read.`);
  return readAnew(db, config);
}

async function readAnew(db: ControlDb, config: DatabaseConfig): Promise<Side> {
  const snapshot = await withReader(config, (client) => introspect(client));
  await db.transaction().execute((trx) => keepReading(trx, config.name, snapshot, null));
  const reading = await latestReading(db, config.name);
  if (!reading) throw new Error(`the reading of ${config.name} was not kept`);
  return { reading, snapshot };
}

function headOf({ fingerprint, takenAt }: Reading): { fingerprint: string; takenAt: string } {
  return { fingerprint, takenAt: takenAt.toISOString() };
}

/** What the plan makes of an empty clone; `snapshot` null: a step did not work. */
async function afterPlan(terms: DraftTerms, scratch: Scratch, base: { plan: Plan; name: string; snapshot: Snapshot; until: number; begun: boolean }, told: DraftTeller): Promise<{ steps: Pick<DraftChecked, 'broken' | 'passed'>; snapshot: Snapshot | null }> {
  told.stage(`rebuilding the schema of ${base.name}`);
  const unread = await rebuildSchema(scratch, base);
  const stopping = (): boolean => told.stopping() || performance.now() > base.until;
  if (stopping()) throw new DraftStopped();
  // What phases that stand keep aside has its schema, so that steps can be told apart that need what is in it.
  if (base.begun) await scratch.client.query(`CREATE SCHEMA IF NOT EXISTS ${ident(base.plan.keepSchema)}`);
  const config: DatabaseConfig = { name: base.name, environment: 'draft check', readerUrl: scratch.url, operatorUrl: scratch.url };
  const steps = await draftSteps({ config, backup: terms.backup, worker: terms.name, stopping, limits: STATEMENT_LIMITS, kept: base.begun ? base.plan.keepSchema : null }, base.plan, told.stage);
  if (steps.broken) return { steps, snapshot: null };
  told.stage('comparing');
  return { steps, snapshot: { ...withoutRunner(await introspect(scratch.client), [scratch.runner], true), unread } };
}

/** A step that stumbles behind one that was passed over for lack of what is kept aside may stumble for that alone. */
function verdictOf(plan: Plan, desired: string, content: DraftChecked): End {
  const lacking = content.passed.find(({ why }) => why === 'kept');
  if (content.broken && lacking) return { state: 'refused', sentence: `“${content.broken.title}” could not be tried: it comes behind “${lacking.title}”, which works on what phases that stand keep aside, and that is not rebuilt. A rehearsal tries both.` };
  return draftVerdict(plan, desired, content);
}

/** Owners, grants and the like are no part of the verdict, known or not. */
function isCompared({ kind }: Unread): boolean {
  return kind !== 'owner' && kind !== 'grantor' && kind !== 'newer' && !isNoise({ id: '', kind });
}

/** What people answered: in the plan, and since. */
async function verdictsOn(db: ControlDb, plan: Plan, desired: string): Promise<ReadonlyMap<string, DecisionVerdict>> {
  const standing = onDifferences(await standingDecisions(db, plan.target, desired));
  const own = desired === plan.desired ? plan.decisions.flatMap(({ deltaId, verdict }) => (verdict === 'renamed' || verdict === 'not_renamed' ? [] : [[deltaId, verdict] as const])) : [];
  return new Map([...own, ...standing.map(({ deltaId, verdict }) => [deltaId, verdict] as const)]);
}

async function record(terms: DraftTerms, claim: WorkClaim, found: StoredDraftCheck, content: DraftChecked, { state, sentence }: End): Promise<void> {
  await untilControlAnswers(() => terms.db.transaction().execute(async (trx) => {
    if (!(await endDraftCheck(trx, claim, state, sentence, content)) || state === 'superseded') return;
    const detail = { check: claim.id, version: found.version, desired: found.desired, counts: content.counts, target: content.target?.fingerprint ?? null };
    await writeAudit(trx, { actor: `worker ${terms.name}`, actorId: null, action: `draft_check.${state}`, planId: found.planId, reason: sentence, detail });
  }), () => false);
}

/** What was done so far, and whether to go on. */
interface DraftTeller extends Teller<DraftChecked> {
  stage(text: string): void;
  stopping(): boolean;
  /** The plan has a newer version. */
  older(): boolean;
}

function tellCheck(db: ControlDb, claim: WorkClaim, shutdown: AbortSignal): DraftTeller {
  let noted: Awaited<ReturnType<typeof noteDraftCheck>> = 'held';
  const told = teller(NOTHING_CHECKED, async (content) => {
    noted = await noteDraftCheck(db, claim, content);
    return noted === 'held';
  });
  return { ...told, stage: (text) => told.tell({ ...told.content(), stage: text }), stopping: () => !told.held() || shutdown.aborted, older: () => noted === 'older' };
}
