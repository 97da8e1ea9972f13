// What the log shows. Types only: components may import them.

export interface LogEntryDto {
  seq: number;
  at: string;
  actor: string;
  action: string;
  planId: string | null;
  planName: string | null;
  runId: string | null;
  reason: string | null;
  /** What it was done to: a step, a phase, a person, a database. */
  about: string | null;
  detail: unknown;
  hash: string;
}

export interface LogDto {
  entries: readonly LogEntryDto[];
  actors: readonly string[];
  actions: readonly string[];
  total: number;
  before: number | null;
}
