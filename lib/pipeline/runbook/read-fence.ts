import { isAct } from './acts.ts';
import { linesText, type Section } from './document.ts';
import { note, openStep, titleOf, type Passage } from './draft.ts';
import { spotsOf } from './fence-places.ts';
import { languageOf } from './language.ts';
import type { Block, Fence } from './markdown.ts';
import { belongsNowhere, printedBelow, printedLines, withPrinted } from './printed-below.ts';
import type { ReadBlocks, Reading } from './read-blocks.ts';
import { readCommand, readCommands } from './read-shell.ts';
import { addAll, readSql } from './read-sql.ts';
import { isBackIntro, isCondition, isNotDone, isRepeated, isRollback } from './telling.ts';
import { hoursIn, waitsIn } from './times.ts';
import { unitsOf } from './ways-back.ts';

/** What stands around a fence. */
interface Around {
  section: Section;
  number: string | null;
  elsewhere: boolean;
  /** Its place among the blocks of its section. */
  place: number;
}

/** Reads a passage into steps, or says why it gives none. */
export function readFence({ section, number, elsewhere, place }: Around, fence: Fence, reading: Reading, result: ReadBlocks): void {
  const language = languageOf(fence);
  const intro = introOf(section.blocks, place, fence);
  if (isTold(fence, language, intro, elsewhere, reading, result)) return;
  if (intro !== null && (isBackIntro(intro) || (fence.folded !== undefined && isRollback(fence.folded)))) {
    readBack(intro, fence, reading, result);
    return;
  }
  const heading = fence.of ? fence.of.text : section.title;
  const passage: Passage = {
    target: reading.target, searchPath: reading.searchPath, number, item: fence.of?.text ?? null, words: [...(fence.of ? [fence.of.text] : []), ...wordsAround(section.blocks, place)],
    elsewhere, language: fence.language, made: reading.made, hours: hoursIn(heading),
  };
  const spot = spotsOf(fence, reading.lines);
  if (fence.torn) {
    result.steps.push(openStep(fence.of?.text ?? section.title, fence.text, 'does_not_parse', fence.torn.sentence, spot(fence.torn.at), fence, fence.language));
    return;
  }
  const read = withPrinted(language === 'sql' ? readSql(fence.text, spot, passage, readCommand) : readCommands(fence.text, spot, passage), printedBelow(section.blocks, place), reading);
  reading.searchPath = passage.searchPath;
  if (read.steps.some(({ body }) => body.is === 'sql')) reading.sqlSeen = true;
  if (intro !== null && isCondition(intro) && read.steps.length > 0) result.notes.push(note('understood', `“${titleOf(intro)}” makes this a matter of a person’s judgement, and a plan has none: it is done, unless its steps are removed.`, fence.from));
  if (intro !== null && isRepeated(intro) && read.steps.length > 0) result.notes.push(note('understood', `“${titleOf(intro)}” asks for it more than once, and a plan does it once: where rows change in batches, take the step that does that.`, fence.from));
  const waits = [fence.of?.text, intro].find((words) => words != null && waitsIn(words) !== null);
  const hours = waits == null || hoursIn(section.title) !== null ? null : waitsIn(waits);
  if (hours === null || read.steps.length === 0) addAll(result, read);
  else addAll(result, { ...read, steps: [], later: [{ steps: read.steps, title: titleOf(waits ?? section.title), hours, from: fence.from, to: fence.to }, ...read.later] });
}

/** Whether a passage is shown and not run; then it is named. */
function isTold(fence: Fence, language: ReturnType<typeof languageOf>, intro: string | null, elsewhere: boolean, reading: Reading, result: ReadBlocks): boolean {
  if (fence.of?.checked === true) return true;
  if (fence.session) result.notes.push(note('understood', `${linesText(fence)} ${fence.from === fence.to ? 'shows' : 'show'} a session of psql: what was typed there is read, and what came back is not run.`.replace(/^l/, 'L'), fence.from));
  if (printedLines(fence).length > 0) {
    if (!reading.answered.has(fence.from)) result.notes.push(belongsNowhere(fence));
    return true;
  }
  const why = language === null ? `${fence.language === '' ? 'A passage without a language' : `A passage in ${fence.language}`} (${linesText(fence)}) is shown and not run.`
    : language === 'shell' && elsewhere ? `The commands in ${linesText(fence)} are about another place than ${reading.target}, as their heading says.` : null;
  if (why !== null) {
    result.notes.push(note('left_out', why, fence.from));
    return true;
  }
  if (intro === null || !isNotDone(intro) || reading.take.has(fence.from)) return false;
  result.notes.push({ ...note('left_out', `“${titleOf(intro)}” says that ${linesText(fence)} ${fence.from === fence.to ? 'is' : 'are'} shown and not run.`, fence.from), take: fence.from });
  return true;
}

/** The words that lead to a passage: those of its item, of what it is folded under, or the sentence above it and above what stands right on top of it. */
function introOf(blocks: readonly Block[], place: number, fence: Fence): string | null {
  if (fence.of) return fence.of.text.endsWith(':') ? fence.of.text : `${fence.of.text}:`;
  const above = blocks.slice(0, place).findLast(({ kind }) => kind !== 'fence');
  if (above?.kind !== 'prose') return fence.folded === undefined ? null : `${fence.folded}:`;
  const near = blocks[place - 1] === above || isBackIntro(above.text);
  return fence.folded !== undefined && (isRollback(fence.folded) || isBackIntro(`${fence.folded}:`)) ? `${fence.folded}:` : near ? above.text : null;
}

/** Sentences that say what must come out. Between two passages they belong to the one above, unless they lead to the one below. */
function wordsAround(blocks: readonly Block[], place: number): string[] {
  const [over, before, after, under] = [blocks[place - 2], blocks[place - 1], blocks[place + 1], blocks[place + 2]];
  return [
    ...(saysAnswer(before) && (!asks(over) || leads(before.text)) ? [before.text] : []),
    ...(saysAnswer(after) && (under?.kind !== 'fence' || !leads(after.text)) ? [after.text] : []),
  ];
}

function saysAnswer(block: Block | undefined): block is Extract<Block, { kind: 'prose' }> {
  return block?.kind === 'prose' && /\b(?:should|expect|must|return)/i.test(block.text);
}

function asks(block: Block | undefined): boolean {
  return block?.kind === 'fence' && languageOf(block) !== null && /\bSELECT\b/i.test(block.text);
}

function leads(text: string): boolean {
  return /[:：]\s*$/.test(text) || /\b(?:next|following|below)\b/i.test(text) || isAct(text);
}

/** A passage below a sentence that says that it goes back: it is attached to the steps that it takes back, and never run forward. */
function readBack(words: string, fence: Fence, reading: Reading, result: ReadBlocks): void {
  const { units, told } = unitsOf([fence], reading, result.notes);
  result.backs.push(...units);
  result.notes.push(note('understood', `“${titleOf(words)}” says that ${linesText(fence)} ${fence.from === fence.to ? 'goes' : 'go'} back: nothing of it is run forward${told.length > 0 ? `, and ${told.join('; ')} ${told.length === 1 ? 'stays' : 'stay'} in the text` : ''}.`, fence.from));
}
