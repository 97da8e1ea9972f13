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

/** Puts rows of one kind where they belong: what is an object of its own into `found`, the rest into the register. */
function taker(kind: Kind, register: Register, found: SchemaObject[], links: Dependencies | null): (row: KindRow) => void {
  const [sequences, columns, belongs] = [kind.kind === 'sequence', kind.kind === 'column', BELONGING.has(kind.kind)];
  return (row) => {
    // pg_get_*def answers null, not an error, for an object that is gone.
    if (row.definition === null) throw new Vanished();
    if (sequences && row.identity_of !== null) return register.addIdentity(row as unknown as IdentityRow);
    const whole = belongs ? belonging(register, row) : row;
    if (whole === null) return;
    const object = kind.fromRow(whole);
    if (columns) register.addColumn(row.relation ?? 0, row.position ?? 0, object);
    else register.add(kind, row, object);
    if (links) linkOwn(links, register, row, object);
    if (typeof row.index === 'number') register.addIndexOf(row.index, object);
    found.push(object);
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

/** Which kinds are to be read (of `wanted` alone, when that is given), in the order in which a person reads them; what is to be asked before that can be said. */
export function kindsToRead(access: Access, wanted: ReadonlySet<ObjectKind> | null): { questions: readonly Question[]; kinds: () => readonly Kind[] } {
  const open = KINDS.filter(({ kind }) => !SAID.has(kind) && !access.closed.has(kind));
  if (wanted !== null) {
    const there = new Set<string>();
    const before = () => new Set(BEFORE.filter(({ relkind, of }) => (relkind === null || there.has(relkind)) && of.some((kind) => wanted.has(kind))).map(({ kind }) => kind));
    return { questions: [rowsOf<{ relkind: string }>(sql('introspect/relkind_list'), ({ relkind }) => there.add(relkind))], kinds: () => {
      const needed = before();
      return open.filter(({ kind }) => wanted.has(kind) || needed.has(kind));
    } };
  }
  // Once a catalog is known to be closed all kinds are asked for: this question would meet it.
  if (access.apart || access.closed.size > 0) return { questions: [], kinds: () => open };
  const absent = new Set<ObjectKind>();
  return { questions: [rowsOf<{ kind: ObjectKind }>(sql('introspect/absent_kind_list'), ({ kind }) => absent.add(kind))], kinds: () => open.filter(({ kind }) => !absent.has(kind)) };
}

/** A question, and the kind whose catalog is closed when the role may not ask it; null: none that could be left out. */
export interface KindQuestion extends Question {
  readonly kind: ObjectKind | null;
}

/** Rows that are few, kept in `into`. */
export function listed<Row>(text: string, into: Row[]): KindQuestion {
  return { kind: null, ...rowsOf<Row>(text, (row) => into.push(row)) };
}

/** What is asked of kinds, and what came of it once all of that is answered. */
export interface KindsAsked {
  questions: readonly KindQuestion[];
  found(): { objects: SchemaObject[]; satellites: SchemaObject[]; tables: readonly SchemaObject[] };
}

export function askKinds(kinds: readonly Kind[], into: { register: Register; parsers: Parsers; links: Dependencies | null }, serverVersion: number): KindsAsked {
  const { register, parsers, links } = into;
  const found = new Map(kinds.map(({ kind }) => [kind, [] as SchemaObject[]]));
  const take = (kind: Kind) => taker(kind, register, found.get(kind.kind) ?? [], links);
  const ordinary = kinds.filter(({ kind }) => !BELONGING.has(kind));
  const many = kinds.filter(({ kind }) => BELONGING.has(kind));
  const copied = copiedRows(parsers);
  const questions: KindQuestion[] = [
    ...ordinary.map((kind) => ({ kind: kind.kind, ...rowsOf<KindRow>(sql(kind.query), take(kind)) })),
    ...(found.has('column') ? beforeColumns(register, serverVersion) : []),
    ...many.map((kind) => {
      const [row, taken] = [copied[kind.kind as CopiedKind], take(kind)];
      return { kind: kind.kind, ...linesOf(sql(kind.query), (line) => taken(row(line) as KindRow), kind.kind === 'column' ? () => register.forgetBeforehand() : undefined) };
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

