// What the comparison hands to its page and, part by part, to the browser: plain JSON, no more than what is looked at. Types only.
import type { AlignedRow, CompareGroup, CompareGroupDelta, CompareTotals } from '#lib/pipeline/align.ts';
import type { ListChange, ListHazard, ObjectList } from '#lib/pipeline/compare-list.ts';
import type { NearMiss } from '#lib/pipeline/near-miss.ts';
import type { DecisionVerdict, RenameVerdict } from '#lib/pipeline/plan.ts';
import type { ScriptHazardCode } from '#lib/pipeline/script/hazards.ts';
import type { ObjectKind, TableEstimate } from '#lib/pipeline/snapshot.ts';
import type { RefusedDto } from './answer.ts';

export interface DatabaseSideDto {
  name: string;
  takenAt: string;
  fingerprint: string;
  serverVersion: number;
  notCompared: readonly { kind: string; count: number }[];
  /** Of replayed SQL: what was left out. */
  notes: readonly string[];
}

/** What can be a side of a comparison; names as they stand in the address. */
export interface SourcesDto {
  databases: readonly string[];
  earlier: readonly { name: string; database: string; takenAt: string }[];
  /** `onto`: the database that a text only changes; null: it stands for itself. */
  texts: readonly { name: string; by: string; at: string; onto: string | null }[];
  folders: readonly string[];
  /** A scratch server is configured. */
  mayReplay: boolean;
}

export interface DecisionDto {
  id: string;
  deltaId: string;
  verdict: DecisionVerdict;
  reason: string;
  by: string;
  at: string;
}

/** Two differences that are, or look like, one thing under two names or in two schemas. */
export interface RenameDto {
  /** `rename:<from>→<to>`. */
  id: string;
  /** As a person says it: `table`, `schema`, `enum`. */
  kind: string;
  /** From one schema into another. */
  moves: boolean;
  /** As a person says them: `member.mail`, `email`; of what moves, both with the schema. */
  from: string;
  to: string;
  /** ObjectIds of the objects with which it is shown. */
  groups: readonly string[];
  /** The two differences that it would replace; empty once it is taken. */
  deltaIds: readonly string[];
  /** What speaks for it: the end of a sentence. Empty where somebody has answered. */
  evidence: string;
  answer: { id: string; verdict: RenameVerdict; reason: string; by: string; at: string } | null;
}

/** What the head of the page says of renames. */
export interface RenamesDto {
  /** Nobody has answered: the first few, and how many there are. */
  proposed: readonly RenameDto[];
  open: number;
  /** Taken by somebody, and not true of the two any more. */
  lapsed: readonly { decisionId: string; what: string; why: string; by: string; at: string }[];
}

export interface DeltaDto extends CompareGroupDelta {
  decision: DecisionDto | null;
}

/** A line of the list: the head of a schema, or an object in it. */
export type CompareLineDto =
  | { line: 'schema'; schema: string; differing: number; open: number; identical: boolean; folded: boolean }
  | {
      line: 'object';
      id: string;
      kind: ObjectKind;
      schema: string;
      name: string;
      /** add = only in desired, remove = only in current, change = both and different, identical. */
      change: ListChange;
      /** Of its differences, those that the filter lets through; `open`: ids of those that nobody has answered. */
      differing: number;
      open: readonly string[];
      hazards: readonly ListHazard[];
      /** Something of it looks like something else under another name, and nobody has answered. */
      rename: 'rename' | 'move' | null;
      /** All its differences are answered. */
      decided: boolean;
      /** Of the current side where there is one. */
      estimate: TableEstimate | null;
    };

/** A stretch of the list. */
export interface CompareListDto extends Omit<ObjectList, 'lines'> {
  /** Changes with every reading and every decision: parts with different stamps do not belong together. */
  stamp: string;
  from: number;
  /** Lines of a whole stretch. */
  size: number;
  lines: readonly CompareLineDto[];
  /** Lines in the whole list. */
  total: number;
  /** Line of the open object. */
  at: number | null;
}

/** A statement of the script that turns the one side into the other. */
export interface CompareStatementDto {
  objectId: string;
  sql: string;
  hazards: readonly string[];
  hazardCodes: readonly ScriptHazardCode[];
}

/** Everything about one object. */
export interface CompareDetailDto {
  stamp: string;
  /** With owners, grants, comments and the like. */
  noise: boolean;
  group: Omit<CompareGroup, 'deltas'> & { deltas: readonly DeltaDto[] };
  rows: readonly AlignedRow[];
  /** Canonical DDL text of each side for the Definition tab; null where the object is missing. */
  currentText: string | null;
  desiredText: string | null;
  /** Of the script of all differences, what concerns this object, in its order. */
  statements: readonly CompareStatementDto[];
  /** Asked and answered. */
  renames: readonly RenameDto[];
  /** What of it differs and has no statement, with the reason. */
  refusals: readonly { objectId: string; sentence: string }[];
}

/** Differences without an answer, for a press that takes many at once. */
export interface CompareOpenDto {
  stamp: string;
  ids: readonly { id: string; schema: string }[];
}

export interface CompareDto {
  databases: readonly string[];
  sources: SourcesDto;
  /** What at least one side does not know, and is compared on neither: sentences. */
  unread: readonly string[];
  /** Tables that an SQL text makes unlike the other side's. */
  nearMisses: readonly NearMiss[];
  /** The current side is a declared database. */
  mayPlan: boolean;
  current: DatabaseSideDto;
  desired: DatabaseSideDto;
  stamp: string;
  totals: CompareTotals['totals'] & {
    /** Lines of the list: tables with all that belongs to them, views, functions … The other numbers count columns, keys and indexes one by one. */
    whole: { objects: number; identical: number };
    decided: number;
    /** Differences in owners, grants, comments and the like: in the other numbers only when they were asked for. */
    noise: number;
  };
  list: CompareListDto;
  renames: RenamesDto;
  detail: CompareDetailDto | null;
}

/** The comparison cannot be made now, but another pair can still be chosen. */
export interface CompareRefusedDto extends RefusedDto {
  databases: readonly string[];
  sources: SourcesDto;
  current: string;
  desired: string;
}
