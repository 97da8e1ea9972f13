import { ident, qualified } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import type { TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { IndexSpec } from '../step-kinds/outside.ts';
import { type Draft, outside, part } from './draft.ts';
import { text } from './input.ts';
import { besideName, spoken } from './names.ts';

/** Indexes of an ordinary table that the application uses: built and dropped concurrently, and replaced by building the new one beside the old one. `said`: the comment that is on it, which the one that takes its name is given, as it is its tablespace. */
export function indexDrafts({ current, desired }: Delta, table: TableName, said: readonly string[] = [], tablespace: string | null = null): Draft[] {
  const place = tablespace === null ? {} : { tablespace };
  if (desired && current) return replaced({ ...specOf(current, table), ...place }, { ...specOf(desired, table), ...place }, said);
  if (desired) return [built(specOf(desired, table))];
  return current ? [dropped(specOf(current, table))] : [];
}

export function specOf(object: SchemaObject, table: TableName): IndexSpec {
  return { schema: object.schema, name: object.name, table, unique: object.attributes.unique === true, using: text(object, 'using') ?? '' };
}

export function built(index: IndexSpec): Draft {
  return outside(`Build index ${index.name} on ${spoken(index.table)}, concurrently`, { act: 'create_index', index }, { act: 'drop_index', index });
}

function dropped(index: IndexSpec): Draft {
  return outside(`Drop index ${index.name} of ${spoken(index.table)}, concurrently`, { act: 'drop_index', index }, { act: 'create_index', index });
}

function rename(from: IndexSpec, to: IndexSpec): string {
  return `ALTER INDEX ${qualified(from)} RENAME TO ${ident(to.name)}`;
}

/** Both stand side by side until the names are swapped; queries never go without. */
function replaced(old: IndexSpec, wanted: IndexSpec, said: readonly string[]): Draft[] {
  const fresh: IndexSpec = { ...wanted, name: besideName(wanted.name, 'new') };
  const retired: IndexSpec = { ...old, name: besideName(old.name, 'old') };
  return [
    built(fresh),
    part(`Put the new index ${wanted.name} in place of the old one`, [], [rename(old, retired), rename(fresh, wanted), ...said], [rename(wanted, fresh), rename(retired, old), ...said]),
    dropped(retired),
  ];
}
