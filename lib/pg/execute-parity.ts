import type { Assertion } from '#lib/pipeline/plan.ts';
import type { AssertionResult } from '#lib/pipeline/run.ts';
import { checkAssertion } from './assertion.ts';
import { applyBatch, EVERYTHING } from './execute-feed-apply.ts';
import { type FeedFrame, refuseErrors, tell } from './execute-feed.ts';
import { Leave, leaveFailed, send } from './execute-frame.ts';

const DIFFERING_MOST = 20;

/**
 * Both sides hold the same rows: everything that an instant's log holds is applied and both sides are counted and hashed in that instant's
 * snapshot, while the application writes on. A gate: what differs is named and the step fails. The work of the proof is kept (it is an
 * apply like any other). Source: execution paper 2.2, 8.4. Lock: ACCESS SHARE.
 */
export async function proveParity(frame: FeedFrame, alsoTrue: readonly Assertion[]): Promise<AssertionResult[]> {
  await refuseErrors(frame);
  const results: AssertionResult[] = [];
  await applyBatch(frame, EVERYTHING, false, async () => {
    for (const table of frame.feed.tables) {
      tell(frame, `compare ${table.name}`, table.hereSql);
      frame.report.progress(`compare both sides of ${table.name}`, frame.state.applied, null);
      const expected = await value(frame, table.hereSql);
      const actual = await value(frame, table.thereSql);
      results.push({ label: `${table.name} is the same on both sides`, expected, actual, ok: expected === actual });
    }
    await refuseErrors(frame);
    await refuseDifference(frame, results);
    for (const assertion of alsoTrue) {
      const result = await checkAssertion((query) => send(frame.session, query, frame.context.limits), assertion, frame.context.evidenced);
      results.push(result);
      if (!result.ok) throw new Leave({ outcome: 'assertion_failed', sentence: `“${result.label}” was expected to be ${result.expected} and is ${result.actual}. The tables were not touched.`, assertions: results });
    }
  });
  return results;
}

async function refuseDifference(frame: FeedFrame, results: readonly AssertionResult[]): Promise<void> {
  const off = results.findIndex((one) => !one.ok);
  const table = frame.feed.tables[off];
  const result = results[off];
  if (!table || !result) return;
  const answer = await send(frame.session, { text: table.differingSql, values: [DIFFERING_MOST], rowMode: 'array' }, frame.context.limits);
  const keys = answer.rows.map((row) => String((row as unknown[])[0]));
  throw leaveFailed(`${table.name} is not the same on both sides: ${result.expected} here, ${result.actual} there. Keys that differ: ${keys.slice(0, DIFFERING_MOST).join(', ') || 'none that can be named'}. Somebody wrote past the triggers; build it anew.`);
}

async function value(frame: FeedFrame, text: string): Promise<string> {
  const answer = await send(frame.session, { text, rowMode: 'array' }, frame.context.limits);
  return String((answer.rows[0] as unknown[] | undefined)?.[0] ?? '');
}
