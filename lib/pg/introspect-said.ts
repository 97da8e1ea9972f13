import type { SchemaObject } from '#lib/pipeline/snapshot.ts';
import { sql } from '#lib/sql.ts';
import { inOrder, type KindQuestion, listed } from './introspect-kinds.ts';
import { commentsOf, type CommentTextRow, grantsOf, type GrantTextRow, labelsOf, type LabelRow, placementsOf, type PlaceRow, tiesOf, type TieRow } from './introspect-links.ts';
import type { AliasRow, Register } from './introspect-register.ts';
import { rowsOf } from './questions.ts';

/** What is said of objects, and what stands for others (of which some is said). `comments` and `found` are there once all is answered. */
export interface SaidAsked {
  /** What stands for others: before dependencies, which hang on that too. */
  aliases: readonly KindQuestion[];
  questions: readonly KindQuestion[];
  comments: readonly CommentTextRow[];
  found(): SchemaObject[];
}

/** Asked when all objects are known: it may be said of what only stands for one. */
export function askSaid(register: Register): SaidAsked {
  const rows = { comments: [] as CommentTextRow[], grants: [] as GrantTextRow[], labels: [] as LabelRow[], ties: [] as TieRow[], places: [] as PlaceRow[] };
  return {
    aliases: [{ kind: null, ...rowsOf<AliasRow>(sql('introspect/alias_list'), (row) => register.addAlias(row)) }],
    questions: [listed(sql('introspect/comment_list'), rows.comments), listed(sql('introspect/grant_list'), rows.grants), listed(sql('introspect/security_label_list'), rows.labels), listed(sql('introspect/extension_tie_list'), rows.ties), listed(sql('introspect/placement_list'), rows.places)],
    comments: rows.comments,
    found: () =>
      [grantsOf(register, rows.grants), commentsOf(register, rows.comments), labelsOf(register, rows.labels), tiesOf(register, rows.ties), placementsOf(register, rows.places)].flatMap((each) => each.sort(inOrder)),
  };
}
