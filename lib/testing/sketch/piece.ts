import { ident, literal } from '#lib/pipeline/ddl.ts';

/** One object of a schema that stands on paper only. Its texts name others as «key»; what that is called is decided when the texts are written out. */
export interface Piece {
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  /** Key of its schema; null: public, or it has none. */
  readonly schema: string | null;
  /** Key of the object it is part of or speaks of: a column's table, a trigger's view. */
  readonly of: string | null;
  readonly parts: Readonly<Record<string, string>>;
}

/** A statement, and the piece that it is from. */
export interface Written {
  readonly key: string;
  readonly sql: string;
}

/** «key»: the object, qualified where it has a schema; «key!»: its bare name; «key'»: the qualified name as a string. */
const NAMED = /«([^»!']+)([!']?)»/g;

/** Kinds whose name stands alone: they belong to a table, or to no schema. */
const BARE: ReadonlySet<string> = new Set(['schema', 'column', 'primary key', 'unique', 'check', 'foreign key', 'exclusion', 'trigger', 'rule', 'policy', 'publication', 'server', 'event trigger']);

export function keysIn(text: string): string[] {
  return [...text.matchAll(NAMED)].map((match) => match[1] ?? '');
}

export function namedIn(text: string, pieces: ReadonlyMap<string, Piece>): string {
  return text.replaceAll(NAMED, (_, key: string, form: string) => {
    const piece = pieces.get(key);
    if (piece === undefined) return 'nothing_of_that_name';
    const schema = piece.schema === null ? 'public' : (pieces.get(piece.schema)?.name ?? 'public');
    const name = form === '!' || BARE.has(piece.kind) ? ident(piece.name) : `${ident(schema)}.${piece.kind === 'operator' ? piece.name : ident(piece.name)}`;
    return form === `'` ? literal(name) : name;
  });
}

export function partOf(piece: Piece, name: string): string {
  return piece.parts[name] ?? '';
}
