import { ident, literal, qualified } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import { identitySequence } from '../kinds/column.ts';
import { isAside } from '../noise.ts';
import type { Statement, TableName } from '../plan.ts';
import { defaultId, type Scripted } from '../script/side.ts';
import { parseObjectId, type SchemaObject } from '../snapshot.ts';
import { execute, tableName, text, type Workbench } from './input.ts';
import { keptTable } from './names.ts';

/** What is said around a change of where a column's numbers come from, forward and back, so that no number is given twice. */
export interface Numbering {
  before: Statement[];
  after: Statement[];
  undoBefore: Statement[];
  undoAfter: Statement[];
}

interface Source {
  sequence: TableName;
  /** It is part of the column, and is gone when the column is no identity any more. */
  identity: boolean;
  /** Null for the sequence of an identity column. */
  id: string | null;
}

/** For the columns among the differences whose numbers come from another sequence afterwards. Sequences that stay keep their position by themselves; tables that are `remade` with their rows keep theirs by the script. */
export function numbering(bench: Workbench, from: Required<Scripted>, to: Required<Scripted>, deltas: readonly Delta[], movedIds: ReadonlySet<string>, remade: ReadonlySet<string>): Numbering {
  const all = deltas.filter((delta) => delta.kind === 'column' && delta.change === 'change' && !isAside(delta) && delta.group.startsWith('table:') && !remade.has(delta.group)).flatMap((delta) => {
    const { current, desired } = delta;
    const [source, next] = [current && sourceOf(from, current), desired && sourceOf(to, desired)];
    if (!current || !desired || (source?.sequence.name === next?.sequence.name && source?.identity === next?.identity)) return [];
    const isNew = next !== null && next !== undefined && (next.identity || (next.id !== null && !from.objects.some((object) => object.id === next.id)));
    return source || isNew ? [one(bench, desired, source ?? null, isNew ? next : null, movedIds)] : [];
  });
  return { before: all.flatMap((each) => each.before), after: all.flatMap((each) => each.after), undoBefore: all.flatMap((each) => each.undoBefore), undoAfter: all.flatMap((each) => each.undoAfter) };
}

function sourceOf({ objects, dependencies }: Required<Scripted>, column: SchemaObject): Source | null {
  if (text(column, 'identity') !== null) return { sequence: { schema: column.schema, name: identitySequence(column) }, identity: true, id: null };
  const id = (text(column, 'default') ?? '').startsWith('nextval(') ? (dependencies[defaultId(column.id)] ?? []).find((each) => each.startsWith('sequence:')) : undefined;
  const sequence = objects.find((object) => object.id === id);
  return sequence ? { sequence: tableName(sequence), identity: false, id: sequence.id } : null;
}

function one(bench: Workbench, column: SchemaObject, old: Source | null, next: Source | null, movedIds: ReadonlySet<string>): Numbering {
  const table: TableName = { schema: column.schema, name: parseObjectId(column.parent ?? '').path[1] ?? '' };
  const lock = execute(`lock ${table.name}`, `LOCK TABLE ${qualified(table)} IN ACCESS EXCLUSIVE MODE`);
  const goesOn = `${table.name}.${column.name} goes on from its last number`;
  if (!old) return { before: [], after: next ? [goOnFromRows(column, table, next.sequence)] : [], undoBefore: [], undoAfter: [] };
  const note = keptTable(bench.keepSchema, table, `_${column.name}_position`);
  const moved = old.id !== null && movedIds.has(old.id);
  const kept = old.identity ? note : moved ? { schema: bench.keepSchema, name: old.sequence.name } : old.sequence;
  if (old.identity) noted(bench, note);
  return {
    before: old.identity ? [lock, execute(`make a note of the position of ${column.name}`, `CREATE SEQUENCE ${qualified(note)} MINVALUE -9223372036854775808`), execute(`note the position of ${column.name}`, copy(old.sequence, note))] : [],
    after: next ? [execute(goesOn, copy(kept, next.sequence))] : [],
    undoBefore: next ? [lock, execute(`note the position of ${column.name}`, copy(next.sequence, kept))] : [],
    undoAfter: old.identity ? [execute(goesOn, copy(note, old.sequence)), execute(`drop the note of ${column.name}`, `DROP SEQUENCE ${qualified(note)} RESTRICT`)] : [],
  };
}

/** For clean-up, like a sequence that was set aside. */
function noted(bench: Workbench, note: TableName): void {
  const object: SchemaObject = { id: `sequence:${note.schema}.${note.name}`, kind: 'sequence', schema: note.schema, name: note.name, parent: null, position: null, attributes: {} };
  bench.held.push({ object, drop: `DROP SEQUENCE ${qualified(note)} RESTRICT` });
}

/** A position outside of what the other can hold leaves that at its end. */
function copy(from: TableName, to: TableName): string {
  const sequence = `${literal(qualified(to))}::regclass`;
  return `SELECT setval(${sequence}, greatest(q.seqmin, least(q.seqmax, p.last_value)), p.is_called) FROM ${qualified(from)} p, pg_sequence q WHERE q.seqrelid = ${sequence}`;
}

/** A new source of numbers begins behind the highest number that is there; Postgres itself would begin at 1 and meet it. */
export function goOnFromRows(column: Pick<SchemaObject, 'name'>, table: TableName, to: TableName): Statement {
  const sequence = `${literal(qualified(to))}::regclass`;
  return execute(`${table.name}.${column.name} goes on behind its highest number`, `SELECT setval(${sequence}, m.highest) FROM (SELECT max(${ident(column.name)})::bigint AS highest FROM ${qualified(table)}) m, pg_sequence q WHERE q.seqrelid = ${sequence} AND m.highest BETWEEN q.seqmin AND q.seqmax AND q.seqincrement > 0`);
}
