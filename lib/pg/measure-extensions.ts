import type { ExtensionFact, ExtensionWanted } from '#lib/pipeline/extensions.ts';
import { sql } from '#lib/sql.ts';
import type { Measuring } from './measure-session.ts';

/** What the server has of these extensions, in their order. Reads the catalog and the server's extension folder; no lock. */
export async function measureExtensions({ client }: Pick<Measuring, 'client'>, wanted: readonly ExtensionWanted[]): Promise<ExtensionFact[]> {
  const { rows } = await client.query<{ name: string; by_default: string | null; reachable: boolean }>(sql('measure/extensions'), [wanted.map((one) => one.name), wanted.map((one) => one.from), wanted.map((one) => one.to)]);
  return rows.map(({ name, by_default, reachable }) => ({ name, byDefault: by_default, reachable }));
}
