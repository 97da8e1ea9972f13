import { isSatellite, KINDS } from './all.ts';
import { type AttributeLabel, type Kind, remedyOf } from './kind.ts';

const HEAD = `# What is compared, and what a script does about it

Made from the declarations of the kinds in this folder; a test fails when the two differ. Every attribute is **compared**. The last column says
how a script gives an object another value: *altered* in place; *recreated* with the object, and with what rests on it; *refused*: shown as
"differs, no script" with the reason; *follows* from other attributes or from the parent. Objects that are only on one side are created and
dropped (what cannot be: see the notes). Kept beside an object, in no fingerprint and compared only when asked: what stands under *beside*.
Comments, grants, default privileges, security labels, ties to extensions and tablespaces are objects of their own beside the schema, compared when asked.
`;

const NOTES = `
## Notes
- Refused whatever the attribute: an index that is invalid where it comes from; a user mapping with options
  (they hold passwords and are never read); a table or sequence that would have to be dropped because of something that it rests on; another type for a column
  of a table whose rows stand in columns of other tables; a table that would be made anew with its rows (below) while others hold rows of it, while the type by which its rows are placed is made anew too, or while partitions on
  other servers go; fields of a composite type in another order, or a new one between them, while a column holds it,
  and another composite type with other fields for a column; columns of a typed table
  that would not stand as the type has them; a view that names columns of a table by their place (\`FROM t x(a, b)\`), where the script leaves them in another order; differences that wait for each other in a ring, where
  it is not views, domains and functions with a body of standard SQL that do: those come in name first (NULL for a body or for columns), and go the same way.
- What has another name is another object: one goes, one comes. Only a table, or a column of one table, that a person took for renamed is given its
  new name (\`ALTER TABLE … RENAME\`), first of all. Columns of heirs and partitions follow their
  parent's; one that comes from elsewhere is not renamed by itself. Its keys, checks, indexes and sequences that the other side has under another name, and no otherwise,
  take theirs with it; of several of one shape, those called after the old and the new name.
- What came with an extension or with the server is in no list; what was granted on it since is compared (\`pg_init_privs\`).
- A table that becomes partitioned, is so no more, or is by another key or by a column of another type, is made anew with its rows, and so is an heir that is to have from its parents alone what it has itself, or that has from several
  parents a column of another type: it is set aside in a schema \`countersign_aside\`, what rests on it goes and comes again, the rows are inserted, and the old
  table goes, all in one transaction. A row that fits no partition stops it. Sequences go on from where they stood. A partition that goes on as a table of its own keeps its rows, and one that was a table brings them.
- A column that becomes a generated one is dropped and added: its values are lost, which the statement says in front of it.
- A type that is made anew under columns carries them through text; a value that the new type does not take stops the script.
- What is new on one side comes without the tablespace that it has there; what stands in one is made anew there.
- The order of columns is never forced. Named by number in Snapshot.notCompared, and nowhere else: shell operators, large objects, and functions of the server's own that were given to another owner.
- On Postgres 18 a not-null constraint has a name, which is compared where a dump writes it: not that of an heir which has it from its parents alone. A name that the server made up is noise. What a parent's constraint brought
  to a partition or an heir is not renamed while the parent's stands, and what an heir declares besides is not taken back: both are refused by name.
- Not compared and not named: settings of the database and of roles, the data that a materialized view or sequence holds, by
  whom a right was granted.
- A column that gets its numbers from another new sequence (serial to identity, and back) goes on from its last number; a sequence that stood keeps its own.
- A sequence keeps its position in another range; where none of the old numbers are in it, it begins anew, and where its old start is outside, its
  position goes to the nearest number.
`;

/** The page beside the kinds, as it should be. */
export function kindsReadme(): string {
  return `${HEAD}\n${KINDS.map(section).join('\n')}${NOTES}`;
}

function section(kind: Kind): string {
  const beside = kind.aside.length > 0 ? ` Beside: ${kind.aside.join(', ')}.` : '';
  const head = `## ${kind.label.many}${isSatellite(kind.kind) ? ' (beside the schema)' : ''}\n\nListed by \`${kind.query}.sql\`.${kind.holdsData ? ` Holds data: ${kind.kind === 'table' ? 'made anew with its rows alone' : 'never recreated on the way to something else'}.` : ''}${beside}\n`;
  if (kind.attributes.length === 0) return `${head}\nNothing but the name.\n`;
  return `${head}\n| attribute | compared | script |\n|---|---|---|\n${kind.attributes.map((attribute) => row(kind, attribute)).join('\n')}\n`;
}

function row(kind: Kind, attribute: AttributeLabel): string {
  return `| ${attribute.label} (\`${attribute.name}\`) | yes | ${remedyOf(kind, attribute.name)} |`;
}
