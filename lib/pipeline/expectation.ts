import { sha256 } from './digest.ts';
import type { Evidence, Measurement, Quantity } from './evidence.ts';
import type { Expectation, Phase, TableName } from './plan.ts';

/** `schema.name`, the key under which evidence speaks of a table. */
export function tableKey(table: TableName): string {
  return `${table.schema}.${table.name}`;
}

/**
 * The value that an assertion expects from the run's own evidence, as text; null when the evidence does not hold it (then the assertion fails).
 * For orphans `rows` counts, and `keysDigest` hashes, the rows of table `of` that the decisions of the phase remove.
 */
export function expectedFromEvidence(expectation: Extract<Expectation, { from: 'evidence' }>, phase: Phase, evidence: Evidence): string | null {
  const measurement = evidence.measurements.find((one) => one.check === expectation.check);
  if (!measurement) return null;
  if (measurement.kind === 'orphans') return fromOrphans(expectation, phase, measurement);
  if (measurement.kind === 'overlap') return fromOverlap(expectation.field, measurement);
  if (expectation.field === 'rows' && (measurement.kind === 'rows' || measurement.kind === 'empty')) return exactText(measurement.rows);
  return null;
}

function fromOrphans(expectation: Extract<Expectation, { from: 'evidence' }>, phase: Phase, measurement: Extract<Measurement, { kind: 'orphans' }>): string | null {
  const sets = measurement.sets.filter((set) => tableKey(set.child) === expectation.of && rowsGo(phase, set.foreignKey));
  if (sets.some((set) => set.rows.provenance !== 'exact' || set.keys.length !== set.rows.value)) return null;
  const keys = [...new Set(sets.flatMap((set) => set.keys))].sort(byCodePoint);
  return expectation.field === 'rows' ? String(keys.length) : sha256(keys.join('\n'));
}

/** Of an overlap: how many rows of one key say different things, and the digest over them. */
function fromOverlap(field: Extract<Expectation, { from: 'evidence' }>['field'], { conflict, conflicting }: Extract<Measurement, { kind: 'overlap' }>): string | null {
  if (field === 'conflicts') return exactText(conflict);
  if (field !== 'conflictsDigest' || conflict.provenance !== 'exact') return null;
  return conflict.value === 0 ? sha256('') : (conflicting?.digest ?? null);
}

/** Do the rows without a parent for this foreign key leave their table? Measured is as if they did until somebody decides that they stay, and undecided blocks anyway. */
export function rowsGo({ orphanDecisions }: Pick<Phase, 'orphanDecisions'>, foreignKey: string): boolean {
  const verdict = orphanDecisions[foreignKey]?.verdict;
  return verdict !== 'set_null' && verdict !== 're_point';
}

function exactText(quantity: Quantity): string | null {
  return quantity.provenance === 'exact' ? String(quantity.value) : null;
}

/** The order of COLLATE "C" over UTF-8, so that the database computes the same hash. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}
