/** One object under two names, because a person said so. ObjectIds of two tables, or of two columns of one table. */
export interface Rename {
  from: string;
  to: string;
}

/** A rename that holds between two sides, with the keys, checks, indexes and sequences that take their new names along with it. */
export interface TakenRename extends Rename {
  parts: readonly Rename[];
  /** Columns of heirs and partitions that the same statement renames. */
  heirs: readonly Rename[];
}

const PREFIX = 'rename:';

/** As it stands in decisions and plans: `rename:column:public.t.a→column:public.t.b`. */
export function renameId({ from, to }: Rename): string {
  return `${PREFIX}${from}→${to}`;
}

/** The inverse of renameId(); null for any other text. */
export function renameOf(id: string): Rename | null {
  const [from, to, ...rest] = id.startsWith(PREFIX) ? id.slice(PREFIX.length).split('→') : [];
  return from === undefined || to === undefined || rest.length > 0 ? null : { from, to };
}

/** About the name alone of what has two. */
export function isRename({ id }: { id: string }): boolean {
  return id.startsWith(PREFIX);
}
