import { ident, qualified } from '../ddl.ts';
import { parseObjectId } from '../snapshot.ts';
import type { HazardousStatement } from './hazards.ts';

/** A statement about one column of a table, in the words behind the table's name. */
interface OfColumn {
  table: string;
  column: string;
  words: string;
  retypes: boolean;
}

/** Statements of one table that stand beside each other; `retyped` is where its columns get their types. */
interface Run {
  table: string;
  statements: { of: OfColumn; statement: HazardousStatement }[];
  retyped: { at: number; columns: Set<string> } | null;
}

/**
 * The statements of a step as a person runs them: where columns of one table get other types, they get them in one statement, which writes the rows and builds the indexes once
 * instead of once a column. What stands between is about single columns of the same table, and may as well come before or after. Pure.
 */
export function written(statements: readonly HazardousStatement[]): HazardousStatement[] {
  const done: HazardousStatement[] = [];
  let run: Run | null = null;
  const end = (): void => {
    done.push(...(run?.statements ?? []).map(({ statement }) => statement));
    run = null;
  };
  for (const statement of statements) {
    const of = ofColumn(statement);
    if (of === null || run?.table !== of.table) end();
    if (of === null) done.push(statement);
    else run = taken(run ?? { table: of.table, statements: [], retyped: null }, { of, statement });
  }
  end();
  return done;
}

function taken(run: Run, next: Run['statements'][number]): Run {
  const { retypes } = next.of;
  const { retyped } = run;
  if (!retypes || retyped === null) return { ...run, statements: [...run.statements, next], retyped: retypes ? { at: run.statements.length, columns: new Set([next.of.column]) } : retyped };
  const between = run.statements.slice(retyped.at + 1);
  const standing = run.statements[retyped.at] ?? next;
  const one = { of: standing.of, statement: joined(standing.statement, next) };
  const columns = new Set([...retyped.columns, next.of.column]);
  if (!between.some(({ of }) => of.column === next.of.column)) return { ...run, statements: run.statements.with(retyped.at, one), retyped: { at: retyped.at, columns } };
  if (between.some(({ of }) => retyped.columns.has(of.column))) return { ...run, statements: [...run.statements, next], retyped: { at: run.statements.length, columns: new Set([next.of.column]) } };
  const rest = run.statements.toSpliced(retyped.at, 1);
  return { ...run, statements: [...rest, one], retyped: { at: rest.length, columns } };
}

function joined(first: HazardousStatement, { of, statement }: Run['statements'][number]): HazardousStatement {
  return { ...first, sql: `${first.sql},\n  ${of.words}`, hazards: [...first.hazards, ...statement.hazards], hazardCodes: [...new Set([...first.hazardCodes, ...statement.hazardCodes])] };
}

/** Null of whatever else it is, of other tables' columns too: nothing is moved over it. */
function ofColumn({ objectId, sql }: HazardousStatement): OfColumn | null {
  if (!objectId.startsWith('column:')) return null;
  const [schema = '', name = '', column = ''] = parseObjectId(objectId).path;
  const table = qualified({ schema, name });
  const head = [`ALTER TABLE ${table} `, `ALTER TABLE ONLY ${table} `].find((each) => sql.startsWith(`${each}ALTER COLUMN ${ident(column)} `));
  return head === undefined ? null : { table, column, words: sql.slice(head.length), retypes: sql.startsWith(`${head}ALTER COLUMN ${ident(column)} TYPE `) };
}
