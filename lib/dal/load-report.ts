import 'server-only';
import { tablesNow } from '#lib/pg/table-count.ts';
import type { Evidence } from '#lib/pipeline/evidence.ts';
import { findPhase, type Phase, type Plan } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { ReportPhaseInput, ReportRun } from '#lib/pipeline/report-input.ts';
import { makeReport, type Report } from '#lib/pipeline/report.ts';
import { reportChanges, type ReportChanges } from '#lib/pipeline/report-changes.ts';
import { reportMarkdown } from '#lib/pipeline/report-markdown.ts';
import { newRun, reduce } from '#lib/pipeline/run.ts';
import { stepsOfRun } from '#lib/pipeline/run-steps.ts';
import type { ControlDb } from '#lib/store/db.ts';
import { evidenceByIds } from '#lib/store/evidence.ts';
import type { Person } from '#lib/store/people.ts';
import { findVersion } from '#lib/store/plans.ts';
import { eventsAfter, type StoredRun } from '#lib/store/runs.ts';
import { readingBeside, snapshotByFingerprint } from '#lib/store/snapshots.ts';
import { snapshotOf } from './comparison.ts';
import { configuration } from './control.ts';
import { load, type RouteContext } from './gate.ts';
import { knownId } from './load-plan.ts';
import { readingOf } from './readings.ts';
import { allPhaseFacts, readPlanFacts, type PhaseFacts, type PlanFacts } from './plan-facts.ts';

/** The record of a plan so far. */
export const loadReport = load(async ({ db, person }, planId: string): Promise<Report> => report(db, person, knownId(planId)));

/** The same as Markdown, to keep beside the code. */
export async function answerReport({ db, person }: RouteContext, planId: string): Promise<Response> {
  const made = await report(db, person, knownId(planId));
  const file = made.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '') || 'report';
  return new Response(reportMarkdown(made), { headers: { 'Content-Type': 'text/markdown; charset=utf-8', 'Content-Disposition': `inline; filename="${file}.md"`, 'Cache-Control': 'no-store' } });
}

async function report(db: ControlDb, person: Person, planId: string): Promise<Report> {
  const facts = await readPlanFacts(db, planId, configuration().policy);
  const { plan } = facts.stored;
  const basis = await snapshotByFingerprint(db, plan.target, plan.basis.current);
  if (!basis) throw new Refused('not_found', 'The reading that the plan was made from is no longer kept.');
  const phases: ReportPhaseInput[] = [];
  for (const one of allPhaseFacts(facts)) phases.push(await phaseInput(db, facts, one));
  const tables = await tablesStanding(plan);
  return makeReport({
    plan: { ...plan, name: facts.stored.name },
    author: facts.versions[0]?.by ?? '',
    now: facts.now.toISOString(),
    tablesBefore: basis.snapshot.objects.filter((object) => object.kind === 'table').length,
    tablesNow: tables.count,
    keptNow: tables.inSchemas,
    phases,
    changes: await changes(db, person, facts),
    versions: facts.versions.map(({ version, by, at, reason }) => ({ version, by, at: at.toISOString(), reason })),
    rehearsals: facts.rehearsals.finished.map(({ endedAt, by, version, verdict, sentence }) => ({ at: endedAt, by, version, verdict, sentence })),
    requests: facts.changeRequests.map((request) => ({ phase: plan.phases.findIndex((phase) => phase.id === request.phaseId) + 1, by: request.person, at: request.at.toISOString(), comment: request.comment })),
    glasses: facts.glasses.map((glass) => ({ run: facts.runs.find((run) => run.breakGlassId === glass.id)?.id ?? null, phase: plan.phases.findIndex((phase) => phase.id === glass.phaseId) + 1, by: glass.by.name, at: glass.at.toISOString(), reason: glass.reason, answer: glass.answer ? { ...glass.answer, at: glass.answer.at.toISOString(), verdict: glass.state } : null })),
    followUps: facts.followUps,
    findings: new Map(facts.lint?.findings.map((finding) => [finding.id, finding.sentence])),
  });
}

/** The record outlives the declaration of its database: what cannot be asked any more is unknown. */
async function tablesStanding({ target, keepSchema }: Plan): ReturnType<typeof tablesNow> {
  const declared = configuration().databases.find((database) => database.name === target);
  return declared ? tablesNow(declared, [keepSchema]) : { count: { provenance: 'unknown', why: `${target} is not declared here any more` }, inSchemas: null };
}

/** The last reading before the first run against the first after the last one; the target is read now when nobody has since. */
async function changes(db: ControlDb, person: Person, facts: PlanFacts): Promise<ReportChanges | { why: string }> {
  const { target } = facts.stored;
  const runs = facts.runs.filter((run) => run.state !== 'refused');
  const [first] = runs;
  if (!first) return { why: 'Nothing has run yet.' };
  const ends = runs.map((run) => run.endedAt);
  if (ends.some((end) => end === null)) return { why: 'A run is under way; what it changes is said when it has ended.' };
  const before = await readingBeside(db, target, first.requestedAt, 'before');
  if (!before) return { why: `No reading of ${target} from before the first run is kept.` };
  try {
    const after = (await readingBeside(db, target, new Date(Math.max(...ends.map((end) => end?.getTime() ?? 0))), 'after')) ?? (await readingOf(db, person, target));
    const ran = await phasesRan(db, facts, runs);
    return reportChanges(await snapshotOf(db, before.id), await snapshotOf(db, after.id), ran) ?? { why: `The readings before and after the runs were made by two versions of Countersign, and what differs may be the reading.` };
  } catch (error) {
    if (error instanceof Refused) return { why: `${target} was not read since the last run, and cannot be now: ${error.refusal.sentence}` };
    throw error;
  }
}

/** With the text of the version that each run carried out. */
async function phasesRan(db: ControlDb, facts: PlanFacts, runs: readonly StoredRun[]): Promise<{ plan: Plan; phaseId: string }[]> {
  const texts = new Map<number, Plan>();
  for (const version of new Set(runs.map((run) => run.version))) texts.set(version, (await findVersion(db, facts.stored.plan.id, version)) ?? facts.stored.plan);
  return runs.map((run) => ({ plan: texts.get(run.version) ?? facts.stored.plan, phaseId: run.phaseId }));
}

async function phaseInput(db: ControlDb, facts: PlanFacts, one: PhaseFacts): Promise<ReportPhaseInput> {
  const runs: ReportRun[] = [];
  for (const run of one.runs) runs.push(await reportRun(db, facts, one.phase, run));
  return {
    phase: one.phase,
    standing: one.standing,
    evidence: await signedEvidence(db, one),
    runs,
    approvals: one.approvals.map((approval) => ({ person: approval.person, signedAt: approval.signedAt.toISOString(), digest: approval.digest, voidedAt: approval.voidedAt?.toISOString() ?? null, voidReason: approval.voidReason })),
  };
}

/** What the standing run was checked against, else what is in force. */
async function signedEvidence(db: ControlDb, one: PhaseFacts): Promise<Evidence | null> {
  const id = one.runs.find((run) => run.id === one.standing.forwardRunId)?.evidenceId;
  const signed = id ? (await evidenceByIds(db, [id])).get(id) : undefined;
  return (signed ?? one.evidence)?.evidence ?? null;
}

async function reportRun(db: ControlDb, facts: PlanFacts, phase: Phase, run: StoredRun): Promise<ReportRun> {
  const version = run.version === facts.stored.version ? facts.stored.plan : await findVersion(db, run.planId, run.version);
  const steps = stepsOfRun((version && findPhase(version, phase.id)) ?? phase, run, facts.summaries);
  const view = (await eventsAfter(db, run.id, 0)).reduce(reduce, newRun(run.kind, steps.map((step) => step.id)));
  return { id: run.id, kind: run.kind, state: run.state, by: run.requestedBy, reason: run.reason, requestedAt: run.requestedAt.toISOString(), endedAt: run.endedAt?.toISOString() ?? null, view };
}
