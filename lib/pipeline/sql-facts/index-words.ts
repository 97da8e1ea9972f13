import { ident } from '../ddl.ts';
import type { TableName } from '../plan.ts';
import type { IndexSpec } from '../step-kinds/outside.ts';
import { listAt, type Node, nodeAt, textAt, wrapped } from './tree.ts';

const NAME = String.raw`(?:"(?:[^"]|"")+"|[\w$\u0080-\uffff]+)`;
const BEHIND = new RegExp(String.raw`^${NAME}(?:\s*\.\s*${NAME})*\s*\*?\s*(?:USING\s+${NAME}\s*)?(?<rest>[\s\S]*)$`, 'iu');

/**
 * What follows USING. Plain columns are written as the server writes them, so that the engine can recognise the index by its definition; expressions and conditions only the server
 * can write, and then it is the person's own text, marked so. null where the text does not lead back to the tree.
 */
export function indexSpec(node: Node, sql: string, table: TableName): IndexSpec | null {
  const name = textAt(node, 'idxname');
  if (name === null) return null;
  const spec = { schema: table.schema, name, table, unique: node.unique === true };
  const method = textAt(node, 'accessMethod') ?? 'btree';
  const plain = isPlain(node) ? listAt(node, 'indexParams').map((each) => columnWords(wrapped(each, 'IndexElem') ?? {})) : null;
  if (plain) return { ...spec, using: `${ident(method)} (${plain.join(', ')})${included(node)}${node.nulls_not_distinct === true ? ' NULLS NOT DISTINCT' : ''}` };
  const rest = textBehindTable(nodeAt(node, 'relation'), sql);
  return rest === null ? null : { ...spec, using: `${ident(method)} ${rest}`, asWritten: true };
}

function isPlain(node: Node): boolean {
  if (node.whereClause !== undefined || node.options !== undefined || node.tableSpace !== undefined) return false;
  return listAt(node, 'indexParams').every((each) => {
    const element = wrapped(each, 'IndexElem') ?? {};
    return textAt(element, 'name') !== null && element.opclass === undefined && element.opclassopts === undefined && element.collation === undefined;
  });
}

/** As pg_get_indexdef() says it: only what is not usual. */
function columnWords(element: Node): string {
  const descending = element.ordering === 'SORTBY_DESC';
  const nulls = String(element.nulls_ordering);
  const order = descending ? (nulls === 'SORTBY_NULLS_LAST' ? ' DESC NULLS LAST' : ' DESC') : nulls === 'SORTBY_NULLS_FIRST' ? ' NULLS FIRST' : '';
  return `${ident(textAt(element, 'name') ?? '')}${order}`;
}

function included(node: Node): string {
  const columns = listAt(node, 'indexIncludingParams').map((each) => ident(textAt(wrapped(each, 'IndexElem') ?? {}, 'name') ?? '?'));
  return columns.length > 0 ? ` INCLUDE (${columns.join(', ')})` : '';
}

/** Places of the parser are bytes of the UTF-8 text. */
function textBehindTable(relation: Node, sql: string): string | null {
  if (typeof relation.location !== 'number') return null;
  const rest = BEHIND.exec(Buffer.from(sql, 'utf8').subarray(relation.location).toString('utf8'))?.groups?.rest?.trim().replace(/;$/, '').trim();
  return rest?.startsWith('(') ? rest : null;
}
