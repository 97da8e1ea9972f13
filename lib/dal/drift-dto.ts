import 'server-only';
import type { Reader } from '#lib/store/db.ts';
import { driftChecks, listDrift, type StoredDrift } from '#lib/store/drift.ts';
import { earlierReference } from '#lib/store/snapshots.ts';
import type { DriftDto, DriftItemDto } from './dto/home.ts';

/** What plans changed is worth a look for a week; what nobody planned stays until somebody answers it. */
const DAYS = 7;

/** What changed in the declared databases between their readings, and when they were last looked at. */
export async function driftDto(db: Reader, databases: readonly string[]): Promise<DriftDto> {
  const [found, checks] = await Promise.all([listDrift(db, databases, { days: DAYS }), driftChecks(db, databases)]);
  return {
    outside: found.filter((drift) => drift.outside > 0).map(itemDto),
    planned: found.filter((drift) => drift.outside === 0).slice(0, 3).map(itemDto),
    checks: checks.map(({ database, checkedAt, trouble }) => ({ database, checkedAt: checkedAt?.toISOString() ?? null, trouble })),
  };
}

function itemDto(drift: StoredDrift): DriftItemDto {
  const sides = new URLSearchParams({ current: earlierReference(drift.database, drift.beforeAt), desired: earlierReference(drift.database, drift.afterAt) });
  return {
    id: drift.id, database: drift.database, since: drift.beforeAt.toISOString(), foundAt: drift.foundAt.toISOString(), differences: drift.differences, outside: drift.outside, names: drift.names,
    runs: drift.runs.map((run) => ({ href: `/runs/${run.runId}`, what: `${run.planName}, ${run.phaseTitle}${run.kind === 'rollback' ? ' (rolled back)' : ''}`, by: run.by, at: run.at })),
    href: `/compare?${sides.toString()}&noise=1`,
  };
}
