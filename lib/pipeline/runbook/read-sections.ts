import { counted } from '../words.ts';
import { allOf, linesText, type Section } from './document.ts';
import { note, titleOf, type DraftNote, type DraftPhase, type DraftStep } from './draft.ts';
import { languageOf } from './language.ts';
import { couldAct, readBlocks, sqlInTable, type Reading } from './read-blocks.ts';
import type { Item } from './markdown.ts';
import type { PlanFollowUp } from '../plan.ts';
import type { BackUnit } from './sql-pieces.ts';
import { dayOf, hoursIn } from './times.ts';
import { isAlternative, isChecking, isPreparation, isElsewhere, isFollowUps, isLeftToDo, isNumbered, isRecommended, isRepeated, isRollback, isStepTitle, numberIn, tells } from './telling.ts';

/** Phases of a text in its order, before anything is moved. */
export interface ReadSections {
  phases: (DraftPhase & { afterAbove?: boolean })[];
  /** Sections that say how to go back, each with the phases read before it; and statements in comments that do, each with the phase in which they stand. */
  rollbacks: { section: Section; before: number }[];
  backs: { units: BackUnit[]; phase: DraftPhase }[];
  notes: DraftNote[];
  followUps: PlanFollowUp[];
}

/** Headings become phases: those with a number of their own, otherwise the nearest above something that can be done. */
export function readSections(root: Section, reading: Reading): ReadSections {
  const result: ReadSections = { phases: [], rollbacks: [], backs: [], notes: [], followUps: [] };
  if (reading.report) readReport(root, reading, result);
  else walk(root, reading, result);
  return result;
}

function walk(section: Section, reading: Reading, result: ReadSections): void {
  if (isRollback(section.title) && section.depth > 1) {
    result.rollbacks.push({ section, before: result.phases.length });
    return;
  }
  if (isForAfterwards(section, reading, result)) {
    readFollowUps(section, result);
    return;
  }
  const why = leftOutWhy(section, reading);
  if (why !== null && section.depth > 1) {
    const kept = allOf(section).filter((one) => one !== section && (isChecking(one.title) || reading.take.has(one.from)));
    leaveOut(section, `${why}${kept.length > 0 ? `, except for ${kept.map(({ title }) => `“${titleOf(title)}”`).join(' and ')}` : ''}`, result, kept);
    for (const child of kept) walk(child, reading, result);
    return;
  }
  if (section.depth <= 1) {
    if (couldAct(section)) readPhase(section, [section], reading, result);
    for (const child of chosen(section.children, reading, result)) walk(child, reading, result);
  } else if (isPhase(section)) readPhase(section, groupsOf(section, reading, result), reading, result);
  else if (!allOf(section).some((one) => couldAct(one) || isRollback(one.title))) leaveOut(section, nothingWhy(section, reading), result);
  else for (const child of chosen(section.children, reading, result)) walk(child, reading, result);
}

/** A list, behind everything that runs, of what is to be done some time after it: no step, because no run could wait for it. */
function isForAfterwards(section: Section, reading: Reading, result: ReadSections): boolean {
  if (section.depth < 2 || result.phases.length === 0 || !isFollowUps(section.title) || isNumbered(section.title) || reading.take.has(section.from)) return false;
  return openItems(section).length > 0 && allOf(section).every(({ blocks }) => blocks.every((block) => block.kind !== 'fence' || languageOf(block) === null));
}

function openItems(section: Section): { item: Item; title: string }[] {
  return allOf(section).flatMap(({ title, blocks }) => blocks.flatMap((block) => (block.kind === 'item' && block.checked !== true ? [{ item: block, title }] : [])));
}

function readFollowUps(section: Section, result: ReadSections): void {
  const items = openItems(section);
  for (const { item, title } of items) result.followUps.push({ id: `line ${item.from}`, title: titleOf(item.text), hours: hoursIn(item.text) ?? hoursIn(title) ?? hoursIn(section.title), source: { from: item.from, to: item.to } });
  result.notes.push(note('understood', `“${titleOf(section.title)}” (${linesText(section)}) is for afterwards: ${counted(items.length, 'follow-up', 'follow-ups')} of the plan, on Home once every phase has run, and no step.`, section.from));
}

/** As the end of a sentence; null where it is read. */
function leftOutWhy(section: Section, reading: Reading): string | null {
  for (let here: Section | null = section; here; here = here.parent) if (reading.take.has(here.from) && here.depth > 0) return null;
  const why = tells(section);
  if (why !== null) return isChecking(section.title) ? null : `${why}: it is told, and not done`;
  const sql = allOf(section).some(({ blocks }) => blocks.some((block) => block.kind === 'fence' && languageOf(block) === 'sql'));
  return isElsewhere(section, reading.target) && !sql ? `is about another place than ${reading.target}` : null;
}

function isPhase(section: Section): boolean {
  if (couldAct(section)) return !section.children.some(({ title }) => isNumbered(title));
  const below = allOf(section).slice(1);
  if (!below.some(couldAct)) return false;
  return isNumbered(section.title) || (section.children.some(({ title }) => isStepTitle(title)) && section.children.filter(({ title }) => isStepTitle(title)).some(couldAct));
}

/** Of several ways the first, or the recommended one; the others are left out by name. */
function chosen(sections: readonly Section[], reading: Reading, result: ReadSections): Section[] {
  const ways = sections.filter(({ title, from }) => isAlternative(title) && !reading.take.has(from));
  if (ways.length < 2) return [...sections];
  const taken = ways.find(({ title }) => isRecommended(title)) ?? ways.find((way) => allOf(way).some(couldAct)) ?? ways[0];
  for (const way of ways) if (way !== taken) leaveOut(way, `is another way to the same end than “${titleOf(taken?.title ?? '')}”, which is taken${taken && isRecommended(taken.title) ? ' because the text recommends it' : ' because it stands first'}`, result);
  return sections.filter((section) => section === taken || !ways.includes(section));
}

function leaveOut(section: Section, why: string, result: ReadSections, kept: readonly Section[] = []): void {
  if (allOf(section).every(({ blocks }) => blocks.length === 0)) return;
  const unread = notRun(allOf(section).filter((one) => !kept.flatMap(allOf).includes(one)));
  result.notes.push({ ...note('left_out', `“${titleOf(section.title)}” (${linesText(section)}) ${why}.${unread}`, section.from), ...(unread === '' ? {} : { take: section.from }) });
}

/** What stands in it that could be run, so that nobody thinks it was. */
function notRun(sections: readonly Section[]): string {
  const languages = sections.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'fence' ? (languageOf(block) ?? []) : [])));
  const sql = languages.filter((language) => language === 'sql').length;
  const shell = languages.length - sql;
  const tables = sections.some(({ blocks }) => blocks.some((block) => block.kind === 'table' && sqlInTable(block) !== undefined));
  const parts = [...(tables ? ['a table with SQL'] : []), ...(sql > 0 ? [counted(sql, 'passage of SQL', 'passages of SQL')] : []), ...(shell > 0 ? [counted(shell, 'passage of commands', 'passages of commands')] : [])];
  return parts.length === 0 ? '' : ` Not run: ${parts.join(' and ')}.`;
}

/** What it asks for may stand further up already. */
function nothingWhy({ from, to }: Section, { joined }: Reading): string {
  return joined.some((line) => from <= line && line <= to) ? 'is read with the passage further up that it goes on with' : 'asks for nothing to be done';
}

/** The section and what belongs to it; what tells is left out by name, ways back are put aside. */
function groupsOf(section: Section, reading: Reading, result: ReadSections): Section[] {
  const groups = [section];
  for (const child of chosen(section.children, reading, result)) {
    const why = leftOutWhy(child, reading);
    if (isRollback(child.title)) result.rollbacks.push({ section: child, before: result.phases.length + 1 });
    else if (why !== null) leaveOut(child, why, result);
    else if (!allOf(child).some(couldAct)) leaveOut(child, nothingWhy(child, reading), result);
    else groups.push(...groupsOf(child, reading, result));
  }
  return groups;
}

function readPhase(section: Section, groups: readonly Section[], reading: Reading, result: ReadSections): void {
  const whole = { section, from: section.from, to: groups.at(-1)?.to ?? section.to };
  const parts: DraftStep[][] = [[]];
  const later: DraftPhase['later'] = [];
  const prose: string[] = [];
  const backs: BackUnit[] = [];
  for (const group of groups) {
    const read = readBlocks(group, group === section ? null : numberIn(group.title), reading);
    prose.push(...read.prose);
    later.push(...read.later);
    backs.push(...read.backs);
    result.notes.push(...read.notes);
    let at = 0;
    for (const end of read.breaks) {
      parts.at(-1)?.push(...read.steps.slice(at, end));
      parts.push([]);
      at = end;
    }
    parts.at(-1)?.push(...read.steps.slice(at));
  }
  if (parts.every((steps) => steps.length === 0) && later.length === 0) {
    leaveOut(section, nothingWhy(section, reading), result);
    return;
  }
  const hours = hoursIn(section.title) ?? daysSince(section, result);
  if (isRepeated(`${section.title}:`)) result.notes.push(note('understood', `“${titleOf(section.title)}” is to be done more than once, and a plan does it once: where rows change in batches, take the step that does that.`, section.from));
  if (/\boptional(?:ly)?\b|\bif (?:needed|necessary|required)\b/i.test(section.title)) result.notes.push(note('understood', `“${titleOf(section.title)}” is left to a person’s judgement, and a plan has none: it is done, unless the phase is removed.`, section.from));
  const early = reading.sqlSeen && /\bchecklist\b/i.test(section.title) ? parts.flat().find(({ body, title }) => body.is === 'manual' && isPreparation(title)) : undefined;
  if (early && parts.flat().every(({ body }) => body.is === 'manual')) result.notes.push(note('understood', `“${titleOf(section.title)}” stands behind what runs, as in the text, and “${early.title}” is something to look at before: move the phase up if it is meant so.`, section.from));
  const title = titleOf(section.depth === 0 ? reading.report ? 'What is left to do' : 'What the text says' : section.title);
  const filled = parts.map((steps, i) => ({ steps, afterAbove: i > 0 }));
  for (const [i, { steps, afterAbove }] of filled.entries()) {
    if (steps.length === 0 && !(afterAbove || (filled.length === 1 && later.length > 0))) continue;
    const named = i > 0 && (parts[0]?.length ?? 0) > 0 ? `${title}, continued` : title;
    const phase = { ...whole, title: named, steps, hours, later: i === filled.length - 1 ? later : [], summary: i === 0 ? (prose[0] ?? null) : null, ...(afterAbove ? { afterAbove } : {}) };
    result.phases.push(phase);
    if (backs.length > 0) result.backs.push({ units: backs, phase });
  }
}

/** `Day 8: clean up` behind `Day 3: …`. */
function daysSince(section: Section, result: ReadSections): number | null {
  const day = dayOf(section.title);
  const before = result.phases.findLast((phase) => dayOf(phase.section.title) !== null);
  const from = before ? dayOf(before.section.title) : null;
  return day === null || from === null || day <= from ? null : (day - from) * 24;
}

/** Of a text that reports what was done: open check boxes, and what it says is left to do. */
function readReport(root: Section, reading: Reading, result: ReadSections): void {
  const open = allOf(root).filter((section) => section.blocks.some((block) => block.kind === 'item' && block.checked === false) || (isLeftToDo(section.title) && couldAct(section)));
  for (const section of open) readPhase(section, [section], reading, result);
  const told = allOf(root).filter((section) => section.depth > 0 && section.blocks.length > 0 && !open.includes(section));
  const sql = told.reduce((sum, section) => sum + section.blocks.filter((block) => block.kind === 'fence' && languageOf(block) !== null).length, 0);
  const names = told.filter(({ depth }) => depth > 1).map(({ title }) => `“${titleOf(title)}”`);
  const shown = names.length > 12 ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more` : names.join(', ');
  result.notes.unshift(note('left_out', `This text reports what has been done, and nothing of that is done again${sql > 0 ? `, its ${sql === 1 ? 'passage' : `${sql} passages`} of SQL included` : ''}: ${shown}.`, root.children[0]?.from ?? 1));
}
