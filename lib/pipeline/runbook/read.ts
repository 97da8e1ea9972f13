import { loadModule } from 'libpg-query';
import { isAboutKept } from './acts.ts';
import { arrange } from './arrange.ts';
import { allOf, sectionsOf, type Section } from './document.ts';
import { note, type DraftNote, type DraftPhase, type DraftStep } from './draft.ts';
import { finishPhases, type Ordered } from './finish.ts';
import { readMarkdown, type Block } from './markdown.ts';
import { looksSql } from './language.ts';
import type { Reading } from './read-blocks.ts';
import { ownRuleMet } from './own-rule.ts';
import { readSections, type ReadSections } from './read-sections.ts';
import type { RunbookReading, RunbookText } from './reading.ts';
import { isReport } from './telling.ts';
import { joinTorn } from './torn.ts';
import { dayOf, hoursIn, namesTime } from './times.ts';
import { attachUnits, waysBack, type WayBack } from './ways-back.ts';

/** For which plan a text is read. */
export interface RunbookAbout {
  /** The database that the plan changes, by its declared name. */
  target: string;
  /** The one that it is to resemble. */
  desired: string | null;
  /** Hours after which clean-up is due where the text gives none. */
  windowHours: number;
  planId: string;
  /** First lines of passages that were left out (the `line` of their notes) and that a person wants read all the same. */
  take?: readonly number[];
}

/**
 * Reads a runbook in Markdown into phases and steps, and says what it left out, kept open or understood, each with its place in the text. Pure. Never
 * throws on a text: what cannot be run is kept as an open step. The order is that of the text, except where the text itself says another.
 */
export async function readRunbook(text: RunbookText, about: RunbookAbout): Promise<RunbookReading> {
  await loadModule();
  const markdown = readMarkdown(text.text);
  const whole = isPlainSql(text, markdown.blocks) ? { blocks: [wholeAsSql(markdown.lines)], notes: [], joined: [] } : joinTorn(markdown.blocks);
  const root = sectionsOf(whole.blocks, text.name, markdown.lines.length);
  const reading: Reading = { target: about.target, lines: markdown.lines, searchPath: ['public'], made: new Set(), sqlSeen: false, take: new Set(about.take), answered: new Set(), joined: whole.joined, report: isReport(titlesOf(root), headOf(root)) };
  const read = readSections(root, reading);
  const notes: DraftNote[] = [...whole.notes, ...read.notes, ...(markdown.frontMatter > 0 ? [note('left_out', `Front matter (lines 1 to ${markdown.frontMatter}) describes the text, and is left out.`, 1)] : [])];
  const ways = new Map<DraftStep, WayBack>();
  for (const { section, before } of read.rollbacks) notes.push(...waysBack(section, candidates(read, before), reading, ways));
  for (const { units, phase } of read.backs) notes.push(...attachUnits(units, [phase], ways));
  const arranged = arrange(read.phases);
  const ordered = orderedOf(arranged.phases, root, about.windowHours, notes);
  const finished = finishPhases(ordered, ways);
  const all = [...notes, ...arranged.notes, ...finished.notes, ...ownRuleMet(markdown.blocks, finished.phases)];
  return { phases: finished.phases, followUps: read.followUps, notes: all.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

/** A file of SQL, or SQL that somebody pasted without any Markdown around it. */
function isPlainSql(text: RunbookText, blocks: readonly Block[]): boolean {
  if (blocks.some(({ kind }) => kind === 'fence' || kind === 'heading')) return /\.sql$/i.test(text.name);
  return /\.sql$/i.test(text.name) || (text.text.includes(';') && looksSql(text.text));
}

function wholeAsSql(lines: readonly string[]): Block {
  return { kind: 'fence', language: 'sql', text: lines.join('\n'), line: 1, from: 1, to: lines.length, of: null };
}

function titlesOf(root: Section): string[] {
  return allOf(root).filter(({ depth }) => depth > 0).map(({ title }) => title);
}

/** The words before the first chapter. */
function headOf(root: Section): string {
  const head = allOf(root).slice(0, 4);
  return head.flatMap((section) => [section.title, ...section.blocks.flatMap((block) => (block.kind === 'prose' ? [block.text] : []))]).join('\n');
}

function candidates(read: ReadSections, before: number): DraftPhase[] {
  const above = read.phases.slice(0, before);
  return above.length > 0 ? above : [...read.phases];
}

function orderedOf(phases: readonly DraftPhase[], root: Section, windowHours: number, notes: DraftNote[]): Ordered[] {
  const kept = keptHours(root);
  const first = phases[0];
  const ordered: Ordered[] = first && first.hours !== null ? [standsFirst(first, notes)] : [];
  for (const phase of phases) {
    const { title, summary, from, to, hours } = phase;
    const steps = phase.steps.length > 0 && hours === null && namesTime(phase.section.title) ? [timeHasCome(phase, notes), ...phase.steps] : phase.steps;
    if (steps.length > 0) ordered.push({ title, summary, steps, from, to, due: hours === null ? null : { after: null, hours }, draft: phase });
  }
  for (const phase of phases) {
    for (const later of phase.later) {
      const hours = later.hours ?? kept.hours ?? windowHours;
      const why = later.hours !== null ? 'as the text says there' : kept.hours !== null ? `as ${kept.why}` : 'because the text gives no time: it is the rollback window of the plan';
      notes.push(note('understood', `“${later.title}” is meant for later, and is a phase of its own, due ${hours} hours after “${phase.title}”, ${why}.`, later.from));
      ordered.push({ title: later.title, summary: null, steps: later.steps, from: later.from, to: later.to, due: { after: phase.steps.length > 0 ? phase : null, hours }, draft: null });
    }
  }
  return ordered;
}

/** A release, a date, a word: nobody but a person can say whether that time has come. */
function timeHasCome({ section, from, to }: DraftPhase, notes: DraftNote[]): DraftStep {
  notes.push(note('understood', `“${section.title}” names a time that is no number of hours: a person confirms first that it has come.`, from));
  return { title: 'Confirm that its time has come', from, to, body: { is: 'manual', instruction: `Confirm that the time has come that the text names: ${section.title}.` }, notes: [] };
}

/** A text whose first act is to wait says that something was done before it: a person confirms that, and the hours count from there. */
function standsFirst(first: DraftPhase, notes: DraftNote[]): Ordered {
  const item = first.section.blocks.find((block) => block.kind === 'item');
  const words = item?.kind === 'item' && /\b(?:after|once|when)\b/i.test(item.text) ? item.text.replace(/:$/, '') : first.title;
  notes.push(note('understood', `“${first.title}” waits for something that this plan does not do. A person confirms it first, and the ${first.hours ?? 0} hours count from there.`, first.from));
  const instruction = `Confirm that what this waits for has come true: ${words}.`;
  return { title: `Before “${first.title}”`, summary: null, from: first.from, to: first.from, due: null, draft: null, steps: [{ title: 'Confirm that it may go on', from: first.from, to: first.from, body: { is: 'manual', instruction }, notes: [] }] };
}

/** For how long a text wants old tables kept, wherever it says so; of several times the longest. */
function keptHours(root: Section): { hours: number | null; why: string } {
  const items = allOf(root).flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'item' || block.kind === 'prose' ? [block] : [])));
  const production = items.findLast(({ text }) => dayOf(text) !== null && /\bproduction\b/i.test(text) && !/\bclean/i.test(text));
  const started = production ? (dayOf(production.text) ?? 1) : 1;
  const said = items.flatMap(({ text, from }) => {
    const day = dayOf(text);
    const hours = !isAboutKept(text) ? null : day !== null && day > started ? (day - started) * 24 : hoursIn(text);
    return hours === null ? [] : [{ hours, why: `line ${from} says` }];
  });
  return said.toSorted((a, b) => b.hours - a.hours)[0] ?? { hours: null, why: '' };
}
