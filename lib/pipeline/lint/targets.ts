import { foundAt, listAt, nodeAt, nodesAt } from '../sql-facts/tree.ts';
import type { SceneStatement } from './finding.ts';
import { dropName, rangeName, type SaidName } from './said-names.ts';

/** The relations that a statement changes, as it names them: the table of an ALTER, an INSERT or a new index, what a DROP takes. Reading changes nothing. */
export function saidTargets(statement: SceneStatement): SaidName[] {
  const { kind, node } = statement;
  if (kind === 'SelectStmt') return [];
  if (kind === 'DropStmt') return listAt(node, 'objects').flatMap((one) => dropName(one) ?? []);
  if (kind === 'LockStmt' || kind === 'TruncateStmt') return nodesAt(node, 'relations', 'RangeVar').flatMap((one) => rangeName(one) ?? []);
  const into = nodeAt(nodeAt(node, 'into'), 'rel');
  const said = rangeName(foundAt(node, 'relation') ?? foundAt(node, 'view') ?? into);
  return said ? [said] : [];
}
