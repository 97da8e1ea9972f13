import type { Ground } from '../editor/written-sql.ts';
import { readTyped, type TypedStatement } from '../editor/typed-sql.ts';
import type { Step, TableName } from '../plan.ts';
import { objectId } from '../snapshot.ts';
import { bodyOf } from '../sql-facts/body.ts';
import { factsOf } from '../sql-facts/facts-of.ts';
import type { StatementFacts } from '../sql-facts/facts.ts';
import { losesValues } from '../sql-facts/alter-column.ts';
import { columnObject } from '../sql-facts/existing.ts';
import { overwritten } from '../sql-facts/overwrites.ts';
import { nodesAt, placeless, textAt } from '../sql-facts/tree.ts';
import { listed } from '../words.ts';
import { spoken } from './names.ts';

/** What a person wrote into a step of a generated phase beyond what it said: why that cannot be (null: it can), and the tables that it names. */
export interface Edited {
  refusal: string | null;
  touches: string[];
}

/**
 * What is counted and signed of a generated phase follows from its differences, so that rows which leave by a statement of a person's would be in no number, and the phase in need of fewer
 * signatures than one that takes rows away. Such a statement is refused, and one that hides what it does.
 */
export async function editedLosses(step: Step, sql: string, ground: Ground): Promise<Edited> {
  const [before, after] = [await readTyped(step.statements.map((one) => `${one.sql};`).join('\n')), await readTyped(sql)];
  const known = new Set(before.ok ? before.statements.map(treeOf) : []);
  const fresh = (after.ok ? after.statements : []).filter((one) => !known.has(treeOf(one)));
  const read = fresh.map((one) => ({ one, facts: factsOf(one.kind, one.node, one.sql, { major: ground.major, searchPath: step.searchPath ?? ['public'], existing: ground.existing }) }));
  const there = ({ schema, name }: TableName) => !ground.existing || ground.existing.objects.has(objectId('table', schema, name));
  const losing = [...new Set(read.flatMap(({ one, facts }) => [...lost(facts), ...valuesLost(one, facts, ground)]).filter(there).map(spoken))];
  const hides = read.some(({ one }) => isHidden(one));
  const touches = read.flatMap(({ facts }) => facts.tables.map((table) => objectId('table', table.schema, table.name))).filter((id) => ground.existing?.objects.has(id));
  return { refusal: losing.length > 0 ? `Rows or values of ${listed(losing)} would go` : hides ? 'What it does cannot be read off its text' : null, touches: [...new Set(touches)] };
}

function treeOf({ kind, node }: TypedStatement): string {
  return `${kind} ${JSON.stringify(placeless(node))}`;
}

function lost({ loses, hazards, tables }: StatementFacts): readonly TableName[] {
  if (loses.length > 0) return loses;
  return hazards.some(({ code }) => code === 'LOSES_DATA' || code === 'REMOVES_ROWS') ? tables.slice(0, 1) : [];
}

/** Tables of which it throws away what stood in a column that is there. */
function valuesLost({ kind, node, sql }: TypedStatement, { tables, through }: StatementFacts, { existing }: Ground): TableName[] {
  const [table] = tables;
  const typeOf = (column: string) => (existing && table ? columnObject(existing, table, column)?.attributes.type : undefined);
  const retyped = kind === 'AlterTableStmt' && nodesAt(node, 'cmds', 'AlterTableCmd').some((cmd) => cmd.subtype === 'AT_AlterColumnType' && losesValues(cmd, (typeOf(textAt(cmd, 'name') ?? '') ?? null) as string | null));
  const body = kind === 'DoStmt' ? (bodyOf(node, sql)?.statements ?? []).map((one) => ({ [one.kind]: one.node })) : [];
  const assigned = overwritten([{ [kind]: node }, ...body]).flatMap(({ relation, columns }) => tables.filter((one) => one.name === relation.relname && columns.some((column) => !existing || columnObject(existing, one, column))));
  const called = through.flatMap((one) => (one.by === 'function' ? one.body.writes : one.by === 'rule' ? one.writes : [])).filter(({ overwrites }) => overwrites).map((one) => one.table);
  return [...(retyped && table ? [table] : []), ...assigned, ...called];
}

function isHidden({ kind, node, sql }: TypedStatement): boolean {
  if (kind === 'CallStmt' || kind === 'ExecuteStmt') return true;
  const body = kind === 'DoStmt' ? bodyOf(node, sql) : null;
  return kind === 'DoStmt' && (body === null || body.unknown);
}
