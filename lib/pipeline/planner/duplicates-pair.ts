import { ident, qualified } from '../ddl.ts';
import { tableKey } from '../expectation.ts';
import { conflictsDigestSql, conflictsFrom, sameKeySql, type Overlap } from '../overlap.ts';
import type { OverlapDecision, Statement, TableName } from '../plan.ts';
import { tableId } from './convert.ts';
import { execute, list, tableName, text, type Workbench } from './input.ts';
import { keptTable, spoken } from './names.ts';

/** A table that goes, and the one that takes its rows over. */
export interface Pair extends Overlap {
  decision: OverlapDecision | null;
  /** SQL types of the key's columns in the duplicate. */
  keyTypes: readonly string[];
  /** Columns that the duplicate also has and the server computes: nobody writes them. */
  computed: boolean;
  /** A column of which only the server gives numbers. */
  identity: boolean;
  /** Sequences of the kept table that give numbers for its key, with the column. */
  numbers: readonly { column: string; sequence: string }[];
}

export function mergedNote(bench: Pick<Workbench, 'keepSchema'>, pair: Pair): TableName {
  return keptTable(bench.keepSchema, pair.duplicate, '_merged');
}

export function replacedNote(bench: Pick<Workbench, 'keepSchema'>, pair: Pair): TableName {
  return keptTable(bench.keepSchema, pair.duplicate, '_replaced');
}

/** Conflicts have an answer that lets the merge go on. */
export function settles({ decision }: Pair): boolean {
  return decision !== null && decision.verdict !== 'stop';
}

/** A table with nothing but its key has no values to differ in. */
export function hasValues(pair: Pair): boolean {
  return pair.columns.length > pair.key.length;
}

/** Rows of the table that stays get values of the one that goes. */
export function overwrites(pair: Pair): boolean {
  return (pair.decision?.verdict === 'keep_duplicate' || pair.decision?.verdict === 'newest') && hasValues(pair);
}

/** Never backwards. A rollback leaves it where it is: numbers that were given stay given. `highest`: the table whose numbers they go on behind. */
export function numberOn(pair: Pair, { column, sequence }: Pair['numbers'][number], highest: TableName = pair.kept): Statement {
  return execute(`numbers of ${pair.kept.name}.${column} go on behind the merged rows`, numbersBehind(sequence, column, qualified(highest)));
}

/** `from`: the rows behind whose highest number the sequence is to go on. */
export function numbersBehind(sequence: string, column: string, from: string): string {
  return `SELECT setval(s.sequence, s.last) FROM (SELECT ${sequence}::regclass AS sequence, max(k.${ident(column)})::bigint AS last FROM ${from} k) s\n  WHERE s.last > coalesce(pg_sequence_last_value(s.sequence), 0)`;
}

/** Rows that point at a merged row by a key that takes them along, or takes their reference away: a rollback that did that in silence would lose what nobody was told of. `done`: only such as the note says came over. */
export function childrenOf(bench: Workbench, pair: Pair, done = false): Statement[] {
  const keys = [...bench.current.values()].filter((object) => object.kind === 'constraint' && text(object, 'type') === 'foreign key' && text(object, 'references') === tableId(pair.kept) && !['NO ACTION', 'RESTRICT'].includes(text(object, 'onDelete') ?? ''));
  return keys.flatMap((key): Statement[] => {
    const child = bench.current.get(key.parent ?? '');
    if (!child) return [];
    const referenced = list(key, 'referencedColumns');
    const match = list(key, 'columns').map((column, i) => `c.${ident(column)} = k.${ident(referenced[i] ?? '')}`).join(' AND ');
    const name = tableName(child);
    return [{ do: 'assert', label: `rows of ${spoken(name)} that refer to merged rows by ${key.name}`, sql: `SELECT count(*)::text FROM ${qualified(name)} c JOIN ${qualified(pair.kept)} k ON ${match} JOIN ${qualified(mergedNote(bench, pair))} n ON ${sameKeySql(pair.key, 'k', 'n')}${done ? ' WHERE n.countersign_done' : ''}`, expect: { from: 'literal', value: '0' } }];
  });
}

export function overlapId(pair: Pair): string {
  return `overlap:${tableKey(pair.duplicate)}`;
}

/** Without a decision conflicts stop the step. With one, they must be those that were signed, to the letter. */
export function conflictAssertions(pair: Pair): Statement[] {
  const sql = conflictsCounted(pair);
  if (!settles(pair)) return [{ do: 'assert', label: 'rows that differ under one key', sql, expect: { from: 'literal', value: '0' } }];
  const check = overlapId(pair);
  return [
    { do: 'assert', label: `rows of ${spoken(pair.duplicate)} that contradict ${spoken(pair.kept)}`, sql, expect: { from: 'evidence', check, field: 'conflicts' } },
    { do: 'assert', label: `digest of what they say in the two tables`, sql: conflictsDigestSql(pair), expect: { from: 'evidence', check, field: 'conflictsDigest' } },
  ];
}

export function conflictsCounted(pair: Pair): string {
  return `SELECT count(*)::text ${conflictsFrom(pair)}`;
}

/** Behind conflictsFrom: only those that the duplicate wins. */
export function newerOnly({ decision }: Pair): string {
  return decision?.verdict === 'newest' ? ` AND d.${ident(decision.by ?? '')} > k.${ident(decision.by ?? '')}` : '';
}
