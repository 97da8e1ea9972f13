import { columnIn, conjuncts, fixed } from './conditions.ts';
import { findNodes, foundAt, listAt, type Node, nodeAt, nodesAt, textAt, unwrap, words, wrapped } from './tree.ts';

/** A table of whose rows a statement overwrites values, so that nothing of what stood there is left in what takes its place. */
export interface Overwritten {
  /** The RangeVar of the table. */
  relation: Node;
  columns: readonly string[];
}

/**
 * Columns whose values an UPDATE, a MERGE or an INSERT … ON CONFLICT DO UPDATE throws away, in the statement itself, in its WITH clauses and below it: they get a value in which they are not
 * named or of which only a part is kept, and the condition does not say what stood there before (`c IS NULL`, `c = 'a'`). The moment of the change beside other columns is a stamp, which any change would have overwritten.
 * Whether the column was there, and held anything, is for others to say.
 */
export function overwritten(tree: unknown): Overwritten[] {
  return findNodes(tree, ['UpdateStmt', 'MergeStmt', 'InsertStmt']).flatMap(({ kind, node }) => {
    const relation = foundAt(node, 'relation');
    const columns = relation ? [...new Set(assignmentsOf(kind, node).flatMap((one) => lostIn(one, callsItself(relation))))] : [];
    return relation && columns.length > 0 ? [{ relation, columns }] : [];
  });
}

interface Assignments {
  targets: readonly Node[];
  where: Node | null;
}

function assignmentsOf(kind: string, node: Node): Assignments[] {
  if (kind === 'UpdateStmt') return [{ targets: nodesAt(node, 'targetList', 'ResTarget'), where: foundAt(node, 'whereClause') }];
  if (kind === 'InsertStmt') {
    const conflict = nodeAt(node, 'onConflictClause');
    return conflict.action === 'ONCONFLICT_UPDATE' ? [{ targets: nodesAt(conflict, 'targetList', 'ResTarget'), where: foundAt(conflict, 'whereClause') }] : [];
  }
  return nodesAt(node, 'mergeWhenClauses', 'MergeWhenClause').filter((clause) => clause.commandType === 'CMD_UPDATE').map((clause) => ({ targets: nodesAt(clause, 'targetList', 'ResTarget'), where: foundAt(clause, 'condition') }));
}

/** Of their first argument these keep a part, or only what is made of it. */
const CUTTING: ReadonlySet<string> = new Set(['left', 'right', 'substr', 'substring', 'split_part', 'trunc', 'floor', 'ceil', 'ceiling', 'round', 'date_trunc', 'date_part', 'extract', 'length', 'char_length', 'octet_length', 'md5', 'sha256', 'hashtext']);

/** Whether an expression is, behind its casts, a function that keeps only a part of what it is given. */
export function isCut(value: unknown): boolean {
  const one = unwrap(value);
  if (one?.kind === 'TypeCast') return isCut(one.node.arg);
  return one?.kind === 'FuncCall' && CUTTING.has(words(listAt(one.node, 'funcname')).at(-1) ?? '');
}

function callsItself(relation: Node): string {
  return textAt(nodeAt(relation, 'alias'), 'aliasname') ?? textAt(relation, 'relname') ?? '';
}

function lostIn({ targets, where }: Assignments, alias: string): string[] {
  const told = where ? conjuncts(where).flatMap((part) => pinned(part) ?? []) : [];
  return targets.flatMap((target) => {
    const name = textAt(target, 'name') ?? '';
    return told.includes(name) || (keepsItself(target.val, name, alias) && !isCut(target.val)) || (targets.length > 1 && isMoment(target.val)) ? [] : [name];
  });
}

/** The column of which the condition says what stands there. */
function pinned(part: Node): string | null {
  const test = wrapped(part, 'NullTest');
  return test?.nulltesttype === 'IS_NULL' ? columnIn(test.arg) : fixed(part, ['AEXPR_OP']);
}

/** Whether an expression names the column of the row that is written: behind the table's own word, or without one where no other table is read. */
function keepsItself(value: unknown, column: string, alias: string): boolean {
  const elsewhere = new Set(findNodes({ value }, ['SubLink']).filter(({ node }) => listAt(wrapped(node.subselect, 'SelectStmt') ?? {}, 'fromClause').length > 0).flatMap(({ node }) => findNodes(node, ['ColumnRef']).map((one) => one.node)));
  return findNodes({ value }, ['ColumnRef']).some(({ node }) => {
    const fields = words(listAt(node, 'fields'));
    return fields.at(-1) === column && (fields.length === 1 ? !elsewhere.has(node) : fields.at(-2) === alias);
  });
}

const MOMENTS: ReadonlySet<string> = new Set(['now', 'clock_timestamp', 'statement_timestamp', 'transaction_timestamp', 'timezone']);

function isMoment(value: unknown): boolean {
  const one = unwrap(value);
  if (one?.kind === 'TypeCast') return isMoment(one.node.arg);
  if (one?.kind === 'SQLValueFunction') return /DATE|TIME/.test(String(one.node.op));
  return one?.kind === 'FuncCall' && MOMENTS.has(words(listAt(one.node, 'funcname')).at(-1) ?? '');
}
