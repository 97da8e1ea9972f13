import 'server-only';
import { askNow } from '#lib/pg/ask-now.ts';
import { withReader } from '#lib/pg/session.ts';
import { questionOf } from '#lib/pipeline/editor/expectation.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { findVersion } from '#lib/store/plans.ts';
import { databaseNamed } from './control.ts';
import type { RouteContext } from './gate.ts';
import { knownId } from './load-plan.ts';

/** What a question of a plan answers now, for whoever is to say what must come out. It is measured, and expected by nobody. */
export interface AnswerNowDto {
  target: string;
  rows: number;
  /** Of one row with one column. */
  value: string | null;
}

/** Asks one question of a step that people wrote, with the reader's credential, on the target as it is. Authors only: what it answers are rows of the target. */
export async function answerNow({ db, person, request }: RouteContext, planId: string): Promise<Response> {
  if (!person.roles.includes('author')) throw new Refused('not_allowed', 'Only an author says what must come out.');
  const { searchParams } = new URL(request.url);
  const version = Number(searchParams.get('version'));
  const plan = Number.isInteger(version) && version > 0 && version < 1e9 ? await findVersion(db, knownId(planId), version) : null;
  const step = plan?.phases.flatMap((phase) => phase.steps).find(({ id }) => id === searchParams.get('step'));
  const question = step?.statements[Number(searchParams.get('statement'))];
  if (!plan || !step?.searchPath || question?.do !== 'assert') throw new Refused('not_found', 'There is no such question in this version of the plan.');
  const path = step.searchPath;
  const asked = questionOf(question.sql);
  const answer = await withReader(databaseNamed(plan.target), (client) => askNow(client, asked.sql, path));
  if (!answer.ok) throw new Refused('evidence_missing', `${plan.target} gives no answer now: ${answer.why}.`);
  return Response.json({ target: plan.target, rows: answer.value.rows, value: asked.whole ? null : answer.value.value } satisfies AnswerNowDto, { headers: { 'Cache-Control': 'no-store' } });
}
