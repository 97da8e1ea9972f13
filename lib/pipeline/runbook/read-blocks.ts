import { isAboutKept, isAct, isBackup, labelled, migrationTool, refersAbove, saysAgain } from './acts.ts';
import { linesText, type Section } from './document.ts';
import { note, nothingRead, openStep, titleOf, type DraftStep, type Passage, type ReadPassage } from './draft.ts';
import { aboutWords } from './environment.ts';
import { isSql, itemSql } from './item-sql.ts';
import { languageOf } from './language.ts';
import type { Block, Item } from './markdown.ts';
import { readFence } from './read-fence.ts';
import { readCommand } from './read-shell.ts';
import { addAll, readSql } from './read-sql.ts';
import { typedIn } from './session.ts';
import { isElsewhere } from './telling.ts';
import { hoursIn, waitsIn } from './times.ts';
import { listed } from '../words.ts';

/** What is known while a text is read from its beginning to its end. */
export interface Reading {
  target: string;
  lines: readonly string[];
  searchPath: readonly string[];
  made: Set<string>;
  /** SQL was read already, so that `run the scripts` says it again. */
  sqlSeen: boolean;
  /** First lines of passages that are read although they only tell. */
  take: ReadonlySet<number>;
  /** First lines of passages that show what a query printed. */
  answered: Set<number>;
  /** First lines of passages that are read as part of one further up. */
  joined: readonly number[];
  /** Only what is left to do is read: the text reports what was done. */
  report: boolean;
}

/** The steps of one section in parts: between two parts an earlier passage is meant to be run. */
export interface ReadBlocks extends ReadPassage {
  breaks: number[];
  prose: string[];
}

/** Whether anything in a section could become a step. */
export function couldAct(section: Section): boolean {
  return section.blocks.some((block) => block.kind === 'fence' && languageOf(typedIn(block)) !== null) || [...listsOf(section).values()].some(isActs);
}

/** The lists of a section, by their first line. */
function listsOf(section: Section): Map<number, Item[]> {
  const lists = new Map<number, Item[]>();
  for (const block of section.blocks) {
    if (block.kind !== 'item') continue;
    const list = lists.get(block.list);
    if (list) list.push(block);
    else lists.set(block.list, [block]);
  }
  return lists;
}

function isActs(list: readonly Item[]): boolean {
  if (list.some(({ checked }) => checked !== null)) return true;
  return list.filter((item) => isAct(item.text) || isBackup(item.text) || itemSql(item) !== null).length * 2 >= list.length;
}

/** Reads what stands directly below one heading. `number`: what titles begin with, where the heading is a part of a phase. */
export function readBlocks(section: Section, number: string | null, reading: Reading): ReadBlocks {
  const result: ReadBlocks = { ...nothingRead(), breaks: [], prose: [] };
  const elsewhere = isElsewhere(section, reading.target) && !reading.take.has(section.from);
  const lists = listsOf(section);
  const each = new Set<number>();
  for (const [i, block] of section.blocks.entries()) {
    if (block.kind === 'prose') readProse(block, result);
    else if (block.kind === 'fence') readFence({ section, number, elsewhere, place: i }, typedIn(block), reading, result);
    else if (block.kind === 'table') readTable(block, result);
    else if (block.kind === 'item') {
      const list = lists.get(block.list);
      if (list?.[0] === block && startList(section, list, reading, elsewhere, result)) each.add(block.list);
      if (each.has(block.list)) readItem(block, reading, result);
    }
  }
  return result;
}

/** The first cell with SQL. */
export function sqlInTable({ code }: Extract<Block, { kind: 'table' }>): string | undefined {
  return code.find((one) => /^\s*[A-Z]+\s+\S+\s/i.test(one) && isSql(one));
}

/** A table shows; SQL in it is named, because somebody may have meant it to run. */
function readTable(table: Extract<Block, { kind: 'table' }>, result: ReadBlocks): void {
  const found = sqlInTable(table);
  if (found !== undefined) result.notes.push(note('left_out', `The table in ${linesText(table)} holds SQL (${found.length > 80 ? `${found.slice(0, 77)}…` : found}), and a table is shown and not run.`, table.from));
}

/** Sentences explain; one that asks for something is no step, and is named. */
function readProse(block: Extract<Block, { kind: 'prose' }>, result: ReadBlocks): void {
  result.prose.push(block.text);
  if (isAct(block.text) && !/[:：]\s*$/.test(block.text)) result.notes.push(note('left_out', `“${titleOf(block.text)}” asks for something in a sentence, and is no step.`, block.from));
}

/** Plain bullets are one act together; numbered items, check boxes, and items with a fence or SQL are acts of their own. */
function isEach(list: readonly Item[]): boolean {
  return list.some((item) => item.ordered || item.checked !== null || item.fenced || itemSql(item) !== null);
}

/** What is to be said or done about a list as a whole; true where each of its items is an act. */
function startList(section: Section, list: readonly Item[], reading: Reading, elsewhere: boolean, result: ReadBlocks): boolean {
  const [first] = list;
  const lines = { from: first?.from ?? 1, to: list.at(-1)?.to ?? 1 };
  if (elsewhere || !isActs(list)) {
    if (!elsewhere && (reading.report || list.every(({ fenced }) => fenced))) return false;
    result.notes.push(note('left_out', elsewhere ? `The list in ${linesText(lines)} is about another place than ${reading.target}, as its heading says.` : `The list in ${linesText(lines)} names things and asks for nothing to be done.`, lines.from));
    return false;
  }
  if (isEach(list) || list.length === 1) return true;
  result.steps.push({ title: titleOf(section.title), ...lines, body: { is: 'manual', instruction: list.map(instructionOf).map((line) => `- ${line}`).join('\n') }, notes: [] });
  return false;
}

function instructionOf(item: Item): string {
  return [item.text, ...item.below.map((line) => `  - ${line}`)].join('\n');
}

function readItem(item: Item, reading: Reading, result: ReadBlocks): void {
  const lines = { from: item.from, to: item.to };
  if (item.checked === true) {
    if (!reading.report) result.notes.push(note('left_out', `“${titleOf(item.text)}” is ticked off already, and is not done again${item.fenced ? ', what stands in it included' : ''}.`, item.from));
    return;
  }
  const hours = hoursIn(item.text);
  if (refersAbove(item.text) && reading.sqlSeen) {
    result.breaks.push(result.steps.length);
    result.notes.push(note('understood', `“${titleOf(item.text)}” means the SQL further up: its phase stands here.`, item.from));
  } else if (item.fenced) {
    // What it asks for is spelled out in its fence.
  } else if (saysAgain(item.text) && reading.sqlSeen) result.notes.push(note('left_out', `“${titleOf(item.text)}” says again what the phases before it spell out.${lateWords(item, result)}`, item.from));
  else if (waitsIn(item.text) !== null && isAct(item.text)) result.later.push({ steps: [itemStep(item, lines, reading)], title: titleOf(labelled(item.text).rest), hours: waitsIn(item.text), ...lines });
  else if (isAboutKept(item.text) && hours !== null) result.notes.push(note('understood', `“${titleOf(item.text)}” says how long the old tables are kept.`, item.from));
  else if (isDumpCommand(item)) addAll(result, readCommand(item.code[0] ?? '', [labelled(item.text).label], { line: item.from, column: 1 }, itemPassage(item, reading)));
  else if (itemSql(item) !== null) addAll(result, readSql(itemSql(item) ?? '', () => ({ line: item.from, column: 1 }), itemPassage(item, reading), readCommand));
  else result.steps.push(itemStep(item, lines, reading));
}

/** What its list asks for before the changes are made, and what a plan that made them further up would do after them. */
function lateWords(item: Item, result: ReadBlocks): string {
  const above = /\b(?:valid|verif|quer|check|test)/i.test(item.text) ? [] : result.steps.filter(({ from }) => from >= item.list && from < item.from);
  return above.length === 0 ? '' : ` ${listed(above.map(({ title }) => `“${title}”`))} ${above.length === 1 ? 'stands' : 'stand'} before it in the list, and behind those phases here: move ${above.length === 1 ? 'it' : 'them'} up where ${above.length === 1 ? 'it has' : 'they have'} to come first.`;
}

/** `Backup taken: pg_dump prod > before.sql`. */
function isDumpCommand({ code, text }: Item): boolean {
  return code.length === 1 && /^pg_dump\s/.test(code[0] ?? '') && text.replace(code[0] ?? '', '').length < 60;
}

function itemPassage(item: Item, reading: Reading): Passage {
  return { target: reading.target, searchPath: reading.searchPath, number: null, item: null, words: [item.text], elsewhere: false, language: 'sql', made: reading.made, hours: null };
}

function itemStep(item: Item, lines: { from: number; to: number }, reading: Reading): DraftStep {
  const { label, rest } = labelled(item.text);
  const elsewhere = aboutWords(item.text.replace(/^\W+/, ''), reading.target) === 'other';
  const tool = elsewhere ? null : migrationTool(item.text);
  if (tool !== null) return openStep(rest, item.text, 'other_tool', `This lets ${tool} change ${reading.target} past all that is checked here. Import the SQL of its migrations, or the folder with them, in the place of this step.`, { line: item.from, column: 1 }, lines, '');
  if (isBackup(item.text) && !elsewhere) return { title: titleOf(rest), ...lines, body: { is: 'dump' }, notes: [note('understood', `“${titleOf(item.text)}” becomes a dump of ${reading.target} by the worker, which keeps it and reads it back.`, item.from)] };
  const notes = elsewhere ? [note('understood', `This is about another database than ${reading.target}, the only one that this plan changes: a person does it, and confirms.`, item.from)] : [];
  return { title: titleOf(label !== '' && !isAct(label) ? `${label}: ${rest}` : rest), ...lines, body: { is: 'manual', instruction: instructionOf({ ...item, text: label === '' ? rest : `${label}: ${rest}` }) }, notes };
}
