import { digestOf } from './digest.ts';
import type { Check } from './evidence.ts';
import type { Hazard, LockMode } from './hazards.ts';
import type { Rename } from './rename.ts';
import type { Work } from './step-kinds/all.ts';

/** A table by its two names; rendered and quoted by ddl.ts only. */
export interface TableName {
  schema: string;
  name: string;
}

/** What an assertion expects: a literal, the answer of another query in the same transaction, or a measured number of the run's own evidence. */
export type Expectation =
  | { from: 'literal'; value: string }
  | { from: 'sql'; sql: string }
  /** `of`: the table (`schema.name`) for a check over several tables. Resolved by expectation.ts. */
  | { from: 'evidence'; check: string; field: 'rows' | 'keysDigest' | 'conflicts' | 'conflictsDigest'; of?: string }
  /** A text asks, and nobody has said yet what must come out: blocks the signature. */
  | { from: 'unsaid' }
  /** Asked to be read by a person: whatever comes out is kept in the record and nothing is compared. */
  | { from: 'any' };

/** One value (as text) that must come out; otherwise the step is rolled back, or after commit the phase deviates. */
export interface Assertion {
  label: string;
  /** Returns one row with one column. */
  sql: string;
  expect: Expectation;
}

/** A statement is sent alone, never glued to another. */
export type Statement =
  | { do: 'execute'; label: string; sql: string }
  /** Keyset copy: $1 = last key as text (null at first), $2 = batch size; answers one row (rows int, last text). Repeated until rows = 0. */
  | { do: 'copy'; label: string; sql: string; totalSql: string }
  | ({ do: 'assert' } & Assertion);

export interface LockClaim {
  mode: LockMode;
  table: TableName;
}

/** The unit of execution: one ledger row, one outcome. Without `work` it is one transaction in the target; with it, what its kind says (step-kinds/). */
export interface Step {
  /** Unique inside the plan, for example `convert.2`. */
  id: string;
  title: string;
  statements: readonly Statement[];
  /** What the step does beyond statements in one transaction; absent = nothing (kind `sql`). */
  work?: Work;
  /** Undoes the step in one transaction. Empty only where nothing is changed or the step cannot be undone. */
  undo: readonly Statement[];
  /** The work of the step that undoes it, where `undo` alone does not. */
  undoWork?: Work;
  locks: readonly LockClaim[];
  /** What the way back locks, where that differs. */
  undoLocks?: readonly LockClaim[];
  rewrite: boolean;
  /** REPEATABLE READ where two statements must see one instant; READ COMMITTED otherwise. */
  isolation?: 'repeatable read';
  hazards: readonly Hazard[];
  /** False: the SQL follows from deltas and decisions and cannot be edited by hand. */
  editable: boolean;
  /** Where names without a schema are looked for, both ways; absent: nowhere but in pg_catalog. Texts of people have it, generated SQL names everything in full. */
  searchPath?: readonly string[];
  /** The lines of the plan's text that it was read from. */
  source?: SourceLines;
}

/** First and last line, both from 1. */
export interface SourceLines {
  from: number;
  to: number;
}

/** Asked before a rollback: rows written to a table since the phase was applied, which going back would lose. */
export interface PriceQuestion {
  table: TableName;
  /** The step after which there is something to lose; without it nothing was written to the new table yet. */
  step: string;
  /** Returns one row: inserted, changed, deleted (bigint). Read-only. */
  sql: string;
}

/** `written`: by people, from a runbook, a folder of migrations or by hand; all others come from a comparison. */
export type PhaseKind = 'written' | 'dump' | 'rename' | 'prepare' | 'backup' | 'convert' | 'duplicate' | 'empty' | 'create' | 'alter' | 'adapt' | 'remove' | 'validate' | 'cleanup';

/** A person's recorded answer to an orphan set; undecided blocks when the set is not empty. */
export interface OrphanDecision {
  verdict: 'delete' | 'set_null' | 're_point' | 'stop';
  /** Of re_point: the parent's key, as text, that the rows are to point to. */
  to?: string;
  reason: string;
}

/**
 * A person's recorded answer about a table that looks like the duplicate of another: which values stay where the two have a row of one key and say
 * different things; that it is no duplicate at all, and must be empty to go; or, of a table that is not empty, that it is set aside with its rows (`archive`). `into` names the table
 * that stays (`schema.name`), where it does not follow from the name.
 */
export interface OverlapDecision {
  verdict: 'keep_kept' | 'keep_duplicate' | 'newest' | 'stop' | 'not_a_duplicate' | 'archive';
  into?: string;
  /** Of newest: the column whose greater value wins. */
  by?: string;
  reason: string;
}

/** A person's recorded answer to a finding that would block. */
export interface FindingDecision {
  verdict: 'accepted';
  reason: string;
}

/** The unit of approval. */
export interface Phase {
  /** Unique inside the plan: the kind, with a number behind it where a kind occurs twice. */
  id: string;
  kind: PhaseKind;
  title: string;
  /** One sentence: what it does and why here. */
  summary: string;
  steps: readonly Step[];
  /** What preflight measures; the answers are the evidence. */
  checks: readonly Check[];
  /** Read-only, after the last step has committed. A deviation closes the next phase. */
  verifications: readonly Assertion[];
  /** What a rollback would lose; empty when it is lossless by construction. */
  price: readonly PriceQuestion[];
  /** What is named here has its fingerprint in the signature: ObjectIds with all that hangs on them, or ids of deltas for no more than these. */
  touches: readonly string[];
  /** Fingerprints after the last step, by touch; asked like a verification. */
  expects?: Readonly<Record<string, string>>;
  /** Phases that must stand applied while this one does; rolling one of them back means rolling this one back first. */
  requires: readonly string[];
  /** By foreign key (ForeignKeySpec.id). */
  orphanDecisions: Readonly<Record<string, OrphanDecision>>;
  /** By the table that goes (`schema.name`). */
  overlapDecisions?: Readonly<Record<string, OverlapDecision>>;
  /** Rows leave the live tables or are dropped for good, or values of rows that stay are thrown away: the approver types the measured number. */
  destructive: boolean;
  /** Cannot be rolled back once applied. */
  pointOfNoReturn: boolean;
  /** Steps of earlier versions that stand in the target and that nothing takes back: an author went on after them. */
  left?: readonly { id: string; title: string }[];
  /** Findings of the lint that a person lets stand, by the finding's id. */
  findingDecisions?: Readonly<Record<string, FindingDecision>>;
  source?: SourceLines;
  /** Not before this many hours after that phase and all that this one requires were applied; null: any time. */
  due: { afterPhase: string; hours: number } | null;
}

/** How far measured facts may move between signature and run without voiding it. Orphans, casts and schema: never. */
export interface Tolerance {
  /** Row counts of live tables may differ by this share, in percent of the signed count. */
  rowsPercent: number;
}

export interface PlanDecision {
  deltaId: string;
  verdict: DecisionVerdict | RenameVerdict;
  reason: string;
}
/** What is answered to a difference. */
export type DecisionVerdict = 'not_needed' | 'later' | 'keep';
/** What is answered to the question whether two differences are one object under two names. */
export type RenameVerdict = 'renamed' | 'not_renamed';

/** A text that a person gave, kept beside the plan as it was; `text` is its id there and `digest` its sha256. */
export type PlanOrigin = { from: 'runbook'; text: string; name: string; digest: string } | FolderOrigin | { from: 'hand' };

/** Migrations of a folder that the environment names: run, or only noted in the ledger of the tool that they belong to. */
export interface FolderOrigin {
  from: 'folder';
  name: string;
  style: 'prisma' | 'drizzle' | 'plain';
  act: 'run' | 'mark_applied' | 'mark_rolled_back';
  /** What the plan is about, in its order, with the sha256 of each file. */
  files: readonly { name: string; digest: string }[];
  /** What is wrong between folder and ledger and was let stand by the author. */
  letStand: readonly { name: string; what: string; reason: string }[];
}

export type FullBackup = 'dump' | 'dump_and_restore';

/** Phases of a plan of people that the planner made, by their ids, and the differences that they settle. */
export interface GeneratedPart {
  deltaIds: readonly string[];
  phaseIds: readonly string[];
}

/** What a text leaves to do once the plan has run; a person does it and says so. */
export interface PlanFollowUp {
  /** Unique inside the plan. */
  id: string;
  title: string;
  /** Hours after the last phase; null: the text gives no time. */
  hours: number | null;
  source?: SourceLines;
}

/** One version of the document that is approved and run. Everything in it is JSON. */
export interface Plan {
  /** uuid, given by the caller. */
  id: string;
  name: string;
  /** Declared name of the database that will be changed, and of the one it is to resemble. */
  target: string;
  desired: string;
  /** Fingerprints of the two snapshots from which it was made. */
  basis: { current: string; desired: string };
  /** Schema in the target that holds backups, originals, set-aside tables and quarantine until clean-up. */
  keepSchema: string;
  deltaIds: readonly string[];
  decisions: readonly PlanDecision[];
  /** What a person said is one object under two names. */
  renames?: readonly Rename[];
  tolerance: Tolerance;
  /** Hours during which a phase may be rolled back by one press, and after which clean-up is due. */
  windowHours: number;
  /** What the conversions were planned for: seconds for which they may keep writers waiting. */
  writePauseSeconds?: number;
  /** Pauses that rehearsals measured, in seconds, by the tables that are converted together; they count instead of estimates. */
  rehearsedSeconds?: Readonly<Record<string, number>>;
  /** A person asked that tables stay where they can, and columns change places inside them. */
  keepTables?: true;
  /** Where it comes from; absent: from a comparison. */
  origin?: PlanOrigin;
  /** Of a plan with an origin: what the planner put between the phases that people wrote. Decisions on orphans render these anew, and no others. */
  generated?: readonly GeneratedPart[];
  /** Whether the first phase dumps the whole database, and tries the dump by restoring it. */
  fullBackup?: FullBackup;
  /** Absent: its text names none. Not part of what is signed of a phase. */
  followUps?: readonly PlanFollowUp[];
  phases: readonly Phase[];
}

/** Digest of a whole version. */
export function planDigest(plan: Plan): string {
  return digestOf(plan);
}

/** The phase, or undefined when the plan has none of that id. */
export function findPhase(plan: Plan, phaseId: string): Phase | undefined {
  return plan.phases.find((phase) => phase.id === phaseId);
}

/** Does a phase fill new tables beside the live ones? Only there rows change in the live tables before they are copied. */
export function fillsBeside(phase: Pick<Phase, 'steps'>): boolean {
  return phase.steps.some(({ work }) => work?.kind === 'feed' && work.copy);
}
