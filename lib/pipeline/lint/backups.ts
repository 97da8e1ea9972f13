import type { Plan, TableName } from '../plan.ts';
import { qualified } from '../ddl.ts';
import { type Seen, seenIn, tableBefore } from './seen.ts';

/** Commands of other tools that keep a copy of a database. */
const COPIES = /\b(?:pg_dump|pg_dumpall|pg_basebackup|pgbackrest|wal-g|barman|snapshot)\b/i;

/** The name by which the same table is known through renames. */
export function identityOf(seen: Seen, table: TableName): string {
  return tableBefore(seen, table)?.id ?? qualified(table);
}

/** Whether the plan keeps a copy of the table's rows before the statement, or in it: a dump, a backup phase, a person with a tool, or a copy into another table. */
export function isBackedUp(seen: Seen, table: TableName): boolean {
  return dumpedBefore(seen.scene.plan, seen) || copiedTables(seen).has(identityOf(seen, table));
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

interface Copies {
  /** How many statements were looked at. */
  upTo: number;
  tables: Set<string>;
}

const COPIED = new WeakMap<object, Copies>();

/** Tables of which rows were put elsewhere up to this statement. Statements are asked about in their order, so that the walk goes on where it stood. */
function copiedTables(seen: Seen): ReadonlySet<string> {
  const all = seenIn(seen.scene);
  const end = all.indexOf(seen);
  const known = COPIED.get(seen.scene);
  const copies = known && known.upTo <= end + 1 ? known : { upTo: 0, tables: new Set<string>() };
  COPIED.set(seen.scene, copies);
  for (; copies.upTo <= end; copies.upTo += 1) {
    const one = all[copies.upTo];
    if (one && copiesRows(one)) for (const table of one.facts.tables.slice(1)) copies.tables.add(identityOf(one, table));
  }
  return copies.tables;
}

/** CREATE TABLE … AS, SELECT … INTO, INSERT … SELECT: the first table is where the rows go. */
function copiesRows({ statement: { kind, node } }: Seen): boolean {
  return kind === 'CreateTableAsStmt' || (kind === 'SelectStmt' && node.intoClause !== undefined) || (kind === 'InsertStmt' && node.selectStmt !== undefined);
}
