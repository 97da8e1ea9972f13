import { ident, literal } from '../ddl.ts';
import { canonicalExpression } from '../expression.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { listOf, textOf } from './relation.ts';

interface Row {
  name: string;
  all_tables: boolean;
  publish: string;
  via_root: boolean;
  generated_columns: string;
  tables: string[];
  schemas: string[];
  owner: string;
}

export const publicationKind = defineKind<Row>({
  kind: 'publication',
  label: { one: 'publication', many: 'publications' },
  query: 'introspect/publication_list',
  catalog: 'pg_publication',
  attributes: [
    { name: 'allTables', label: 'all tables', usual: false },
    { name: 'tables', label: 'tables', usual: [], remedy: 'altered' },
    { name: 'schemas', label: 'tables in schemas', usual: [], remedy: 'altered' },
    { name: 'publish', label: 'publishes', usual: 'insert, update, delete, truncate', remedy: 'altered' },
    { name: 'viaRoot', label: 'through the partitioned table', usual: false, remedy: 'altered' },
    { name: 'generatedColumns', label: 'generated columns', usual: 'none', remedy: 'altered' },
  ],
  aside: ['owner'],
  fromRow: (row) => ({
    id: objectId('publication', row.name), kind: 'publication', schema: '', name: row.name, parent: null, position: null,
    attributes: { allTables: row.all_tables, tables: row.tables.map(canonicalExpression), schemas: row.schemas, publish: row.publish, viaRoot: row.via_root, generatedColumns: row.generated_columns },
    aside: { owner: row.owner },
  }),
  address: (object) => `PUBLICATION ${ident(object.name)}`,
  create: (object) => {
    const targets = targetsOf(object);
    const what = object.attributes.allTables === true ? ' FOR ALL TABLES' : targets === '' ? '' : ` FOR ${targets}`;
    return [{ stage: 'publication', sql: `CREATE PUBLICATION ${ident(object.name)}${what} WITH (${settingsOf(object)})` }];
  },
  alter: ({ current, desired, names }) => takingIn(desired, names.has('tables') || names.has('schemas') ? current : null, names),
});

/** Whatever stands in the schema is published, without being named. */
export function takesInAll(publication: SchemaObject, schema: string): boolean {
  return publication.attributes.allTables === true || listOf(publication, 'schemas').includes(schema);
}

/** The statement that leaves a publication without tables and schemas: none where it names none. */
export function lettingGo(publication: SchemaObject): string[] {
  const targets = targetsOf({ ...publication, attributes: { ...publication.attributes, tables: listOf(publication, 'tables').map(nameAlone) } });
  return targets === '' ? [] : [`ALTER PUBLICATION ${ident(publication.name)} DROP ${targets}`];
}

/** The statements that make a publication publish what the desired one does. `current`: what it names until then, null where that stays. */
export function takingIn(desired: SchemaObject, current: SchemaObject | null, names: ReadonlySet<string>): string[] {
  const targets = targetsOf(desired);
  // SET cannot leave nothing behind.
  const named = current === null ? [] : targets === '' ? lettingGo(current) : [`ALTER PUBLICATION ${ident(desired.name)} SET ${targets}`];
  return [...named, ...(names.has('publish') || names.has('viaRoot') || names.has('generatedColumns') ? [`ALTER PUBLICATION ${ident(desired.name)} SET (${settingsOf(desired, names.has('generatedColumns'))})`] : [])];
}

/** `ONLY public.t` of a table with columns and a condition. */
function nameAlone(table: string): string {
  return /^ONLY (?:"(?:[^"]|"")*"|[^".( ]+)\.(?:"(?:[^"]|"")*"|[^".( ]+)/.exec(table)?.[0] ?? table;
}

function targetsOf(object: SchemaObject): string {
  return [...listOf(object, 'tables').map((table, at) => (at === 0 ? `TABLE ${table}` : table)), ...listOf(object, 'schemas').map((schema) => `TABLES IN SCHEMA ${ident(schema)}`)].join(', ');
}

/** publish_generated_columns is known from Postgres 18 on, and left out where it says nothing and said nothing before. */
function settingsOf(object: SchemaObject, isOtherwise = false): string {
  const generated = textOf(object, 'generatedColumns');
  return `publish = ${literal(textOf(object, 'publish') ?? '')}, publish_via_partition_root = ${object.attributes.viaRoot === true}${generated === null || (generated === 'none' && !isOtherwise) ? '' : `, publish_generated_columns = ${generated}`}`;
}
