import { otherThan } from '#lib/pipeline/other-than.ts';
import type { Assertion } from '#lib/pipeline/plan.ts';
import { sameLabel } from '#lib/pipeline/planner/labels.ts';
import type { AssertionResult } from '#lib/pipeline/run.ts';
import { qualified } from '#lib/pipeline/ddl.ts';
import type { FeedTable } from '#lib/pipeline/step-kinds/feed.ts';
import { checkAssertion } from './assertion.ts';
import { applyBatch, DIFFERS, EVERYTHING } from './execute-feed-apply.ts';
import { type FeedFrame, refuseErrors, tell } from './execute-feed.ts';
import { Leave, send } from './execute-frame.ts';

/** In a sentence. */
const NAMED_MOST = 20;
/** In the list that the page and the price of a rollback count. */
const NOTED_MOST = 10_000;

export interface Difference {
  table: string;
  /** As the comparison writes them. */
  keys: readonly string[];
}

/** Both sides do not hold the same rows: with the keys, which are gone with the snapshot. */
export class Differs extends Leave {
  readonly differences: readonly Difference[];
  constructor(sentence: string, differences: readonly Difference[]) {
    super({ outcome: 'failed', sentence, errorId: null });
    this.differences = differences;
  }
}

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
      results.push({ label: sameLabel(table.name), expected, actual, ok: expected === actual });
    }
    await refuseErrors(frame);
    await refuseDifference(frame, results);
    for (const assertion of alsoTrue) {
      const result = await checkAssertion((query) => send(frame.session, query, frame.context.limits), assertion, frame.context.evidenced);
      results.push(result);
      if (!result.ok) throw new Leave({ outcome: 'assertion_failed', sentence: `${otherThan(result)} The tables were not touched.`, assertions: results });
    }
    await noteDifferences(frame, []);
  });
  return results;
}

async function refuseDifference(frame: FeedFrame, results: readonly AssertionResult[]): Promise<void> {
  const off = frame.feed.tables.flatMap((table, at) => (results[at]?.ok === false ? [{ table, result: results[at] }] : []));
  const differences: Difference[] = [];
  for (const { table } of off) differences.push({ table: table.name, keys: await differingKeys(frame, table) });
  const [first] = off;
  if (!first) return;
  const named = differences[0]?.keys.slice(0, NAMED_MOST).join(', ') || 'none that can be named';
  throw new Differs(`${first.table.name} is not the same on both sides: ${first.result.expected} here, ${first.result.actual} there. Keys that differ: ${named}. Somebody wrote past the triggers; build it anew.`, differences);
}

async function differingKeys(frame: FeedFrame, table: FeedTable): Promise<string[]> {
  const answer = await send(frame.session, { text: table.differingSql, values: [NOTED_MOST], rowMode: 'array' }, frame.context.limits);
  return answer.rows.map((row) => String((row as unknown[])[0]));
}

/** Inside a transaction: what the list says of differences is what this comparison found. */
export async function noteDifferences(frame: FeedFrame, differences: readonly Difference[]): Promise<void> {
  const { feed } = frame;
  const errors = qualified(feed.errors);
  await send(frame.session, { text: `DELETE FROM ${errors} WHERE feed = $1 AND state = $2`, values: [feed.direction, DIFFERS], rowMode: 'array' }, frame.context.limits);
  for (const { table, keys } of differences) {
    await send(frame.session, { text: `INSERT INTO ${errors} (feed, source, key, state) SELECT $1, $2, pg_catalog.jsonb_build_array(k), $3 FROM pg_catalog.unnest($4::text[]) k ON CONFLICT (feed, source, key) DO NOTHING`, values: [feed.direction, table, DIFFERS, keys.length > 0 ? keys : ['a key that cannot be named']], rowMode: 'array' }, frame.context.limits);
  }
}

async function value(frame: FeedFrame, text: string): Promise<string> {
  const answer = await send(frame.session, { text, rowMode: 'array' }, frame.context.limits);
  return String((answer.rows[0] as unknown[] | undefined)?.[0] ?? '');
}
