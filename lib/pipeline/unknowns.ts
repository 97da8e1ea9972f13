import type { Quantity } from './evidence.ts';

/** Orphan sets and key lists are kept and signed row by row up to this size. */
export const MAX_KEYS = 10_000;

/** Why a number could not be had: ends of a sentence, without a full stop. No driver text ever stands here. */
export const WHY = {
  absent: 'the table does not exist',
  noColumn: 'a column that it asks for does not exist',
  slow: 'counting took longer than the time allowed and was stopped',
  locked: 'another session holds a lock that counting had to wait for',
  noRights: 'the reader may not read all of its rows',
  noCast: 'this version of PostgreSQL has no such cast, or this version of Countersign cannot measure it',
  badValue: 'at least one value cannot be read as the new type',
  fails: 'the question fails over at least one row, as the statement would',
  otherType: 'a column does not have the type any more from which it was to change',
  noKey: 'the table has no key by which its rows can be named',
  tooMany: 'there are more than 10,000 rows, more than can be signed row by row',
  upstream: 'a set that it follows from is unknown',
  decidedSince: 'what becomes of their parents was decided after it was measured, so measure again',
  tooDeep: 'the references go on through more than 100 levels',
  refused: 'PostgreSQL could not answer the question',
} as const;

export function exact(value: number): Quantity {
  return { provenance: 'exact', value };
}

export function unknown(why: string): Quantity {
  return { provenance: 'unknown', why };
}

/** Adds exact numbers up; one that is not exact makes the sum unknown. */
export function sumOf(quantities: readonly Quantity[]): Quantity {
  const missing = quantities.find((quantity) => quantity.provenance !== 'exact');
  if (missing) return missing.provenance === 'unknown' ? missing : unknown('a part is only an estimate');
  return exact(quantities.reduce((sum, quantity) => sum + (quantity.provenance === 'exact' ? quantity.value : 0), 0));
}

/** The number if it is exact, else null. An estimate is not a number that anybody may sign. */
export function exactValue(quantity: Quantity): number | null {
  return quantity.provenance === 'exact' ? quantity.value : null;
}
