import type { Rule, RuleResult } from '#lib/pipeline/evidence.ts';
import { exact, unknown } from '#lib/pipeline/unknowns.ts';
import { attempt, type Measuring } from './measure-session.ts';

/**
 * How many rows each new rule would refuse, and the first of them. The planner wrote the questions; the first answers one number, the second at most 20
 * rows. Lock: ACCESS SHARE on the table.
 */
export async function measureViolations(measuring: Measuring, rules: readonly Rule[]): Promise<RuleResult[]> {
  const results: RuleResult[] = [];
  for (const rule of rules) {
    const answer = await attempt(measuring.client, () => measuring.client.query<[string]>({ text: rule.sql, rowMode: 'array' }));
    const broken = answer.ok ? Number(answer.value.rows[0]?.[0]) : 0;
    results.push({ name: rule.name, what: rule.what, rows: answer.ok ? exact(broken) : unknown(answer.why), ...(broken > 0 ? await firstRows(measuring, rule) : {}) });
  }
  return results;
}

/** Rows are shown where they can be had; the number alone blocks as well. */
async function firstRows({ client }: Measuring, { firstSql }: Rule): Promise<Pick<RuleResult, 'first'>> {
  if (firstSql === undefined) return {};
  const answer = await attempt(client, () => client.query<Record<string, string | null>>(firstSql));
  return answer.ok ? { first: answer.value.rows } : {};
}
