import type { Quantity, Rule } from '#lib/pipeline/evidence.ts';
import { exact, unknown } from '#lib/pipeline/unknowns.ts';
import { attempt, type Measuring } from './measure-session.ts';

/** How many rows each new rule would refuse. The planner wrote the questions; each answers one number. Lock: ACCESS SHARE on the table. */
export async function measureViolations({ client }: Measuring, rules: readonly Rule[]): Promise<{ name: string; what: Rule['what']; rows: Quantity }[]> {
  const results: { name: string; what: Rule['what']; rows: Quantity }[] = [];
  for (const rule of rules) {
    const answer = await attempt(client, () => client.query<[string]>({ text: rule.sql, rowMode: 'array' }));
    results.push({ name: rule.name, what: rule.what, rows: answer.ok ? exact(Number(answer.value.rows[0]?.[0])) : unknown(answer.why) });
  }
  return results;
}
