import { linesText } from './document.ts';
import { note, type DraftNote, type DraftStatement, type DraftStep, type ReadPassage } from './draft.ts';
import type { Block, Fence } from './markdown.ts';
import { onlyPrinted, type PrintedLines } from './printed.ts';
import type { Reading } from './read-blocks.ts';

/** The passage right below, or below one sentence, that shows what psql printed and nothing else. */
export function printedBelow(blocks: readonly Block[], at: number): Fence | null {
  const next = blocks[at + 1]?.kind === 'prose' ? blocks[at + 2] : blocks[at + 1];
  return next?.kind === 'fence' && printedLines(next).length > 0 ? next : null;
}

/** What a passage shows of psql's tables, if it shows nothing else. */
export function printedLines(fence: Fence): PrintedLines[] {
  const lineAt = (offset: number) => fence.line + fence.text.slice(0, offset).split('\n').length - 1;
  return onlyPrinted(fence.text).map((one) => ({ ...one, lines: { from: lineAt(one.from), to: lineAt(one.to) } }));
}

/** The tables of a passage belong to as many of the last queries above it; where there are fewer, nobody can say to which. */
export function withPrinted(read: ReadPassage, below: Fence | null, reading: Pick<Reading, 'answered'>): ReadPassage {
  const tables = below ? printedLines(below) : [];
  const queries = read.steps.flatMap(({ body }) => (body.is === 'sql' ? body.statements.filter(({ kind, printed }) => kind === 'SelectStmt' && printed === undefined) : []));
  if (!below || queries.length < tables.length) return read;
  reading.answered.add(below.from);
  const own = new Map(tables.map((table, i) => [queries[queries.length - tables.length + i], table]));
  return { ...read, steps: read.steps.map((step) => answered(step, own)) };
}

/** Tables among commands: each belongs to the query right above it. */
export function withAnswers(read: ReadPassage, tables: readonly PrintedLines[]): ReadPassage {
  return tables.reduce((left, table) => {
    const above = left.steps.findLast(({ to }) => to < table.lines.from);
    const query = above?.body.is === 'sql' ? above.body.statements.at(-1) : undefined;
    if (!above || query?.kind !== 'SelectStmt' || query.printed !== undefined) return { ...left, notes: [...left.notes, belongsNowhere(table.lines)] };
    return { ...left, steps: left.steps.map((step) => (step === above ? answered(step, new Map([[query, table]])) : step)) };
  }, read);
}

export function belongsNowhere(lines: { from: number; to: number }): DraftNote {
  return note('left_out', `What psql printed in ${linesText(lines)} stands below no query that it could belong to, and is compared with nothing.`, lines.from);
}

function answered(step: DraftStep, own: ReadonlyMap<DraftStatement | undefined, PrintedLines>): DraftStep {
  if (step.body.is !== 'sql') return step;
  const statements = step.body.statements.map((one) => { const printed = own.get(one); return printed ? { ...one, printed } : one; });
  return { ...step, to: Math.max(step.to, ...statements.map(({ printed }) => printed?.lines.to ?? 0)), body: { ...step.body, statements } };
}
