import { ident, qualified } from '../../ddl.ts';
import { notNullDrafts } from '../../planner/alter-column.ts';
import { type Draft, part } from '../../planner/draft.ts';
import type { PlanResult } from '../../planner/make-plan.ts';
import { spoken } from '../../planner/names.ts';
import { walkOver } from '../../planner/orphan-rows.ts';
import { foundAt, nodesAt, textAt, wrapped } from '../../sql-facts/tree.ts';
import { namesOf } from '../names.ts';
import { saidColumn } from '../said-columns.ts';
import { cutText, keyOf, onlyCommand, placed, replaceStatement, SEVERAL, tableOf, unended } from './drafts.ts';
import { GONE, refusedForm, UNREAD } from './form.ts';
import type { SaferInput } from './safer.ts';

const UNDERSTOOD: ReadonlySet<string> = new Set(['CONSTR_DEFAULT', 'CONSTR_NOTNULL', 'CONSTR_NULL']);

/**
 * A column with a default that must be computed for every row: added empty, then the default for new rows, then the old rows in batches, then NOT NULL by a check. Going back drops the column,
 * so that the batches need no note.
 */
export function columnThenDefault({ plan, scene, finding, facts }: SaferInput): PlanResult {
  const here = placed(plan, scene, finding);
  const table = here ? tableOf(scene, here.statement) : null;
  if (!here || !table) return refusedForm(GONE);
  if (!facts.current) return refusedForm(UNREAD);
  const def = wrapped(onlyCommand(here.statement)?.def, 'ColumnDef');
  if (!def) return refusedForm(SEVERAL);
  const constraints = nodesAt(def, 'constraints', 'Constraint').toSorted((a, b) => Number(a.location ?? 0) - Number(b.location ?? 0));
  const place = constraints.findIndex((one) => one.contype === 'CONSTR_DEFAULT');
  const strange = constraints.find((one) => !UNDERSTOOD.has(textAt(one, 'contype') ?? ''));
  if (place < 0 || strange || foundAt(def, 'collClause')) return refusedForm('The column has more than a type, NOT NULL and a default: write the rest as statements of their own first.');
  const sql = unended(here.statement.sql);
  const next = constraints[place + 1];
  const fallback = cutText(sql, Number(constraints[place]?.location ?? 0), next ? Number(next.location ?? 0) : undefined).trim();
  const column = saidColumn(def);
  const names = namesOf(scene);
  const walked = table.known ? keyOf(names, names.before(here.statement), table.known) : null;
  if (!walked) return refusedForm(`${table.name.name} has no primary key that is known, by which its rows could be walked.`);
  const { key, types } = walked;
  const alter = `ALTER TABLE ${qualified(table.name)}`;
  const where = `${spoken(table.name)}.${column.name}`;
  const add = part(`Add ${where}, and its default for new rows`, [{ mode: 'ACCESS EXCLUSIVE', table: table.name }], [`${alter} ADD COLUMN ${ident(column.name)} ${column.type}`, `${alter} ALTER COLUMN ${ident(column.name)} SET ${fallback}`], [`${alter} DROP COLUMN ${ident(column.name)}`], [{ code: 'BLOCKS_READS_AND_WRITES', sentence: `Reads and writes of ${spoken(table.name)} wait for a moment; no row is read.` }]);
  const same = `(${key.map(ident).join(', ')}) IN (SELECT ${key.map((name) => `w.${ident(name)}`).join(', ')} FROM w)`;
  const fill: Draft = {
    title: `Fill ${where}, in batches`,
    statements: [],
    work: { kind: 'batches', walks: [walkOver({ key, types }, table.name, `fill ${where}`, `changed AS (UPDATE ${qualified(table.name)} SET ${ident(column.name)} = DEFAULT WHERE ${same} AND ${ident(column.name)} IS NULL RETURNING 1)`)], after: [] },
    undo: [], locks: [{ mode: 'ROW EXCLUSIVE', table: table.name }], rewrite: false, hazards: [], editable: false,
  };
  return replaceStatement(plan, here, [add, fill, ...(column.nullable ? [] : notNullDrafts(table.name, column.name, facts.major * 10_000))]);
}
