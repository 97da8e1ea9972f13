import type { Evidence } from '#lib/pipeline/evidence.ts';
import { rightsWanted } from '#lib/pipeline/operator-rights.ts';
import { sql } from '#lib/sql.ts';
import type { Measuring } from './measure-session.ts';

interface Row {
  not_owned: string[];
  closed: string[];
  closed_to: { schema: string; owner: string }[];
  not_member: string[];
}

/** The rights that the phase needs, there or back, and that its operator lacks; nothing where none is missing, or nobody said which role the operator is. Catalogs only; no lock. */
export async function measureRights({ client, phase, operator }: Pick<Measuring, 'client' | 'phase' | 'operator'>): Promise<Pick<Evidence, 'rights'>> {
  const { altered, entered, given } = rightsWanted(phase);
  if (operator === undefined || altered.length + entered.length + given.length === 0) return {};
  const { rows } = await client.query<Row>(sql('measure/operator_rights'), [operator, altered.map(({ schema }) => schema), altered.map(({ name }) => name), entered, given.map(({ schema }) => schema), given.map(({ owner }) => owner)]);
  const [row] = rows;
  if (!row || row.not_owned.length + row.closed.length + row.closed_to.length + row.not_member.length === 0) return {};
  return { rights: { notOwned: row.not_owned, closed: row.closed, closedTo: row.closed_to, notMember: row.not_member } };
}
