import { ident, literal, ownSequence, qualified } from '../ddl.ts';
import { kindOf } from '../kinds/all.ts';
import { identitySequence } from '../kinds/column.ts';
import type { Assertion, LockClaim, Statement, Step, TableName } from '../plan.ts';
import { defaultId } from '../script/side.ts';
import type { SchemaObject } from '../snapshot.ts';
import { revokeDefaults } from './carried.ts';
import type { Conversion } from './convert-sql.ts';
import { columnsOf, execute, refuse, tableName, text, type Workbench } from './input.ts';
import { spoken } from './names.ts';

/** A sequence that goes when its column goes: that of a serial column, or of any column that was made its owner. */
export interface OwnedSequence {
  sequence: TableName;
  column: string;
}

/** An identity column before and after. Each of the two tables has a sequence of its own for it, beside the table and with no other way to name it. */
export interface IdentityPair {
  column: string;
  /** Names of the sequences, which stand in whatever schema their table stands in. */
  before: string;
  after: string;
}

export function ownedSequences(bench: Workbench, tableId: string): OwnedSequence[] {
  const columns = new Map(columnsOf(bench.currentFamily.get(tableId) ?? []).map((column) => [column.id, column.name]));
  return [...bench.current.values()].flatMap((object) => {
    const column = object.kind === 'sequence' ? columns.get(text(object, 'ownedBy') ?? '') : undefined;
    return column === undefined ? [] : [{ sequence: tableName(object), column }];
  }).sort((a, b) => (qualified(a.sequence) < qualified(b.sequence) ? -1 : 1));
}

export function identityPairs(before: readonly SchemaObject[], after: readonly SchemaObject[]): IdentityPair[] {
  return columnsOf(after).flatMap((column) => {
    const old = columnsOf(before).find((one) => one.name === column.name);
    return old && text(old, 'identity') && text(column, 'identity') ? [{ column: column.name, before: identitySequence(old), after: identitySequence(column) }] : [];
  });
}

/** Names of the sequences of identity columns, which go where their table goes. */
export function identitiesOn(one: Conversion, of: 'before' | 'after' = 'before'): string[] {
  return one.identities.map((pair) => qualified({ schema: one.live.schema, name: pair[of] }));
}

/** Refuses by name what would take away, or make anew, the source of a column's numbers. */
export function refuseSequences(bench: Workbench, one: Conversion): void {
  const name = spoken(one.live);
  const changed = new Map(bench.chosen.filter((delta) => delta.kind === 'sequence').map((delta) => [delta.objectId, delta]));
  for (const column of columnsOf(one.family)) {
    const old = one.before.get(column.name);
    if (old && (text(old, 'identity') === null) !== (text(column, 'identity') === null)) refuse(bench, `${name}.${column.name} ${text(old, 'identity') === null ? 'becomes' : 'is no longer'} an identity column in the same plan; this version keeps the numbers going over a conversion only where it stays what it is: plan that apart.`);
    if (!old && text(column, 'identity')) refuse(bench, `${name}.${column.name} is a new identity column; this version does not number rows that it copies: plan that apart.`);
  }
  for (const { sequence, column } of one.sequences) {
    if (!columnsOf(one.family).some((after) => after.name === column)) refuse(bench, `${name}.${column} owns the sequence ${spoken(sequence)} and is chosen to go; this version does not take it out over a conversion: plan that apart.`);
  }
  for (const [id, delta] of changed) {
    const owned = one.sequences.some(({ sequence }) => id === [...bench.current.values()].find((object) => object.kind === 'sequence' && qualified(object) === qualified(sequence))?.id);
    const drawn = drawnFrom(bench, one).has(id);
    const said = (delta.desired ?? delta.current)?.name ?? id;
    if (drawn && delta.change === 'add') refuse(bench, `A default of ${name} would draw from the sequence ${said}, which ${bench.input.target} does not have; this version converts a table only with the sequences that it has: plan that apart.`);
    else if ((owned || drawn) && delta.change === 'remove') refuse(bench, `The sequence ${said} is chosen to go, and the old ${name}, which is kept for the way back, draws from it: plan that apart.`);
    else if (owned && delta.attributes.some((attribute) => attribute.name === 'ownedBy')) refuse(bench, `The sequence ${said} is chosen to get another owner while ${name} is converted: plan that apart.`);
  }
}

/** Ids of the sequences from which a default draws, before or after. */
function drawnFrom(bench: Workbench, one: Conversion): Set<string> {
  const defaults = [...one.beforeFamily, ...one.family].filter((object) => object.kind === 'column').map((column) => defaultId(column.id));
  return new Set([bench.input.current, bench.input.desiredSnapshot].flatMap(({ dependencies = {} }) => defaults.flatMap((id) => dependencies[id] ?? [])).filter((id) => id.startsWith('sequence:')));
}

/** Does the default of a column draw from a sequence, as it is or as it will be? */
export function drawsNumbers(bench: Workbench, columnId: string): boolean {
  const id = defaultId(columnId);
  return [bench.input.current, bench.input.desiredSnapshot].some(({ dependencies = {} }) => (dependencies[id] ?? []).some((needed) => needed.startsWith('sequence:')));
}

/**
 * What an identity sequence was granted, and said of it: CREATE TABLE makes it anew, with what default privileges give.
 */
export function identityStatements(bench: Workbench, one: Conversion): Statement[] {
  return one.identities.flatMap(({ column, before, after }): Statement[] => {
    const made: TableName = { schema: one.shadow.schema, name: after };
    const was = `SEQUENCE ${qualified({ schema: one.live.schema, name: before })}`;
    const about = (bench.input.current.satellites ?? []).filter((object) => object.attributes.target === one.before.get(column)?.id && object.attributes.on === was);
    return [
      execute(`take back what default privileges gave on ${after}`, revokeDefaults(made, 'SEQUENCE')),
      ...about.flatMap((object) => kindOf(object.kind).create({ ...object, attributes: { ...object.attributes, on: `SEQUENCE ${qualified(made)}` } }, []).map(({ sql }) => execute(`${object.kind} on ${after}`, sql))),
    ];
  });
}

/**
 * Before the tables are locked, and in a transaction of its own: SET SCHEMA takes along every sequence that a column owns. It waits for whoever
 * has drawn a number, and an application that draws first and inserts then waits for a locked table with the sequence in its hand.
 */
export function releaseSteps(id: string, tables: readonly Conversion[]): Step[] {
  return sequenceStep(id, 'Take the sequences out of the tables that step aside', tables, releaseSequences(tables), adoptSequences(tables));
}

/** After the tables have changed places: they belong to the live tables again, so that the others can be dropped without them. */
export function adoptSteps(id: string, tables: readonly Conversion[]): Step[] {
  return sequenceStep(id, 'Give the sequences to the tables that are live now', tables, adoptSequences(tables), releaseSequences(tables));
}

/** Defaults go on drawing from them all the while. */
function sequenceStep(id: string, title: string, tables: readonly Conversion[], statements: readonly Statement[], undo: readonly Statement[]): Step[] {
  const locks = tables.flatMap((one) => one.sequences.map(({ sequence }): LockClaim => ({ mode: 'SHARE ROW EXCLUSIVE', table: sequence })));
  return locks.length === 0 ? [] : [{ id, title, statements, undo, locks, undoLocks: locks, rewrite: false, hazards: [], editable: false }];
}

function releaseSequences(tables: readonly Conversion[]): Statement[] {
  return tables.flatMap((one) => one.sequences.map(({ sequence, column }) => execute(`take the sequence ${sequence.name} from ${one.live.name}.${column}`, `ALTER SEQUENCE ${qualified(sequence)} OWNED BY NONE`)));
}

function adoptSequences(tables: readonly Conversion[]): Statement[] {
  return tables.flatMap((one) => one.sequences.map(({ sequence, column }) => execute(`give the sequence ${sequence.name} to ${one.live.name}.${column}`, ownSequence(sequence, one.live, column))));
}

/** Each belongs to the column of the live table. */
export function ownersVerification(one: Conversion): Assertion[] {
  return one.sequences.map(({ sequence, column }) => ({
    label: `owner of the sequence ${spoken(sequence)}`,
    sql: `SELECT coalesce((SELECT d.refobjid::regclass = to_regclass(${literal(qualified(one.live))}) AND a.attname = ${literal(column)} FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid WHERE d.classid = 'pg_class'::regclass AND d.objid = to_regclass(${literal(qualified(sequence))}) AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'), false)::text`,
    expect: { from: 'literal', value: 'true' },
  }));
}

/**
 * The numbers go on where they were. To be said after the old table has moved: that holds its sequences in ACCESS EXCLUSIVE, so no number is
 * given between reading and COMMIT. An option that the position does not fit stops the swap. Whoever waits for a number at this moment has the old sequence in its
 * hand and draws from that when it goes on: as many numbers are left out here, so that nobody gets them twice. To be said as late as can be.
 */
export function continueIdentities(one: Conversion): Statement[] {
  return one.identities.map(({ column, before, after }) => position(one, column, { schema: one.original.schema, name: before }, { schema: one.live.schema, name: after }, (value) => value));
}

/** The same on the way back. A position that the old sequence cannot hold leaves it at its end: the way back must not fail by it, and no number is given twice. */
export function returnIdentities(one: Conversion): Statement[] {
  return one.identities.map(({ column, before, after }) => position(one, column, { schema: one.shadow.schema, name: after }, { schema: one.live.schema, name: before }, (value) => `greatest(q.seqmin, least(q.seqmax, ${value}))`));
}

function position(one: Conversion, column: string, from: TableName, to: TableName, fitting: (value: string) => string): Statement {
  const sequence = `${literal(qualified(to))}::regclass`;
  const old = `${literal(qualified(from))}::regclass`;
  const waiting = `(SELECT count(*) AS waiting FROM pg_locks l WHERE l.locktype = 'relation' AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()) AND l.relation = ${old} AND NOT l.granted)`;
  const value = fitting('(p.last_value + w.waiting * o.seqincrement * o.seqcache)');
  return execute(`${one.live.name}.${column} goes on from its last number`, `SELECT setval(${sequence}, ${value}, p.is_called OR w.waiting > 0) FROM ${qualified(from)} p, pg_sequence q, pg_sequence o, ${waiting} w WHERE q.seqrelid = ${sequence} AND o.seqrelid = ${old}`);
}

/** A number of GENERATED ALWAYS cannot be written by an UPDATE, with which rows are kept in step. */
export function fixedIdentity(one: Conversion): string | null {
  const fixed = [...one.before.values(), ...one.columns].find((column) => text(column, 'identity') === 'ALWAYS' && !one.key.includes(column.name));
  return fixed ? `${spoken(one.live)}.${ident(fixed.name)} is GENERATED ALWAYS AS IDENTITY outside the key and could not be kept in step` : null;
}
