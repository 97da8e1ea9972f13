import { ident } from '../ddl.ts';
import type { Change } from '../kinds/kind.ts';
import { listOf, relationOf, textOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';
import { refuse, type Scope, spoken } from './scope.ts';
import type { Side } from './side.ts';

// Since Postgres 17 a generated column can be computed in another way where it stands, and a partition in another way than its table. Before that the column goes and comes anew, to
// partitions with their table's.

const SETS_EXPRESSION = 170_000;

/** Whether the server of this version computes a column in another way where it stands. */
export function setsExpressions(serverVersion: number): boolean {
  return serverVersion >= SETS_EXPRESSION;
}

/** The column stays and is computed in another way. Of one that is computed when it is read, rows are not asked again: no check may speak of them then, and no publication. */
export function isSetAnew(scope: Scope, { current, desired, names }: Change): boolean {
  if (!scope.setsExpressions || current.kind !== 'column' || !names.has('generated') || names.has('type') || names.has('collation')) return false;
  return keptAlike(current, desired) && mayBeSet(scope.before, current) && mayBeSet(scope.after, desired);
}

/** Computed by a table, or when it is read, on both sides. */
function keptAlike(one: SchemaObject, other: SchemaObject): boolean {
  const kept = [one, other].map((column) => textOf(column, 'generated')?.split(' ').at(-1));
  return kept[0] !== undefined && kept[0] === kept[1];
}

function mayBeSet(side: Side, column: SchemaObject): boolean {
  if (textOf(column, 'generated')?.endsWith(' VIRTUAL') !== true) return true;
  const parts = side.children.get(column.parent ?? '') ?? [];
  return !parts.some((part) => part.kind === 'constraint' && part.attributes.type === 'check') && !side.dependents(column.parent ?? '').some((id) => id.startsWith('publication:'));
}

/** `(a + b) STORED` without what follows the expression. */
export function setExpression(column: SchemaObject): string {
  const expression = (textOf(column, 'generated') ?? '').replace(/ (?:STORED|VIRTUAL)$/, '');
  return `ALTER TABLE ONLY ${relationOf(column)} ALTER COLUMN ${ident(column.name)} SET EXPRESSION AS ${expression}`;
}

/** A new column comes to a partition as its table has it. */
export function ownExpression(scope: Scope, column: SchemaObject, parent: SchemaObject | undefined): string[] {
  return isOwn(column, parent) && scope.setsExpressions && mayBeSet(scope.after, column) ? [setExpression(column)] : [];
}

function isOwn(column: SchemaObject, parent: SchemaObject | undefined): boolean {
  const [own, brought] = [textOf(column, 'generated'), parent === undefined ? null : textOf(parent, 'generated')];
  return own !== null && brought !== null && own !== brought;
}

/** A partition that is to compute a new column otherwise than its table, where no statement says so. */
export function refuseOwnExpressions(scope: Scope): void {
  const coming = new Set([...scope.added, ...scope.recreated.keys()]);
  for (const id of coming) {
    const column = scope.after.objects.get(id);
    const table = scope.after.objects.get(column?.parent ?? '');
    if (column?.kind !== 'column' || coming.has(column.parent ?? '') || textOf(column, 'generated') === null || listOf(table ?? column, 'inherits').length > 0) continue;
    const leader = scope.after.leaders(column).find((each) => coming.has(each));
    const parent = scope.after.objects.get(leader ?? '');
    if (isOwn(column, parent) && ownExpression(scope, column, parent).length === 0) refuse(scope, id, `${spoken(column)} is computed otherwise than in the table that it is a partition of, and comes with that one: no statement of this server computes it in its own way then.`);
  }
}
