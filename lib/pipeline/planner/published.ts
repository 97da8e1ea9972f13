import { qualified } from '../ddl.ts';
import { takesInAll } from '../kinds/publication.ts';
import { listOf } from '../kinds/relation.ts';
import { mentions } from '../script/anew.ts';
import type { SchemaObject } from '../snapshot.ts';
import { primaryKeyOf, tableName, text, type Workbench } from './input.ts';

/**
 * Whether the server refuses to update the rows of this table because a publication sends updates and could not tell the row: it has no replica identity, or the publication's
 * list of columns is without a part of it, or its condition asks for more than that. Looks at publications as they are and as the plan makes them.
 */
export function letsNobodyUpdate(bench: Workbench, tableId: string): boolean {
  const table = bench.current.get(tableId);
  if (!table) return false;
  const wanted = bench.chosen.flatMap((delta) => (delta.kind === 'publication' ? (delta.desired ?? []) : []));
  const publications = [...bench.input.current.objects.filter(({ kind }) => kind === 'publication'), ...wanted].filter((one) => /\bupdate\b/.test(text(one, 'publish') ?? ''));
  return publications.some((one) => cannotTell(table, bench.currentFamily.get(tableId) ?? [], one));
}

function cannotTell(table: SchemaObject, family: readonly SchemaObject[], publication: SchemaObject): boolean {
  const name = qualified(tableName(table));
  const said = listOf(publication, 'tables').map((entry) => entry.replace(/^ONLY /, '')).find((entry) => entry === name || entry.startsWith(`${name} `));
  if (said === undefined && !takesInAll(publication, table.schema)) return false;
  const identity = identityOf(table, family);
  if (identity === 'all') return false;
  const [columns = '', condition = ''] = (said ?? name).slice(name.length).split(/ WHERE (.*)/s);
  const named = (where: string) => family.filter((object) => object.kind === 'column' && mentions(where, object.name)).map((object) => object.name);
  return identity.length === 0 || named(condition).some((column) => !identity.includes(column)) || (columns.trim() !== '' && identity.some((column) => !named(columns).includes(column)));
}

/** The columns by which the server tells a row of the table to those who follow it. */
function identityOf(table: SchemaObject, family: readonly SchemaObject[]): readonly string[] | 'all' {
  switch (text(table, 'replicaIdentity')) {
    case 'full': return 'all';
    case 'nothing': return [];
    case 'index': return listOf(family.find((object) => object.name === text(table, 'replicaIdentityIndex')) ?? table, 'columns');
    default: return primaryKeyOf(family);
  }
}
