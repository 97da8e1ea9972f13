import { SKETCH_KINDS } from './all.ts';
import { filled, grown } from './kind.ts';
import { partOf, type Piece } from './piece.ts';
import type { Sketch } from './sketch.ts';

/** One change by chance; false when there was nothing to change. */
export function changed(s: Sketch): boolean {
  return s.chance.one(WHEEL)?.(s) ?? false;
}

type SketchChange = (s: Sketch) => boolean;

/** Most that goes with what goes: people do not drop half a schema in passing. */
const MOST_DROPPED = 8;

const comes: SketchChange = (s) => {
  const kind = s.chance.one([...SKETCH_KINDS.values()]);
  return kind !== null && grown(s, kind) !== null;
};

const goes: SketchChange = (s) => {
  const piece = s.chance.one(s.pieces);
  if (!piece || piece.kind === 'schema') return false;
  const going = s.withDependents(piece.key);
  if ([...going].filter((key) => s.get(key)?.kind !== 'column').length > MOST_DROPPED) return false;
  s.remove(going);
  return true;
};

/** One part of something is thought up anew: a column's type, a view's query, a bound. */
const differs: SketchChange = (s) => {
  const piece = s.chance.one(s.pieces);
  const kind = piece ? SKETCH_KINDS.get(piece.kind) : undefined;
  if (!piece || !kind) return false;
  const part = s.chance.one(Object.keys(kind.parts));
  if (part === null) return false;
  const anew = filled(s, kind, piece, piece.kind === 'column' && part === 'type' ? ['type', 'collate', 'value'] : piece.kind === 'function' && ['args', 'returns'].includes(part) ? [part, 'body'] : [part]);
  if (anew === null || partOf(anew, part) === partOf(piece, part)) return false;
  s.replace(anew);
  return true;
};

const columnDiffers: SketchChange = (s) => {
  const piece = s.one('column');
  const kind = SKETCH_KINDS.get('column');
  const part = s.pick('type', 'value', 'value', 'notnull', 'widen', 'storage');
  if (!piece || !kind) return false;
  const wider: Readonly<Record<string, string>> = { integer: 'bigint', smallint: 'integer', 'character varying(40)': 'text', 'numeric(12,2)': 'numeric', text: 'character varying(40)', bigint: 'numeric', 'character(3)': 'text' };
  const type = wider[partOf(piece, 'type')];
  const anew = part === 'widen' ? (type === undefined ? null : { ...piece, parts: { ...piece.parts, type } }) : part === 'notnull' ? { ...piece, parts: { ...piece.parts, notnull: partOf(piece, 'notnull') === '' ? 'NOT NULL' : '' } } : filled(s, kind, piece, part === 'type' ? ['type', 'collate', 'value'] : [part]);
  if (anew === null || JSON.stringify(anew) === JSON.stringify(piece)) return false;
  s.replace(anew);
  return true;
};

const labelsDiffer: SketchChange = (s) => {
  const piece = s.one('enum');
  if (!piece) return false;
  const labels = JSON.parse(partOf(piece, 'labels')) as string[];
  const at = s.chance.below(labels.length + 1);
  const fresh = `fresh ${s.chance.below(99)}`;
  const next = s.chance.one([labels.toSpliced(at, 0, fresh), [...labels, fresh], labels.toSpliced(Math.min(at, labels.length - 1), 1, fresh), labels.length > 1 ? labels.toSpliced(Math.min(at, labels.length - 1), 1) : [...labels, fresh], labels.toReversed()]) ?? labels;
  s.replace({ ...piece, parts: { ...piece.parts, labels: JSON.stringify(next) } });
  return true;
};

const renamed: SketchChange = (s) => {
  const piece = s.chance.one(s.pieces.filter(({ kind }) => kind !== 'comment' && kind !== 'grant'));
  if (!piece) return false;
  s.replace({ ...piece, name: s.newName(piece.kind, s.newKey(piece.kind)) });
  return true;
};

const moves: SketchChange = (s) => {
  const piece = s.chance.one(s.pieces.filter(({ kind }) => SKETCH_KINDS.get(kind)?.home === 'schema'));
  const to = s.schema();
  if (!piece || piece.schema === to) return false;
  s.replace({ ...piece, schema: to });
  return true;
};

/** Two of a kind exchange their names, or one takes the name of another kind that goes. */
const namesMove: SketchChange = (s) => {
  const one = s.chance.one(s.pieces);
  const two = one ? s.chance.one(s.pieces.filter((each) => each.kind === one.kind && each.of === one.of && each.schema === one.schema && each.key !== one.key)) : null;
  if (!one || !two) return false;
  s.replace({ ...one, name: two.name });
  s.replace({ ...two, name: one.name });
  return true;
};

const nameIsTakenOver: SketchChange = (s) => {
  const gone = s.one('view', 'materialized view', 'table', 'enum', 'domain', 'composite', 'sequence', 'function');
  if (!gone) return false;
  const going = s.withDependents(gone.key);
  const kind = s.chance.one(['view', 'materialized view', 'table', 'enum', 'domain', 'composite', 'sequence', 'function'].filter((each) => each !== gone.kind));
  const made = kind ? SKETCH_KINDS.get(kind) : undefined;
  if (!made || [...going].filter((key) => s.get(key)?.kind !== 'column').length > MOST_DROPPED) return false;
  s.remove(going);
  const piece = grown(s, made);
  if (piece) s.replace({ ...piece, name: gone.name, schema: gone.schema });
  return true;
};

const columnsMove: SketchChange = (s) => {
  const table = s.one('table');
  const own = s.pieces.filter((piece) => piece.kind === 'column' && piece.of === table?.key);
  if (own.length < 2) return false;
  const at = s.chance.below(own.length);
  const moved: Piece[] = [...own.slice(at), ...own.slice(0, at)];
  s.reorder(s.pieces.map((piece) => (own.includes(piece) ? (moved.shift() ?? piece) : piece)));
  return true;
};

const columnComes: SketchChange = (s) => {
  const kind = SKETCH_KINDS.get('column');
  return kind !== undefined && grown(s, kind) !== null;
};

/** Rows of a table get other places: by another key, in other partitions, or in one table again. Most have one for all that fits nowhere else. */
const placedOtherwise: SketchChange = (s) => {
  const table = s.one('table');
  const kind = SKETCH_KINDS.get('partition');
  const column = s.chance.one(s.pieces.filter((piece) => piece.kind === 'column' && piece.of === table?.key));
  const way = s.pick('', 'LIST', 'RANGE', 'HASH');
  if (!table || !kind || !column || partOf(table, 'inherits') !== '' || (way === '' && partOf(table, 'by') === '')) return false;
  s.replace({ ...table, parts: { ...table.parts, by: way === '' ? '' : `${way} («${column.key}»)`, settings: '' } });
  for (const partition of s.of('partition').filter((each) => partOf(each, 'parent') === `«${table.key}»`)) {
    const anew = way !== '' && s.chance.often(0.5) ? filled(s, kind, partition, ['bounds']) : null;
    if (anew) s.replace(anew);
    else s.remove(s.withDependents(partition.key));
  }
  if (way === '' || s.chance.often(0.1)) return true;
  const key = s.newKey('partition');
  s.add({ key, kind: 'partition', name: key, schema: s.schema(), of: null, parts: { parent: `«${table.key}»`, bounds: way === 'HASH' ? 'FOR VALUES WITH (MODULUS 1, REMAINDER 0)' : 'DEFAULT', attached: '', extra: '', by: '', security: '', identity: '', owner: '' } });
  return true;
};

const WHEEL: readonly SketchChange[] = [comes, comes, comes, goes, goes, differs, differs, differs, differs, differs, differs, columnDiffers, columnDiffers, columnDiffers, columnComes, labelsDiffer, renamed, moves, namesMove, nameIsTakenOver, columnsMove, placedOtherwise];
