import { chanceOf } from '#lib/cli/mutations/random.ts';
import { SKETCH_KINDS } from './all.ts';
import { keysIn, namedIn, type Piece, type Written } from './piece.ts';
import { Sketch } from './sketch.ts';

/** The sketch as statements, each after those that make what it names; what waits for each other is left to the server to refuse. */
export function written(pieces: readonly Piece[]): Written[] {
  const byKey = new Map(pieces.map((piece) => [piece.key, piece]));
  const sketch = new Sketch(chanceOf(0), pieces);
  const texts = inOrder(pieces, byKey).flatMap((piece) => {
    const text = SKETCH_KINDS.get(piece.kind)?.write(piece, sketch);
    return text ? [{ key: piece.key, ...text }] : [];
  });
  const made = (key: string, list: readonly string[]): Written[] => list.map((sql) => ({ key, sql: namedIn(sql, byKey) }));
  return [...texts.flatMap(({ key, now }) => made(key, now)), ...texts.flatMap(({ key, late }) => made(key, late ?? []))];
}

function inOrder(pieces: readonly Piece[], byKey: ReadonlyMap<string, Piece>): Piece[] {
  const columns = Map.groupBy(pieces.filter((piece) => piece.kind === 'column'), (piece) => piece.of);
  const seen = new Set<string>();
  const order: Piece[] = [];
  const visit = (piece: Piece): void => {
    // A column is made by its table.
    const maker = (piece.kind === 'column' ? byKey.get(piece.of ?? '') : piece) ?? piece;
    if (seen.has(maker.key)) return;
    seen.add(maker.key);
    for (const each of [maker, ...(columns.get(maker.key) ?? [])]) for (const key of namedBy(each)) {
      const needed = byKey.get(key);
      if (needed) visit(needed);
    }
    order.push(maker, ...(columns.get(maker.key) ?? []));
  };
  for (const piece of pieces) visit(piece);
  return order;
}

/** Keys of what its texts name. */
function namedBy(piece: Piece): string[] {
  return [...(piece.of === null ? [] : [piece.of]), ...(piece.schema === null ? [] : [piece.schema]), ...Object.values(piece.parts).flatMap(keysIn)];
}
