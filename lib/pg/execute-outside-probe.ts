import type { Client } from 'pg';
import { canonicalExpression } from '#lib/pipeline/expression.ts';
import type { TableName } from '#lib/pipeline/plan.ts';
import type { IndexSpec, OutsideAct } from '#lib/pipeline/step-kinds/outside.ts';
import { sql } from '#lib/sql.ts';

/** What the catalog says of an act that runs outside a transaction. */
export type ActState =
  | { is: 'absent' }
  | { is: 'done' }
  /** Begun and broken off: `leftovers` are invalid indexes to drop first; none of them for a detach, which is finished instead. */
  | { is: 'half'; leftovers: readonly TableName[]; sentence: string }
  /** Another backend is at it. */
  | { is: 'busy'; sentence: string }
  /** Something else stands under the name. */
  | { is: 'other'; sentence: string };

/** Asks the catalog what stands of the act. Reads only; takes no lock on tables but for the moment in which an index is deparsed. */
export async function probeAct(client: Client, act: OutsideAct): Promise<ActState> {
  switch (act.act) {
    case 'create_index': return indexToBe(client, act.index);
    case 'drop_index': return indexToGo(client, act.index);
    case 'reindex': return reindexed(client, act.index);
    case 'vacuum': return { is: 'absent' };
    case 'detach_partition': return detached(client, act.parent, act.child);
  }
}

interface IndexRow {
  usable: boolean;
  unique: boolean;
  definition: string;
  prefix: string;
  table_schema: string;
  table_name: string;
  building: boolean;
}

async function indexRow(client: Client, index: TableName): Promise<IndexRow | null> {
  return (await client.query<IndexRow>(sql('probe/index_state'), [index.schema, index.name])).rows[0] ?? null;
}

async function indexToBe(client: Client, index: IndexSpec): Promise<ActState> {
  const row = await indexRow(client, index);
  if (!row) return { is: 'absent' };
  if (!isThatIndex(row, index)) return { is: 'other', sentence: `An index ${index.schema}.${index.name} with another definition is there already.` };
  if (row.usable) return { is: 'done' };
  if (row.building) return { is: 'busy', sentence: `Another session is building ${index.name}.` };
  return { is: 'half', leftovers: [index], sentence: `The index ${index.name} was left behind invalid; it is dropped and built again.` };
}

function isThatIndex(row: IndexRow, index: IndexSpec): boolean {
  if (row.table_schema !== index.table.schema || row.table_name !== index.table.name || row.unique !== index.unique) return false;
  if (index.asWritten) return true;
  return row.definition.startsWith(row.prefix) && canonicalExpression(row.definition.slice(row.prefix.length)) === canonicalExpression(index.using);
}

/** A drop that was broken off leaves the index invalid: dropping it again finishes it. */
async function indexToGo(client: Client, index: IndexSpec): Promise<ActState> {
  const row = await indexRow(client, index);
  if (!row) return { is: 'done' };
  return isThatIndex(row, index) ? { is: 'absent' } : { is: 'other', sentence: `Another index stands under the name ${index.schema}.${index.name}; it is not dropped.` };
}

async function reindexed(client: Client, index: TableName): Promise<ActState> {
  const row = await indexRow(client, index);
  if (!row) return { is: 'other', sentence: `There is no index ${index.schema}.${index.name} to rebuild.` };
  if (row.building) return { is: 'busy', sentence: `Another session is rebuilding ${index.name}.` };
  const { rows } = await client.query<TableName>(sql('probe/reindex_leftovers'), [index.schema, index.name]);
  return rows.length === 0 ? { is: 'absent' } : { is: 'half', leftovers: rows, sentence: `Rebuilding ${index.name} was broken off; ${rows.map((one) => one.name).join(', ')} is dropped, and it is done again.` };
}

async function detached(client: Client, parent: TableName, child: TableName): Promise<ActState> {
  const row = (await client.query<{ pending: boolean }>(sql('probe/partition_state'), [parent.schema, parent.name, child.schema, child.name])).rows[0];
  if (!row) return { is: 'done' };
  return row.pending ? { is: 'half', leftovers: [], sentence: `Detaching ${child.name} was broken off half way; it is finished.` } : { is: 'absent' };
}
