import { sha256 } from '../digest.ts';
import type { TableName } from '../plan.ts';

const MAX_NAME_BYTES = 63;

/** The schemas in the target that belong to one plan; both start with `countersign_`, which comparison leaves out. */
export function keepSchemaOf(planId: string): string {
  return `countersign_${planId.replaceAll('-', '').slice(0, 8)}`;
}

/** Where shadow tables are built before the swap. */
export function shadowSchemaOf(keepSchema: string): string {
  return `${keepSchema}_new`;
}

/** A table of the keep schema: `<name><suffix>`, shortened with a hash where Postgres would truncate it into a clash. */
export function keptTable(keepSchema: string, table: TableName, suffix: string): TableName {
  const base = table.schema === 'public' ? table.name : `${table.schema}__${table.name}`;
  const name = base + suffix;
  if (Buffer.byteLength(name, 'utf8') <= MAX_NAME_BYTES) return { schema: keepSchema, name };
  const hash = sha256(name).slice(0, 8);
  let cut = base;
  while (Buffer.byteLength(`${cut}_${hash}${suffix}`, 'utf8') > MAX_NAME_BYTES) cut = cut.slice(0, -1);
  return { schema: keepSchema, name: `${cut}_${hash}${suffix}` };
}

/** `<name>_<suffix>` beside an object of that name, shortened with a hash where Postgres would truncate it into a clash. */
export function besideName(name: string, suffix: string): string {
  return keptTable('', { schema: 'public', name }, `_${suffix}`).name;
}

/** What a person calls a table: without `public.`. */
export function spoken(table: TableName): string {
  return table.schema === 'public' ? table.name : `${table.schema}.${table.name}`;
}
