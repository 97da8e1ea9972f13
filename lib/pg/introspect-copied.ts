import { types } from 'pg';
import type { CopiedFields, Parsers } from './each-row.ts';
import type { DependencyRow } from './introspect-links.ts';

/** Kinds of which there can be very many come by COPY. What stands where is said here once more, and must be as their files in prisma-free-sql/introspect/ say it. */
export type CopiedKind = 'column' | 'constraint' | 'index';

type Fields = CopiedFields;

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
 * the start: of a hundred thousand rows none is made twice for it.
 */
export function copiedRows(parsers: Parsers): Readonly<Record<CopiedKind, (fields: Fields) => Record<string, unknown>>> {
  const text = (field: string | undefined): string | null => {
    const value = textOf(field);
    return value === null ? null : parsers.kept(value);
  };
  return {
    column: (f) => ({
      relation: numberOf(f[0]), position: numberOf(f[1]), name: text(f[2]), type: text(f[3]), nullable: isTrue(f[4]), identity: text(f[5]), kept: text(f[6]), collation: text(f[7]),
      storage: text(f[8]), usual_storage: text(f[9]), compression: text(f[10]), statistics_target: numberOf(f[11]), options: listOf(f[12]), foreign_options: listOf(f[13]),
      inherited: isTrue(f[14]), local: isTrue(f[15]), partition: isTrue(f[16]), of: null, expression: null, sequence: null, notNull: null,
    }),
    constraint: (f) => ({
      oid: numberOf(f[0]), relation: numberOf(f[1]), name: text(f[2]), type: text(f[3]), definition: text(f[4]), column_numbers: text(f[5]), index: numberOf(f[6]), validated: isTrue(f[7]),
      deferrable: text(f[8]), inherited: isTrue(f[9]), local: isTrue(f[10]), partition: isTrue(f[11]), parent_name: text(f[12]), referenced_schema: text(f[13]), referenced_table: text(f[14]),
      referenced_columns_of: numberOf(f[15]), referenced_column_numbers: text(f[16]), match: text(f[17]), on_update: text(f[18]), on_delete: text(f[19]),
      on_delete_column_numbers: text(f[20]), period: isTrue(f[21]), enforced: isTrue(f[22]), index_options: listOf(f[23]), clustered: isTrue(f[24]),
      of: null, columns: null, referenced_columns: null, on_delete_columns: null,
    }),
    index: (f) => ({
      oid: numberOf(f[0]), relation: numberOf(f[1]), name: text(f[2]), definition: text(f[3]), partial: isTrue(f[4]), method: text(f[5]), unique: isTrue(f[6]), valid: isTrue(f[7]),
      column_numbers: text(f[8]), columns: listOf(f[9]), clustered: isTrue(f[10]), inherited: isTrue(f[11]), parent_name: text(f[12]), column_settings: listOf(f[13]),
      column_options: text(f[14]), collations: text(f[15]), of: null,
    }),
  };
}

export function copiedDependency(f: Fields): DependencyRow {
  return { classid: Number(f[0]), oid: Number(f[1]), subid: Number(f[2]), refclassid: Number(f[3]), refoid: Number(f[4]), refsubid: Number(f[5]) };
}
