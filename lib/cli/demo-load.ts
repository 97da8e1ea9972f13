// The product of the demo at work: a few writers that insert, update and delete through its own tables, as its own role.
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { sql } from '#lib/sql.ts';

export interface DemoLoad {
  /** Ends each writer after its transaction, and says what they did. */
  stop: () => Promise<void>;
}

export interface LoadTerms {
  /** Of the superuser, in the product's database. */
  url: string;
  say: (line: string) => void;
  writers?: number;
  /** Between two transactions of one writer. */
  pauseMs?: number;
}

interface Count {
  committed: number;
  errors: Map<string, number>;
  longestMs: number;
}

interface Scene {
  projects: readonly { project: string; person: string }[];
  /** Exports that were there before, of which number 135 and up may be written. */
  rows: number;
  /** So many of its own exports a writer keeps, and takes the oldest out again: the tables stay as large as they are. */
  keeps: number;
}

/** A stall that a user would notice is worth a line. */
const STALL_MS = 1_000;
/** Of the rows that there are, by all writers together: far below the 5 % by which a signed row count may move. */
const SHARE = 0.01;
const FIRST_FILLED = 135;

/**
 * Lets the product's role sign in with a password of this start and begins to write. The two orphans, their events and the export whose id is
 * in braces and capitals are never touched, so that what the guide says of them stays true.
 */
export async function startDemoLoad({ url, say, writers = 4, pauseMs = 20 }: LoadTerms): Promise<DemoLoad> {
  const password = randomBytes(24).toString('base64url');
  const { scene, left } = await prepared(url, password, writers);
  const address = new URL(url);
  address.username = 'bazaar_app';
  address.password = password;
  const count: Count = { committed: 0, errors: new Map(), longestMs: 0 };
  const stopping = new AbortController();
  const loops = Array.from({ length: writers }, (_, at) => write(address.href, scene, left.filter((_id, i) => i % writers === at), { say, count, pauseMs, stopping: stopping.signal }));
  say(`Under load: ${writers} writers insert, update and delete exports and analytics of bazaar_prod until Ctrl-C.`);
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(loops);
      const errors = [...count.errors.values()].reduce((sum, n) => sum + n, 0);
      say(`The load ended: ${count.committed} transactions committed, ${errors} refused, the longest took ${Math.round(count.longestMs)} ms.`);
    },
  };
}

async function prepared(url: string, password: string, writers: number): Promise<{ scene: Scene; left: string[] }> {
  const client = new Client({ connectionString: url, application_name: 'countersign demo' });
  await client.connect();
  try {
    await client.query("select set_config('demo.application', $1, false)", [password]);
    await client.query(sql('demo/application'));
    const projects = await client.query<{ project: string; person: string }>(sql('demo/load_projects'));
    const there = await client.query<{ rows: number; left: string[] }>(sql('demo/load_rows'));
    const { rows, left } = there.rows[0] ?? { rows: 0, left: [] };
    return { scene: { projects: projects.rows, rows: rows - left.length, keeps: Math.max(1, Math.floor((rows * SHARE) / writers)) }, left };
  } finally {
    await client.end();
  }
}

interface Writing {
  say: (line: string) => void;
  count: Count;
  pauseMs: number;
  stopping: AbortSignal;
}

/** One writer: one transaction after the other, on a new session when the old one was ended. */
async function write(url: string, scene: Scene, mine: string[], { say, count, pauseMs, stopping }: Writing): Promise<void> {
  let client: Client | null = null;
  while (!stopping.aborted) {
    const begun = performance.now();
    try {
      client ??= await signedIn(url);
      await client.query('begin');
      const done = await oneTransaction(client, scene, mine);
      await client.query('commit');
      done();
      count.committed += 1;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!count.errors.has(message)) say(`The load was refused: ${message}`);
      count.errors.set(message, (count.errors.get(message) ?? 0) + 1);
      // What state the session is in is not asked; a new one has none.
      await client?.end().catch(() => undefined);
      client = null;
    }
    const ms = performance.now() - begun;
    count.longestMs = Math.max(count.longestMs, ms);
    if (ms >= STALL_MS) say(`A writer of the load waited ${(ms / 1_000).toFixed(1)} s.`);
    await sleep(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
  }
  await client?.end().catch(() => undefined);
}

async function signedIn(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'bazaar' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Returns what is to be remembered once it is committed. */
async function oneTransaction(client: Client, scene: Scene, mine: string[]): Promise<() => void> {
  const dice = randomInt(100);
  const oldest = mine[0];
  if (oldest !== undefined && (mine.length > scene.keeps || dice < 10)) {
    await client.query(sql('demo/load_events_delete'), [oldest]);
    await client.query(sql('demo/load_export_delete'), [oldest]);
    return () => { mine.shift(); };
  }
  if (dice < 35 && mine.length < scene.keeps) return inserted(client, scene, mine);
  const render = written(scene, mine);
  if (render === undefined) return inserted(client, scene, mine);
  await client.query(sql(dice < 70 ? 'demo/load_export_update' : 'demo/load_event_update'), [render]);
  return () => undefined;
}

async function inserted(client: Client, { projects }: Scene, mine: string[]): Promise<() => void> {
  const render = `load-${randomUUID()}`;
  const { project, person } = projects[randomInt(projects.length)] ?? { project: '', person: '' };
  await client.query(sql('demo/load_export_insert'), [person, project, render]);
  for (const event of ['started', 'progress']) await client.query(sql('demo/load_event_insert'), [render, event]);
  return () => { mine.push(render); };
}

/** One of the filled rows where there are such, else one of the writer's own. */
function written({ rows }: Scene, mine: readonly string[]): string | undefined {
  if (rows >= FIRST_FILLED) return `render-${String(randomInt(FIRST_FILLED, rows + 1)).padStart(8, '0')}`;
  return mine[randomInt(Math.max(1, mine.length))];
}
