// What still stands of a plan in its target: backups, originals, tables set aside, rows that a rollback kept.
import { tableKey } from './expectation.ts';
import type { Phase, Plan, TableName } from './plan.ts';
import { convertedTables, type ReportInput, type ReportPhaseInput } from './report-input.ts';
import type { Report } from './report.ts';
import { dueTime } from './standing.ts';

export function standingTables(plan: Plan, applied: readonly ReportPhaseInput[], dueAt: string | null): Report['standing'] {
  const cleanup = plan.phases.find((phase) => phase.kind === 'cleanup');
  const done = new Set(applied.map((one) => one.phase.kind));
  return (cleanup?.checks ?? []).flatMap((check) => {
    if (check.kind !== 'rows') return [];
    const what = keptAs(check.table, plan);
    return (what.phase === null ? applied.some(({ phase }) => asksFreeName(phase, check.table)) : done.has(what.phase)) ? [{ table: tableKey(check.table), what: what.word, dueAt, byHand: false }] : [];
  });
}

/** Tables that a text drops some time after the rest: until then they are what a way back rests on. */
export function writtenKept(input: ReportInput): Report['standing'] {
  const standings = new Map(input.phases.map((one) => [one.phase.id, one.standing]));
  return input.phases.flatMap(({ phase, standing: now }) => {
    if (phase.kind !== 'written' || phase.due === null || !phase.destructive || now.state === 'applied' || now.state === 'deviated' || !standings.get(phase.due.afterPhase)?.appliedAt) return [];
    return phase.checks.flatMap((check) => (check.kind === 'rows' ? [{ table: tableKey(check.table), what: `until “${phase.title}”`, dueAt: dueTime(phase, standings), byHand: false }] : []));
  });
}

/** Rows that a rollback took out of live tables: clean-up leaves them, because nobody has looked at them yet. */
export function writtenSince(input: ReportInput): Report['standing'] {
  const kept = (input.keptNow ?? []).filter((table) => table.name.endsWith('_written_since'));
  return kept.map((table) => ({ table: tableKey(table), what: 'rows written since, kept by a rollback', dueAt: null, byHand: true }));
}

function asksFreeName(phase: Phase, table: TableName): boolean {
  return phase.checks.some((check) => check.kind === 'free_names' && check.names.some((name) => tableKey(name) === tableKey(table)));
}

/** `phase` null: whichever asked for the name. */
function keptAs(table: TableName, plan: Plan): { phase: Phase['kind'] | null; word: string } {
  if (table.name.endsWith('_backup')) return { phase: 'backup', word: 'backup' };
  if (table.name.endsWith('_quarantine')) return { phase: null, word: 'quarantined orphans' };
  if (table.name.endsWith('_unlinked')) return { phase: null, word: 'rows that lost a reference' };
  if (plan.phases.some((phase) => convertedTables(phase).some((one) => one.name === table.name))) return { phase: 'convert', word: 'table before the conversion' };
  if (plan.phases.some((phase) => phase.kind === 'duplicate' && phase.checks.some((check) => check.kind === 'overlap' && check.duplicate.name === table.name))) return { phase: 'duplicate', word: 'duplicate set aside' };
  if (table.name.endsWith('_replaced')) return { phase: 'duplicate', word: 'rows before a duplicate overwrote them' };
  if (table.name.endsWith('_merged')) return { phase: 'duplicate', word: 'note of merged rows' };
  return { phase: 'empty', word: 'empty table set aside' };
}
