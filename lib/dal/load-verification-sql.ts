import 'server-only';
import type { Assertion } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { RouteContext } from './gate.ts';
import { askedVersion } from './load-step-sql.ts';

/** What a phase of a version asks after its last step. A version never changes, so an answer may be kept for ever. */
export async function loadVerificationSql(context: Pick<RouteContext, 'db' | 'request'>, planId: string): Promise<Pick<Assertion, 'label' | 'sql'>[]> {
  const plan = await askedVersion(context, planId);
  const wanted = new URL(context.request.url).searchParams.get('phase');
  const phase = plan.phases.find((one) => one.id === wanted);
  if (!phase) throw new Refused('not_found', 'This version of the plan has no such phase.');
  return phase.verifications.map(({ label, sql }) => ({ label, sql }));
}
