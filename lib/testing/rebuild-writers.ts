import { createHash, randomUUID } from 'node:crypto';
import { Client, type QueryResult, type QueryResultRow } from 'pg';

export interface WritersResult {
  committed: number;
  errors: string[];
  /** Milliseconds of the slowest transaction, and when it began (ms since the writers started). */
  longest: { ms: number; at: number };
}

export interface Writers {
  committed(): number;
  errors(): readonly string[];
  stop(): Promise<WritersResult>;
}

export interface WriterTerms {
  writers: number;
  rows: number;
  seed: number;
  pauseMs?: number;
  /** Through live_export and live_analytics, which show the tables as they are. */
  views?: boolean;
}

/** A session, or one that knows the tables by their views. */
interface Session {
  query<T extends QueryResultRow>(sql: string, values?: unknown[]): Promise<QueryResult<T>>;
}

function session(client: Client, views: boolean): Session {
  return { query: <T extends QueryResultRow>(sql: string, values?: unknown[]) => client.query<T>(views ? sql.replaceAll(/\bpublic\.(export|analytics)\b/g, 'public.live_$1') : sql, values) };
}

function idOf(letter: 'e' | 'a', i: number): string {
  const hex = createHash('md5').update(`${letter}${i}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * An application: each writer inserts, updates and deletes exports and analytics of its own share of the rows, exchanges primary keys, uses a key again and takes
 * changes back by a savepoint, and does the same to the mirror in the same transaction. A fixed seed makes the same choices. Whatever is different from the mirror afterwards was lost or made up by the migration.
 */
export async function startWriters(url: string, terms: WriterTerms): Promise<Writers> {
  const result: WritersResult = { committed: 0, errors: [], longest: { ms: 0, at: 0 } };
  const stopping = { now: false };
  const begun = performance.now();
  const loops: Promise<void>[] = [];
  for (let writer = 0; writer < terms.writers; writer += 1) {
    const client = new Client({ connectionString: url, application_name: `writer ${writer}` });
    client.on('error', () => undefined);
    await client.connect();
    loops.push(write(client, writer, terms, result, stopping, begun));
  }
  return {
    committed: () => result.committed,
    errors: () => result.errors,
    stop: async () => {
      stopping.now = true;
      await Promise.all(loops);
      return result;
    },
  };
}

async function write(client: Client, writer: number, terms: WriterTerms, result: WritersResult, stopping: { now: boolean }, begun: number): Promise<void> {
  const random = seeded(terms.seed * 1_000 + writer);
  // An id is used again only after the transaction that inserted it was committed.
  const mine: { export: string; analytics: string[] }[] = [];
  const share = Math.max(1, Math.floor(terms.rows / terms.writers));
  try {
    while (!stopping.now) {
      const at = performance.now();
      try {
        await client.query('BEGIN');
        const made = await oneTransaction(session(client, terms.views ?? false), random, writer, share, terms, mine);
        await client.query('COMMIT');
        made?.();
        result.committed += 1;
      } catch (error) {
        result.errors.push(error instanceof Error ? error.message : String(error));
        await client.query('ROLLBACK').catch(() => undefined);
      }
      const ms = performance.now() - at;
      if (ms > result.longest.ms) result.longest = { ms: Math.round(ms), at: Math.round(at - begun) };
      if (terms.pauseMs) await new Promise((resolve) => setTimeout(resolve, terms.pauseMs));
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function oneTransaction(client: Session, random: () => number, writer: number, share: number, terms: { writers: number; rows: number }, mine: { export: string; analytics: string[] }[]): Promise<(() => void) | undefined> {
  const dice = random();
  const old = writer + 1 + terms.writers * Math.floor(random() * share);
  const own = mine[Math.floor(random() * mine.length)];
  const exportId = own && random() < 0.5 ? own.export : idOf('e', old);
  if (dice < 0.28) return insert(client, random, mine);
  if (dice < 0.5) return both(client, ['export', 'mirror_export'], 'UPDATE %t SET note = $2, amount = amount + 1 WHERE id = $1', [exportId, random() < 0.2 ? null : `changed ${dice}`]);
  if (dice < 0.73) return both(client, ['analytics', 'mirror_analytics'], 'UPDATE %t SET amount = $2, kind = $3 WHERE export_id = $1', [exportId, Math.floor(random() * 1_000), dice < 0.64 ? 'click' : 'view']);
  if (dice < 0.82) return both(client, ['analytics', 'mirror_analytics'], 'DELETE FROM %t WHERE export_id = $1', [exportId]);
  if (dice < 0.87) {
    await client.query('DELETE FROM public.export WHERE id = $1', [exportId]);
    await client.query('DELETE FROM public.mirror_analytics WHERE export_id = $1', [exportId]);
    await client.query('DELETE FROM public.mirror_export WHERE id = $1', [exportId]);
    return undefined;
  }
  if (dice < 0.91) return exchangeKeys(client, own?.analytics ?? []);
  if (dice < 0.95) return sameKeyAgain(client, own?.analytics[0] ?? null);
  return swapSlugs(client, exportId, own?.export ?? null);
}

async function insert(client: Session, random: () => number, mine: { export: string; analytics: string[] }[]): Promise<() => void> {
  const id = randomUUID();
  const analytics = [randomUUID(), randomUUID()];
  const at = new Date();
  const slug = random() < 0.1 ? null : id;
  for (const table of ['export', 'mirror_export']) await client.query(`INSERT INTO public.${table} (id, project_id, slug, note, amount, created_at) VALUES ($1, $2, $3, $4, $5, $6)`, [id, 1 + Math.floor(id.charCodeAt(0) % 50), slug, null, 7, at]);
  for (const one of analytics) {
    for (const table of ['analytics', 'mirror_analytics']) await client.query(`INSERT INTO public.${table} (id, export_id, kind, amount, seen_at) VALUES ($1, $2, $3, $4, $5)`, [one, id, 'new', null, at]);
  }
  return () => {
    mine.push({ export: id, analytics });
    if (mine.length > 500) mine.shift();
  };
}

async function both(client: Session, tables: readonly string[], sql: string, values: unknown[]): Promise<undefined> {
  for (const table of tables) await client.query(sql.replace('%t', `public.${table}`), values);
  return undefined;
}

/** Two rows exchange a unique value in one transaction. */
async function swapSlugs(client: Session, a: string, b: string | null): Promise<undefined> {
  if (b === null || a === b) return undefined;
  for (const table of ['export', 'mirror_export']) {
    const { rows } = await client.query<{ id: string; slug: string | null }>(`SELECT id::text AS id, slug FROM public.${table} WHERE id IN ($1, $2)`, [a, b]);
    const [first, second] = [rows.find((row) => row.id === a), rows.find((row) => row.id === b)];
    if (!first || !second) continue;
    await client.query(`UPDATE public.${table} SET slug = NULL WHERE id = $1`, [first.id]);
    await client.query(`UPDATE public.${table} SET slug = $2 WHERE id = $1`, [second.id, first.slug]);
    await client.query(`UPDATE public.${table} SET slug = $2 WHERE id = $1`, [first.id, second.slug]);
  }
  return undefined;
}

/** Two rows exchange their primary keys in one transaction, by way of a key that nobody ever sees. */
async function exchangeKeys(client: Session, [a, b]: readonly string[]): Promise<undefined> {
  const between = randomUUID();
  for (const [from, to] of [[a, between], [b, a], [between, b]]) await both(client, ['analytics', 'mirror_analytics'], 'UPDATE %t SET id = $2 WHERE id = $1', [from, to]);
  return undefined;
}

/** A row goes and another one comes under its key, behind changes that are taken back: of all this only the last is to be seen anywhere. */
async function sameKeyAgain(client: Session, id: string | null): Promise<undefined> {
  const tables = ['analytics', 'mirror_analytics'];
  await client.query('SAVEPOINT before');
  await both(client, tables, "UPDATE %t SET kind = 'taken back' WHERE id = $1", [id]);
  await both(client, tables, 'DELETE FROM %t WHERE id = $1', [id]);
  await client.query('ROLLBACK TO SAVEPOINT before');
  for (const table of tables) {
    const { rows: [gone] } = await client.query<{ export_id: string; amount: number | null; seen_at: Date }>(`DELETE FROM public.${table} WHERE id = $1 RETURNING export_id::text AS export_id, amount, seen_at`, [id]);
    if (gone) await client.query(`INSERT INTO public.${table} (id, export_id, kind, amount, seen_at) VALUES ($1, $2, 'again', $3, $4)`, [id, gone.export_id, (gone.amount ?? 0) + 1, gone.seen_at]);
  }
  return undefined;
}

/** mulberry32: small, and the same on every machine. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
