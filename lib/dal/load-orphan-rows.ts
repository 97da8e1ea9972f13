import 'server-only';
import type { OrphanSet } from '#lib/pipeline/evidence.ts';
import { tableKey } from '#lib/pipeline/expectation.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { configuration } from './control.ts';
import type { OrphanRowsDto } from './dto/plan.ts';
import type { RouteContext } from './gate.ts';
import { knownId } from './load-plan.ts';
import { phaseFactsOf, readPlanFacts } from './plan-facts.ts';

/** Rows of one orphan set of the measurements in force. Refused when these are of another moment than the page shows: its numbers would stand beside other rows. */
export async function loadOrphanRows({ db, request }: Pick<RouteContext, 'db' | 'request'>, planId: string, policy = configuration().policy): Promise<OrphanRowsDto> {
  const { searchParams: asked } = new URL(request.url);
  const { evidence } = phaseFactsOf(await readPlanFacts(db, knownId(planId), policy), asked.get('phase') ?? '');
  if (evidence?.evidence.measuredAt !== asked.get('measured')) throw new Refused('evidence_moved', 'The phase was measured again. Load the page again.');
  const set = evidence.evidence.measurements.flatMap((one) => (one.kind === 'orphans' ? one.sets : [])).find((one) => isAsked(one, asked));
  if (!set) throw new Refused('not_found', 'Nothing was measured of this foreign key.');
  return { firstRows: set.firstRows, keys: set.keys };
}

function isAsked({ child, foreignKey, depth }: OrphanSet, asked: URLSearchParams): boolean {
  return tableKey(child) === asked.get('table') && foreignKey === asked.get('key') && String(depth) === asked.get('depth');
}
