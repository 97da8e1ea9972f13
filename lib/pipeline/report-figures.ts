// Rows, types, tables, orphans and spellings of what was applied, as the report tells them.
import { tableKey } from './expectation.ts';
import { asideLabel, rowsLabel, sameLabel } from './planner/labels.ts';
import { spoken } from './planner/names.ts';
import { assertionsOf, convertedTables, type ReportPhaseInput } from './report-input.ts';
import type { Report, ReportOrphans, RowFigure } from './report.ts';

/** Under one lock, what was copied; beside the live tables, what the last proof counted, out of which other phases may have taken rows. */
export function rowFigures(applied: readonly ReportPhaseInput[]): RowFigure[] {
  const assertions = applied.flatMap(assertionsOf);
  const actual = (label: string) => assertions.findLast((assertion) => assertion.label === label)?.actual;
  return applied.flatMap(({ phase }) => convertedTables(phase)).flatMap((table) => {
    const after = actual(rowsLabel(table)) ?? /^\d+(?= rows)/.exec(actual(sameLabel(spoken(table))) ?? '')?.[0];
    if (after === undefined) return [];
    const setAside = Number(actual(asideLabel(table)) ?? '0');
    return [{ table: spoken(table), before: Number(after) + setAside, after: Number(after), setAside }];
  });
}

/** Building and swapping ask for the same. */
export function typeChanges(applied: readonly ReportPhaseInput[]): Report['types'] {
  const casts = applied.flatMap(({ phase }) => phase.checks.flatMap((check) => (check.kind === 'casts' ? check.casts.map((cast) => ({ column: `${spoken(check.table)}.${cast.column}`, before: cast.from, after: cast.to })) : [])));
  return [...new Map(casts.map((cast) => [JSON.stringify(cast), cast])).values()];
}

export function milestones(before: number, applied: readonly ReportPhaseInput[]): Report['tables']['milestones'] {
  let count = before;
  return applied.flatMap(({ phase }) => {
    if (phase.kind === 'duplicate' || phase.kind === 'empty') {
      count -= phase.steps.length;
      return [{ phase: phase.title, after: count, note: `${phase.steps.length} set aside` }];
    }
    if (phase.kind === 'create' && phase.price.length > 0) {
      count += phase.price.length;
      return [{ phase: phase.title, after: count, note: `${phase.price.length} created` }];
    }
    return [];
  });
}

export function orphansOf(one: ReportPhaseInput): ReportOrphans[] {
  const sets = one.evidence?.measurements.flatMap((measurement) => (measurement.kind === 'orphans' ? measurement.sets : [])) ?? [];
  return sets.filter((set) => set.rows.provenance !== 'exact' || set.rows.value > 0).map((set) => {
    const decision = one.phase.orphanDecisions[set.foreignKey] ?? null;
    const names = one.phase.checks.flatMap((check) => (check.kind === 'free_names' ? check.names : []));
    const quarantine = names.find((name) => name.name === `${set.child.name}_quarantine`);
    return { foreignKey: set.foreignKey, table: spoken(set.child), rows: set.rows, cascade: set.depth > 0, decision, keptIn: decision?.verdict === 'delete' && quarantine ? tableKey(quarantine) : null };
  });
}

/** Each change of spelling or value once, with the number of rows that carry it; null where the evidence holds only the first rows. */
export function respelledOf(applied: readonly ReportPhaseInput[]): Report['respelled'] {
  const found = new Map<string, Report['respelled'][number]>();
  const casts = applied.flatMap((one) => (one.evidence?.measurements ?? []).flatMap((measurement) => (measurement.kind === 'casts' ? [measurement] : [])));
  // Building and swapping measure the same columns; the later is nearer to what became of them.
  for (const measurement of new Map(casts.map((each) => [tableKey(each.table), each])).values()) {
    for (const column of measurement.columns) {
      const complete = column.respelled.provenance === 'exact' && column.respelled.value === column.respelledRows.length;
      for (const { value, becomes, changed } of column.respelledRows) {
        const key = JSON.stringify([measurement.table, column.column, value]);
        const before = found.get(key);
        found.set(key, { table: spoken(measurement.table), column: column.column, value, becomes, changed: changed === true, rows: complete ? (before?.rows ?? 0) + 1 : null });
      }
    }
  }
  return [...found.values()];
}
