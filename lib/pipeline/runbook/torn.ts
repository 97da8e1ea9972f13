import { scanText } from '../sql-text/scan.ts';
import { linesText } from './document.ts';
import { note, titleOf, type DraftNote } from './draft.ts';
import { languageOf } from './language.ts';
import type { Block, Fence } from './markdown.ts';
import { printedLines } from './printed-below.ts';
import { saysExpectation } from './said.ts';
import { typedIn } from './session.ts';
import { isBackIntro, isNotDone, isRollback } from './telling.ts';

/** A text of which transactions and bodies of functions stand each in one passage. */
export interface Whole {
  blocks: readonly Block[];
  notes: DraftNote[];
  /** First lines of the passages that are read as part of one further up. */
  joined: number[];
}

/** What a passage leaves open at its end. */
type Open = { what: 'transaction'; at: number } | { what: 'body'; at: number; mark: string };

/**
 * Joins passages over which a transaction or the body of a function is spread, below as many headings as it likes: the first passage holds all of it, each part on its own lines. Where something
 * stands between that no transaction can hold (a command of the shell, a way back), the first passage is marked as torn, which makes it an open step.
 */
export function joinTorn(blocks: readonly Block[]): Whole {
  if (!blocks.some((block) => block.kind === 'fence' && mayBeOpen(block.text))) return { blocks, notes: [], joined: [] };
  const whole: Block[] = [...blocks];
  const notes: DraftNote[] = [];
  const lines: number[] = [];
  for (let at = 0; at < whole.length; at += 1) {
    const first = whole[at];
    const open = first?.kind === 'fence' && languageOf(typedIn(first)) === 'sql' ? openAt(first.text) : null;
    if (first?.kind !== 'fence' || !open) continue;
    const end = endOf(whole, at, open);
    if (!end) continue;
    const parts = end.parts.map((part) => whole[part] as Fence);
    if (end.between !== null) whole[at] = { ...first, torn: tornSentence(first, open, parts.at(-1) ?? first, end.between) };
    else {
      lines.push(...parts.map(({ from }) => from));
      notes.push(joinedNote(first, open, parts, whole.slice(at + 1, end.parts.at(-1))));
      whole[at] = joined(first, parts, whole.slice(at, end.parts.at(-1)));
      for (const part of end.parts.toReversed()) whole.splice(part, 1);
    }
  }
  return { blocks: whole, notes, joined: lines };
}

const BEGINS = /^(?:begin|start\s+transaction)\b/i;
const COMMITS = /^(?:commit|end)\b/i;
const ROLLS_BACK = /^(?:rollback|abort)\b(?!\s+(?:(?:work|transaction)\s+)?to\b)/i;

function mayBeOpen(text: string): boolean {
  return text.includes('$') || /\b(?:begin|start\s+transaction)\b/i.test(text);
}

function openAt(text: string): Open | null {
  if (!mayBeOpen(text)) return null;
  const { statements } = scanText(text);
  const last = statements.at(-1);
  const mark = last ? openMark(text.slice(last.from, last.to)) : null;
  if (last && mark !== null) return { what: 'body', at: last.from, mark };
  let begun: number | null = null;
  for (const { from, to } of statements) {
    const sql = text.slice(from, to);
    if (BEGINS.test(sql)) begun ??= from;
    else if (COMMITS.test(sql) || ROLLS_BACK.test(sql)) begun = null;
  }
  return begun === null ? null : { what: 'transaction', at: begun };
}

const CLOSED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** The quote of a body that nothing closes. */
function openMark(sql: string): string | null {
  return /\$(?:[A-Za-z_]\w*)?\$/.exec(sql.replaceAll(CLOSED, (quoted) => (quoted.includes('$') ? ' ' : quoted)))?.[0] ?? null;
}

/** The passages that go on with it up to the one that ends it, and what stands between that cannot be part of it; null: nothing ends it. */
function endOf(blocks: readonly Block[], first: number, open: Open): { parts: number[]; between: Block | null } | null {
  const parts: number[] = [];
  let between: Block | null = null;
  let otherwise: number | null = null;
  for (let at = first + 1; at < blocks.length; at += 1) {
    const block = blocks[at];
    if (block?.kind === 'heading' && isRollback(block.text)) between ??= block;
    if (block?.kind !== 'fence' || isAside(blocks, at)) continue;
    const language = languageOf(typedIn(block));
    const printed = printedLines(block).length > 0;
    if (language === 'shell') between ??= block;
    if (language !== 'sql' && !printed) continue;
    const ends = printed ? null : endsIn(block.text, open);
    if (ends === 'begins') break;
    if (ends === 'back') otherwise ??= at;
    else parts.push(at);
    if (ends === 'ends') return { parts, between };
  }
  // Nothing but a ROLLBACK ends it: it was tried, and is not done.
  return otherwise === null ? null : { parts: [...parts.filter((part) => part < otherwise), otherwise], between };
}

/** Shown, ticked off, or said to go back. */
function isAside(blocks: readonly Block[], at: number): boolean {
  const [before, fence] = [blocks[at - 1], blocks[at]];
  if (fence?.kind === 'fence' && fence.of?.checked === true) return true;
  const words = fence?.kind === 'fence' && fence.of ? `${fence.of.text}:` : before?.kind === 'prose' ? before.text : '';
  return isNotDone(words) || (isBackIntro(words) && fence?.kind === 'fence' && !/^\s*(?:rollback|abort)\b/i.test(fence.text));
}

function endsIn(text: string, open: Open): 'ends' | 'back' | 'begins' | null {
  if (open.what === 'body') return text.includes(open.mark) ? 'ends' : null;
  for (const { from, to } of scanText(text).statements) {
    const sql = text.slice(from, to);
    if (COMMITS.test(sql)) return 'ends';
    if (ROLLS_BACK.test(sql)) return 'back';
    if (BEGINS.test(sql)) return 'begins';
  }
  return null;
}

/** Each part on its own lines, with what a sentence below a query says of its answer as a remark. */
function joined(first: Fence, parts: readonly Fence[], blocks: readonly Block[]): Fence {
  const lines = first.text.split('\n');
  let above: Fence = first;
  for (const part of parts) {
    const said = blocks[blocks.indexOf(above) + 1];
    const rows = part.line - first.line;
    if (said?.kind === 'prose' && rows > lines.length && saysExpectation(said.text) && !/[:：]\s*$/.test(said.text)) lines.push(`-- ${said.text}`);
    while (lines.length < rows) lines.push('');
    lines.push(...part.text.split('\n'));
    above = part;
  }
  return { ...first, text: lines.join('\n'), to: parts.at(-1)?.to ?? first.to };
}

function joinedNote(first: Fence, open: Open, parts: readonly Fence[], between: readonly Block[]): DraftNote {
  const told = between.flatMap((block) => (block.kind === 'prose' && /[:：]\s*$/.test(block.text) ? [`“${titleOf(block.text)}”`] : []));
  const what = open.what === 'body' ? 'The body of a function that begins here goes on' : 'The transaction that begins here goes on';
  const wait = open.what === 'body' ? '' : ` Nobody looks at it before it commits${told.length > 0 ? ` (${told.join(', ')})` : ''}: a query in it, with the answer that is expected, decides.`;
  return note('understood', `${what} in ${parts.map(linesText).join(', ')}, and is read as one.${wait}`, lineOf(first, open));
}

function tornSentence(first: Fence, open: Open, last: Fence, between: Block): { sentence: string; at: number } {
  const what = open.what === 'body' ? 'The body of a function' : 'The transaction';
  const stands = between.kind === 'heading' ? `“${between.text}” (line ${between.from})` : `what no statement is (${linesText(between)})`;
  return { at: open.at, sentence: `${what} that begins here ends in ${linesText(last)}, and ${stands} stands between. Put its statements into one passage${open.what === 'body' ? '' : ', or give each passage a BEGIN and a COMMIT of its own'}.` };
}

function lineOf(first: Fence, { at }: Open): number {
  return first.line + first.text.slice(0, at).split('\n').length - 1;
}
