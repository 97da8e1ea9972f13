import type { Client } from 'pg';
import { isSatellite, KINDS } from '#lib/pipeline/kinds/all.ts';
import type { Kind } from '#lib/pipeline/kinds/kind.ts';
import type { ObjectKind, SchemaObject } from '#lib/pipeline/snapshot.ts';
import { sql } from '#lib/sql.ts';
import { type Access, closedTo, Vanished } from './introspect-access.ts';
import { type CopiedKind, copiedRows } from './introspect-copied.ts';
import { belonging, type BelongingRow, type Dependencies } from './introspect-links.ts';
import type { DefaultRow, IdentityRow, NotNullRow, Register } from './introspect-register.ts';
import type { Parsers } from './parsers.ts';
import { answered, linesOf, type Question, rowsOf } from './questions.ts';

type KindRow = Record<string, unknown> & BelongingRow & { index?: number | null; identity_of?: number | null };

/** Kinds that need not be asked for. Once a catalog is known to be closed all are: the question would meet it. */
async function absentKinds(client: Client, access: Access): Promise<ReadonlySet<ObjectKind>> {
  if (access.apart || access.closed.size > 0) return new Set();
  const { rows } = await client.query<{ kind: ObjectKind }>(sql('introspect/absent_kind_list')).catch(closedTo(null));
  return new Set(rows.map(({ kind }) => kind));
}

/** Puts rows where they belong: what is an object of its own into `found`, by kind, the rest into the register. */
function taker(register: Register, found: ReadonlyMap<ObjectKind, SchemaObject[]>, links: Dependencies | null): (kind: Kind, row: KindRow) => void {
  return (kind, row) => {
    // pg_get_*def answers null, not an error, for an object that is gone.
    if (row.definition === null) throw new Vanished();
    if (kind.kind === 'sequence' && row.identity_of !== null) return register.addIdentity(row as unknown as IdentityRow);
    const whole = BELONGING.has(kind.kind) ? belonging(register, row) : row;
    if (whole === null) return;
    const object = kind.fromRow(whole);
    if (kind.kind === 'column') register.addColumn(row.relation ?? 0, row.position ?? 0, object);
    else register.add(kind, row, object);
    if (links) linkOwn(links, register, row, object);
    if (typeof row.index === 'number') register.addIndexOf(row.index, object);
    found.get(kind.kind)?.push(object);
  };
}

/** What an object rests on as its own row says: introspect/dependency_list does not repeat it. */
function linkOwn(links: Dependencies, register: Register, { relation, position, rests_on: columns }: KindRow, object: SchemaObject): void {
  if (object.kind === 'column') {
    if (register.hasDefault(relation ?? 0, position ?? 0)) links.addDefault(object);
  } else if (columns && columns.length > 0) {
    const of = register.relation(relation ?? 0);
    if (of) links.addOwn(object, of, columns);
  }
}

/** Of these there can be very many: they come by COPY. Their relation is given by its number, and must be known when they come. */
const BELONGING: ReadonlySet<ObjectKind> = new Set(['column', 'constraint', 'index']);

/** What must be read before a kind: its relations, and the sequences of identity columns. As in pg_class, what a database may have none of. */
const BEFORE: readonly { kind: ObjectKind; relkind: string | null; of: readonly ObjectKind[] }[] = [
  { kind: 'table', relkind: null, of: ['column', 'constraint', 'index'] }, { kind: 'foreign_table', relkind: 'f', of: ['column', 'constraint'] },
  { kind: 'materialized_view', relkind: 'm', of: ['index'] }, { kind: 'sequence', relkind: 'S', of: ['column'] },
];

/** What is said of objects: read when all of them are known, because it may be said of what only stands for one. */
const SAID: ReadonlySet<ObjectKind> = new Set(['comment', 'grant', 'security_label', 'extension_tie', 'placement']);

/** The kinds to read, in the order in which a person reads them. */
async function kindsToRead(client: Client, access: Access, wanted: ReadonlySet<ObjectKind> | null): Promise<readonly Kind[]> {
  const open = KINDS.filter(({ kind }) => !SAID.has(kind) && !access.closed.has(kind));
  if (wanted === null) {
    const absent = await absentKinds(client, access);
    return open.filter(({ kind }) => !absent.has(kind));
  }
  const { rows } = await client.query<{ relkind: string }>(sql('introspect/relkind_list'));
  const there = new Set(rows.map(({ relkind }) => relkind));
  const before = new Set(BEFORE.filter(({ relkind, of }) => (relkind === null || there.has(relkind)) && of.some((kind) => wanted.has(kind))).map(({ kind }) => kind));
  return open.filter(({ kind }) => wanted.has(kind) || before.has(kind));
}

/** A question, and the kind whose catalog is closed when the role may not ask it; null: none that could be left out. */
export interface KindQuestion extends Question {
  readonly kind: ObjectKind | null;
}

/** Rows that are few, kept in `into`. */
export function listed<Row>(text: string, into: Row[]): KindQuestion {
  return { kind: null, ...rowsOf<Row>(text, (row) => into.push(row)) };
}

/** What is asked of the kinds that the database has (of `wanted` alone, when that is given), and what came of it once all of that is answered. */
export interface KindsAsked {
  questions: readonly KindQuestion[];
  found(): { objects: SchemaObject[]; satellites: SchemaObject[]; tables: readonly SchemaObject[] };
}

export async function askKinds(client: Client, into: { register: Register; parsers: Parsers; links: Dependencies | null }, access: Access, wanted: ReadonlySet<ObjectKind> | null, serverVersion: number): Promise<KindsAsked> {
  const { register, parsers, links } = into;
  const kinds = await kindsToRead(client, access, wanted);
  const found = new Map(kinds.map(({ kind }) => [kind, [] as SchemaObject[]]));
  const take = taker(register, found, links);
  const ordinary = kinds.filter(({ kind }) => !BELONGING.has(kind));
  const many = kinds.filter(({ kind }) => BELONGING.has(kind));
  const copied = copiedRows(parsers);
  const questions: KindQuestion[] = [
    ...ordinary.map((kind) => ({ kind: kind.kind, ...rowsOf<KindRow>(sql(kind.query), (row) => take(kind, row)) })),
    ...(found.has('column') ? beforeColumns(register, serverVersion) : []),
    ...many.map((kind) => {
      const row = copied[kind.kind as CopiedKind];
      return { kind: kind.kind, ...linesOf(sql(kind.query), (line) => take(kind, row(line) as KindRow), kind.kind === 'column' ? () => register.forgetBeforehand() : undefined) };
    }),
  ];
  const sorted = (satellites: boolean) => kinds.filter(({ kind }) => isSatellite(kind) === satellites).flatMap(({ kind }) => found.get(kind)?.sort(inOrder) ?? []);
  return { questions, found: () => ({ objects: sorted(false), satellites: sorted(true), tables: found.get('table') ?? [] }) };
}

/** What a column's own row does not say. */
function beforeColumns(register: Register, serverVersion: number): KindQuestion[] {
  const defaults = { kind: 'column' as const, ...rowsOf<DefaultRow>(sql('introspect/default_list'), (row) => register.addDefault(row)) };
  const notNulls = { kind: 'column' as const, ...rowsOf<NotNullRow>(sql('introspect/not_null_list'), (row) => register.addNotNull(row)) };
  return serverVersion >= NAMED_NOT_NULL ? [defaults, notNulls] : [defaults];
}

/** All in one round trip; one by one where a catalog is closed, to tell which. */
export async function askAll(client: Client, parsers: Parsers, access: Access, questions: readonly KindQuestion[]): Promise<void> {
  if (!access.apart) return answered(client, questions, parsers).catch(closedTo(null));
  for (const question of questions) await answered(client, [question], parsers).catch(closedTo(question.kind));
}

/** From Postgres 18 on NOT NULL is a constraint. */
const NAMED_NOT_NULL = 180_000;

/** The same order on every server and in every run, because plans are made from it: by parent, columns by position, else by address. */
export function inOrder(a: SchemaObject, b: SchemaObject): number {
  return (a.parent === b.parent ? 0 : compareText(a.parent ?? '', b.parent ?? '')) || (a.position ?? 0) - (b.position ?? 0) || compareText(a.id, b.id);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

