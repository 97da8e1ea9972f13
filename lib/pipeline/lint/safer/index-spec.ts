import { ident, idents } from '../../ddl.ts';
import type { IndexSpec } from '../../step-kinds/outside.ts';
import type { Snapshot } from '../../snapshot.ts';
import type { SceneStatement } from '../finding.ts';
import type { TableName } from '../../plan.ts';
import { asKind, kindsAt, listAt, type Node, nodeAt, stringsAt, textAt } from '../tree.ts';

/**
 * A CREATE INDEX in the words of the server, by which the catalog proves it later. Plain columns are spelled here; for expressions, conditions and operator classes the words of a reading
 * of the desired database are taken, where it has that index. Null: nobody knows how the server would spell it.
 */
export function indexSpec(statement: SceneStatement, table: TableName, desired: Snapshot | null): IndexSpec | null {
  const { node } = statement;
  const parts = kindsAt(node, 'indexParams', 'IndexElem').map(partText);
  const included = kindsAt(node, 'indexIncludingParams', 'IndexElem').flatMap((one) => textAt(one, 'name') ?? []);
  const name = textAt(node, 'idxname') ?? [table.name, ...kindsAt(node, 'indexParams', 'IndexElem').map((one) => textAt(one, 'name') ?? 'expr'), 'idx'].join('_');
  const unique = node.unique === true;
  const base = { schema: table.schema, name, table, unique };
  const wanted = desired?.objects.find((object) => object.kind === 'index' && object.name === name && object.schema === table.schema && object.parent === `table:${table.schema}.${table.name}`);
  const plain = parts.every((part) => part !== null) && nodeAt(node, 'whereClause') === null && listAt(node, 'options').length === 0;
  if (!plain) return typeof wanted?.attributes.using === 'string' && wanted.attributes.unique === unique ? { ...base, using: wanted.attributes.using } : null;
  const columns = parts.flatMap((part) => part ?? []).join(', ');
  return { ...base, using: `${textAt(node, 'accessMethod') ?? 'btree'} (${columns})${included.length > 0 ? ` INCLUDE (${idents(included)})` : ''}${node.nulls_not_distinct === true ? ' NULLS NOT DISTINCT' : ''}` };
}

/** As pg_get_indexdef spells a column: the usual order of NULLs is not said. */
function partText(element: Node): string | null {
  const name = textAt(element, 'name');
  if (name === null || stringsAt(element, 'opclass').length > 0 || stringsAt(element, 'collation').length > 0 || asKind(nodeAt(element, 'expr'), 'FuncCall')) return null;
  const descending = element.ordering === 'SORTBY_DESC';
  const nulls = element.nulls_ordering === 'SORTBY_NULLS_FIRST' && !descending ? ' NULLS FIRST' : element.nulls_ordering === 'SORTBY_NULLS_LAST' && descending ? ' NULLS LAST' : '';
  return `${ident(name)}${descending ? ' DESC' : ''}${nulls}`;
}
