import { partOf, type Piece } from './piece.ts';
import type { Sketch } from './sketch.ts';

/** How pieces of a kind are thought up and written. */
export interface SketchKind {
  readonly kind: string;
  /** How often one is made, beside the others. */
  readonly weight: number;
  /** In a schema, in none, or on an object of these kinds. */
  readonly home: 'schema' | 'database' | readonly string[];
  /** Each may look at the ones before it. null: nothing here for such a piece. */
  readonly parts: Readonly<Record<string, (s: Sketch, self: Piece) => string | null>>;
  /** What comes with it, such as a table's columns. */
  readonly follow?: (s: Sketch, self: Piece) => void;
  /** `now` in the order of what rests on what, `late` after everything else. */
  readonly write: (self: Piece, s: Sketch) => { now: readonly string[]; late?: readonly string[] };
}

/** A new piece of the kind, which is not in the sketch yet; null when there is nothing to make it of. */
export function thought(s: Sketch, kind: SketchKind, of?: string): Piece | null {
  const home = kind.home === 'schema' || kind.home === 'database' ? null : (of ?? s.one(...kind.home)?.key ?? null);
  if (home === null && typeof kind.home !== 'string') return null;
  const key = s.newKey(kind.kind);
  return filled(s, kind, { key, kind: kind.kind, name: s.newName(kind.kind, key), schema: kind.home === 'schema' ? s.schema() : null, of: home, parts: {} }, Object.keys(kind.parts));
}

/** The piece with these parts thought up anew; null when one cannot be. */
export function filled(s: Sketch, kind: SketchKind, piece: Piece, names: readonly string[]): Piece | null {
  let self = piece;
  for (const name of names) {
    const text = kind.parts[name]?.(s, self) ?? null;
    if (text === null) return null;
    self = { ...self, parts: { ...self.parts, [name]: text } };
  }
  return self;
}

export function grown(s: Sketch, kind: SketchKind, of?: string): Piece | null {
  const piece = thought(s, kind, of);
  if (piece === null) return null;
  s.add(piece);
  kind.follow?.(s, piece);
  return piece;
}

/** The part with a space before it, or nothing. */
export function spaced(piece: Piece, name: string): string {
  const text = partOf(piece, name);
  return text === '' ? '' : ` ${text}`;
}
