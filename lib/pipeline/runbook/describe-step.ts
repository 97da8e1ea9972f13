import type { Hazard } from '../hazards.ts';
import type { LockClaim, SourceLines, Statement, TableName } from '../plan.ts';
import { spoken } from '../planner/names.ts';
import { factsOf } from '../sql-facts/facts-of.ts';
import type { StatementFacts } from '../sql-facts/facts.ts';
import type { DraftStep } from './draft.ts';
import { assertedQuery, isLook, queryLabel } from './expected.ts';
import { goesAlong, madeBy } from './goes-along.ts';
import { saidOf, saysExpectation } from './said.ts';
import { key, shapeOf, type Shape } from './shape.ts';
import type { WayBack } from './ways-back.ts';
import { atBegin, follow, isNew, type World } from './world.ts';

/** A step of SQL with all that its statements say. */
export interface Described {
  statements: Statement[];
  undo: Statement[];
  locks: LockClaim[];
  rewrite: boolean;
  hazards: Hazard[];
  tables: TableName[];
  shapes: Shape[];
  outside: StatementFacts['outside'];
  outsideBack: StatementFacts['outside'];
  /** Queries whose answer nobody has given; `open`: words that leave several answers open. */
  asks: { place: number; label: string; open: string | null }[];
  passing: number[];
  /** Statements below which psql printed something, whether that is what must come out, and where it stands. */
  printed: { place: number; compared: boolean; lines: SourceLines }[];
  /** Remarks beside statements that do something, of which nothing comes: they say what must come out, or ask for something. */
  unheard: { place: number; remark: string; expects: boolean }[];
  /** Tables that were there before the plan and that it changes; and those whose rows leave. Both by the names that they had when the phase began. */
  changes: TableName[];
  loses: TableName[];
  /** It changes something, and nothing takes it back. */
  final: boolean;
}

const ASKS = /\b(?:todo|fixme|xxx)\b|^(?:check|ask|verify|confirm|wait|make sure|careful|caution|warning)\b/i;

/** The oldest server that is supported: what is not known is taken for the worse. */
const OLDEST = 14;

/**
 * Locks, hazards, assertions and way back of a step's statements, read off their trees. `world` is followed along: tables that the plan has made itself are
 * locked for nobody.
 */
export function describeStep(step: DraftStep, body: Extract<DraftStep['body'], { is: 'sql' }>, way: WayBack | undefined, world: World): Described {
  const result: Described = { statements: [], undo: [], locks: [], rewrite: false, hazards: [], tables: [], shapes: [], outside: null, outsideBack: null, asks: [], passing: [], printed: [], unheard: [], changes: [], loses: [], final: false };
  const backs: (Statement[] | null)[] = [];
  const made = new Set<string>();
  for (const [place, { sql, kind, node, beside, above, around, printed }] of body.statements.entries()) {
    const shape = shapeOf(kind, node, sql, body.searchPath);
    const lines = printed?.lines;
    if (isLook(kind, node)) {
      const said = saidOf(beside, [...above, ...around]);
      const query = assertedQuery(sql, node, queryLabel(node, shape), said, beside.some(saysExpectation) ? undefined : printed);
      if (query.assertion.expect.from === 'unsaid') result.asks.push({ place, label: query.assertion.label, open: said !== null && 'open' in said ? said.open : null });
      if (query.passing) result.passing.push(place);
      if (lines) result.printed.push({ place, compared: query.printed === true, lines });
      result.statements.push({ do: 'assert', ...query.assertion });
      continue;
    }
    if (lines) result.printed.push({ place, compared: false, lines });
    for (const remark of beside) if (saysExpectation(remark) || ASKS.test(remark)) result.unheard.push({ place, remark, expects: saysExpectation(remark) });
    const facts = factsOf(kind, node, sql, { major: OLDEST, searchPath: body.searchPath, existing: null });
    result.statements.push({ do: 'execute', label: shape.label, sql });
    result.shapes.push(shape);
    result.tables.push(...facts.tables, ...shape.changes);
    take(result, facts, shape, world);
    backs.push(goesAlong(kind, node, facts, made, world, body.searchPath[0] ?? 'public') ? [] : backOf(facts, shape, way?.parts.get(place), world));
    for (const one of madeBy(shape, facts)) made.add(one);
    follow(world, shape);
  }
  const complete = backs.every((back) => back !== null);
  if (result.outside === null) result.undo = way?.whole ? [...way.whole] : complete ? backs.toReversed().flatMap((back) => back ?? []) : [];
  result.final = backs.length > 0 && result.undo.length === 0 && result.outside === null && !complete;
  return result;
}

function take(result: Described, facts: StatementFacts, shape: Shape, world: World): void {
  const made = [...shape.changes, ...facts.tables].filter((table) => isNew(world, table));
  const empty = made.filter((table) => !world.filled.has(key(table)));
  result.locks = strongest([...result.locks, ...facts.locks.filter(({ table }) => !isNew(world, table) && !shape.creates.some((one) => key(one) === key(table)))]);
  result.rewrite ||= facts.rewrite && !shape.changes.every((table) => isNew(world, table));
  for (const one of facts.hazards) {
    const about = /^(?:BLOCKS_|REWRITES|LOSES_DATA|REMOVES_ROWS)/.test(one.code) ? made : one.code === 'STOPS_ON_ROWS' ? empty : [];
    if (!about.some((table) => ` ${one.sentence} `.includes(` ${spoken(table)} `)) && !result.hazards.some(({ sentence }) => sentence === one.sentence)) result.hazards.push(one);
  }
  const before = (tables: readonly TableName[]) => tables.flatMap((table) => (isNew(world, table) ? [] : (atBegin(world, table) ?? [])));
  result.changes.push(...before(shape.changes));
  result.loses.push(...before(shape.loses));
  if (facts.outside) result.outside = facts.outside;
}

function strongest(claims: readonly LockClaim[]): LockClaim[] {
  const byTable = new Map<string, LockClaim>();
  for (const claim of claims) byTable.set(`${key(claim.table)} ${claim.mode}`, claim);
  return [...byTable.values()];
}

/** The statements that take one back: the text's own, or the opposite that follows from it. Rows written to a table that this phase made go with the table. */
function backOf(facts: StatementFacts, shape: Shape, own: Statement | undefined, world: World): Statement[] | null {
  if (own) return [own];
  const sql = shape.back ?? facts.inverse;
  if (sql !== null) return [{ do: 'execute', label: `take back: ${shape.label}`, sql }];
  if (facts.reads) return [];
  const within = shape.acts.length === 0 && shape.changes.length > 0 && shape.changes.every((table) => isNew(world, table) && world.began.get(key(table)) === null);
  return within ? [] : null;
}
