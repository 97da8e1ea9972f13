import { ident, qualified } from '../../ddl.ts';
import { notNullDrafts } from '../../planner/alter-column.ts';
import { type Draft, part } from '../../planner/draft.ts';
import type { PlanResult } from '../../planner/make-plan.ts';
import { spoken } from '../../planner/names.ts';
import type { LockClaim, TableName } from '../../plan.ts';
import { textAt, wrapped } from '../../sql-facts/tree.ts';
import { namesOf } from '../names.ts';
import { saidConstraint } from '../said-columns.ts';
import { cutText, onlyCommand, placed, replaceStatement, SEVERAL, tableOf, unended } from './drafts.ts';
import { GONE, refusedForm } from './form.ts';
import type { SaferInput } from './safer.ts';

/** A foreign key or a check in two steps: noted first, which holds new rows to it, and validated behind that under a lock that lets writes go on. */
export function notValidThenValidate({ plan, scene, finding }: SaferInput): PlanResult {
  const here = placed(plan, scene, finding);
  const table = here ? tableOf(scene, here.statement) : null;
  if (!here || !table) return refusedForm(GONE);
  const node = wrapped(onlyCommand(here.statement)?.def, 'Constraint');
  if (!node) return refusedForm(SEVERAL);
  const said = saidConstraint(node, table.name.name, null);
  if (!said || said.name === null || (said.type !== 'foreign key' && said.type !== 'check')) return refusedForm('Only foreign keys and checks can be validated later; give the constraint a name first.');
  const { name } = said;
  const sql = unended(here.statement.sql);
  const at = Number(node.location ?? 0);
  const named = said.named ? sql : `${cutText(sql, 0, at)}CONSTRAINT ${ident(name)} ${cutText(sql, at)}`;
  const names = namesOf(scene);
  const parent = said.references ? names.resolve(names.before(here.statement), said.references, names.searchPathOf(here.statement)) : null;
  const alter = `ALTER TABLE ${qualified(table.name)}`;
  const mode = said.type === 'check' ? 'ACCESS EXCLUSIVE' : 'SHARE ROW EXCLUSIVE';
  const claims = (own: LockClaim['mode'], onParent: LockClaim['mode']): LockClaim[] => [{ mode: own, table: table.name }, ...(parent && qualified(parent) !== qualified(table.name) ? [{ mode: onParent, table: parent }] : [])];
  const add: Draft = {
    ...part(`Add ${name}, for new rows first`, claims(mode, mode), [`${named}\nNOT VALID`], [`${alter} DROP CONSTRAINT IF EXISTS ${ident(name)}`], [moment(mode, table.name)]),
    undoLocks: claims('ACCESS EXCLUSIVE', 'ACCESS EXCLUSIVE'),
  };
  const validate = part(`Check the rows of ${spoken(table.name)} against ${name}`, claims('SHARE UPDATE EXCLUSIVE', 'ROW SHARE'), [`${alter} VALIDATE CONSTRAINT ${ident(name)}`], null);
  return replaceStatement(plan, here, [add, validate]);
}

function moment(mode: LockClaim['mode'], table: TableName): Draft['hazards'][number] {
  return mode === 'ACCESS EXCLUSIVE'
    ? { code: 'BLOCKS_READS_AND_WRITES', sentence: `Reads and writes of ${spoken(table)} wait for the moment in which the constraint is noted; no row is read.` }
    : { code: 'BLOCKS_WRITES', sentence: `Writes to ${spoken(table)} wait for the moment in which the constraint is noted; no row is read.` };
}

/** SET NOT NULL without reading the table under its lock. */
export function notNullByCheck({ plan, scene, finding, facts }: SaferInput): PlanResult {
  const here = placed(plan, scene, finding);
  const table = here ? tableOf(scene, here.statement) : null;
  if (!here || !table) return refusedForm(GONE);
  const command = onlyCommand(here.statement);
  if (!command) return refusedForm(SEVERAL);
  if (textAt(command, 'subtype') !== 'AT_SetNotNull') return refusedForm('The statement does not make a column NOT NULL any more.');
  return replaceStatement(plan, here, notNullDrafts(table.name, textAt(command, 'name') ?? '', facts.major * 10_000));
}
