import { titleOf, type DraftStep } from './draft.ts';
import { shapeOf } from './shape.ts';

/** Indexes that stand together on one new table are one step: nobody waits for them. */
export function joinIndexes(steps: readonly DraftStep[], made: ReadonlySet<string>): DraftStep[] {
  const joined: DraftStep[] = [];
  for (const step of steps) {
    const last = joined.at(-1);
    const table = newIndexTable(step, made);
    const before = last ? newIndexTable(last, made) : null;
    if (last && table !== null && table === before && last.body.is === 'sql' && step.body.is === 'sql') joined[joined.length - 1] = { ...last, to: step.to, title: titleOf(`${joinedStem(last.title)}indexes of ${table.slice(table.indexOf('.') + 1)}`), body: { ...last.body, statements: [...last.body.statements, ...step.body.statements] }, notes: [...last.notes, ...step.notes] };
    else joined.push(step);
  }
  return joined;
}

/** What stood before the name of the first index, so that the joined step keeps the words of the text. */
function joinedStem(title: string): string {
  const said = title.replace(/:? ?(?:create index .*|indexes of .*)$/i, '');
  return said === '' ? '' : `${said.replace(/·\s*$/, '').trimEnd()}: `;
}

function newIndexTable(step: DraftStep, made: ReadonlySet<string>): string | null {
  if (step.body.is !== 'sql') return null;
  const { statements, searchPath } = step.body;
  const tables = statements.map((one) => (one.kind === 'IndexStmt' && one.node.concurrent !== true ? shapeOf(one.kind, one.node, one.sql, searchPath).changes[0] : undefined));
  const [first] = tables;
  return first && tables.every((table) => table?.name === first.name && table.schema === first.schema) && made.has(`${first.schema}.${first.name}`) ? `${first.schema}.${first.name}` : null;
}
