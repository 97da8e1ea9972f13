import type { OpenWork } from '../step-kinds/open.ts';
import type { Section } from './document.ts';
import type { ReadingNoteCode } from './reading.ts';
import type { Spot } from './fence-places.ts';
import type { PrintedLines } from './printed.ts';
import type { BackUnit, ParsedSql } from './sql-pieces.ts';

/** What a passage of a text asks for, before phases have their order and their names. */
export type DraftBody =
  | { is: 'sql'; statements: readonly DraftStatement[]; repeatable: boolean; searchPath: readonly string[] }
  | { is: 'dump' }
  | { is: 'manual'; instruction: string; command?: string }
  | { is: 'open'; work: OpenWork };

export interface DraftStatement extends Pick<ParsedSql, 'sql' | 'kind' | 'node'> {
  /** What the text says about its answer: beside it or right below, above it, and around its passage, each the nearest first; of statements that do something nothing. */
  beside: readonly string[];
  above: readonly string[];
  around: readonly string[];
  /** What psql printed below it, and on which lines that stands. */
  printed?: PrintedLines;
  line: number;
  column: number;
}


export interface DraftNote {
  code: ReadingNoteCode;
  sentence: string;
  line: number;
  column: number;
  take?: number;
}

export interface DraftStep {
  title: string;
  from: number;
  to: number;
  body: DraftBody;
  /** About this step; they get its id. */
  notes: DraftNote[];
}

export interface DraftPhase {
  section: Section;
  title: string;
  steps: DraftStep[];
  from: number;
  to: number;
  /** Hours that the text wants to pass before it; null: none. */
  hours: number | null;
  /** Steps that the text means for later, and what it says about when. */
  later: { steps: DraftStep[]; title: string; hours: number | null; from: number; to: number }[];
  summary: string | null;
}

export function note(code: ReadingNoteCode, sentence: string, line: number, column = 1): DraftNote {
  return { code, sentence, line, column };
}

/** A title that fits a list: the first line, without a full stop at its end. */
export function titleOf(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim().replace(/[.:;,]+$/, '');
  const short = line.length > 110 ? `${line.slice(0, 107).trimEnd()}…` : line;
  return short === '' ? 'As written' : short.charAt(0).toUpperCase() + short.slice(1);
}

/** Where a passage stands and what is known there. */
export interface Passage {
  target: string;
  /** Changed by SET search_path. */
  searchPath: readonly string[];
  /** `2.1`, put before titles. */
  number: string | null;
  /** The words of the list item in which it stands: the title where nothing nearer is said. */
  item: string | null;
  /** What prose around the passage says about answers. */
  words: readonly string[];
  /** Its SQL is meant for another database. */
  elsewhere: boolean;
  language: string;
  /** Tables that the text has made so far, under every name that they had. */
  made: Set<string>;
  /** Hours after which the text around it wants it. */
  hours: number | null;
}

export interface ReadPassage {
  steps: DraftStep[];
  later: DraftPhase['later'];
  /** Statements in comments of which the text says that they take a step back. */
  backs: BackUnit[];
  notes: DraftNote[];
}

export function nothingRead(): ReadPassage {
  return { steps: [], later: [], backs: [], notes: [] };
}

export function openStep(title: string, text: string, why: 'placeholder' | 'does_not_parse' | 'other_tool' | 'psql_command' | 'other_database', sentence: string, at: Spot, lines: { from: number; to: number }, language: string): DraftStep {
  return { title: titleOf(title), ...lines, body: { is: 'open', work: { kind: 'open', text, language, why, sentence, at: { line: at.line, column: at.column } } }, notes: [note('kept_open', sentence, at.line, at.column)] };
}
