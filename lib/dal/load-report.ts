import 'server-only';
import { tablesNow } from '#lib/pg/table-count.ts';
import type { Evidence } from '#lib/pipeline/evidence.ts';
import { findPhase, type Phase } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { makeReport, type Report, type ReportPhaseInput, type ReportRun } from '#lib/pipeline/report.ts';
import { reportMarkdown } from '#lib/pipeline/report-markdown.ts';
import { newRun, reduce } from '#lib/pipeline/run.ts';
import { stepsOfRun } from '#lib/pipeline/run-steps.ts';
import type { ControlDb } from '#lib/store/db.ts';
import { evidenceByIds } from '#lib/store/evidence.ts';
import { findVersion } from '#lib/store/plans.ts';
import { eventsAfter, type StoredRun } from '#lib/store/runs.ts';
import { snapshotByFingerprint } from '#lib/store/snapshots.ts';
import { configuration, databaseNamed } from './control.ts';
import { load, type RouteContext } from './gate.ts';
import { knownId } from './load-plan.ts';
import { allPhaseFacts, readPlanFacts, type PhaseFacts, type PlanFacts } from './plan-facts.ts';

/** The record of a plan so far. */
export const loadReport = load(async ({ db }, planId: string): Promise<Report> => report(db, knownId(planId)));

/** The same as Markdown, to keep beside the code. */
export async function answerReport({ db }: RouteContext, planId: string): Promise<Response> {
  const made = await report(db, knownId(planId));
  const file = made.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '') || 'report';
  return new Response(reportMarkdown(made), { headers: { 'Content-Type': 'text/markdown; charset=utf-8', 'Content-Disposition': `inline; filename="${file}.md"`, 'Cache-Control': 'no-store' } });
}

async function report(db: ControlDb, planId: string): Promise<Report> {
  const facts = await readPlanFacts(db, planId, configuration().policy);
  const { plan } = facts.stored;
  const basis = await snapshotByFingerprint(db, plan.target, plan.basis.current);
  if (!basis) throw new Refused('not_found', 'The reading that the plan was made from is no longer kept.');
  const phases: ReportPhaseInput[] = [];
  for (const one of allPhaseFacts(facts)) phases.push(await phaseInput(db, facts, one));
  const tables = await tablesNow(databaseNamed(plan.target), [plan.keepSchema]);
  return makeReport({
    plan: { ...plan, name: facts.stored.name },
    author: facts.versions[0]?.by ?? '',
    now: facts.now.toISOString(),
    tablesBefore: basis.snapshot.objects.filter((object) => object.kind === 'table').length,
    tablesNow: tables.count,
    keptNow: tables.inSchemas,
    phases,
  });
}

async function phaseInput(db: ControlDb, facts: PlanFacts, one: PhaseFacts): Promise<ReportPhaseInput> {
  const runs: ReportRun[] = [];
  for (const run of one.runs) runs.push(await reportRun(db, facts, one.phase, run));
  return {
    phase: one.phase,
    standing: one.standing,
    evidence: await signedEvidence(db, one),
    runs,
    approvals: one.approvals.map((approval) => ({ person: approval.person, signedAt: approval.signedAt.toISOString(), voidedAt: approval.voidedAt?.toISOString() ?? null, voidReason: approval.voidReason })),
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
