import { FORMS, type FormId } from './forms.ts';
import { RULES } from './rules.ts';

/** How much a rule's findings matter: `may` depends on rows, on copies that are kept, or on what is known. */
export type Weight = 'blocks' | 'may block' | 'to know';

/** What the findings of each rule are, for the page of rules; what is said of the general rules (rules.test.ts) is held against what they find. */
export const SAYS: Readonly<Record<string, { weight: Weight; forms: readonly FormId[] }>> = {
  STEP_OPEN: blocks(), ANSWER_UNSAID: blocks(),
  CANNOT_RUN_IN_STEP: blocks(), LOCK_HELD_OVER_ROWS: blocks(), SEVERAL_TABLES_LOCKED: toKnow(), HIDDEN_SQL: toKnow(), ENUM_VALUE_USED_AT_ONCE: blocks(), ENUM_VALUE_AT_THE_END: toKnow(), NAME_CUT_OFF: toKnow(),
  NAME_TAKEN: blocks(), HIDDEN_BY_IF_NOT_EXISTS: blocks('qualified_if_exists'), NOT_THERE: blocks(), DUPLICATE_INDEX: toKnow(), DEFINITION_KNOWN: blocks('engine_create'),
  UNLIKE_DESIRED: blocks('engine_conversion', 'engine_create'),
  SWAP_LEAVES_BEHIND: blocks('engine_conversion'), SWAP_LOSES_WRITES: blocks('engine_conversion'), SWAP_ROLLBACK_LOSES_ROWS: toKnow('engine_conversion'), SWAP_WITHOUT_ROWS: blocks('engine_conversion'), FOREIGN_KEY_ONTO_SWAPPED: blocks('engine_conversion'),
  FOREIGN_KEY_OVER_ORPHANS: may('engine_conversion', 'engine_foreign_key'), CAST_MAY_FAIL: may('engine_conversion'), NO_WHERE: blocks('batched_update'), NOT_IN_NULLS: toKnow(), COPY_BY_POSITION: blocks(),
  DROP_CASCADE: may('drop_restrict'), DROPS_TABLE_FOR_GOOD: blocks('set_aside_instead_of_drop', 'engine_conversion'),
  BATCH_SKIPS_ROWS: blocks('batched_update'), LOOP_IN_ONE_TRANSACTION: blocks('batched_update'),
  TAKES_BACK_THE_PLAN: blocks(),
  UNDO_UNREAD: may(), UNDO_OF_ANOTHER: blocks(), UNDO_LEAVES_BEHIND: toKnow(),
  NO_WAY_BACK: may(), COLUMN_DROPPED: toKnow(), VALUES_REPLACED: toKnow('batched_update'), ROWS_TRUNCATED: toKnow(), TRUNCATE_CASCADES: blocks(), SCHEMA_DROPPED: blocks(), MANY_ROWS_AT_ONCE: toKnow('batched_update'), CATALOG_WRITTEN: blocks(), ASSIGNED_TWICE: blocks(),
  CHANGE_UNCOUNTED: toKnow(), THROUGH_VIEW: toKnow(), RULE_REWRITES: toKnow(), TRIGGER_FIRES: toKnow(),
  INDEX_HOLDS_UP_WRITES: may('concurrently'), INDEX_DROP_HOLDS_UP: toKnow('concurrently'), REINDEX_HOLDS_UP_WRITES: may('concurrently'), INDEX_WITHOUT_NAME: toKnow(), INDEX_OF_MANY_COLUMNS: toKnow(), UNIQUE_BUILDS_INDEX: may('unique_by_index'), EXCLUSION_BUILDS_INDEX: may(),
  FOREIGN_KEY_SCANS: may('not_valid_then_validate'), FOREIGN_KEY_WITHOUT_INDEX: toKnow(), CHECK_SCANS: may('not_valid_then_validate'), NOT_NULL_SCANS: may('not_null_by_check'), VALIDATED_UNDER_LOCK: may(), DOMAIN_RULE_SCANS: may(), NOT_NULL_DROPPED: toKnow(),
  COLUMN_REQUIRED: may(), DEFAULT_REWRITES: may('column_then_default'), NUMBERING_REWRITES: may(), COMPUTED_COLUMN_REWRITES: may(), DOMAIN_COLUMN_REWRITES: may(), TYPE_CHANGE_REWRITES: may('engine_conversion'),
  TABLE_RENAMED: blocks(), COLUMN_RENAMED: blocks(), SCHEMA_RENAMED: blocks(), OBJECT_RENAMED: blocks(), OBJECT_DROPPED: toKnow(),
  ROW_SECURITY_OFF: may(), TRIGGER_OFF: toKnow(), CONSTRAINT_DROPPED: toKnow(), DEFAULT_DROPPED: may(), RIGHTS_TAKEN: toKnow(), OWNED_DROPPED: blocks(), REPLICA_IDENTITY_NOTHING: blocks(), NUMBERS_SET_BACK: toKnow(),
  TABLE_REWRITTEN: may(), REFRESH_HOLDS_UP_READS: toKnow(), DETACH_HOLDS_UP: toKnow(), ATTACH_SCANS: toKnow(), TRIGGERS_OFF: may(), TABLE_UNLOGGED: toKnow(),
  TEAM_ALTERS_EXISTING: may(), TEAM_NO_BACKUP: blocks(), TEAM_NOT_NULLABLE_FIRST: blocks(),
  TYPE_CHAR: toKnow(), TYPE_TIMESTAMP: toKnow(), TYPE_JSON: toKnow(), TYPE_MONEY: toKnow(), TYPE_SHORT_TEXT: toKnow(), KEY_RUNS_OUT: toKnow(), KEY_BY_SERIAL: toKnow(),
};

const HEAD = `# What the lint says of a plan

Made from the rules in this folder; a test fails when the two differ. The rules read the parse tree of every statement that a person wrote (what the planner makes is right by
construction) together with the last readings of both databases and what was measured. **Blocks**: the phase cannot be signed before it is mended, replaced by its
safer form, or let stand by a person with a reason (\`STEP_OPEN\` and \`ANSWER_UNSAID\` cannot be let stand). **May block**: only where it matters: a table of
fewer than 10,000 rows holds nobody up, and a number that is not known is not small. A table that the plan itself has made, and that nobody else can be using, is no false alarm.
\`countersign lint FILE\` says the same of a text without any database.

Not here, because the engine does it whatever a text says: timeouts (each step has its own, from the policy), IF NOT EXISTS against being run twice (the ledger), BEGIN and COMMIT
(a step is a transaction), names without a schema (each step says its search path).

| Rule | What it looks for | How much it matters | Safer form at one press |
|---|---|---|---|
`;

/** The page of rules, as it should be. */
export function lintReadme(): string {
  return `${HEAD}${RULES.map(({ code, about }) => `| \`${code}\` | ${about} | ${SAYS[code]?.weight ?? ''} | ${(SAYS[code]?.forms ?? []).map((form) => FORMS[form][0]).join('; ')} |`).join('\n')}\n`;
}

function blocks(...forms: FormId[]): { weight: Weight; forms: readonly FormId[] } {
  return { weight: 'blocks', forms };
}

function may(...forms: FormId[]): { weight: Weight; forms: readonly FormId[] } {
  return { weight: 'may block', forms };
}

function toKnow(...forms: FormId[]): { weight: Weight; forms: readonly FormId[] } {
  return { weight: 'to know', forms };
}
