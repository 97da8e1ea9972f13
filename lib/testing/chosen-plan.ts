import { loadTexts } from '#lib/cli/proof-database.ts';
import { freshDatabase } from './database.ts';
import { planSide, type PlanOutcome, type PlanSide, thereAndBack } from './plan-proof.ts';
import { readRows, rowsUnlike } from './rows-by-chance.ts';

/** A database of its own with these texts in it. */
export async function sideOn(major: 14 | 15 | 18, ...texts: string[]): Promise<PlanSide> {
  const database = await freshDatabase({ major });
  const client = await database.client();
  await loadTexts(client, texts);
  return planSide({ ...database.config, operatorUrl: database.url() }, client);
}

export function side(...texts: string[]): Promise<PlanSide> {
  return sideOn(15, ...texts);
}

/** A plan of these differences alone (all, when none are given), there and back with the rows. */
export async function plan(a: string, b: string, chosen?: readonly string[], rows = '', major: 14 | 15 | 18 = 15): Promise<PlanOutcome> {
  const [from, to] = [await sideOn(major, a, rows), await sideOn(major, b)];
  const { client } = from;
  return thereAndBack(from, to, {
    ...(chosen === undefined ? {} : { chosen }),
    beside: { before: () => readRows(client), forward: async (before) => rowsUnlike(before, await readRows(client), true), back: async (before) => rowsUnlike(before, await readRows(client), false) },
  });
}
