import type { Quantity } from './evidence.ts';
import { tableKey } from './expectation.ts';
import type { LockClaim, Phase, Step, TableName } from './plan.ts';
import { type FinishedRehearsal, isSampled } from './rehearsal-evidence.ts';
import type { TableNow } from './start-reading.ts';
import { paperOf } from './step-kinds/all.ts';
import { objectOf } from './touches.ts';
import { counted } from './words.ts';

/** What a phase asks of its target at the start. */
export interface StartNeeds {
  claims: readonly LockClaim[];
  /** Every table of the application that it locks, counts or touches. */
  tables: readonly TableName[];
  /** Tables of which it writes another copy. */
  copies: readonly TableName[];
  /** It builds indexes or writes rows besides, and nothing but a rehearsal tells how many bytes that is. */
  writesMore: boolean;
  /** It builds indexes beside the live ones, which waits for every transaction that is older. */
  waitsForAll: boolean;
  /** Disk that a rehearsal saw it take; null: none did. */
  rehearsed: { bytes: number; at: string } | null;
}

/** Read from the document alone: what is signed decides what is looked at. */
export function startNeeds(phase: Phase, rehearsal: FinishedRehearsal | null): StartNeeds {
  const claims = phase.steps.flatMap((step) => paperOf(step).locks(step));
  const measured = phase.checks.flatMap((check) => (check.kind === 'rows' || check.kind === 'casts' ? [check.table] : []));
  const touched = phase.touches.flatMap((touch) => tableOf(objectOf(touch)) ?? []);
  const copying = phase.steps.filter((step) => copies(phase, step));
  // A feed names its tables by their SQL alone; what its phase counts is what it copies.
  const copied = copying.flatMap((step) => (step.work?.kind === 'feed' ? measured : step.locks.map((claim) => claim.table)));
  const whole = rehearsal && !isSampled(rehearsal) ? rehearsal : null;
  const steps = whole?.content.steps.filter((step) => step.phase === phase.id && step.kind === 'forward') ?? [];
  return {
    claims,
    tables: distinct([...claims.map((claim) => claim.table), ...measured, ...touched]),
    copies: distinct(copied),
    writesMore: phase.steps.some((step) => !copying.includes(step) && paperOf(step).sql(step).some(({ sql }) => WRITES.test(sql))),
    waitsForAll: phase.steps.some((step) => step.work?.kind === 'outside' && step.work.act.act !== 'vacuum'),
    rehearsed: whole && steps.length > 0 ? { bytes: steps.reduce((sum, step) => sum + Math.max(0, step.diskBytes), 0), at: whole.endedAt } : null,
  };
}

/** How many bytes the phase will write beside what is there. A table's copy is taken as large as the table: dead rows and all. */
export function bytesToWrite(needs: StartNeeds, tables: readonly TableNow[]): Quantity {
  if (needs.rehearsed) return { provenance: 'estimate', value: needs.rehearsed.bytes, basis: 'what it took in its rehearsal' };
  if (needs.copies.length === 0) return needs.writesMore ? { provenance: 'unknown', why: 'it builds indexes or writes rows, and only a rehearsal tells how many bytes that is' } : { provenance: 'exact', value: 0 };
  const sizes = needs.copies.map((table) => tables.find((one) => tableKey(one.table) === tableKey(table))?.bytes ?? null);
  const missing = sizes.filter((bytes) => bytes === null).length;
  if (missing > 0) return { provenance: 'unknown', why: `the size of ${counted(missing, 'table', 'tables')} that it copies could not be measured` };
  return { provenance: 'estimate', value: sizes.reduce((sum: number, bytes) => sum + (bytes ?? 0), 0), basis: `one copy each of ${counted(sizes.length, 'table', 'tables')} with indexes, as large as they are now${needs.writesMore ? '; what else it writes comes on top' : ''}` };
}

/** Statements that may write as much as they like, in whoever's words. */
const WRITES = /\b(create\s+(unique\s+)?index|reindex|insert\s+into|update\s|as\s+(select|table|with)\b|copy\s|refresh\s|do\s+\$)/i;

function copies(phase: Phase, step: Step): boolean {
  // The planner's backups are whole tables.
  if (phase.kind === 'backup' && step.statements.some((statement) => /\bAS SELECT \* FROM\b/.test(statement.sql))) return true;
  if (step.work?.kind === 'feed') return step.work.copy;
  return step.rewrite || step.hazards.some((hazard) => hazard.code === 'REWRITES_TABLE') || step.statements.some((statement) => statement.do === 'copy');
}

/** `table:public.exports`; a schema with a dot in its name is told by the locks. */
function tableOf(objectId: string): TableName | null {
  const [, schema, name] = /^table:([^.]+)\.(.+)$/.exec(objectId) ?? [];
  return schema !== undefined && name !== undefined ? { schema, name } : null;
}

/** Without the plan's own schemas, where nobody else works. */
function distinct(tables: readonly TableName[]): TableName[] {
  return [...new Map(tables.filter((table) => !table.schema.startsWith('countersign_')).map((table) => [tableKey(table), table])).values()];
}
