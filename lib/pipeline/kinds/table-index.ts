import { clusterOn, createIndex, ident, qualified } from '../ddl.ts';
import { canonicalExpression } from '../expression.ts';
import { childId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { listOf, NONE, partOf, relationOf } from './relation.ts';

interface Row {
  /** The table or materialized view. */
  of: SchemaObject;
  /** Of the index that it is part of, on the table that its own is a partition of. */
  parent_name: string | null;
  column_settings: string[] | null;
  name: string;
  /** Empty: it is written from its parts. */
  definition: string;
  /** Of an index without a definition: how each column is ordered, and whether it has a collation of its own; numbers as in pg_index. */
  column_options: string | null;
  collations: string | null;
  collated?: boolean[];
  condition: string | null;
  /** Of an index without a definition that has expressions: the number of each column, where 0 is an expression. */
  key_numbers: string | null;
  partial: boolean;
  method: string;
  unique: boolean;
  valid: boolean;
  columns: string[];
  clustered: boolean;
  inherited: boolean;
}

export const indexKind = defineKind<Row>({
  kind: 'index',
  label: { one: 'index', many: 'indexes' },
  query: 'introspect/index_list',
  catalog: 'pg_class',
  attributes: [
    { name: 'definition', label: 'definition', derived: true },
    { name: 'using', label: 'definition' },
    { name: 'unique', label: 'unique' },
    { name: 'method', label: 'method', derived: true },
    { name: 'columns', label: 'columns', derived: true },
    { name: 'predicate', label: 'only rows where', derived: true },
    { name: 'valid', label: 'valid', usual: true },
    { name: 'clustered', label: 'clustered on', usual: false, remedy: 'altered' },
    { name: 'inherited', label: 'inherited', usual: false, remedy: 'follows' },
    { name: 'partitionOf', label: 'part of', remedy: 'altered' },
    { name: 'columnSettings', label: 'statistics targets', usual: [], remedy: 'altered' },
  ],
  fromRow: (row) => {
    const { of, name, method, unique, valid, clustered, inherited } = row;
    const using = row.definition === '' ? usingKeys(row) : canonicalExpression(usingOf(row));
    return {
      id: childId('index', of.id, name),
      kind: 'index',
      schema: of.schema,
      name,
      parent: of.id,
      position: null,
      attributes: {
        definition: wholeOf(row, using), using, method, unique, valid, columns: row.columns.map(canonicalExpression),
        predicate: row.partial ? predicateOf(using) : null,
        clustered, inherited, partitionOf: partOf('index', of, row.parent_name), columnSettings: row.column_settings ?? NONE,
      },
    };
  },
  address: (object) => `INDEX ${qualified(object)}`,
  alter: ({ current, desired, names }) => {
    // An index that was attached stays attached until it goes.
    if (names.has('partitionOf') && current.attributes.partitionOf !== null) return null;
    const forgotten = listOf(current, 'columnSettings').map((setting) => setting.split(' ')[0]).filter((number) => !listOf(desired, 'columnSettings').some((setting) => setting.split(' ')[0] === number));
    return [
      ...(names.has('clustered') ? [desired.attributes.clustered === true ? clusterOn(tableOf(desired), desired.name) : `ALTER TABLE ${relationOf(desired)} SET WITHOUT CLUSTER`] : []),
      ...(names.has('columnSettings') ? [...forgotten.map((number) => `ALTER INDEX ${qualified(desired)} ALTER COLUMN ${number} SET STATISTICS -1`), ...columnSettings(desired)] : []),
      ...(names.has('partitionOf') ? [attachIndex(desired)] : []),
    ];
  },
  create: (object) => {
    // What is inherited is built with the index of the partitioned table.
    if (object.attributes.inherited === true) return [];
    const table = tableOf(object);
    return [
      { stage: 'index', sql: createIndex(object, table) },
      ...columnSettings(object).map((sql) => ({ stage: 'index' as const, sql })),
      ...(object.attributes.clustered === true ? [{ stage: 'setting' as const, sql: clusterOn(table, object.name) }] : []),
    ];
  },
});

/** As in pg_index.h: bits of indoption. */
const [DESCENDING, NULLS_FIRST] = [1, 2];

/** What an ordinary index is made of, as the server would write it. */
function usingKeys(row: Row): string {
  const keys = `${row.method} (${keysOf(row)})`;
  // An expression is made canonical with all that stands around it, as where the server wrote the whole.
  return row.condition === null && row.key_numbers === null ? keys : canonicalExpression(row.condition === null ? keys : `${keys} WHERE ${row.condition}`);
}

function keysOf({ columns, column_options, collations, collated = [], key_numbers }: Row): string {
  const [options = [], collationOf = [], numbers = []] = [column_options?.split(' '), collations?.split(' '), key_numbers?.split(' ')];
  const parts = columns.map((column, at) => {
    const option = Number(options[at] ?? 0);
    const collation = collated[at] === true && collationOf[at] !== '0' ? ' COLLATE "default"' : '';
    const nulls = (option & DESCENDING) === 0 ? ((option & NULLS_FIRST) === 0 ? '' : ' NULLS FIRST') : (option & NULLS_FIRST) === 0 ? ' DESC NULLS LAST' : ' DESC';
    return `${numbers[at] === '0' ? column : ident(column)}${collation}${nulls}`;
  });
  return parts.join(', ');
}

const NAME = '(?:"(?:[^"]|"")*"|[^"\\s.]+)';
const BEGINNING = new RegExp(`^CREATE (?:UNIQUE )?INDEX ${NAME} ON (?:ONLY )?${NAME}(?:\\.${NAME})? USING `);

/** The part of the server's definition that can be put on another table. Before it stand names, which an older server quotes less often than a newer one. */
function usingOf({ name, definition }: Row): string {
  const beginning = BEGINNING.exec(definition)?.[0];
  if (beginning === undefined) throw new Error(`index ${name}: the server's definition does not begin as it should`);
  return definition.slice(beginning.length);
}

/** The definition, as one text: put together by + it would be kept as a tree of its parts. */
function wholeOf({ of, name, unique }: Row, using: string): string {
  return [unique ? 'CREATE UNIQUE INDEX' : 'CREATE INDEX', ident(name), of.attributes.partitioned === true ? 'ON ONLY' : 'ON', qualified(of), 'USING', using].join(' ');
}

const QUOTED_OR_BRACKET = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]| WHERE /g;

/** The condition of a partial index, as it stands at the end of its definition: behind the first WHERE that is in no brackets, string or quoted name. */
export function predicateOf(definition: string): string | null {
  const first = definition.indexOf(' WHERE ');
  if (first === definition.lastIndexOf(' WHERE ')) return first < 0 ? null : definition.slice(first + 7);
  let depth = 0;
  for (const { 0: token, index } of definition.matchAll(QUOTED_OR_BRACKET)) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (token === ' WHERE ' && depth === 0) return definition.slice(index + 7);
  }
  return null;
}

/** `ALTER INDEX parent ATTACH PARTITION index`: for an index that was made on a partition of its own. */
export function attachIndex(object: SchemaObject): string {
  const [schema = '', , name = ''] = parseObjectId(String(object.attributes.partitionOf)).path;
  return `ALTER INDEX ${ident(schema)}.${ident(name)} ATTACH PARTITION ${qualified(object)}`;
}

function columnSettings(object: SchemaObject): string[] {
  return listOf(object, 'columnSettings').map((setting) => `ALTER INDEX ${qualified(object)} ALTER COLUMN ${setting}`);
}

function tableOf(object: SchemaObject): { schema: string; name: string } {
  const [schema = '', name = ''] = parseObjectId(object.parent ?? '').path;
  return { schema, name };
}
