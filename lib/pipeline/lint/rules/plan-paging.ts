import { spoken } from '../../planner/names.ts';
import { everyKind, foundAt, listAt, type Node, nodeAt, nodesAt, textAt, words, wrapped } from '../../sql-facts/tree.ts';
import type { LintRule, LintScene, SceneStatement } from '../finding.ts';
import { namesOf } from '../names.ts';
import { bodyOf, updateInBody } from '../safer/batched-update.ts';
import { rangeName } from '../said-names.ts';
import { about, written } from './plan-finding.ts';

/** UPDATE statements of people, those in DO blocks too. */
function updates(scene: LintScene): { statement: SceneStatement; update: Node; body: string | null }[] {
  return [
    ...written(scene, 'UpdateStmt', 'DeleteStmt').map((statement) => ({ statement, update: statement.node, body: null })),
    ...written(scene, 'DoStmt').flatMap((statement) => {
      const body = bodyOf(statement.node);
      const found = updateInBody(body);
      return found ? [{ statement, update: found.node, body }] : [];
    }),
  ];
}

/** The inner query of `IN (SELECT … FROM the same table … OFFSET n)`, whose condition asks for what the statement changes. */
function shrinks(update: Node): { select: Node; column: string } | null {
  const own = rangeName(nodeAt(update, 'relation'))?.name;
  const set = new Set(nodesAt(update, 'targetList', 'ResTarget').flatMap((one) => textAt(one, 'name') ?? []));
  for (const link of everyKind(nodeAt(update, 'whereClause'), 'SubLink')) {
    const select = wrapped(link.subselect, 'SelectStmt');
    if (!select || !nodesAt(select, 'fromClause', 'RangeVar').some((range) => rangeName(range)?.name === own) || !pages(select)) continue;
    const asked = everyKind(nodeAt(select, 'whereClause'), 'ColumnRef').flatMap((one) => words(listAt(one, 'fields')).at(-1) ?? []);
    const column = set.size === 0 ? 'the row itself' : asked.find((name) => set.has(name));
    if (column !== undefined) return { select, column };
  }
  return null;
}

/** OFFSET that is not the number 0. */
function pages(select: Node): boolean {
  const offset = foundAt(select, 'limitOffset');
  if (!offset) return false;
  const constant = wrapped(offset, 'A_Const');
  return !constant || Number(nodeAt(constant, 'ival').ival ?? 0) !== 0;
}

const skips: LintRule = {
  code: 'BATCH_SKIPS_ROWS',
  about: 'A loop that pages by OFFSET over rows that it makes fewer passes over as many as it changes.',
  look: (scene) => updates(scene).flatMap(({ statement, update }) => {
    const found = shrinks(update);
    const said = rangeName(nodeAt(update, 'relation'));
    if (!found || !said) return [];
    const names = namesOf(scene);
    const at = names.before(statement);
    const table = names.resolve(at, said, names.searchPathOf(statement));
    return [about(scene, 'BATCH_SKIPS_ROWS', statement, {
      object: spoken(table), severity: 'blocking', table, ...(update.targetList === undefined ? {} : { safer: 'batched_update' }),
      sentence: `The batch pages by OFFSET over rows of ${spoken(table)} chosen by ${found.column}, which it changes: each batch makes the set smaller and then passes over as many rows as it changed. About half are never updated.`,
    })];
  }),
};

const oneTransaction: LintRule = {
  code: 'LOOP_IN_ONE_TRANSACTION',
  about: 'Batches in a DO block without COMMIT are one transaction: every row stays locked to the end, and a stop loses all.',
  look: (scene) => updates(scene).flatMap(({ statement, update, body }) => {
    if (body === null || !/\bLOOP\b/i.test(body) || /\bCOMMIT\b/i.test(body)) return [];
    const said = rangeName(nodeAt(update, 'relation'));
    return [about(scene, 'LOOP_IN_ONE_TRANSACTION', statement, { object: said?.name ?? '', severity: 'blocking', safer: 'batched_update', sentence: `The loop has no COMMIT: all its batches${said ? ` over ${said.name}` : ''} are one transaction, every row they change stays locked to the end, and whatever stops it loses all of them.` })];
  }),
};

export const PAGING_RULES: readonly LintRule[] = [skips, oneTransaction];
