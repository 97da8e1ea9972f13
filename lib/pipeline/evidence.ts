import type { ExtensionFact, ExtensionWanted } from './extensions.ts';
import type { RightsMissing } from './operator-rights.ts';
import type { TableName } from './plan.ts';
import type { TargetIdentity } from './snapshot.ts';

/** A number never travels without its provenance. Unknown is never 0. */
export type Quantity =
  | { provenance: 'exact'; value: number }
  | { provenance: 'estimate'; value: number; basis: string }
  | { provenance: 'unknown'; why: string };

export interface ForeignKeySpec {
  /** The constraint's name as desired names it. */
  id: string;
  child: TableName;
  columns: readonly string[];
  parent: TableName;
  parentColumns: readonly string[];
  /** Types under which the key is compared (the desired ones), per column. */
  types: readonly string[];
  onDelete: string;
  /** Is every child column nullable in desired: may the decision be set_null? */
  nullable: boolean;
}

export interface CastSpec {
  column: string;
  from: string;
  to: string;
  /** Of an enum that it becomes: its values. The target may not have it yet, and the server then answers nothing. */
  labels?: readonly string[];
}

/** A question that preflight asks of the target. */
export type Check =
  /** `instead`: why not fewer rows are counted although a statement means fewer; the end of a sentence. */
  | { id: string; kind: 'rows'; table: TableName; instead?: string }
  /** Rows that statements take or change, and what foreign keys take along or change with them. `sql` answers for each table, by its place in `tables`, how many go, how many change and how many of these lose a value for good; it is read-only, written by the lint, and looks for names along `searchPath`. */
  | { id: string; kind: 'matched'; tables: readonly (MatchedTable | null)[]; sql: string; searchPath: readonly string[] }
  /** Fixpoint over all foreign keys of one component, existing and planned; `keys` names the key columns that identify a row of each table (`schema.name`). */
  | { id: string; kind: 'orphans'; foreignKeys: readonly ForeignKeySpec[]; keys: Readonly<Record<string, readonly string[]>> }
  | { id: string; kind: 'casts'; table: TableName; key: readonly string[]; casts: readonly CastSpec[] }
  /** `like`: tables that have all its columns, so that a person may say that it is a duplicate of one of them. */
  | { id: string; kind: 'empty'; table: TableName; like?: readonly TableName[] }
  /** `columns`: those that are compared; absent: all that the duplicate has. */
  | { id: string; kind: 'overlap'; duplicate: TableName; kept: TableName; key: readonly string[]; columns?: readonly string[] }
  /** Rows that a new rule would refuse. Each `sql` answers one number; written by the planner, read-only. */
  | { id: string; kind: 'violations'; table: TableName; rules: readonly Rule[] }
  /** Everything that hangs on the tables; classes without a handler are refused by name. `carried`: what the steps name (sequences, triggers, views, policies …), as the catalog describes it. `reads`: views that are made anew over tables with other types. `anew`: the script makes the tables anew under their names, with all that a comparison knows of them. `columns`: those of each table as the plan knows them (`name type null`, `name type not null`), in the order of `tables`. */
  | { id: string; kind: 'dependents'; tables: readonly TableName[]; carried?: readonly string[]; reads?: ViewReads; anew?: true; columns?: readonly (readonly string[])[] }
  /** Whether the server has what these extensions need. */
  | { id: string; kind: 'extensions'; extensions: readonly ExtensionWanted[] }
  /** Whether the server has these tablespaces. */
  | { id: string; kind: 'tablespaces'; names: readonly string[] }
  /** What a dump of the whole database will meet. */
  | { id: string; kind: 'dump' }
  /** Names that must not be taken yet. */
  | { id: string; kind: 'free_names'; names: readonly TableName[] };

/** A table of which rows go or change. `by`: foreign keys through which it is reached; empty: a statement names it. */
export interface MatchedTable {
  table: TableName;
  goes: boolean;
  changes: boolean;
  /** A statement throws values away that stood in its rows. */
  loses?: true;
  by: readonly string[];
}

/** Views, each behind what it reads, and the tables under them with their columns as they are and as they will be. */
export interface ViewReads {
  tables: readonly { table: TableName; before: readonly { name: string; type: string }[]; after: readonly { name: string; type: string }[] }[];
  views: readonly { view: TableName; query: string }[];
}

/** A check, a unique key, an exclusion, a NOT NULL or the bounds of a partition that the table does not have yet. */
export interface Rule {
  name: string;
  what: 'check' | 'unique' | 'not null' | 'exclusion' | 'bounds of a partition';
  sql: string;
  /** The first rows that break it, as text; of a unique key the values that stand in several. Asked only where `sql` answers more than 0; absent in plans of before it was asked. */
  firstSql?: string;
}

export interface RuleResult {
  name: string;
  what: Rule['what'];
  rows: Quantity;
  /** At most 20; there only where there are such rows. */
  first?: readonly Row[];
}

/** Rows of one child table that have, or will have, no parent for one foreign key. */
export interface OrphanSet {
  foreignKey: string;
  child: TableName;
  columns: readonly string[];
  parent: TableName;
  /** 0: the parent is missing today. n: it goes away in round n because its own parent does. */
  depth: number;
  rows: Quantity;
  /** All row keys, sorted, one JSON array text per row. */
  keys: readonly string[];
  keysDigest: string;
  /** At most 20 rows, values as text. */
  firstRows: readonly Readonly<Record<string, string | null>>[];
  /** The missing parent values with the number of children. */
  missing: readonly { value: string; rows: number }[];
}

export interface CastResult {
  column: string;
  from: string;
  to: string;
  fine: Quantity;
  failures: Quantity;
  /** At most 20. */
  failureRows: readonly { key: string; value: string }[];
  /** Over all failing rows (key and value), so that the same number of other rows is noticed; absent when there are none. */
  failuresDigest?: string;
  /** It casts, but its text changes: references held elsewhere must follow. */
  respelled: Quantity;
  /** Of these, what is another value afterwards: rounded, cut off, without its time zone. There only where there are such values, and told apart since 2026-11-22. */
  changed?: Quantity;
  /** At most 20, other values first. */
  respelledRows: readonly { key: string; value: string; becomes: string; changed?: true }[];
  /** Over all respelled rows (key and value); absent when there are none. */
  respelledDigest?: string;
  /** Different texts that become one value (breaks a primary or unique key). */
  collisions: Quantity;
}

export interface ChangedColumns {
  table: TableName;
  came: readonly string[];
  went: readonly string[];
}

export interface Dependent {
  table: TableName;
  /** view, trigger, rule, policy, publication, inheritance, inbound foreign key, column grant, … */
  kind: string;
  description: string;
  /** True when the plan carries it over by itself. */
  handled: boolean;
}

/** Values as text, by column; the first 200 characters. */
type Row = Readonly<Record<string, string | null>>;

/** Rows of one key that say different things in two tables; there only when there are such rows. */
export interface Conflicting {
  /** sha256 over the keys and both rows of every one, so that other conflicts of the same number are seen. */
  digest: string;
  /** The first 20 in the order of the key, each as it stands in the two tables. */
  rows: readonly { duplicate: Row; kept: Row }[];
  /** For each column of time: on which side it is later, and in how many it does not tell. */
  newest: readonly { column: string; duplicate: number; kept: number; tied: number }[];
}

/** The answer to a check; `check` is the check's id. `rowsTotal` of orphans = distinct rows over all sets. */
export type Measurement = { check: string; ms: number } & (
  | { kind: 'rows'; table: TableName; rows: Quantity }
  /** A row that goes is not counted among those that change; one that loses a value is. */
  | { kind: 'matched'; tables: readonly { table: TableName; goes: Quantity; changes: Quantity; loses?: Quantity }[] }
  | { kind: 'orphans'; sets: readonly OrphanSet[]; rowsTotal: Quantity; rowsByTable: Readonly<Record<string, number>> }
  | { kind: 'casts'; table: TableName; columns: readonly CastResult[] }
  /** `bytes`: with its indexes; there only when it has rows. */
  | { kind: 'empty'; table: TableName; rows: Quantity; bytes?: Quantity }
  | { kind: 'overlap'; duplicate: TableName; kept: TableName; onlyDuplicate: Quantity; onlyKept: Quantity; same: Quantity; conflict: Quantity; firstConflicts: readonly Row[]; firstOnly?: readonly Row[]; conflicting?: Conflicting }
  | { kind: 'violations'; table: TableName; rules: readonly RuleResult[] }
  | { kind: 'dump'; bytes: Quantity; tables: number; serverMajor: number; unreadable: readonly TableName[] }
  /** `changed`: tables of which columns came or went since the plan was made. */
  | { kind: 'dependents'; dependents: readonly Dependent[]; unfit?: readonly { view: TableName; why: string }[]; changed?: readonly ChangedColumns[] }
  | { kind: 'extensions'; extensions: readonly ExtensionFact[] }
  | { kind: 'tablespaces'; missing: readonly string[]; closed: readonly string[] }
  | { kind: 'free_names'; taken: readonly TableName[] }
);

export interface Evidence {
  phaseId: string;
  /** ISO time at which the measuring transaction began. */
  measuredAt: string;
  ms: number;
  target: TargetIdentity;
  /** By ObjectId; the word `absent` for what does not exist. */
  fingerprints: Readonly<Record<string, string>>;
  measurements: readonly Measurement[];
  /** Rights that the operator lacks for it; there only when one is missing, and asked since 2026-11-23. */
  rights?: RightsMissing;
}

/** A finding that blocks says whose move it is: `yours` = a person must decide or mend; `clears` = clears by itself. */
export interface Finding {
  code: string;
  sentence: string;
  severity: 'blocking' | 'to_know';
  move: 'yours' | 'clears';
}

/** Something that is not as it was signed. */
export interface Movement {
  what: string;
  sentence: string;
}
