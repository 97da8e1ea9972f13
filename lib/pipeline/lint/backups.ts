import type { Plan, TableName } from '../plan.ts';
import { qualified } from '../ddl.ts';
import type { LintScene } from './finding.ts';
import { orderOf, type Seen, seenIn, tableBefore } from './seen.ts';

/** Commands of other tools that keep a copy of a database. */
const COPIES = /\b(?:pg_dump|pg_dumpall|pg_basebackup|pgbackrest|wal-g|barman|snapshot)\b/i;

/** The name by which the same table is known through renames. */
export function identityOf(seen: Seen, table: TableName): string {
  return tableBefore(seen, table)?.id ?? qualified(table);
}

/** Whether the plan keeps a copy of the table's rows before the statement, or in it: a dump, a backup phase, a person with a tool, or a copy into another table. */
export function isBackedUp(seen: Seen, table: TableName): boolean {
  return dumpedBefore(seen.scene.plan, seen) || (copiedTables(seen.scene).get(identityOf(seen, table)) ?? Infinity) <= orderOf(seen);
}

function dumpedBefore(plan: Plan, seen: Seen): boolean {
  if (plan.fullBackup !== undefined) return true;
  for (const phase of plan.phases) {
    if (phase.kind === 'backup' || phase.kind === 'dump') return true;
    for (const step of phase.steps) {
      if (phase.id === seen.phase.id && step.id === seen.step.id) return false;
      if (step.work?.kind === 'dump' || (step.work?.kind === 'manual' && COPIES.test(`${step.work.command ?? ''} ${step.work.instruction}`))) return true;
    }
  }
  return false;
}

const COPIED = new WeakMap<LintScene, ReadonlyMap<string, number>>();

/** Tables of which rows are put elsewhere, with the place of the first statement that does. */
function copiedTables(scene: LintScene): ReadonlyMap<string, number> {
  const known = COPIED.get(scene);
  if (known) return known;
  const copied = new Map<string, number>();
  for (const seen of seenIn(scene)) {
    if (!copiesRows(seen)) continue;
    for (const table of seen.facts.tables.slice(1)) if (!copied.has(identityOf(seen, table))) copied.set(identityOf(seen, table), orderOf(seen));
  }
  COPIED.set(scene, copied);
  return copied;
}

/** CREATE TABLE … AS, SELECT … INTO, INSERT … SELECT: the first table is where the rows go. */
function copiesRows({ statement: { kind, node } }: Seen): boolean {
  return kind === 'CreateTableAsStmt' || (kind === 'SelectStmt' && node.intoClause !== undefined) || (kind === 'InsertStmt' && node.selectStmt !== undefined);
}
