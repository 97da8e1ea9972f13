import { qualified, ident } from '../ddl.ts';
import type { Statement, TableName } from '../plan.ts';
import { allOf, linesText, type Section } from './document.ts';
import { note, titleOf, type DraftNote, type DraftPhase, type DraftStep } from './draft.ts';
import { type Spot, spotsOf } from './fence-places.ts';
import { placeholdersInCommands } from './placeholder.ts';
import { itemSql } from './item-sql.ts';
import { languageOf } from './language.ts';
import type { Block } from './markdown.ts';
import type { Reading } from './read-blocks.ts';
import { key, shapeOf, type Shape } from './shape.ts';
import { readShell, understand } from './shell.ts';
import { readSqlPieces, type BackUnit } from './sql-pieces.ts';

/** What a text says takes a step back: in place of single statements of it, or of the whole. */
export interface WayBack {
  whole: readonly Statement[] | null;
  /** By the place of the statement that it takes back. */
  parts: Map<number, Statement>;
}

interface Unit extends BackUnit {
  shapes: readonly Shape[];
}

/**
 * Attaches what a text writes under a heading of rollback to the steps that it takes back: a statement to the one whose opposite it is, a set of renames to
 * the step after which it puts every table that was there before under its name again. What is the opposite of nothing is named, and attached to nothing.
 * @param phases those that the text has before the heading, in the order in which they run.
 */
export function waysBack(section: Section, phases: readonly DraftPhase[], { lines, target }: Pick<Reading, 'lines' | 'target'>, found: Map<DraftStep, WayBack>): DraftNote[] {
  const notes: DraftNote[] = [];
  const { units, told } = unitsOf(allOf(section).flatMap(({ blocks }) => blocks), { lines, target }, notes);
  notes.push(...attachUnits(units, phases, found));
  if (told.length > 0) notes.push(note('left_out', `“${titleOf(section.title)}” (${linesText(section)}) tells what a person does to go back${units.length === 0 && phases.length > 0 ? ` from “${phases.at(-1)?.title ?? ''}”` : ''}: ${told.join('; ')}. That takes back no step of the plan, and stays in the text.`, section.from));
  return notes;
}

/** The same for statements that the text gives beside the steps. */
export function attachUnits(units: readonly BackUnit[], phases: readonly DraftPhase[], found: Map<DraftStep, WayBack>): DraftNote[] {
  const steps = phases.flatMap((phase) => [...phase.steps, ...phase.later.flatMap((later) => later.steps)]);
  const index = indexOf(steps);
  return units.flatMap((unit) => attach({ ...unit, shapes: unit.statements.map(({ kind, node, sql }) => shapeOf(kind, node, sql, ['public'])) }, index, steps, found));
}

/** What stands in blocks that say how to go back: statements, and what only a person can do. */
export function unitsOf(blocks: readonly Block[], { lines, target }: Pick<Reading, 'lines' | 'target'>, notes: DraftNote[]): { units: BackUnit[]; told: string[] } {
  const units: BackUnit[] = [];
  const told: string[] = [];
  for (const block of blocks) {
    const said = block.kind === 'item' ? itemSql(block) : null;
    if (said !== null) units.push(...unitsIn(said, () => ({ line: block.from, column: 1 }), notes));
    else if ((block.kind === 'item' && !block.fenced) || (block.kind === 'prose' && !block.text.endsWith(':'))) told.push(`“${titleOf(block.text)}”`);
    if (block.kind !== 'fence') continue;
    const spot = spotsOf(block, lines);
    if (languageOf(block) === 'sql') {
      units.push(...unitsIn(block.text, spot, notes));
      continue;
    }
    const { parts, others } = sqlOfCommands(block.text, target);
    for (const { sql, at } of parts) units.push(...unitsIn(sql, (offset) => spot(at + offset), notes));
    if (!others) continue;
    const held = placeholdersInCommands(block.text).map(({ word, at }) => `${word} in line ${spot(at).line}`);
    told.push(`${parts.length > 0 ? 'other ' : 'the '}commands in ${linesText(block)}${held.length > 0 ? ` (with placeholders: ${held.join(', ')})` : ''}`);
  }
  return { units, told };
}

function unitsIn(sql: string, spot: (at: number) => Spot, notes: DraftNote[]): BackUnit[] {
  return readSqlPieces(sql).flatMap((piece) => {
    const at = spot(piece.from);
    if (piece.piece === 'statements') return [{ statements: piece.statements, line: at.line, column: at.column, to: spot(Math.max(piece.from, piece.to - 1)).line }];
    if (piece.piece === 'broken') notes.push(note('left_out', `A statement of the way back does not parse (${piece.message}), and is attached to no step.`, spot(piece.at).line, spot(piece.at).column));
    else if (piece.piece !== 'commented' && piece.piece !== 'ends') notes.push(note('left_out', 'A command among the statements of the way back is attached to no step.', at.line, at.column));
    return [];
  });
}

/** What psql is told on the target, and whether there are commands beside it. */
function sqlOfCommands(text: string, target: string): { parts: { sql: string; at: number }[]; others: boolean } {
  const pieces = readShell(text);
  const read = pieces.map((piece) => {
    const understood = piece.piece === 'command' ? understand(piece.text, target) : null;
    return understood?.does === 'sql' && understood.about !== 'other' ? understood.parts.map(({ sql, at }) => ({ sql, at: piece.at + (at ?? 0) })) : null;
  });
  return { parts: read.flatMap((one) => one ?? []), others: pieces.length === 0 || read.includes(null) };
}

/** Who takes what back, by the word for the act. */
interface Index {
  byOpposite: Map<string, { step: DraftStep; place: number }>;
  renaming: readonly DraftStep[];
  shapes: Map<DraftStep, Shape[]>;
}

function indexOf(steps: readonly DraftStep[]): Index {
  const index = { byOpposite: new Map<string, { step: DraftStep; place: number }>(), renaming: [] as DraftStep[], shapes: new Map<DraftStep, Shape[]>() };
  for (const step of steps) {
    const { body } = step;
    if (body.is !== 'sql') continue;
    const shapes = body.statements.map(({ kind, node, sql }) => shapeOf(kind, node, sql, body.searchPath));
    index.shapes.set(step, shapes);
    for (const [place, shape] of shapes.entries()) for (const act of shape.takenBackBy) index.byOpposite.set(act, { step, place });
    if (shapes.some(({ renames }) => renames.length > 0)) index.renaming.push(step);
  }
  return index;
}

function attach(unit: Unit, index: Index, steps: readonly DraftStep[], found: Map<DraftStep, WayBack>): DraftNote[] {
  if (unit.shapes.length > 0 && unit.shapes.every(({ renames }) => renames.length === 1)) {
    const swap = index.renaming.toReversed().flatMap((step) => takesBackNames(step, unit, index, steps) ?? [])[0];
    if (swap) {
      wayOf(found, swap.step).whole = swap.statements;
      return [note('understood', `Lines ${unit.line} to ${unit.to} take back “${swap.step.title}”${swap.added.length > 0 ? `; ${swap.added.join(', ')} is added, so that the steps before it can be taken back too` : ''}.`, unit.line, unit.column)];
    }
  }
  return unit.statements.flatMap((statement, i) => {
    const shape = unit.shapes[i];
    const met = shape && shape.acts.length > 0 ? shape.acts.map((act) => index.byOpposite.get(act)) : [];
    const [first] = met;
    if (!shape || !first || met.some((one) => one === undefined || one.step !== first.step)) return [note('left_out', `Of the way back, “${shape?.label ?? 'this'}” is the opposite of no step, and is attached to none.`, unit.line, unit.column)];
    wayOf(found, first.step).parts.set(first.place, { do: 'execute', label: shape.label, sql: statement.sql });
    return [note('understood', `“${shape.label}” is the way back of “${first.step.title}”.`, unit.line, unit.column)];
  });
}

function wayOf(found: Map<DraftStep, WayBack>, step: DraftStep): WayBack {
  const way = found.get(step) ?? { whole: null, parts: new Map<number, Statement>() };
  found.set(step, way);
  return way;
}

interface Swap {
  step: DraftStep;
  statements: Statement[];
  added: string[];
}

/** Plays the step and then the way back on names alone. Tables of before must have their names again; one that the plan made gets its name back in an added statement. */
function takesBackNames(step: DraftStep, unit: Unit, index: Index, steps: readonly DraftStep[]): Swap | null {
  const forward = (index.shapes.get(step) ?? []).flatMap(({ renames }) => renames);
  const back = unit.shapes.flatMap(({ renames }) => renames);
  const objects = new Map<string, { origin: TableName; now: TableName }>();
  for (const { from, to } of forward) {
    const object = objects.get(key(from)) ?? { origin: from, now: from };
    objects.delete(key(from));
    objects.set(key(to), { ...object, now: to });
  }
  for (const { from, to } of back) {
    const object = objects.get(key(from));
    if (!object || objects.has(key(to))) return null;
    objects.delete(key(from));
    objects.set(key(to), { ...object, now: to });
  }
  const made = new Set(steps.flatMap((one) => (index.shapes.get(one) ?? []).flatMap(({ creates }) => creates.map(key))));
  const astray = [...objects.values()].filter(({ origin, now }) => key(origin) !== key(now));
  if (astray.some(({ origin, now }) => !made.has(key(origin)) || origin.schema !== now.schema)) return null;
  const added = astray.map(({ origin, now }) => ({ do: 'execute' as const, label: `rename ${now.name} to ${origin.name}`, sql: `ALTER TABLE ${qualified(now)} RENAME TO ${ident(origin.name)}` }));
  return { step, statements: [...unit.statements.map((one, i) => ({ do: 'execute' as const, label: unit.shapes[i]?.label ?? 'go back', sql: one.sql })), ...added], added: added.map(({ label }) => label) };
}
