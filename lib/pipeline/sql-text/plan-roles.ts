import type { Plan } from '../plan.ts';
import { kindOf, paperOf } from '../step-kinds/all.ts';
import { readSqlFile } from './statements.ts';

/** Roles that the steps of a plan name: they belong to the server, and one without them would refuse the plan for a reason that is not its own. What does not parse names none. */
export async function rolesOfPlan({ phases }: Pick<Plan, 'phases'>): Promise<string[]> {
  const texts = phases.flatMap((phase) => phase.steps.flatMap((step) => (kindOf(step) === 'open' ? [] : paperOf(step).sql(step).map(({ sql }) => sql))));
  const whole = await rolesIn(texts.map((sql) => `${sql};\n`).join(''));
  if (whole) return whole;
  const each: string[] = [];
  for (const sql of texts) each.push(...((await rolesIn(sql)) ?? []));
  return [...new Set(each)].toSorted();
}

async function rolesIn(text: string): Promise<string[] | null> {
  return readSqlFile({ name: 'plan', text }).then((read) => [...read.roles], () => null);
}
