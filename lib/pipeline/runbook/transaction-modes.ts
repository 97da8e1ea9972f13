import { isLook } from './expected.ts';
import { type Node, nodeAt, nodesAt, textAt, wrapped } from '../sql-facts/tree.ts';

/** What a text says of a transaction beyond that it begins. */
export interface TransactionModes {
  /** As it is written, in capitals: `READ ONLY`, `ISOLATION LEVEL SERIALIZABLE`, `DEFERRABLE`. */
  said: readonly string[];
  /** Its queries see one moment. */
  repeatable: boolean;
  readOnly: boolean;
}

export const NO_MODES: TransactionModes = { said: [], repeatable: false, readOnly: false };

/** The modes of BEGIN, START TRANSACTION and SET TRANSACTION; of a text that does not parse none. */
export function modesIn(one: { kind: string; node: Node } | { kind: null }): TransactionModes {
  if (one.kind === null) return NO_MODES;
  const { node } = one;
  const options = [...nodesAt(node, 'options', 'DefElem'), ...nodesAt(node, 'args', 'DefElem')];
  const modes = options.map((option) => ({ name: textAt(option, 'defname'), value: valueOf(option) }));
  const level = modes.find(({ name }) => name === 'transaction_isolation')?.value?.toUpperCase();
  const readOnly = modes.some(({ name, value }) => name === 'transaction_read_only' && value === '1');
  const deferrable = modes.some(({ name, value }) => name === 'transaction_deferrable' && value === '1');
  return { said: [...(level === undefined ? [] : [`ISOLATION LEVEL ${level}`]), ...(readOnly ? ['READ ONLY'] : []), ...(deferrable ? ['DEFERRABLE'] : [])], repeatable: level === 'REPEATABLE READ' || level === 'SERIALIZABLE', readOnly };
}

/** It is about the transaction in which it stands. */
export function isSetTransaction(one: { kind: string; node: Node } | { kind: null }): boolean {
  return one.kind === 'VariableSetStmt' && one.node.name === 'TRANSACTION';
}

export function bothModes(one: TransactionModes, other: TransactionModes): TransactionModes {
  return { said: [...new Set([...one.said, ...other.said])], repeatable: one.repeatable || other.repeatable, readOnly: one.readOnly || other.readOnly };
}

function valueOf(option: Node): string | null {
  const constant = wrapped(option.arg, 'A_Const') ?? {};
  return textAt(nodeAt(constant, 'sval'), 'sval') ?? (constant.ival === undefined ? null : String(nodeAt(constant, 'ival').ival ?? 0));
}

/** What becomes of each mode, one sentence each; none for what the step keeps. */
export function modeSentences({ said }: TransactionModes): string[] {
  return said.flatMap((mode) => {
    switch (mode) {
      case 'READ ONLY': return ['READ ONLY is left out: the worker writes the row that proves the step into its transaction. What stands in it are queries.'];
      case 'DEFERRABLE': return ['DEFERRABLE is left out: a step does not wait for a moment at which nobody else writes.'];
      case 'ISOLATION LEVEL SERIALIZABLE': return ['ISOLATION LEVEL SERIALIZABLE becomes REPEATABLE READ: all queries of the step see one moment, and the server does not look for circles of reads and writes between transactions.'];
      default: return [];
    }
  });
}

/** A statement that the server would refuse in a transaction that only reads: its place; -1: there is none. */
export function writesAt(statements: readonly { kind: string; node: Node }[]): number {
  return statements.findIndex(({ kind, node }) => !isLook(kind, node) && !['ExplainStmt', 'VariableShowStmt', 'VariableSetStmt', 'LockStmt'].includes(kind));
}
