import { built, indexDrafts } from '../../planner/alter-index.ts';
import { outside } from '../../planner/draft.ts';
import type { PlanResult } from '../../planner/make-plan.ts';
import { indexSpec } from '../../sql-facts/index-words.ts';
import { listAt, nodeAt } from '../../sql-facts/tree.ts';
import { namesOf } from '../names.ts';
import { dropName, rangeName } from '../said-names.ts';
import { placed, type Placed, replaceStatement, tableOf } from './drafts.ts';
import { GONE, refusedForm } from './form.ts';
import type { SaferInput } from './safer.ts';

/** CREATE INDEX, DROP INDEX and REINDEX without the lock that holds writers up, proved by the catalog. */
export function toConcurrently(input: SaferInput): PlanResult {
  const here = placed(input.plan, input.scene, input.finding);
  if (!here) return refusedForm(GONE);
  switch (here.statement.kind) {
    case 'IndexStmt': return create(input, here);
    case 'DropStmt': return drop(input, here);
    case 'ReindexStmt': return reindex(input, here);
    default: return refusedForm('Only indexes are built and dropped concurrently.');
  }
}

function create({ plan, scene }: SaferInput, here: Placed): PlanResult {
  const table = tableOf(scene, here.statement);
  if (!table) return refusedForm(GONE);
  const spec = indexSpec(here.statement.node, here.statement.sql, table.name);
  if (!spec) return refusedForm('The index has no name: give it one, by which it can be found again.');
  return replaceStatement(plan, here, [built(spec)]);
}

function drop({ plan, scene, facts }: SaferInput, here: Placed): PlanResult {
  const names = namesOf(scene);
  const at = names.before(here.statement);
  const drafts = listAt(here.statement.node, 'objects').flatMap((one) => {
    const said = dropName(one);
    const name = said ? names.resolve(at, said, names.searchPathOf(here.statement)) : null;
    const object = facts.current?.objects.find((candidate) => candidate.kind === 'index' && candidate.schema === name?.schema && candidate.name === name.name);
    const table = object && name ? names.byId(at, names.index(at, name)?.of ?? '')?.table : undefined;
    return object && table ? indexDrafts({ id: '', change: 'remove', kind: 'index', objectId: object.id, group: '', current: object, desired: null, attributes: [], carries: [] }, table) : [];
  });
  if (drafts.length < listAt(here.statement.node, 'objects').length) return refusedForm('The reading of the target does not have every index that is dropped here: read it again.');
  return replaceStatement(plan, here, drafts);
}

function reindex({ plan, scene }: SaferInput, here: Placed): PlanResult {
  const names = namesOf(scene);
  const at = names.before(here.statement);
  const said = rangeName(nodeAt(here.statement.node, 'relation'));
  const name = said ? names.resolve(at, said, names.searchPathOf(here.statement)) : null;
  const known = name ? names.index(at, name) : null;
  const index = known?.name ?? null;
  const table = known ? names.byId(at, known.of)?.table : undefined;
  if (!index || !table) return refusedForm('Only a single index that the reading of the target has is rebuilt concurrently.');
  return replaceStatement(plan, here, [outside(`Rebuild index ${index.name}, concurrently`, { act: 'reindex', index, table }, null)]);
}
