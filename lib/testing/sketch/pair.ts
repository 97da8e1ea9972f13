import { type Chance, chanceOf } from '#lib/cli/mutations/random.ts';
import { SKETCH_KINDS } from './all.ts';
import { changed } from './changes.ts';
import { grown } from './kind.ts';
import type { Piece } from './piece.ts';
import { Sketch } from './sketch.ts';

/** Two schemas on paper of which one is the other after some changes. */
export interface SketchPair {
  readonly a: readonly Piece[];
  readonly b: readonly Piece[];
}

/** 5 to 60 objects by chance, with the links between them that chance gives, and 1 to 15 changes. Pure: a seed is a pair. */
export function pairOf(seed: number): SketchPair {
  const chance = chanceOf(seed);
  const sketch = new Sketch(chance);
  // Few are as many as can be: small pairs are quick, and say at once what is wrong.
  const objects = chance.often(0.5) ? 5 + chance.below(20) : 25 + chance.below(36);
  grow(sketch, chance, objects);
  const a = sketch.pieces;
  const later = new Sketch(chance, a, sketch.number);
  const wanted = 1 + chance.below(chance.often(0.5) ? 4 : 15);
  // A later change may take an earlier one back.
  for (let made = 0, tries = 0; (made < wanted || JSON.stringify(later.pieces) === JSON.stringify(a)) && tries < 400; tries += 1) if (changed(later)) made += 1;
  return { a, b: later.pieces };
}

function grow(sketch: Sketch, chance: Chance, objects: number): void {
  const wheel = [...SKETCH_KINDS.values()].flatMap((kind) => Array.from({ length: kind.weight }, () => kind));
  // Tables first: everything else is of them.
  for (let tables = 1 + chance.below(3); tables > 0; tables -= 1) growTable(sketch);
  for (let tries = 0; sketch.pieces.filter(({ kind }) => kind !== 'column').length < objects && tries < objects * 10; tries += 1) {
    const kind = chance.one(wheel);
    if (kind) grown(sketch, kind);
  }
}

function growTable(sketch: Sketch): void {
  const table = SKETCH_KINDS.get('table');
  if (table) grown(sketch, table);
}
