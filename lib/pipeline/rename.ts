/** One object under two names, because a person said so. ObjectIds of two columns of one table, of two schemas, or of two things of one kind, in one schema or in two. */
export interface Rename {
  from: string;
  to: string;
}

/** A rename that holds between two sides, with the keys, checks, indexes and sequences that take their new names along with it. */
export interface TakenRename extends Rename {
  parts: readonly Rename[];
  /** What it takes, a statement each: where schema and name are others, one after the other. */
  by: readonly Rename[];
  /** The schema into which it moves, where that comes into being for it. */
  makes: string | null;
  /** What default privileges have granted on that schema, and a schema that was made by itself would not keep. */
  takesBack: readonly string[];
  /** Routines of which the body, a text, says the old name and will go on saying it: `public.paid(bigint)`. */
  bodies: readonly string[];
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

/** `column public.t.mail`. */
export function spokenId(id: string): string {
  const colon = id.indexOf(':');
  return `${id.slice(0, colon).replaceAll('_', ' ')} ${id.slice(colon + 1)}`;
}
