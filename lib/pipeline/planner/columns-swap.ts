import { addConstraint, ident, literal, qualified } from '../ddl.ts';
import type { Assertion, LockClaim, Statement } from '../plan.ts';
import type { Feed } from '../step-kinds/feed.ts';
import { commentsOn } from './carried-parts.ts';
import { bringViewsBack, createViews, dropViews, type Resting, restingOnIds, setViewsAside, takeViewsOut, viewLocks } from './carried-views.ts';
import { columnNames, type SwappedColumn } from './columns-names.ts';
import { freshText, type SwappedPart, textOf } from './columns-parts.ts';
import { fillsAssertion, fillStatements, unfillStatement } from './columns-trigger.ts';
import type { Conversion } from './convert-sql.ts';
import { columnsOf, execute, text, type Workbench } from './input.ts';
import { besideName, spoken } from './names.ts';
import { errorsTable } from './rebuild-feeds.ts';
import { lastKeys, shapeAssertion } from './rebuild-swap.ts';

/** All that the steps of one table are made from. */
export interface ColumnTerms {
  bench: Workbench;
  one: Conversion;
  columns: readonly SwappedColumn[];
  before: readonly SwappedPart[];
  after: readonly SwappedPart[];
  resting: Resting;
  forward: Feed;
  back: Feed;
}

export function restingOnColumns(bench: Workbench, columns: readonly SwappedColumn[]): Resting {
  return restingOnIds(bench, columns.map((column) => column.before.id));
}

/** Views first and the table behind them: in the order in which a reader locks them. */
export function columnLocks({ one, resting }: ColumnTerms): LockClaim[] {
  return [...viewLocks(resting), { mode: 'ACCESS EXCLUSIVE', table: one.live }];
}

/**
 * The new columns take the names of the old ones, and their indexes and rules the names of those; nothing is copied and nothing is scanned under the lock. What follows the
 * table by its number (foreign keys of others, grants, policies, triggers, views of other columns) is not touched. Lock: ACCESS EXCLUSIVE on the table and on the views that read the columns.
 */
export function columnSwapStatements(terms: ColumnTerms): Statement[] {
  const { bench, one, columns, before, after, resting, forward } = terms;
  const names = columnNames(bench, one.live);
  const table = `ALTER TABLE ${qualified(one.live)}`;
  return [
    ...setViewsAside(bench, resting),
    lock(one),
    asserted(shapeWithFresh(terms)),
    asserted(fillsAssertion(one.live, spoken(one.live), names.forwardFunction)),
    asserted(namesColumn(terms, columns.map((column) => column.name), before.map((part) => part.name))),
    ...lastKeys(forward),
    unfillStatement(one.live),
    ...before.map((part) => (part.what === 'check' ? execute(`drop ${part.name} of the old column`, `${table} DROP CONSTRAINT ${ident(part.name)}`) : renamePart(one, part, part.name, part.stale))),
    ...columns.flatMap((column): Statement[] => [
      ...(column.before.attributes.nullable === false ? [execute(`let the old ${column.name} be null where a value does not go back`, `${table} ALTER COLUMN ${ident(column.name)} DROP NOT NULL`)] : []),
      renameColumn(one, column.name, column.stale),
      renameColumn(one, column.fresh, column.name),
      renameInIndexes(one, column.fresh, column.name),
      ...(text(column.after, 'default') === null ? [] : [execute(`default of ${column.name}`, `${table} ALTER COLUMN ${ident(column.name)} SET DEFAULT ${text(column.after, 'default') ?? ''}`)]),
      ...(column.after.attributes.nullable === false ? [execute(`${column.name} is not null, which its rule has proved`, `${table} ALTER COLUMN ${ident(column.name)} SET NOT NULL`), execute(`drop the rule that proved it`, `${table} DROP CONSTRAINT ${ident(notNull(column.fresh))}`)] : []),
    ]),
    ...after.map((part) => renamePart(one, part, part.fresh, part.name)),
    ...commentsOn(bench, new Set(after.map((part) => part.object.id))),
    ...createViews(bench, resting),
    ...fillStatements(one.live, names.backFunction),
    asserted(namesColumn(terms, columns.map((column) => column.stale), before.map((part) => part.stale))),
  ];
}

/** The old columns come back with every write since; the new ones are filled again, so that going forward once more is cheap. Refuses while a value does not go back. */
export function columnSwapBackStatements(terms: ColumnTerms): Statement[] {
  const { bench, one, columns, before, after, resting, back } = terms;
  const names = columnNames(bench, one.live);
  const table = `ALTER TABLE ${qualified(one.live)}`;
  const checks = before.filter((part) => part.what === 'check');
  return [
    ...takeViewsOut(bench, resting),
    lock(one),
    asserted(fillsAssertion(one.live, spoken(one.live), names.backFunction)),
    asserted(namesColumn(terms, columns.map((column) => column.name), after.map((part) => part.name))),
    ...lastKeys(back),
    asserted({ label: `rows of ${spoken(one.live)} with a value that the old columns cannot hold`, sql: `SELECT count(*)::text FROM ${qualified(errorsTable(bench))} WHERE feed = 'back' AND source = ${literal(spoken(one.live))}`, expect: { from: 'literal', value: '0' } }),
    unfillStatement(one.live),
    ...after.map((part) => renamePart(one, part, part.name, part.fresh)),
    ...columns.flatMap((column): Statement[] => [
      ...(column.after.attributes.nullable === false ? [execute(`let the new ${column.name} be null where a value does not go over`, `${table} ALTER COLUMN ${ident(column.name)} DROP NOT NULL`)] : []),
      ...(text(column.after, 'default') === null ? [] : [execute(`no default of the new ${column.name}`, `${table} ALTER COLUMN ${ident(column.name)} DROP DEFAULT`)]),
      renameColumn(one, column.name, column.fresh),
      renameInIndexes(one, column.name, column.fresh, after.map((part) => part.fresh)),
      renameColumn(one, column.stale, column.name),
      ...(column.before.attributes.nullable === false ? [execute(`${column.name} is not null again, from here on`, addConstraint(one.live, notNull(column.stale), `CHECK (${ident(column.name)} IS NOT NULL) NOT VALID`))] : []),
    ]),
    ...before.filter((part) => part.what !== 'check').map((part) => renamePart(one, part, part.stale, part.name)),
    ...checks.map((part) => execute(`add ${part.name} again`, addConstraint(one.live, part.name, `${textOf(part.object)} NOT VALID`))),
    ...commentsOn(bench, new Set(checks.map((part) => part.object.id))),
    ...bringViewsBack(bench, resting),
    ...dropViews(bench, resting),
    ...fillStatements(one.live, names.forwardFunction),
    asserted(namesColumn(terms, columns.map((column) => column.fresh), after.map((part) => part.fresh))),
  ];
}

/** Rules of the new columns, asked of what is written from here on and not yet of the rows that are there; a unique index becomes the rule that it is to be. */
export function addRules({ one, columns, after }: ColumnTerms): Statement[] {
  return [
    ...columns.filter((column) => column.after.attributes.nullable === false).map((column) => execute(`${column.name} may not be null`, addConstraint(one.live, notNull(column.fresh), `CHECK (${ident(column.fresh)} IS NOT NULL) NOT VALID`))),
    ...after.filter((part) => part.what === 'check').map((part) => execute(`add ${part.name}`, addConstraint(one.live, part.fresh, `${freshText(part, columns) ?? ''} NOT VALID`))),
  ];
}

export function validateRules({ one, columns, after }: ColumnTerms): Statement[] {
  const names = [...columns.filter((column) => column.after.attributes.nullable === false).map((column) => notNull(column.fresh)), ...after.filter((part) => part.what === 'check').map((part) => part.fresh)];
  return names.map((name) => execute(`validate ${name}`, `ALTER TABLE ${qualified(one.live)} VALIDATE CONSTRAINT ${ident(name)}`));
}

/** On the way back, behind the swap: what it took from the old columns without looking at the rows is looked at now. Nothing to do where the swap never came. */
export function validateOldRules({ one, columns, before }: ColumnTerms): Statement[] {
  const names = [...columns.filter((column) => column.before.attributes.nullable === false).map((column) => notNull(column.stale)), ...before.filter((part) => part.what === 'check').map((part) => part.name)];
  return names.map((name) => execute(`validate ${name}`, `DO $$ BEGIN\n  IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = ${literal(qualified(one.live))}::regclass AND conname = ${literal(name)} AND NOT convalidated) THEN\n    ALTER TABLE ${qualified(one.live)} VALIDATE CONSTRAINT ${ident(name)};\n  END IF;\nEND $$`));
}

/** Last of the way back of the rules: NOT NULL itself, which the validated rule proves without a scan. */
export function dropRules({ one, columns, after }: ColumnTerms): Statement[] {
  const table = `ALTER TABLE ${qualified(one.live)}`;
  return [
    ...columns.filter((column) => column.before.attributes.nullable === false).flatMap((column) => [
      execute(`${column.name} is not null`, `${table} ALTER COLUMN ${ident(column.name)} SET NOT NULL`),
      execute(`drop the rule that proved it`, `${table} DROP CONSTRAINT IF EXISTS ${ident(notNull(column.stale))}`),
    ]),
    // The swap's way back leaves the new column nullable and without this rule.
    ...columns.filter((column) => column.after.attributes.nullable === false).map((column) => execute(`the new ${column.name} may be null`, `${table} DROP CONSTRAINT IF EXISTS ${ident(notNull(column.fresh))}`)),
    ...after.filter((part) => part.what === 'check').map((part) => execute(`drop ${part.name} of the new column`, `${table} DROP CONSTRAINT ${ident(part.fresh)}`)),
  ];
}

function notNull(column: string): string {
  return besideName(column, 'not_null');
}

function lock(one: Conversion): Statement {
  return execute(`lock ${one.live.name}`, `LOCK TABLE ${qualified(one.live)} IN ACCESS EXCLUSIVE MODE`);
}

function renameColumn(one: Conversion, from: string, to: string): Statement {
  return execute(`${from} becomes ${to}`, `ALTER TABLE ${qualified(one.live)} RENAME COLUMN ${ident(from)} TO ${ident(to)}`);
}

/** An index keeps a name of its own for each of its columns, which a new name of the column does not change and psql shows. `of`: of these indexes alone. */
function renameInIndexes(one: Conversion, from: string, to: string, of: readonly string[] = []): Statement {
  const those = of.length === 0 ? '' : ` AND c.relname = ANY (ARRAY[${of.map(literal).join(', ')}])`;
  return execute(`and so do its indexes call it`, [
    `DO $$ DECLARE i text; BEGIN`,
    `  FOR i IN SELECT x.indexrelid::regclass::text FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_attribute a ON a.attrelid = x.indexrelid WHERE x.indrelid = ${literal(qualified(one.live))}::regclass AND a.attname = ${literal(from)}${those} LOOP`,
    `    EXECUTE 'ALTER TABLE ' || i || ${literal(` RENAME COLUMN ${ident(from)} TO ${ident(to)}`)};`,
    `  END LOOP;`,
    `END $$`,
  ].join('\n'));
}

function renamePart(one: Conversion, part: SwappedPart, from: string, to: string): Statement {
  return execute(`${from} becomes ${to}`, part.what === 'index' ? `ALTER INDEX ${qualified({ schema: one.live.schema, name: from })} RENAME TO ${ident(to)}` : `ALTER TABLE ${qualified(one.live)} RENAME CONSTRAINT ${ident(from)} TO ${ident(to)}`);
}

function asserted(assertion: Assertion): Statement {
  return { do: 'assert', ...assertion };
}

/** The columns are those of the plan and the new ones beside them. */
function shapeWithFresh({ one, columns }: ColumnTerms): Assertion {
  const family = [...columnsOf(one.beforeFamily), ...columns.map((column) => ({ ...column.after, name: column.fresh, attributes: { ...column.after.attributes, nullable: true } }))];
  return shapeAssertion({ ...one, beforeFamily: family });
}

/**
 * The gate under the lock: nothing names these columns by their number but what the plan knows. Whatever else did so (a policy, a rule, statistics, a trigger's list of columns, a function, a generated
 * column, another's foreign key, a publication's list of columns) would stay with the column that steps aside.
 */
export function namesColumn({ bench, one }: Pick<ColumnTerms, 'bench' | 'one'>, columns: readonly string[], parts: readonly string[], views: Resting['views'] = []): Assertion {
  const known = [...parts, ...views.map((view) => qualified({ schema: view.schema, name: view.name }))];
  const live = `to_regclass(${literal(qualified(one.live))})`;
  const ours = [bench.keepSchema, bench.shadowSchema].map((schema) => `place IS DISTINCT FROM to_regnamespace(${literal(ident(schema))})`).join(' AND ');
  return {
    label: `what else names ${columns.join(', ')} of ${spoken(one.live)}`,
    sql: [
      `SELECT coalesce(string_agg(DISTINCT what, ', ' ORDER BY what), 'nothing') FROM (`,
      `  SELECT coalesce(i.relname, k.conname, CASE WHEN v.oid IS NOT NULL THEN format('%I.%I', vn.nspname, v.relname) END, (SELECT o.type || ' ' || o.identity FROM pg_identify_object(d.classid, d.objid, d.objsubid) o)) AS what, v.relnamespace AS place, k.contype, f.adnum = a.attnum AS own`,
      `    FROM pg_attribute a JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum`,
      `    LEFT JOIN pg_class i ON d.classid = 'pg_class'::regclass AND i.oid = d.objid AND i.relkind IN ('i', 'I')`,
      `    LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid AND k.conrelid = a.attrelid`,
      `    LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid`,
      `    LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid LEFT JOIN pg_class v ON v.oid = r.ev_class AND v.relkind = 'v' LEFT JOIN pg_namespace vn ON vn.oid = v.relnamespace`,
      `   WHERE a.attrelid = ${live} AND a.attname = ANY (ARRAY[${columns.map(literal).join(', ')}])`,
      `) named WHERE own IS NOT TRUE AND contype IS DISTINCT FROM 'n' AND ${ours}${known.length === 0 ? '' : ` AND what <> ALL (ARRAY[${known.map(literal).join(', ')}])`}`,
    ].join('\n'),
    expect: { from: 'literal', value: 'nothing' },
  };
}
