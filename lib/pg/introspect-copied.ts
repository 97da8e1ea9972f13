import { types } from 'pg';
import type { ColumnLook } from '#lib/pipeline/kinds/column.ts';
import type { DependencyRow } from './introspect-links.ts';
import type { Parsers } from './parsers.ts';
import type { CopiedLine } from './questions.ts';

/** Kinds of which there can be very many come by COPY. What stands where is said here once more, and must be as their files in prisma-free-sql/introspect/ say it. */
export type CopiedKind = 'column' | 'constraint' | 'index';

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
const textList = types.getTypeParser(1009 as number) as (text: string) => string[];

/** @see https://www.postgresql.org/docs/current/sql-copy.html, text format. */
function textOf(field: string | undefined): string | null {
  if (field === undefined || field === '\\N') return null;
  return field.includes('\\') ? field.replaceAll(/\\(.)/gs, (_whole, letter: string) => ESCAPES[letter] ?? letter) : field;
}

function numberOf(field: string | undefined): number | null {
  return field === undefined || field === '\\N' ? null : Number(field);
}

function isTrue(field: string | undefined): boolean {
  return field === 't';
}

function listOf(field: string | undefined): string[] | null {
  const text = textOf(field);
  return text === null ? null : textList(text);
}

/**
 * Rows of the kinds as the ordinary protocol would give them; a short text that was there before is the same string again. What `belonging` fills in stands there from
 * the start: of a hundred thousand rows none is made twice for it. A column's `look` holds all that follows its name.
 */
export function copiedRows(parsers: Parsers): Readonly<Record<CopiedKind, (line: CopiedLine) => Record<string, unknown>>> {
  const text = (field: string | undefined): string | null => {
    const value = textOf(field);
    return value === null ? null : parsers.kept(value);
  };
  const constraint = constraintRow(text);
  const index = indexRow(text);
  return {
    column: (line) => {
      const [first, second] = [line.indexOf('\t'), line.indexOf('\t', line.indexOf('\t') + 1)];
      const third = line.indexOf('\t', second + 1);
      return { relation: Number(line.slice(0, first)), position: Number(line.slice(first + 1, second)), name: text(line.slice(second + 1, third)), look: lookOf(line.slice(third + 1)), of: null, expression: null, sequence: null, notNull: null };
    },
    constraint: (line) => constraint(line.split('\t')),
    index: (line) => index(line.split('\t')),
  };
}

/** More than a schema has, unless it has a type for each column: so many are kept, and then anew. */
const MOST_LOOKS = 4096;
const LOOKS = new Map<string, ColumnLook>();

/** One object for all columns of one look, of both sides of a comparison: nearly all columns of a large schema share a few. */
function lookOf(rest: string): ColumnLook {
  const known = LOOKS.get(rest);
  if (known) return known;
  if (LOOKS.size >= MOST_LOOKS) LOOKS.clear();
  const f = rest.split('\t');
  const look: ColumnLook = {
    type: textOf(f[0]) ?? '', nullable: isTrue(f[1]), identity: textOf(f[2]), kept: textOf(f[3]), collation: textOf(f[4]), storage: textOf(f[5]), usual_storage: textOf(f[6]) ?? '',
    compression: textOf(f[7]), statistics_target: numberOf(f[8]), options: listOf(f[9]), foreign_options: listOf(f[10]), inherited: isTrue(f[11]), local: isTrue(f[12]), partition: isTrue(f[13]),
  };
  LOOKS.set(rest, look);
  return look;
}

type Fields = readonly string[];
type Text = (field: string | undefined) => string | null;

function constraintRow(text: Text): (fields: Fields) => Record<string, unknown> {
  return (f) => ({
    oid: numberOf(f[0]), relation: numberOf(f[1]), name: text(f[2]), type: text(f[3]), definition: text(f[4]), column_numbers: text(f[5]), index: numberOf(f[6]), validated: isTrue(f[7]),
    deferrable: text(f[8]), inherited: isTrue(f[9]), local: isTrue(f[10]), partition: isTrue(f[11]), parent_name: text(f[12]), referenced_schema: text(f[13]), referenced_table: text(f[14]),
    referenced_columns_of: numberOf(f[15]), referenced_column_numbers: text(f[16]), match: text(f[17]), on_update: text(f[18]), on_delete: text(f[19]),
    on_delete_column_numbers: text(f[20]), period: isTrue(f[21]), enforced: isTrue(f[22]), index_options: listOf(f[23]), clustered: isTrue(f[24]), parent_index: text(f[25]), valid: isTrue(f[26]),
    of: null, columns: null, referenced_columns: null, on_delete_columns: null,
  });
}

function indexRow(text: Text): (fields: Fields) => Record<string, unknown> {
  return (f) => ({
    oid: numberOf(f[0]), relation: numberOf(f[1]), name: text(f[2]), definition: text(f[3]), partial: isTrue(f[4]), method: text(f[5]), unique: isTrue(f[6]), valid: isTrue(f[7]),
    column_numbers: text(f[8]), columns: listOf(f[9]), clustered: isTrue(f[10]), inherited: isTrue(f[11]), parent_name: text(f[12]), column_settings: listOf(f[13]),
    column_options: text(f[14]), collations: text(f[15]), condition: text(f[16]), key_numbers: text(f[17]), of: null,
  });
}

export function copiedDependency(line: CopiedLine): DependencyRow {
  const f = line.split('\t');
  return { classid: Number(f[0]), oid: Number(f[1]), subid: Number(f[2]), refclassid: Number(f[3]), refoid: Number(f[4]), refsubid: Number(f[5]) };
}
