import type { TableName } from '../../plan.ts';
import { columnObject } from '../../sql-facts/existing.ts';
import { columnConstraints } from '../../sql-facts/columns.ts';
import { objectId } from '../../snapshot.ts';
import { listAt, type Node, nodeAt, textAt, words, wrapped } from '../../sql-facts/tree.ts';
import { isSerial, typeText } from '../../sql-facts/type-text.ts';
import { volatileFunctions } from '../../sql-facts/volatile.ts';
import type { LintRule } from '../finding.ts';
import { actionsOf, rowsOf, type Said, type Seen, single, statementRule, used } from '../seen.ts';
import { columnAdded, typeNode } from './constraints.ts';

export const COLUMNS: readonly LintRule[] = [
  statementRule('COLUMN_REQUIRED', 'A NOT NULL column without a default stops at the first row that is there, and code that does not know it can no longer insert.', required),
  statementRule('DEFAULT_REWRITES', 'A default that differs from row to row writes the whole table anew while nobody can read or write (ACCESS EXCLUSIVE).', volatileDefault),
  statementRule('NUMBERING_REWRITES', 'A serial or identity column numbers every row: the whole table is written anew while nobody can read or write (ACCESS EXCLUSIVE).', numbered),
  statementRule('COMPUTED_COLUMN_REWRITES', 'A stored generated column is computed for every row: the whole table is written anew while nobody can read or write (ACCESS EXCLUSIVE).', computed),
  statementRule('DOMAIN_COLUMN_REWRITES', 'A column whose type is a domain with rules makes the server write the whole table anew while nobody can read or write (ACCESS EXCLUSIVE).', ofDomain),
  statementRule('TYPE_CHANGE_REWRITES', 'Another type writes every row and every index anew while nobody can read or write (ACCESS EXCLUSIVE), and stops at a value that does not fit.', typeChanged),
];

interface AddedColumn {
  name: string;
  column: Node;
  parts: ReturnType<typeof columnConstraints>;
}

/** Columns that come into a table with rows in it. */
function columnsAdded(seen: Seen): AddedColumn[] {
  return actionsOf(seen).flatMap((action) => {
    const column = columnAdded(action);
    return column ? [{ name: textAt(column, 'colname') ?? '', column, parts: columnConstraints(column) }] : [];
  });
}

function required(seen: Seen): Said[] {
  const table = seen.facts.tables[0];
  const use = table ? used(seen, table) : null;
  if (!table || !use) return [];
  const rows = rowsOf(seen, table);
  const none = rows.provenance === 'exact' && rows.value === 0;
  return columnsAdded(seen).filter(({ column, parts }) => parts.notNull && parts.fallback === null && parts.generated === null && !parts.identity && !isSerial(typeNode(column))).map(({ name }) => ({
    ...use.said, severity: none ? 'to_know' : 'blocking', object: `${table.name}.${name}`,
    sentence: none ? `${use.name} is empty, so that ${name} can come as NOT NULL; code that does not know it can no longer insert.` : `${name} is NOT NULL and nothing fills it: it stops where ${use.name} has rows. Add it nullable, fill it, then make it NOT NULL.`,
  }));
}

function rewriting(seen: Seen, which: (column: AddedColumn) => boolean, why: (name: string) => string, form: 'column_then_default' | null): Said[] {
  const table = seen.facts.tables[0];
  const use = table ? used(seen, table) : null;
  if (!table || !use) return [];
  return columnsAdded(seen).filter(which).map(({ name }) => ({
    ...use.said, object: `${table.name}.${name}`, lock: 'ACCESS EXCLUSIVE', ...(form ? single(seen, form) : {}),
    sentence: `Reads and writes of ${use.name} wait (ACCESS EXCLUSIVE) while ${use.words} are written anew, because ${why(name)}.`,
  }));
}

function volatileDefault(seen: Seen): Said[] {
  return rewriting(seen, ({ parts }) => parts.fallback !== null && volatileFunctions(parts.fallback).length > 0, (name) => `the default of ${name} is another for each row`, 'column_then_default');
}

function numbered(seen: Seen): Said[] {
  return rewriting(seen, ({ column, parts }) => parts.identity || isSerial(typeNode(column)), (name) => `${name} numbers them`, null);
}

function computed(seen: Seen): Said[] {
  return [...computedAnew(seen), ...rewriting(seen, ({ parts }) => parts.generated !== null && parts.generated.generated_kind !== 'v', (name) => `${name} is computed and stored for each`, null)];
}

/** Whether the domain has rules only a reading says; the facts have looked. */
function ofDomain(seen: Seen): Said[] {
  const ruled = columnsAdded(seen).filter(({ column, parts }) => isDomain(seen, column) && parts.generated === null && !parts.identity && !(parts.fallback !== null && volatileFunctions(parts.fallback).length > 0)).map(({ name }) => name);
  return seen.facts.rewrite ? rewriting(seen, ({ name }) => ruled.includes(name), (name) => `the type of ${name} is a domain, whose rules each row has to keep`, null) : [];
}

function isDomain({ existing, step }: Seen, column: Node): boolean {
  const names = words(listAt(typeNode(column), 'names'));
  const schemas = names.length > 1 ? [names.at(-2) ?? ''] : (step.searchPath ?? ['public']);
  return schemas.some((schema) => existing?.objects.has(objectId('domain', schema, names.at(-1) ?? '')) === true);
}

function computedAnew(seen: Seen): Said[] {
  const table = seen.facts.tables[0];
  const use = table ? used(seen, table) : null;
  if (!table || !use) return [];
  return actionsOf(seen).filter(({ subtype }) => subtype === 'AT_SetExpression').map((action) => ({ ...use.said, object: `${table.name}.${textAt(action, 'name') ?? ''}`, lock: 'ACCESS EXCLUSIVE', sentence: `Reads and writes of ${use.name} wait (ACCESS EXCLUSIVE) while ${use.words} are written anew, because ${textAt(action, 'name') ?? ''} is computed in another way.` }));
}

function typeChanged(seen: Seen): Said[] {
  const table = seen.facts.tables[0];
  const use = table ? used(seen, table) : null;
  if (!table || !use || !seen.facts.rewrite) return [];
  return actionsOf(seen).filter((action) => action.subtype === 'AT_AlterColumnType').map((action) => {
    const name = textAt(action, 'name') ?? '';
    const to = typeText(nodeAt(wrapped(action.def, 'ColumnDef') ?? {}, 'typeName'));
    const from = typeBefore(seen, table, name);
    return {
      ...use.said, object: `${table.name}.${name}`, lock: 'ACCESS EXCLUSIVE', safer: 'engine_conversion',
      sentence: `Reads and writes of ${use.name} wait (ACCESS EXCLUSIVE) while ${use.words} and every index are written anew, because ${name} becomes ${to}${from === null ? ' (what it is now is not known)' : ` from ${from}`}.`,
    };
  });
}

function typeBefore({ existing }: Seen, table: TableName, column: string): string | null {
  const type = existing ? columnObject(existing, table, column)?.attributes.type : undefined;
  return typeof type === 'string' ? type : null;
}
