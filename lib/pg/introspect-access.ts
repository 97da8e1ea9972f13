import type { ObjectKind } from '#lib/pipeline/snapshot.ts';
import { SQLSTATE, sqlState } from './sqlstate.ts';

/** The server's pg_get_* functions saw a change that the transaction's snapshot does not: only a new transaction helps. */
export class Vanished extends Error {
  constructor() {
    super('introspect: the schema is being changed while it is read');
  }
}

/** Without these there is nothing to compare; sequences hold what there is to say of identity columns. */
const NEEDED: ReadonlySet<ObjectKind> = new Set(['schema', 'sequence', 'table', 'column']);

/** What the role may read, as far as it is known. `apart`: a catalog is closed, and only reading kind by kind can tell which. */
export interface Access {
  closed: Set<ObjectKind>;
  apart: boolean;
}

/** The role may not read the catalog of a kind, or (null) of one of several that were asked at once. */
export class Closed extends Error {
  readonly kind: ObjectKind | null;
  constructor(kind: ObjectKind | null, cause: unknown) {
    super(`introspect: the catalog of ${kind ?? 'a kind'} is closed to this role`, { cause });
    this.kind = kind;
  }
}

/** Whether there is something to compare without the kind; says in `access` how to read on. */
export function canGoOn(access: Access, kind: ObjectKind | null): boolean {
  if (kind === null) {
    const known = access.apart;
    access.apart = true;
    return !known;
  }
  if (NEEDED.has(kind) || access.closed.has(kind)) return false;
  access.closed.add(kind);
  return true;
}

/** What a catalog answers that this role may not read; anything else goes on as it is. */
export function closedTo(kind: ObjectKind | null): (error: unknown) => never {
  return (error) => {
    throw sqlState(error) === SQLSTATE.insufficientPrivilege ? new Closed(kind, error) : error;
  };
}

