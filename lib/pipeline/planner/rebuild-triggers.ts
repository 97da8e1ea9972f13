import { ident, idents, literal, qualified } from '../ddl.ts';
import type { Assertion, Statement, TableName } from '../plan.ts';
import { execute } from './input.ts';
import { followsLabel } from './labels.ts';

/** Names sort last among AFTER triggers of their table, and every one is recognised by the schema of its function. */
const NOTE_TRIGGERS = ['zz_countersign_insert', 'zz_countersign_update', 'zz_countersign_delete', 'zz_countersign_truncate'] as const;

/**
 * A log of keys: `seq` is a bigint identity, because a smaller counter runs over; vacuumed by number of rows, because it is always nearly empty. A row without keys
 * says that a write could not be noted (unlessChanged).
 */
export function createLog(log: TableName, keyTypes: readonly string[]): Statement {
  const columns = keyTypes.map((type, i) => `k${i + 1} ${type}`).join(', ');
  return execute(`create ${log.name}`, `CREATE TABLE ${qualified(log)} (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ${columns})\n  WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0)`);
}

/** A column as the statements of a trigger name it. */
export interface KnownColumn {
  name: string;
  /** As the server writes it. */
  type: string;
}

/**
 * Lines of a trigger's body: a log that somebody dropped, or a column that somebody renamed, dropped or gave another type, must not fail the application's own statement.
 * Without its log nothing is noted, which whoever reads the log next meets by name; without its columns a row without keys is, and gapAssertion stops the swap.
 */
export function unlessChanged(log: TableName, columns: readonly KnownColumn[], answer: 'NULL' | 'NEW'): string[] {
  const known = columns.map(({ name, type }) => `a.attname = ${literal(name)} AND a.atttypid = ${literal(type)}::regtype`).join(' OR ');
  return [
    `  IF to_regclass(${literal(qualified(log))}) IS NULL THEN RETURN ${answer}; END IF;`,
    `  IF (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = TG_RELID AND NOT a.attisdropped AND (${known})) <> ${columns.length} THEN INSERT INTO ${qualified(log)} (k1) VALUES (NULL); RETURN ${answer}; END IF;`,
  ];
}

/** Every write was noted; for good, because what was written meanwhile nobody knows. */
export function gapAssertion(log: TableName, spoken: string): Assertion {
  return { label: `writes to ${spoken} that could not be noted, because somebody had changed its columns`, sql: `SELECT count(*)::text FROM ${qualified(log)} WHERE k1 IS NULL`, expect: { from: 'literal', value: '0' } };
}

/**
 * Notes the keys of a statement's rows. SECURITY DEFINER, so that the application needs no right on the log; a pinned search_path, so that nobody
 * can put another table under its names. Runs after the rows stand, so rows that ON CONFLICT passed over are not noted.
 */
export function createNoteFunction(name: TableName, log: TableName, key: readonly string[], types: readonly string[]): Statement {
  const into = `INSERT INTO ${qualified(log)} (${key.map((_, i) => `k${i + 1}`).join(', ')})`;
  const columns = idents(key);
  return execute(`create ${name.name}`, [
    `CREATE FUNCTION ${qualified(name)}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $note$`,
    `BEGIN`,
    ...unlessChanged(log, key.map((column, i) => ({ name: column, type: types[i] ?? 'text' })), 'NULL'),
    `  IF TG_OP = 'INSERT' THEN ${into} SELECT ${columns} FROM nt;`,
    `  ELSIF TG_OP = 'DELETE' THEN ${into} SELECT ${columns} FROM ot;`,
    `  ELSE ${into} SELECT ${columns} FROM nt UNION SELECT ${columns} FROM ot;`,
    `  END IF;`,
    `  RETURN NULL;`,
    `END $note$`,
  ].join('\n'));
}

/** TRUNCATE fires no trigger that could note keys, so it is refused while the table is being followed. */
export function createTruncateFunction(name: TableName, of: string): Statement {
  const sentence = `${of} is being migrated by Countersign and cannot be truncated now: use DELETE, or cancel the migration first`;
  return execute(`create ${name.name}`, `CREATE FUNCTION ${qualified(name)}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $note$\nBEGIN\n  RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = ${literal(sentence)};\nEND $note$`);
}

/** Puts the triggers on `table`. ENABLE ALWAYS, else a session that replays changes (session_replication_role) would pass them by. Lock: SHARE ROW EXCLUSIVE. */
export function followStatements(table: TableName, spoken: string, note: TableName, truncate: TableName): Statement[] {
  const on = qualified(table);
  const each = `FOR EACH STATEMENT EXECUTE FUNCTION ${qualified(note)}()`;
  return [
    execute(`follow inserts into ${spoken}`, `CREATE TRIGGER ${NOTE_TRIGGERS[0]} AFTER INSERT ON ${on} REFERENCING NEW TABLE AS nt ${each}`),
    execute(`follow updates of ${spoken}`, `CREATE TRIGGER ${NOTE_TRIGGERS[1]} AFTER UPDATE ON ${on} REFERENCING NEW TABLE AS nt OLD TABLE AS ot ${each}`),
    execute(`follow deletes from ${spoken}`, `CREATE TRIGGER ${NOTE_TRIGGERS[2]} AFTER DELETE ON ${on} REFERENCING OLD TABLE AS ot ${each}`),
    execute(`refuse TRUNCATE of ${spoken}`, `CREATE TRIGGER ${NOTE_TRIGGERS[3]} BEFORE TRUNCATE ON ${on} FOR EACH STATEMENT EXECUTE FUNCTION ${qualified(truncate)}()`),
    execute(`follow ${spoken} in sessions that replay, too`, `ALTER TABLE ${on} ${NOTE_TRIGGERS.map((name) => `ENABLE ALWAYS TRIGGER ${name}`).join(', ')}`),
  ];
}

/** `ifThere`: another step, or somebody, may have taken them away already: no reason to keep a way back or a clean-up from going. */
export function unfollowStatements(table: TableName, spoken: string, ifThere: '' | 'IF EXISTS ' = ''): Statement[] {
  return NOTE_TRIGGERS.map((name) => execute(`stop following ${spoken}: ${ident(name)}`, `DROP TRIGGER ${ifThere}${name} ON ${qualified(table)}`));
}

/** All four stand, are enabled and call our functions; a DBA who dropped or disabled one has made the log incomplete. */
export function followsAssertion(table: TableName, spoken: string, note: TableName): Assertion {
  return {
    label: followsLabel(spoken),
    sql: `SELECT count(*)::text FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = to_regclass(${literal(qualified(table))}) AND t.tgname = ANY (ARRAY[${NOTE_TRIGGERS.map(literal).join(', ')}]) AND t.tgenabled = 'A' AND p.pronamespace = to_regnamespace(${literal(ident(note.schema))})`,
    expect: { from: 'literal', value: String(NOTE_TRIGGERS.length) },
  };
}
