import type { Workbench } from './input.ts';

/** What one server core copies and indexes in a second, on the careful side: measured 280,000 rows and 60 MB on two shared cores. */
const ROWS_PER_SECOND = 100_000;
const BYTES_PER_SECOND = 30_000_000;

/** Seconds in which the table's rows are copied and indexed, by the planner's statistics; a table that was never analysed is judged by its size. */
export function copySeconds(bench: Pick<Workbench, 'input'>, tableId: string): number {
  const estimate = bench.input.current.estimates[tableId];
  return Math.max((estimate?.rows ?? 0) / ROWS_PER_SECOND, (estimate?.bytes ?? 0) / BYTES_PER_SECOND);
}

/** Tables that are converted together, whatever their order. */
export function pauseKey(tableIds: readonly string[]): string {
  return [...tableIds].sort().join(' ');
}

/** Seconds for which writers would wait while these tables are copied and swapped under one lock: as a rehearsal of just that measured it, else estimated. */
export function pauseOf(bench: Pick<Workbench, 'input'>, tableIds: readonly string[]): { seconds: number; rehearsed: boolean } {
  const measured = bench.input.rehearsedSeconds?.[pauseKey(tableIds)];
  return measured === undefined ? { seconds: tableIds.reduce((sum, id) => sum + copySeconds(bench, id), 0), rehearsed: false } : { seconds: measured, rehearsed: true };
}

export function spokenSeconds(seconds: number): string {
  if (seconds >= 1 && seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 1 ? 'under 1 s' : seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
