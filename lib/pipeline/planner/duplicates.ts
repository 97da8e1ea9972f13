import { ident, literal, qualified } from '../ddl.ts';
import type { Check } from '../evidence.ts';
import { tableKey } from '../expectation.ts';
import { conflictsFrom, differSql, rowText, sameKeySql } from '../overlap.ts';
import type { OverlapDecision, Phase, PriceQuestion, Statement, Step, TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import { listed } from '../words.ts';
import { BACKUP_PHASE } from './backup.ts';
import { tableId } from './convert.ts';
import type { Draft } from './draft.ts';
import { batchedMerge, batchedPrice, mergeMode } from './duplicates-batched.ts';
import { childrenOf, conflictAssertions, conflictsCounted, mergedNote, newerOnly, numberOn, overlapId, overwrites, type Pair, replacedNote, settles } from './duplicates-pair.ts';
import { mergeLog } from './duplicates-walks.ts';
import { columnsOf, constraintsOf, dropWhenEmpty, execute, list, primaryKeyOf, refuse, tableName, text, type Workbench } from './input.ts';
import { looseDuplicate } from './loose-keys.ts';
import { keptTable, spoken } from './names.ts';
import { uniqueIndexesOf, uniqueRuleOf } from './violations.ts';
import { bringBack, goneAssertion, kept, moveAside } from './aside.ts';

/** Columns that the kept table may have beyond those of a table that is offered as its duplicate. */
const MORE_COLUMNS = 2;

/**
 * The table into which this one is merged: the one that a person named, or, without a word from anybody, the one whose name ends in this one's behind a
 * prefix and whose columns are the same by name and type. Null: there is none, or a person said that it is no duplicate.
 */
export function duplicateOf(bench: Workbench, object: SchemaObject): Pair | null {
  const decision = bench.input.overlapDecisions?.[tableKey(object)] ?? null;
  if (decision?.verdict === 'not_a_duplicate' || decision?.verdict === 'archive') return null;
  const like = likes(bench, object);
  const into = decision?.into;
  const other = into === undefined ? like.find((one) => isNamesake(bench, object, one)) : like.find((one) => tableKey(one) === into);
  if (into !== undefined && !other) refuse(bench, `${spoken(tableName(object))} cannot be merged into ${into}: that table does not stay, has no primary key, or lacks columns of it.`);
  return other ? pairOf(bench, object, other, decision) : null;
}

/** Tables that stay and have every column of this one, by name and type, their key among them: what a person may say it is a duplicate of. */
export function likes(bench: Workbench, object: SchemaObject): SchemaObject[] {
  const mine = columnsOf(bench.currentFamily.get(object.id) ?? []);
  return [...bench.desired.values()].flatMap((one) => {
    const other = one.kind === 'table' && one.id !== object.id ? bench.current.get(one.id) : undefined;
    if (!other) return [];
    const family = bench.currentFamily.get(other.id) ?? [];
    const theirs = new Map(columnsOf(family).map((column) => [column.name, column]));
    const key = primaryKeyOf(family);
    const all = (mine.length > 1 || isNamesake(bench, object, other)) && mine.every((column) => { const twin = theirs.get(column.name); return twin !== undefined && text(twin, 'type') === text(column, 'type'); });
    const more = [...theirs.values()].filter((column) => !mine.some(({ name }) => name === column.name));
    const filled = more.every((column) => column.attributes.nullable === true || text(column, 'default') !== null || text(column, 'generated') !== null || text(column, 'identity') !== null);
    const keyed = key.length > 0 && key.every((name) => mine.some((column) => column.name === name));
    return all && keyed && filled && more.length <= MORE_COLUMNS && bench.desired.has(other.id) ? [other] : [];
  });
}

function isNamesake(bench: Workbench, object: SchemaObject, other: SchemaObject): boolean {
  const width = (id: string) => columnsOf(bench.currentFamily.get(id) ?? []).length;
  return other.name.endsWith(`_${object.name}`) && width(other.id) === width(object.id);
}

function pairOf(bench: Workbench, object: SchemaObject, other: SchemaObject, decision: OverlapDecision | null): Pair | null {
  const family = bench.currentFamily.get(other.id) ?? [];
  const key = primaryKeyOf(family);
  const columns = columnsOf(bench.currentFamily.get(object.id) ?? []);
  const theirs = columnsOf(family);
  const written = columns.filter((column) => !text(column, 'generated') && !text(theirs.find(({ name }) => name === column.name) ?? column, 'generated')).map((column) => column.name);
  const always = theirs.filter((column) => text(column, 'identity') === 'ALWAYS');
  const overwrites = decision?.verdict === 'keep_duplicate' || decision?.verdict === 'newest';
  const unwritable = always.find((column) => !key.includes(column.name) && written.includes(column.name));
  if (overwrites && unwritable) refuse(bench, `${spoken(tableName(other))}.${unwritable.name} gets its values from the server alone, so that conflicts cannot be settled in favour of ${spoken(tableName(object))}: decide otherwise.`);
  if (decision?.verdict === 'newest' && !written.includes(decision.by ?? '')) refuse(bench, `${spoken(tableName(object))} has no column ${decision.by ?? '?'} by which the newer row could be told.`);
  return { duplicate: tableName(object), kept: tableName(other), key, columns: written, decision, keyTypes: key.map((name) => text(columns.find((column) => column.name === name) ?? object, 'type') ?? 'text'), computed: written.length < columns.length, identity: always.length > 0, numbers: numbersOf(theirs, tableName(other), key) };
}

/** Where the numbers of the key come from. Rows that come over bring numbers of their own, and the sequence would give one of them again. */
function numbersOf(columns: readonly SchemaObject[], table: TableName, key: readonly string[]): Pair['numbers'] {
  return columns.filter((column) => key.includes(column.name)).flatMap((column) => {
    const drawn = /^nextval\('((?:[^']|'')+)'::regclass\)$/.exec(text(column, 'default') ?? '')?.[1];
    if (drawn !== undefined) return [{ column: column.name, sequence: `'${drawn}'` }];
    return text(column, 'identity') ? [{ column: column.name, sequence: `pg_get_serial_sequence(${literal(qualified(table))}, ${literal(column.name)})` }] : [];
  });
}

/** Merges duplicates into the tables that stay, one step each, and sets them aside; what was brought over and what was overwritten is noted beside them. */
export function duplicatePhase(bench: Workbench, pairs: readonly Pair[]): Phase {
  const made = mergesOf(bench, pairs);
  const decided = pairs.flatMap((pair): [string, OverlapDecision][] => (pair.decision ? [[tableKey(pair.duplicate), pair.decision]] : []));
  return {
    id: 'duplicate',
    kind: 'duplicate',
    title: `Merge and remove ${pairs.length === 1 ? 'the duplicate table' : 'duplicate tables'} ${listed(pairs.map((pair) => spoken(pair.duplicate)))}`,
    summary: [`Copies rows that only the duplicate has into ${listed([...new Set(pairs.map((pair) => spoken(pair.kept)))])}, then sets the duplicate aside until clean-up. Rows that differ under one key ${pairs.every((pair) => settles(pair)) ? 'are settled as decided' : 'stop it'}.`, ...new Set(made.flatMap(({ reason }) => (reason === '' ? [] : [reason])))].join(' '),
    steps: made.flatMap((one) => one.steps),
    checks: [
      ...pairs.map((pair) => ({ id: overlapId(pair), kind: 'overlap' as const, duplicate: pair.duplicate, kept: pair.kept, key: pair.key, ...(pair.computed ? { columns: pair.columns } : {}) })),
      ...pairs.flatMap((pair) => mergedViolations(bench, pair)),
      { id: 'dependents', kind: 'dependents', tables: pairs.map((pair) => pair.duplicate) },
      { id: 'free_names', kind: 'free_names', names: made.flatMap(({ pair, batched }) => [...mayKeep(bench, pair), ...(batched ? [mergeLog(bench, pair)] : [])]) },
    ],
    verifications: pairs.map((pair) => goneAssertion(pair.duplicate)),
    price: made.map(({ pair, batched, steps }) => (batched ? batchedPrice(bench, pair, steps) : priceOf(bench, pair, steps[0]?.id ?? ''))),
    touches: pairs.flatMap((pair) => [tableId(pair.duplicate), tableId(pair.kept)]),
    requires: [BACKUP_PHASE],
    orphanDecisions: {},
    ...(decided.length > 0 ? { overlapDecisions: Object.fromEntries(decided) } : {}),
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  };
}

interface Merge {
  pair: Pair;
  batched: boolean;
  reason: string;
  steps: readonly Step[];
}

/** Each pair in one transaction or in batches, and its steps with their numbers in the phase. */
function mergesOf(bench: Workbench, pairs: readonly Pair[]): Merge[] {
  const merges: Merge[] = [];
  for (const pair of pairs) {
    const before = merges.reduce((sum, one) => sum + one.steps.length, 0);
    const mode = mergeMode(bench, pair);
    const drafts = [...(mode.batched ? batchedMerge(bench, pair) : [mergeDraft(bench, pair)]), ...looseDuplicate(bench, pair.duplicate)];
    merges.push({ pair, ...mode, steps: drafts.map((draft, i) => ({ id: `duplicate.${before + i + 1}`, ...draft })) });
  }
  return merges;
}

/** Unique keys beyond the primary one, asked of the rows as they will stand together: the step would find out too, and leave nothing. */
function mergedViolations(bench: Workbench, pair: Pair): Check[] {
  const family = bench.currentFamily.get(tableId(pair.kept)) ?? [];
  const columns = new Set(pair.columns);
  const whole = columnsOf(family).every((column) => columns.has(column.name));
  const unique = [...constraintsOf(family, 'unique'), ...uniqueIndexesOf(family).filter((object) => whole || text(object, 'predicate') === null)];
  // What names a column that only the kept table has cannot be asked of the others.
  const asked = unique.filter((object) => whole || list(object, 'columns').every((column) => columns.has(column)));
  const rules = asked.map((object) => uniqueRuleOf({ from: `(${mergedRows(pair)}) r`, key: pair.key }, object, columns));
  return rules.length === 0 ? [] : [{ id: `violations:${tableKey(pair.kept)}:${tableKey(pair.duplicate)}`, kind: 'violations', table: pair.kept, rules }];
}

/** Rows of the kept table that stay as they are, and those of the duplicate that come over or overwrite one. */
function mergedRows(pair: Pair): string {
  const by = pair.decision?.verdict === 'newest' && pair.decision.by !== undefined ? ident(pair.decision.by) : null;
  const wins = !overwrites(pair) ? 'false' : by === null ? 'true' : `(d.${by} > k.${by}) IS TRUE`;
  const match = sameKeySql(pair.key);
  const columns = (alias: string) => pair.columns.map((column) => `${alias}.${ident(column)}`).join(', ');
  return `SELECT ${columns('k')} FROM ${qualified(pair.kept)} k WHERE NOT EXISTS (SELECT FROM ${qualified(pair.duplicate)} d WHERE ${match} AND ${wins}) UNION ALL SELECT ${columns('d')} FROM ${qualified(pair.duplicate)} d WHERE NOT EXISTS (SELECT FROM ${qualified(pair.kept)} k WHERE ${match} AND NOT (${wins}))`;
}

/** What a merge leaves in the keep schema: the table itself, the keys of the rows that came over, and the rows of the kept table before they were overwritten. */
export function pairKeeps(bench: Pick<Workbench, 'keepSchema'>, pair: Pair): TableName[] {
  return [kept(bench, pair.duplicate), mergedNote(bench, pair), ...(overwrites(pair) ? [replacedNote(bench, pair)] : [])];
}

/** Every name that a decision may need, so that deciding asks nothing new and what was measured stays. */
function mayKeep(bench: Pick<Workbench, 'keepSchema'>, pair: Pair): TableName[] {
  return [kept(bench, pair.duplicate), mergedNote(bench, pair), replacedNote(bench, pair)];
}

function mergeDraft(bench: Workbench, pair: Pair): Draft {
  const match = sameKeySql(pair.key);
  const columns = pair.columns.map(ident).join(', ');
  const note = mergedNote(bench, pair);
  const key = pair.key.map((column) => `d.${ident(column)}`).join(', ');
  const alone = `FROM ${qualified(pair.duplicate)} d\n  WHERE NOT EXISTS (SELECT 1 FROM ${qualified(pair.kept)} k WHERE ${match})`;
  return {
    title: `Merge ${spoken(pair.duplicate)} into ${spoken(pair.kept)} and set it aside`,
    statements: [
      execute(`lock ${pair.duplicate.name}`, `LOCK TABLE ${qualified(pair.duplicate)} IN ACCESS EXCLUSIVE MODE`),
      execute(`lock ${pair.kept.name} against writes`, `LOCK TABLE ${qualified(pair.kept)} IN SHARE ROW EXCLUSIVE MODE`),
      ...conflictStatements(bench, pair),
      execute('note which rows are merged', `CREATE TABLE ${qualified(note)} AS SELECT ${key} ${alone.replace('\n  ', ' ')}`),
      execute(`copy rows that only ${pair.duplicate.name} has`, `INSERT INTO ${qualified(pair.kept)} (${columns})${pair.identity ? ' OVERRIDING SYSTEM VALUE' : ''}\n  SELECT ${pair.columns.map((column) => `d.${ident(column)}`).join(', ')} ${alone}`),
      ...pair.numbers.map((one) => numberOn(pair, one)),
      { do: 'assert', label: `rows of ${spoken(pair.duplicate)} missing in ${spoken(pair.kept)}`, sql: `SELECT count(*)::text ${alone.replace('\n  ', ' ')}`, expect: { from: 'literal', value: '0' } },
      ...moveAside(bench, pair.duplicate),
    ],
    undo: [
      ...bringBack(bench, pair.duplicate),
      ...(overwrites(pair) ? giveBack(bench, pair) : []),
      ...keepChanged(bench, pair),
      ...childrenOf(bench, pair),
      execute(`take the merged rows out of ${pair.kept.name}`, `DELETE FROM ${qualified(pair.kept)} k USING ${qualified(note)} d WHERE ${match}`),
      execute('drop the note of merged rows', `DROP TABLE ${qualified(note)} RESTRICT`),
    ],
    locks: [{ mode: 'ACCESS EXCLUSIVE', table: pair.duplicate }, { mode: 'SHARE ROW EXCLUSIVE', table: pair.kept }],
    rewrite: false,
    hazards: [
      { code: 'BLOCKS_READS_AND_WRITES', sentence: `After this step nobody finds ${spoken(pair.duplicate)} under its name: code that still reads it fails.` },
      { code: 'BLOCKS_WRITES', sentence: `Writes to ${spoken(pair.kept)} wait while the rows are compared and copied; reads go on.` },
    ],
    editable: false,
  };
}

/** What is overwritten is noted first. */
function conflictStatements(bench: Workbench, pair: Pair): Statement[] {
  const asserted = conflictAssertions(pair);
  if (!overwrites(pair)) return asserted;
  const note = qualified(replacedNote(bench, pair));
  const values = pair.columns.filter((column) => !pair.key.includes(column));
  const wins = newerOnly(pair);
  return [
    ...asserted,
    execute(`note the rows of ${pair.kept.name} that are overwritten`, `CREATE TABLE ${note} AS SELECT ${pair.columns.map((column) => `k.${ident(column)}`).join(', ')} ${conflictsFrom(pair)}${wins}`),
    execute(`key of the note`, `ALTER TABLE ${note} ADD PRIMARY KEY (${pair.key.map(ident).join(', ')})`),
    execute(`overwrite rows of ${pair.kept.name}`, `UPDATE ${qualified(pair.kept)} k SET ${values.map((column) => `${ident(column)} = d.${ident(column)}`).join(', ')}\n  FROM ${qualified(pair.duplicate)} d JOIN ${note} r ON ${sameKeySql(pair.key, 'r')}\n  WHERE ${sameKeySql(pair.key)}`),
    { do: 'assert', label: `rows that should have been overwritten and were not`, sql: `${conflictsCounted(pair)}${wins}`, expect: { from: 'literal', value: '0' } },
  ];
}

/** Overwritten rows get their values back, unless the application has changed them since: then they keep what it wrote. */
function giveBack(bench: Workbench, pair: Pair): Statement[] {
  const note = qualified(replacedNote(bench, pair));
  const values = pair.columns.filter((column) => !pair.key.includes(column));
  return [
    execute(`give overwritten rows of ${pair.kept.name} their values back`, `UPDATE ${qualified(pair.kept)} k SET ${values.map((column) => `${ident(column)} = r.${ident(column)}`).join(', ')}\n  FROM ${note} r JOIN ${qualified(pair.duplicate)} d ON ${sameKeySql(pair.key, 'd', 'r')}\n  WHERE ${sameKeySql(pair.key)} AND ${rowText(pair.columns, 'k')} = ${rowText(pair.columns, 'd')}`),
    execute('drop the note of overwritten rows', `DROP TABLE ${note} RESTRICT`),
  ];
}

/** Merged rows that the application has changed go from the kept table with the others; what it wrote is kept for a person to look at. */
function keepChanged(bench: Workbench, pair: Pair): Statement[] {
  const since = keptTable(bench.keepSchema, pair.duplicate, '_written_since');
  return [
    execute(`make room for merged rows that were changed since`, `CREATE TABLE IF NOT EXISTS ${qualified(since)} (LIKE ${qualified(pair.kept)})`),
    execute(`keep merged rows that were changed since`, `INSERT INTO ${qualified(since)}\n  SELECT k.* FROM ${qualified(pair.kept)} k JOIN ${qualified(mergedNote(bench, pair))} n ON ${sameKeySql(pair.key, 'k', 'n')} JOIN ${qualified(pair.duplicate)} d ON ${sameKeySql(pair.key)}\n  WHERE ${differSql(pair.columns)}`),
    dropWhenEmpty(since),
  ];
}

/** What a rollback would lose: changes that the application has made to merged rows since, which go back to what they were in the duplicate. */
function priceOf(bench: Workbench, pair: Pair, step: string): PriceQuestion {
  const aside = qualified(kept(bench, pair.duplicate));
  const present = `k.${ident(pair.key[0] ?? '')} IS NOT NULL`;
  return {
    table: pair.kept,
    step,
    sql: `SELECT 0::bigint AS inserted, count(*) FILTER (WHERE ${present} AND ${differSql(pair.columns)}) AS changed, count(*) FILTER (WHERE NOT (${present})) AS deleted\nFROM ${qualified(mergedNote(bench, pair))} n JOIN ${aside} d ON ${sameKeySql(pair.key, 'd', 'n')} LEFT JOIN ${qualified(pair.kept)} k ON ${sameKeySql(pair.key)}`,
  };
}
