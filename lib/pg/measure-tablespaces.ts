import { sql } from '#lib/sql.ts';
import type { Measuring } from './measure-session.ts';

/** Of these tablespaces, those that the server does not have, and those into which the role that carries the plan out may put nothing. Catalogs only; no lock. */
export async function measureTablespaces({ client, operator }: Pick<Measuring, 'client' | 'operator'>, names: readonly string[]): Promise<{ missing: string[]; closed: string[] }> {
  const { rows } = await client.query<{ name: string; there: boolean; open: boolean | null }>(sql('measure/tablespaces'), [names, operator ?? null]);
  return { missing: rows.filter(({ there }) => !there).map(({ name }) => name), closed: rows.filter(({ open }) => open === false).map(({ name }) => name) };
}
