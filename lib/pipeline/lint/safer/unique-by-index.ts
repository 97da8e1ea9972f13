import { idents } from '../../ddl.ts';
import { constraintDrafts } from '../../planner/alter-constraint.ts';
import type { PlanResult } from '../../planner/make-plan.ts';
import { objectId } from '../../snapshot.ts';
import { listAt, words, wrapped } from '../../sql-facts/tree.ts';
import { saidConstraint } from '../said-columns.ts';
import { onlyCommand, placed, replaceStatement, SEVERAL, tableOf } from './drafts.ts';
import { GONE, refusedForm } from './form.ts';
import type { SaferInput } from './safer.ts';

/** A unique or primary key that takes over an index which was built concurrently. */
export function uniqueByIndex({ plan, scene, finding }: SaferInput): PlanResult {
  const here = placed(plan, scene, finding);
  const table = here ? tableOf(scene, here.statement) : null;
  if (!here || !table) return refusedForm(GONE);
  const node = wrapped(onlyCommand(here.statement)?.def, 'Constraint');
  if (!node) return refusedForm(SEVERAL);
  const said = saidConstraint(node, table.name.name, null);
  if (!said || said.name === null || (said.type !== 'unique' && said.type !== 'primary key') || said.usingIndex !== null || said.columns.length === 0) return refusedForm('The statement adds no key that an index could carry any more.');
  const parent = objectId('table', table.name.schema, table.name.name);
  const included = words(listAt(node, 'including'));
  const definition = `${said.type === 'unique' ? 'UNIQUE' : 'PRIMARY KEY'}${node.nulls_not_distinct === true ? ' NULLS NOT DISTINCT' : ''} (${idents(said.columns)})${included.length > 0 ? ` INCLUDE (${idents(included)})` : ''}`;
  const deferrable = node.deferrable === true ? `DEFERRABLE${node.initdeferred === true ? ' INITIALLY DEFERRED' : ''}` : 'NOT DEFERRABLE';
  const desired = { id: objectId('constraint', table.name.schema, table.name.name, said.name), kind: 'constraint' as const, schema: table.name.schema, name: said.name, parent, position: null, attributes: { type: said.type, definition, columns: said.columns, deferrable, validated: true } };
  const drafts = constraintDrafts({ id: `add:${desired.id}`, change: 'add', kind: 'constraint', objectId: desired.id, group: parent, current: null, desired, attributes: [], carries: [] }, table.name);
  return replaceStatement(plan, here, drafts);
}
