import type { Chance } from '#lib/cli/mutations/random.ts';
import { keysIn, partOf, type Piece } from './piece.ts';

/** A column of whatever has columns, as an expression names it. */
export interface Column {
  readonly ref: string;
  readonly type: string;
}

/** What a query gives, and its text. */
export interface Query {
  readonly sql: string;
  readonly out: readonly Column[];
}

export const RELATIONS: readonly string[] = ['table', 'partition', 'typed table', 'view', 'materialized view', 'foreign table'];
export const TABLES: readonly string[] = ['table', 'partition', 'typed table'];

/** Names that are hard to quote, or as long as can be. */
const HARD = (base: string): string[] => [`${base} with spaces`, `Upper_${base}`, `dot.${base}`, `quote"${base}`, `größe_${base}`, `${base}_${'x'.repeat(62 - base.length)}`, `${base}'s`, `$${base}`, `back\\${base}`, `${base}%`];

/** A schema on paper that grows and changes by chance. The same chance gives the same schema. */
export class Sketch {
  readonly chance: Chance;
  #pieces: Piece[];
  #number: number;

  constructor(chance: Chance, pieces: readonly Piece[] = [], number = 0) {
    this.chance = chance;
    this.#pieces = [...pieces];
    this.#number = number;
  }

  get pieces(): readonly Piece[] {
    return this.#pieces;
  }

  get number(): number {
    return this.#number;
  }

  newKey(kind: string): string {
    this.#number += 1;
    return `${kind.replaceAll(/[^a-z]/g, '').slice(0, 6)}${this.#number}`;
  }

  newName(kind: string, key: string): string {
    return kind === 'operator' ? this.pick('===', '<~>', '@@@', '#>#', '+*+', '~~>') : this.chance.often(0.93) ? key : this.pick(...HARD(key));
  }

  add(piece: Piece): Piece {
    this.#pieces.push(piece);
    return piece;
  }

  replace(piece: Piece): void {
    this.#pieces = this.#pieces.map((each) => (each.key === piece.key ? piece : each));
  }

  remove(keys: ReadonlySet<string>): void {
    this.#pieces = this.#pieces.filter((piece) => !keys.has(piece.key));
  }

  /** Columns are written out in the order in which they stand here. */
  reorder(pieces: readonly Piece[]): void {
    this.#pieces = [...pieces];
  }

  get(key: string | null): Piece | undefined {
    return this.#pieces.find((piece) => piece.key === key);
  }

  of(...kinds: readonly string[]): Piece[] {
    return this.#pieces.filter((piece) => kinds.includes(piece.kind));
  }

  one(...kinds: readonly string[]): Piece | null {
    return this.chance.one(this.of(...kinds));
  }

  pick(...texts: readonly string[]): string {
    return this.chance.one(texts) ?? '';
  }

  schema(): string | null {
    return this.chance.often(0.4) ? null : (this.one('schema')?.key ?? null);
  }

  /** What is part of it, speaks of it, or names it in its texts. */
  dependents(key: string): Piece[] {
    return this.#pieces.filter((piece) => piece.key !== key && (piece.of === key || piece.schema === key || Object.values(piece.parts).some((text) => keysIn(text).includes(key))));
  }

  /** It and whatever cannot be without it. */
  withDependents(key: string): Set<string> {
    const found = new Set([key]);
    const queue = [key];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const { key: each } of this.dependents(next)) if (!found.has(each)) { found.add(each); queue.push(each); }
    }
    return found;
  }

  columns(key: string | null): Column[] {
    const piece = this.get(key);
    if (!piece) return [];
    if (piece.kind === 'view' || piece.kind === 'materialized view') return [...(JSON.parse(partOf(piece, 'query')) as Query).out];
    if (piece.kind === 'typed table') return this.fields(keysIn(partOf(piece, 'type'))[0] ?? '');
    if (piece.kind === 'partition') return this.columns(keysIn(partOf(piece, 'parent'))[0] ?? null);
    if (piece.kind === 'foreign table') return [{ ref: 'id', type: 'integer' }, { ref: 'label', type: 'text' }];
    const own = this.#pieces.filter((each) => each.kind === 'column' && each.of === key).map((each) => ({ ref: `«${each.key}»`, type: partOf(each, 'type') }));
    return [...keysIn(partOf(piece, 'inherits')).flatMap((parent) => this.columns(parent)), ...own];
  }

  fields(composite: string): Column[] {
    const piece = this.get(composite);
    return piece ? (JSON.parse(partOf(piece, 'fields')) as Column[]) : [];
  }

  /** A relation of these kinds and one of its columns, of a type that fits. */
  column(kinds: readonly string[], fits: (type: string) => boolean = () => true): { relation: Piece; column: Column } | null {
    const relation = this.one(...kinds);
    const column = relation ? this.chance.one(this.columns(relation.key).filter(({ type }) => fits(type))) : null;
    return relation && column ? { relation, column } : null;
  }
}
