import { foundAt, listAt, nodeAt, textAt, wrapped } from '../sql-facts/tree.ts';
import type { OutsideAct } from '../step-kinds/outside.ts';
import type { SceneStatement } from './finding.ts';
import { keyOf } from './names-history.ts';
import type { NamedIndex, NamedTable } from './names.ts';
import type { Walk } from './names-walk.ts';
import type { SaidConstraint } from './said-columns.ts';
import { rangeName } from './said-names.ts';

/** A constraint comes to a table, with the index behind it. */
export function constrain(walk: Walk, at: number, statement: SceneStatement, table: NamedTable, said: SaidConstraint): void {
  const { history } = walk;
  const list = history.constraintsOf(at + 1, table.id);
  const over = said.name === null ? null : (list.find((one) => one.name === said.name) ?? null);
  const parent = said.references ? history.tables.at(at + 1, keyOf(walk.resolve(at + 1, said.references, walk.searchPath))) : null;
  walk.happenings.push({ what: 'constrained', statement, at, table, said, over, parent });
  if (said.name === null) return;
  history.setConstraints(at, table.id, [...list.filter((one) => one !== over), { name: said.name, of: table.id, type: said.type, columns: said.columns, references: parent?.id ?? null, named: said.named, madeBy: statement }]);
  if (!['primary key', 'unique', 'exclusion'].includes(said.type)) return;
  const name = { schema: table.table.schema, name: said.name };
  const used = said.usingIndex === null ? null : history.indexes.at(at + 1, keyOf({ schema: table.table.schema, name: said.usingIndex }));
  // ADD CONSTRAINT … USING INDEX gives the index the name of the constraint.
  if (used) history.dropIndex(at, used);
  const index: NamedIndex = { name, of: table.id, unique: said.type !== 'exclusion', columns: used ? used.columns : said.columns, constraint: said.name, madeBy: statement };
  if (!over && said.named) noteIndex(walk, at, statement, index, false);
  else history.putIndex(at, index);
}

function noteIndex(walk: Walk, at: number, statement: SceneStatement, index: NamedIndex, ifNotExists: boolean): void {
  const key = keyOf(index.name);
  const over = walk.history.indexes.at(at + 1, key) !== null || walk.history.tables.at(at + 1, key) !== null;
  walk.happenings.push({ what: 'indexed', statement, at, index, over, ifNotExists });
  if (!over) walk.history.putIndex(at, index);
}

/** CREATE INDEX in a text. */
export function indexed(walk: Walk, at: number, statement: SceneStatement): void {
  const { node } = statement;
  const said = rangeName(nodeAt(node, 'relation'));
  const table = said ? walk.history.tables.at(at, keyOf(walk.resolve(at, said, walk.searchPath))) : null;
  if (!table) return;
  const parts = listAt(node, 'indexParams').map((one) => textAt(wrapped(one, 'IndexElem') ?? {}, 'name'));
  const plain = parts.every((one) => one !== null) && foundAt(node, 'whereClause') === null && (textAt(node, 'accessMethod') ?? 'btree') === 'btree';
  const columns = parts.flatMap((one) => one ?? []);
  const name = textAt(node, 'idxname') ?? [table.table.name, ...columns, 'idx'].join('_');
  noteIndex(walk, at, statement, { name: { schema: table.table.schema, name }, of: table.id, unique: node.unique === true, columns: plain ? columns : null, constraint: null, madeBy: statement }, node.if_not_exists === true);
}

/** Indexes that are built and dropped outside a transaction have no statement in their step. */
export function indexOut(walk: Walk, at: number, act: OutsideAct): void {
  if (act.act === 'create_index') {
    const table = walk.history.tables.at(at, keyOf(act.index.table));
    if (table) walk.history.putIndex(at, { name: { schema: act.index.schema, name: act.index.name }, of: table.id, unique: act.index.unique, columns: null, constraint: null, madeBy: null });
  }
  if (act.act === 'drop_index') {
    const index = walk.history.indexes.at(at, keyOf({ schema: act.index.schema, name: act.index.name }));
    if (index) walk.history.dropIndex(at, index);
  }
}
