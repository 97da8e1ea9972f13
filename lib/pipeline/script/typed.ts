import { ident } from '../ddl.ts';
import { qualifiedId, textOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';
import { columnOrders } from './places.ts';
import { RANK } from './rank.ts';
import type { Action } from './order.ts';
import type { Scope } from './scope.ts';
import { typedId } from './typed-id.ts';

/** Columns of a typed table do not change while it is one: it is let go first, and made one again when type and columns agree. */
export function typedActions(scope: Scope): Action[] {
  return typedAnew(scope).flatMap((id): Action[] => {
    const from = scope.before.objects.get(id);
    const to = scope.after.objects.get(id);
    const type = to ? textOf(to, 'ofType') : null;
    const base = { objectId: id, alters: [] };
    const columns = [...(scope.before.children.get(id) ?? []), ...(scope.after.children.get(id) ?? [])].filter((child) => child.kind === 'column');
    return [
      ...(from && textOf(from, 'ofType') !== null ? [{ ...base, key: untypeKey(id), rank: RANK.drop, sql: [`ALTER TABLE ${qualifiedId(id)} NOT OF`], drops: [typedId(id)], creates: [], after: [] }] : []),
      ...(type !== null ? [{ ...base, key: `type ${id}`, rank: RANK.late, sql: [`ALTER TABLE ${qualifiedId(id)} OF ${type}`], drops: [], creates: [typedId(id)], after: columns.flatMap((column) => [`alter ${column.id}`, `create ${column.id}`, `drop ${column.id}`]) }] : []),
    ];
  });
}

export function untypeKey(tableId: string | null): string {
  return `untype ${tableId}`;
}

/** Why the table cannot be made one of its type again; null when it can. Postgres wants the columns in the order of the type's fields. */
export function misordered(scope: Scope): { id: string; columns: string }[] {
  return typedAnew(scope).flatMap((id) => {
    if (textOf(scope.after.objects.get(id) ?? NONE, 'ofType') === null) return [];
    const { reached, wanted } = columnOrders(scope, id);
    return reached.join('\0') === wanted.join('\0') ? [] : [{ id, columns: wanted.map(ident).join(', ') }];
  });
}

const NONE: SchemaObject = { id: '', kind: 'table', schema: '', name: '', parent: null, position: null, attributes: {} };

function typedAnew(scope: Scope): string[] {
  return scope.before.tables.filter((table) => isAnew(scope, table)).map((table) => table.id);
}

function isAnew(scope: Scope, table: SchemaObject): boolean {
  const type = textOf(table, 'ofType');
  const wanted = scope.after.objects.get(table.id);
  if (!wanted || (type === null && textOf(wanted, 'ofType') === null) || scope.recreated.has(table.id) || scope.removed.has(table.id)) return false;
  if (type !== textOf(wanted, 'ofType')) return true;
  if (type === null) return false;
  const changes = (id: string) => scope.altered.has(id) || scope.recreated.has(id) || scope.throughText.has(id);
  return scope.before.needs(typedId(table.id)).some(changes) || (scope.before.children.get(table.id) ?? []).some((child) => child.kind === 'column' && (scope.throughText.has(child.id) || scope.recreated.has(child.id) || scope.altered.get(child.id)?.names.has('type') === true));
}
