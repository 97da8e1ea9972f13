import type { Hazard, LockMode } from '../hazards.ts';
import type { LockClaim, Step, TableName } from '../plan.ts';
import type { OutsideAct } from '../step-kinds/outside.ts';
import { actLocks } from '../step-kinds/outside.ts';
import { execute } from './input.ts';
import { spoken } from './names.ts';

/** A step before it has its number. */
export type Draft = Omit<Step, 'id'>;

/** One statement in one transaction, with the consequence of its lock. A person may edit its SQL. */
export function draft(title: string, mode: LockMode, table: TableName, sql: string, undo: string): Draft {
  return { title, statements: [execute(title, sql)], undo: [execute(`undo: ${title}`, undo)], locks: [{ mode, table }], rewrite: false, hazards: lockHazards(mode, table), editable: true };
}

/** One of several statements that only together are safe: not to be edited alone. Nothing to undo when `undo` is null: another of them undoes it. */
export function part(title: string, locks: readonly LockClaim[], statements: readonly string[], undo: readonly string[] | null, hazards: readonly Hazard[] = []): Draft {
  return {
    title,
    statements: statements.map((sql) => execute(title, sql)),
    undo: (undo ?? []).map((sql) => execute(`undo: ${title}`, sql)),
    locks,
    rewrite: false,
    hazards,
    editable: false,
  };
}

/** An act outside a transaction, and the act that undoes it. */
export function outside(title: string, act: OutsideAct, undo: OutsideAct | null): Draft {
  return { title, statements: [], work: { kind: 'outside', act }, undo: [], ...(undo ? { undoWork: { kind: 'outside' as const, act: undo } } : {}), locks: actLocks(act), rewrite: false, hazards: [], editable: false };
}

export function lockHazards(mode: LockMode, table: TableName): Hazard[] {
  if (mode === 'ACCESS EXCLUSIVE') return [{ code: 'BLOCKS_READS_AND_WRITES', sentence: `Reads and writes of ${spoken(table)} wait until the step is done.` }];
  return [{ code: 'BLOCKS_WRITES', sentence: `Writes to ${spoken(table)} wait until the step is done; reads go on.` }];
}
