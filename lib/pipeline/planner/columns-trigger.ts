import { castTarget, ident, literal, qualified } from '../ddl.ts';
import type { Assertion, Statement, TableName } from '../plan.ts';
import type { SwappedColumn } from './columns-names.ts';
import { execute } from './input.ts';
import { unlessChanged } from './rebuild-triggers.ts';
import { fillsLabel } from './labels.ts';

/** Sorts behind the triggers of people, so that it sees the row as they leave it; recognised by the schema of its function. */
export const SWAP_TRIGGER = 'zz_countersign_columns';

/**
 * Fills the columns that the application does not write, in the writer's own statement. A value that does not go over never fails the application: the other column is
 * null then, and the row's key goes into the log, where whoever applies it says its name. SECURITY DEFINER, so that the application needs no right on the log; a pinned
 * search_path, so that nobody can put another type or table under its names. Casting alone takes no transaction number, so the inner blocks cost no subtransaction on disk.
 */
export function createFillFunction(name: TableName, log: TableName, key: readonly string[], columns: readonly SwappedColumn[], direction: 'forward' | 'back', keyTypes: readonly string[]): Statement {
  const known = [
    ...key.map((column, i) => ({ name: column, type: keyTypes[i] ?? 'text' })),
    ...columns.flatMap((column) => (direction === 'forward' ? [{ name: column.name, type: column.from }, { name: column.fresh, type: column.to }] : [{ name: column.name, type: column.to }, { name: column.stale, type: column.from }])),
  ];
  return execute(`create ${name.name}`, [
    `CREATE FUNCTION ${qualified(name)}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fill$`,
    `DECLARE misfit boolean := false;`,
    `BEGIN`,
    ...unlessChanged(log, known, 'NEW'),
    ...columns.flatMap((column) => (direction === 'forward' ? [converted(column.name, column.fresh, column.to)] : kept(column))),
    `  IF misfit THEN INSERT INTO ${qualified(log)} (${key.map((_, i) => `k${i + 1}`).join(', ')}) VALUES (${key.map((column) => `NEW.${ident(column)}`).join(', ')}); END IF;`,
    `  RETURN NEW;`,
    `END $fill$`,
  ].join('\n'));
}

function converted(from: string, into: string, type: string): string {
  return [
    `  BEGIN NEW.${ident(into)} := NEW.${ident(from)}::${castTarget(type)};`,
    `  EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN NEW.${ident(into)} := NULL; misfit := true; END;`,
  ].join('\n');
}

/** A value that did not change keeps the spelling that it had in the old type. */
function kept({ name, stale, from }: SwappedColumn): string[] {
  const [live, old] = [ident(name), ident(stale)];
  return [
    `  IF TG_OP = 'UPDATE' THEN`,
    `    IF NEW.${live}::text IS NOT DISTINCT FROM OLD.${live}::text AND (OLD.${old} IS NOT NULL OR NEW.${live} IS NULL) THEN NEW.${old} := OLD.${old};`,
    `    ELSE`,
    converted(name, stale, from),
    `    END IF;`,
    `  ELSE`,
    converted(name, stale, from),
    `  END IF;`,
  ];
}

/** ENABLE ALWAYS, else a session that replays changes (session_replication_role) would pass it by. Lock: SHARE ROW EXCLUSIVE, and ACCESS EXCLUSIVE to enable it. */
export function fillStatements(table: TableName, fill: TableName): Statement[] {
  return [
    execute(`keep both columns of ${table.name} in step`, `CREATE TRIGGER ${SWAP_TRIGGER} BEFORE INSERT OR UPDATE ON ${qualified(table)} FOR EACH ROW EXECUTE FUNCTION ${qualified(fill)}()`),
    execute(`in sessions that replay, too`, `ALTER TABLE ${qualified(table)} ENABLE ALWAYS TRIGGER ${SWAP_TRIGGER}`),
  ];
}

/** `ifThere`: somebody may have taken it away, which must keep no way back or clean-up from going. */
export function unfillStatement(table: TableName, ifThere: '' | 'IF EXISTS ' = ''): Statement {
  return execute(`stop filling the other columns of ${table.name}`, `DROP TRIGGER ${ifThere}${SWAP_TRIGGER} ON ${qualified(table)}`);
}

/** It stands, is enabled, and calls this function; a DBA who dropped or disabled it has left one column behind. */
export function fillsAssertion(table: TableName, spoken: string, fill: TableName): Assertion {
  return {
    label: fillsLabel(spoken),
    sql: `SELECT count(*)::text FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = to_regclass(${literal(qualified(table))}) AND t.tgname = ${literal(SWAP_TRIGGER)} AND t.tgenabled = 'A' AND p.proname = ${literal(fill.name)} AND p.pronamespace = to_regnamespace(${literal(ident(fill.schema))})`,
    expect: { from: 'literal', value: '1' },
  };
}
