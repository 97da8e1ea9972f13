import { loadModule, parseSync } from 'libpg-query';
import type { Phase, Plan, Statement, Step } from '../plan.ts';
import { factsOf } from '../sql-facts/facts-of.ts';
import { type Node, nodeAt, nodesAt, textAt, unwrap } from '../sql-facts/tree.ts';
import { upPart } from '../sql-text/up-part.ts';
import { scanText, type Stretch } from '../sql-text/scan.ts';
import type { Place, SqlFile } from '../sql-text/place.ts';

/** A text as a plan that nobody runs: only to be linted. */
export interface LintedText {
  plan: Plan;
  /** Where each statement of a step stands, by the step's id. */
  places: ReadonlyMap<string, readonly Place[]>;
}

interface Piece {
  sql: string;
  at: number;
  kind: string;
  node: Node;
}

interface Reading {
  file: SqlFile;
  /** Where lines begin: a text of thousands of statements is not counted through for each. */
  lines: readonly number[];
  major: number;
  searchPath: readonly string[];
  steps: Step[];
  places: Map<string, Place[]>;
  /** Between BEGIN and COMMIT. */
  open: Piece[] | null;
}

/**
 * An SQL text as one phase: each statement a step, those between BEGIN and COMMIT one step together. SET search_path is followed, other settings of the session say nothing about a
 * plan and are left out, as psql's own commands are, and so is what a migration tool keeps for the way back; what does not parse is an open step at its place. Never throws for odd SQL.
 */
export async function planOfSql({ name, text }: SqlFile, major: number): Promise<LintedText> {
  await loadModule();
  const file = { name, text: upPart(text) };
  const reading: Reading = { file, lines: lineStarts(file.text), major, searchPath: ['public'], steps: [], places: new Map(), open: null };
  for (const stretch of scanText(file.text).statements) take(reading, stretch);
  if (reading.open) close(reading);
  return { plan: planAround(file.name, reading.steps), places: reading.places };
}

function take(reading: Reading, stretch: Stretch): void {
  const sql = reading.file.text.slice(stretch.from, stretch.to);
  for (const piece of piecesOf(reading, sql, stretch.from)) {
    if (piece.kind === 'TransactionStmt') boundary(reading, String(piece.node.kind));
    else if (piece.kind === 'VariableSetStmt') setting(reading, piece.node);
    else if (reading.open) reading.open.push(piece);
    else addStep(reading, [piece]);
  }
}

function piecesOf(reading: Reading, sql: string, at: number): Piece[] {
  try {
    return (parseSync(sql).stmts ?? []).flatMap(({ stmt }) => {
      const found = unwrap(stmt);
      return found ? [{ sql, at, ...found }] : [];
    });
  } catch (error) {
    addOpen(reading, sql, at, error);
    return [];
  }
}

function boundary(reading: Reading, kind: string): void {
  if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') reading.open ??= [];
  else if (kind === 'TRANS_STMT_COMMIT') close(reading);
  // What is rolled back is never done.
  else if (kind === 'TRANS_STMT_ROLLBACK') reading.open = null;
}

function close(reading: Reading): void {
  const pieces = reading.open ?? [];
  reading.open = null;
  if (pieces.length > 0) addStep(reading, pieces);
}

function setting(reading: Reading, node: Node): void {
  if (node.name !== 'search_path') return;
  const schemas = nodesAt(node, 'args', 'A_Const').flatMap((each) => textAt(nodeAt(each, 'sval'), 'sval') ?? []);
  reading.searchPath = schemas.length > 0 ? schemas.filter((schema) => !schema.startsWith('$')) : ['public'];
}

function addStep(reading: Reading, pieces: readonly Piece[]): void {
  const id = `sql.${reading.steps.length + 1}`;
  const said = pieces.map(({ kind, node, sql }) => factsOf(kind, node, sql, { major: reading.major, searchPath: reading.searchPath, existing: null }));
  const inverses = said.map(({ inverse }) => inverse).toReversed();
  const places = pieces.map(({ at }) => placeIn(reading, at));
  reading.places.set(id, places);
  reading.steps.push({
    ...bare(id, pieces[0]?.sql ?? ''),
    statements: pieces.map(({ sql }) => execute(sql)),
    undo: inverses.flatMap((inverse) => (inverse === null || inverses.includes(null) ? [] : [execute(inverse)])),
    searchPath: reading.searchPath,
    source: { from: places[0]?.line ?? 1, to: places.at(-1)?.line ?? 1 },
  });
}

function addOpen(reading: Reading, sql: string, at: number, error: unknown): void {
  const details = error instanceof Error && 'sqlDetails' in error ? (error.sqlDetails as { cursorPosition?: number }) : {};
  const place = placeIn(reading, at + [...sql].slice(0, Math.max(0, details.cursorPosition ?? 0)).join('').length);
  const sentence = `${error instanceof Error ? error.message : 'This is no SQL that Postgres reads'}.`;
  reading.steps.push({ ...bare(`sql.${reading.steps.length + 1}`, sql), work: { kind: 'open', text: sql, language: 'sql', why: 'does_not_parse', sentence, at: { line: place.line, column: place.column } } });
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
}

function placeIn({ file, lines }: Reading, at: number): Place {
  let [low, high] = [0, lines.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lines[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return { file: file.name, line: low + 1, column: Array.from(file.text.slice(lines[low] ?? 0, at)).length + 1 };
}

function bare(id: string, sql: string): Step {
  return { id, title: sql.replaceAll(/\s+/g, ' ').slice(0, 60), statements: [], undo: [], locks: [], rewrite: false, hazards: [], editable: true };
}

function execute(sql: string): Statement {
  return { do: 'execute', label: sql.slice(0, 60), sql };
}

/** One phase around the steps; of the rest of a plan there is nothing to say. */
export function planAround(name: string, steps: readonly Step[]): Plan {
  const phase: Phase = { id: 'written.1', kind: 'written', title: name, summary: '', steps, checks: [], verifications: [], price: [], touches: [], requires: [], orphanDecisions: {}, destructive: false, pointOfNoReturn: false, due: null };
  return { id: '00000000-0000-4000-8000-000000000000', name, target: 'the target', desired: '', basis: { current: '', desired: '' }, keepSchema: '', deltaIds: [], decisions: [], tolerance: { rowsPercent: 0 }, windowHours: 0, origin: { from: 'hand' }, phases: [phase] };
}
