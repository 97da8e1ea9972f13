import type { Check, Dependent } from '#lib/pipeline/evidence.ts';
import type { Phase, TableName } from '#lib/pipeline/plan.ts';
import { sql } from '#lib/sql.ts';
import { names, type Measuring } from './measure-session.ts';

/** Publications can take in a schema from this version on. */
const SCHEMA_PUBLICATIONS = 150_000;

/** Goes where the table goes, or is built anew from the plan. */
const ALWAYS: readonly string[] = ['index', 'default', 'constraint', 'inbound foreign key inside', 'owner', 'grant', 'comment', 'column grant', 'column comment', 'grant on its identity sequence', 'comment on its identity sequence', 'comment on a trigger', 'grants on a view', 'comment on a view'];

/** Built anew by steps that name it: what the plan does not know by name, it does not carry. */
const NAMED: readonly string[] = [
  'trigger', 'sequence', 'view', 'materialized view', 'policy', 'policy of another table', 'rule', 'rule of another table', 'extended statistics', 'comment on a constraint', 'comment on an index', 'cluster mark',
  'publication', 'publication of its schema', 'publication of its schema with a slot', 'publication of all tables', 'inbound foreign key',
];

/** Belongs to the table itself: SET SCHEMA takes it along, a table built anew does not have it. */
const MOVES_ALONG: readonly string[] = [
  'trigger', 'rule', 'policy', 'sequence', 'extended statistics', 'comment on a constraint', 'comment on an index',
  'security label', 'table of a type', 'tablespace', 'access method', 'cluster mark', 'publication of all tables', 'use of its identity sequence',
  'child table inside', 'parent table inside', 'parent of the partition',
];

/** What no comparison knows of a table, or did not when the plan was made (a tablespace): one that a script makes anew does not have it. Its rows are written once more, and whoever decodes them has them twice. */
const LOST_ANEW: readonly string[] = ['security label', 'subscription', 'tablespace', 'extension', 'publication of all tables with a slot', 'publication of its schema with a slot'];

/**
 * Does the phase carry this over by itself? A conversion builds the table anew, and carries beside this what its steps name; the other kinds move the table as it
 * is. What else points at the table from outside (foreign keys, functions, for the others views and publications) is refused: it would follow the old table.
 */
function isHandled(phaseKind: Phase['kind'], kind: string): boolean {
  return ALWAYS.includes(kind) || (phaseKind !== 'convert' && MOVES_ALONG.includes(kind));
}

/**
 * Everything that hangs on the tables, by kind and name, whether the plan carries it or not. Catalogs only; takes no lock on the tables.
 * Source: the completeness gate of the execution paper, section 2.3.
 */
export async function measureDependents({ client, phase, serverVersion }: Measuring, { tables, carried = [], anew }: Extract<Check, { kind: 'dependents' }>): Promise<Dependent[]> {
  const handled = (kind: string, description: string) => (anew ? !LOST_ANEW.includes(kind) || (kind === 'tablespace' && carried.includes(description)) : isHandled(phase.kind, kind) || (NAMED.includes(kind) && carried.includes(description)));
  const questions = ['measure/dependents', ...(serverVersion >= SCHEMA_PUBLICATIONS ? ['measure/dependents_schema_publications'] : [])];
  const found: Dependent[] = [];
  for (const question of questions) {
    const { rows } = await client.query<{ schema: string; name: string; kind: string; description: string }>(sql(question), names(tables));
    found.push(...rows.map(({ schema, name, kind, description }) => ({ table: { schema, name }, kind, description, handled: handled(kind, description) })));
  }
  return found;
}

/** Which of the names a relation or a type has already. Catalogs only. */
export async function measureTakenNames({ client }: Measuring, wanted: readonly TableName[]): Promise<TableName[]> {
  return (await client.query<{ schema: string; name: string }>(sql('measure/taken_names'), names(wanted))).rows;
}
