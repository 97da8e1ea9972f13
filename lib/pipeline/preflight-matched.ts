import type { Check, Evidence, Measurement, Quantity } from './evidence.ts';
import { tableKey } from './expectation.ts';
import { type JudgedFinding, notExact, toKnow } from './findings.ts';
import type { Phase } from './plan.ts';
import { exact, exactValue, unknown } from './unknowns.ts';
import { counted, listed } from './words.ts';

type Matched = Extract<Measurement, { kind: 'matched' }>;
type MatchedCheck = Extract<Check, { kind: 'matched' }>;

/** Of each table that is counted whole all its rows, and of the others those that a statement means or a foreign key takes along, and those of which it throws values away. */
export function goingRows(phase: Phase, evidence: Evidence): Quantity[] {
  return phase.checks.flatMap((check) => {
    if (check.kind !== 'matched' && check.kind !== 'rows') return [];
    const measurement = evidence.measurements.find((one) => one.check === check.id);
    if (measurement?.kind === 'rows') return [measurement.rows];
    return measurement?.kind === 'matched' ? measurement.tables.flatMap(({ goes, loses }) => [goes, ...(loses ? [loses] : [])]) : [unknown('it was not measured')];
  });
}

/** What is not exact blocks; what a foreign key does beyond the statement is to be known. */
export function judgeMatched(check: MatchedCheck, { tables }: Matched): JudgedFinding[] {
  return check.tables.flatMap((wanted): JudgedFinding[] => {
    const found = wanted && tables.find((one) => tableKey(one.table) === tableKey(wanted.table));
    if (!wanted || !found) return [];
    const table = tableKey(wanted.table);
    const missing = [...(wanted.goes ? [notExact(`The number of rows of ${table} that go`, table, found.goes)] : []), ...(wanted.changes ? [notExact(`The number of rows of ${table} that change`, table, found.changes)] : [])].filter((one) => one !== null);
    const values = exactValue(found.loses ?? exact(0)) ?? 0;
    const lost = values > 0 ? [toKnow('VALUES_LOST', `${counted(values, 'row', 'rows')} of ${table} ${values === 1 ? 'loses' : 'lose'} a value that stood in ${values === 1 ? 'it' : 'them'}: nothing of it, or only a part, is in what takes its place.`)] : [];
    if (missing.length > 0 || wanted.by.length === 0) return [...missing, ...lost];
    const [goes, changes] = [exactValue(found.goes) ?? 0, exactValue(found.changes) ?? 0];
    const keys = `${wanted.by.length === 1 ? 'the foreign key' : 'the foreign keys'} ${listed(wanted.by)}`;
    return [
      ...(goes > 0 ? [toKnow('ROWS_TAKEN_ALONG', `${counted(goes, 'row', 'rows')} of ${table} ${goes === 1 ? 'goes' : 'go'} with the rows that ${goes === 1 ? 'it refers' : 'they refer'} to, by ${keys}.`)] : []),
      ...(changes > 0 ? [toKnow('ROWS_CHANGED_ALONG', `${counted(changes, 'row', 'rows')} of ${table} ${changes === 1 ? 'gets another value' : 'get other values'} with the rows that ${changes === 1 ? 'it refers' : 'they refer'} to, by ${keys}. What stood there is kept nowhere.`)] : []),
    ];
  });
}

/** That a number is one of all rows is said where a statement means fewer. */
export function judgeInstead({ destructive }: Phase, { table, instead }: Extract<Check, { kind: 'rows' }>): JudgedFinding[] {
  if (instead === undefined) return [];
  return [toKnow('ROWS_NOT_MATCHED', `How many of the rows of ${tableKey(table)} ${destructive ? 'go, or lose a value,' : 'change'} cannot be counted before: ${instead}. ${destructive ? 'The number to type is that of all its rows' : 'What is counted is all its rows'}.`)];
}
