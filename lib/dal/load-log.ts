import 'server-only';
import { auditFacets, auditPages, countAudit, listAudit, type AuditFilter } from '#lib/store/audit.ts';
import { planNames, type PlanNames } from '#lib/store/plans.ts';
import type { LogDto } from './dto/log.ts';
import { load, type RouteContext } from './gate.ts';
import { streamOf } from './run-feed.ts';

const PAGE = 100;

export interface LogQuestion {
  actor?: string | undefined;
  action?: string | undefined;
  /** Id of a plan. */
  plan?: string | undefined;
  /** ISO day. */
  since?: string | undefined;
  /** Number of the last entry of the page before. */
  before?: string | number | undefined;
}

/** A page of the log, newest first. */
export const loadLog = load(async ({ db }, question: LogQuestion): Promise<LogDto> => {
  const before = /^\d{1,15}$/.test(String(question.before ?? '')) ? Number(question.before) : undefined;
  const filter: AuditFilter = { ...(question.actor ? { actor: question.actor } : {}), ...(question.action ? { action: question.action } : {}), ...(question.plan ? { planId: question.plan } : {}), ...(question.since && /^\d{4}-\d{2}-\d{2}$/.test(question.since) ? { since: question.since } : {}) };
  const entries = await listAudit(db, before === undefined ? filter : { ...filter, before }, PAGE + 1);
  const shown = entries.slice(0, PAGE);
  const names = await planNames(db, [...new Set(shown.flatMap((entry) => entry.planId ?? []))]);
  return {
    entries: shown.map(({ seq, at, actor, action, planId, runId, reason, detail, hash }) => {
      const plan = (planId === null ? undefined : names.get(planId)) ?? null;
      return { seq, at, actor, action, planId, planName: plan?.name ?? null, runId, reason, about: aboutOf(detail, plan), detail, hash };
    }),
    ...(await auditFacets(db)),
    total: await countAudit(db, filter),
    before: entries.length > PAGE ? (shown.at(-1)?.seq ?? null) : null,
  };
});

/** The row of the log names what the entry is about; who has to open a hundred entries to find the failed step finds none. */
function aboutOf(detail: unknown, plan: PlanNames | null): string | null {
  const facts = new Map(Object.entries(Object(detail) as Record<string, unknown>));
  const text = (name: string): string | null => {
    const value = facts.get(name);
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const phase = text('phaseId') ?? text('phase');
  return text('title') ?? text('step') ?? text('stepId') ?? (phase && phaseText(phase, plan)) ?? text('email') ?? text('database') ?? text('name');
}

/** As the plan calls it now; one that a later version no longer has keeps its id. */
function phaseText(id: string, plan: PlanNames | null): string {
  const phase = plan?.phases.get(id);
  return phase ? `phase ${phase.number}, ${phase.title}` : `phase ${id}`;
}

/** The whole log as JSON lines, oldest first: number, hash before, hash, and the body exactly as it was hashed. */
export async function exportLog({ db }: RouteContext): Promise<Response> {
  return new Response(streamOf(lines(auditPages(db))), {
    headers: { 'Content-Type': 'application/x-ndjson; charset=utf-8', 'Content-Disposition': 'attachment; filename="countersign-log.ndjson"', 'Cache-Control': 'no-store' },
  });
}

async function* lines(pages: ReturnType<typeof auditPages>): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
