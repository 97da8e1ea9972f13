import { sha256 } from '#lib/pipeline/digest.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { type Attribute, fingerprint, type SchemaObject, type Snapshot, type Unread } from '#lib/pipeline/snapshot.ts';
import { listed } from '#lib/pipeline/sql-text/migration-order.ts';
import { readSqlFile, type ReadFile } from '#lib/pipeline/sql-text/statements.ts';
import { introspect } from './introspect.ts';
import { Replay } from './replay-statements.ts';
import { type NamedSchema, rebuildSchema } from './schema-clone.ts';
import { withScratch, type Scratch, type ScratchServer } from './scratch.ts';
import { closeSession } from './session.ts';
import type { SqlSource } from './sql-files.ts';

export interface ReplayOptions {
  /** The replay as a whole, in milliseconds; default ten minutes. The text could run for ever. */
  deadlineMs?: number;
  /** The text changes what is there already: this schema is rebuilt before it. */
  onto?: NamedSchema;
}

/**
 * Replays an SQL text or a folder of migrations into a scratch database, reads its schema, and removes it. Statements are sent as psql would send
 * them: each commits by itself unless the text opens a transaction. Everything is parsed before the first one is sent.
 * Rows behind COPY, roles, settings of databases and tablespaces are left out and named in `origin.notes`; what could not be had without roles
 * or extensions that the server lacks is named in `unread`, and is then compared on neither side.
 * **Replaying SQL is running code**: it happens on the scratch server only, as a role that owns nothing but the scratch database.
 * @throws Refused does_not_parse | not_replayable | replay_failed (file, line, what was applied) | database_timeout | what withScratch refuses.
 */
export async function replay(source: SqlSource, server: ScratchServer, options: ReplayOptions = {}): Promise<Snapshot> {
  const { onto } = options;
  const files: ReadFile[] = [];
  for (const file of source.files) files.push(await readSqlFile(file));
  const roles = [...new Set(files.flatMap((file) => file.roles))].toSorted();
  return withScratch(server, roles, (scratch) => inTime(scratch, { what: `Replaying ${source.name}`, ms: options.deadlineMs ?? 600_000 }, async () => {
    const lacking = onto ? await rebuildSchema(scratch, onto) : [];
    const replayed = new Replay(scratch, files);
    await replayed.run().catch((error: unknown) => {
      throw besideNotes(error, source.notes);
    });
    await scratch.client.query('DISCARD ALL');
    return finished(await introspect(scratch.client), { source, files, scratch, unread: [...lacking, ...replayed.unread, ...unsaid(files)], onto });
  }));
}

/** What was left out of a source is often why the rest of it fails. */
function besideNotes(error: unknown, notes: readonly string[]): unknown {
  if (!(error instanceof Refused) || error.refusal.code !== 'replay_failed' || notes.length === 0) return error;
  return new Refused('replay_failed', [error.refusal.sentence, ...notes].join(' '), { cause: error.cause });
}

/** Ends the scratch session when time is up, so that whatever waits for it goes on. */
export async function inTime<T>(scratch: Scratch, { what, ms }: { what: string; ms: number }, work: () => Promise<T>): Promise<T> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void closeSession(scratch.client);
  }, ms);
  try {
    return await work();
  } catch (error) {
    if (late) throw new Refused('database_timeout', `${what} took longer than ${Math.round(ms / 1000)} s and was stopped.`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** sha256 over names and texts, and over the schema beneath them: what a snapshot was made from. */
export function sourceDigest(source: SqlSource, onto?: { fingerprint: string }): string {
  return sha256(JSON.stringify([...source.files.map(({ name, text }) => [name, text]), ...(onto ? [['onto', onto.fingerprint]] : []), ...(source.style === 'file' ? [] : [['style', source.style]])]));
}

/** What a text says and its replay does not: it may speak as other roles, and all is granted by whoever runs it here; it may speak with other servers. */
function unsaid(files: readonly ReadFile[]): Unread[] {
  const says = (...words: string[]) => files.some(({ passed }) => words.some((what) => what in passed));
  return [
    ...(says('SET ROLE', 'SET SESSION AUTHORIZATION') ? [{ kind: 'grantor' as const, why: 'Who granted a right is not compared: the text grants in the name of other roles, and a replay does not.' }] : []),
    ...(says('CREATE SUBSCRIPTION') ? [{ kind: 'subscription' as const, why: 'Subscriptions are not compared: a replay does not speak with the servers that they take rows from.' }] : []),
  ];
}

interface Finished {
  source: SqlSource;
  files: readonly ReadFile[];
  scratch: Scratch;
  unread: readonly Unread[];
  onto: NamedSchema | undefined;
}

/** The reading as the text's: whoever ran it owns nothing in the text's own world. */
function finished(snapshot: Snapshot, { source, files, scratch: { runner, lenderRole }, unread, onto }: Finished): Snapshot {
  const passed = new Map<string, number>();
  for (const file of files) for (const [what, count] of Object.entries(file.passed)) passed.set(what, (passed.get(what) ?? 0) + count);
  const left = [...passed].map(([what, count]) => (count > 1 ? `${what} (${count} times)` : what));
  const idle = files.filter(({ statements, passed: others }) => statements.length === 0 && Object.keys(others).length === 0).map(({ file }) => file.name);
  const digest = sourceDigest(source, onto && { fingerprint: fingerprint(onto.snapshot.objects) });
  return {
    ...withoutRunner(snapshot, [runner, ...(lenderRole === null || files.some(({ roles }) => roles.includes(lenderRole)) ? [] : [lenderRole])], onto !== undefined),
    estimates: {},
    ...(unread.length > 0 ? { unread } : {}),
    origin: { name: onto ? `${nameOf(source)} on top of ${onto.name}` : nameOf(source), digest, notes: [...source.notes, ...(idle.length > 0 ? [`Without a statement: ${listed(idle)}.`] : []), ...(left.length > 0 ? [`Left out, because it is no schema of one database: ${left.join(', ')}.`] : [])], ...(onto ? { onto: onto.name } : {}), ...(source.style === 'file' ? {} : { folder: true }) },
  };
}

/** An owner that a text does not name is not known, and must not look like one. `runners`: who ran the text. `rebuilt`: neither is that of the schema that every new database has. */
export function withoutRunner(snapshot: Snapshot, runners: readonly string[], rebuilt: boolean): Snapshot {
  const owned = (object: SchemaObject): SchemaObject => withoutOwner(object, rebuilt && object.id === 'schema:public' ? [object.aside?.owner] : runners);
  return { ...snapshot, objects: snapshot.objects.map(owned), ...(snapshot.satellites ? { satellites: snapshot.satellites.map((object) => withoutOwner(object, runners)) } : {}) };
}

function nameOf(source: SqlSource): string {
  const style = { file: '', numbered: 'numbered SQL, ', folders: 'folders with up.sql, ', sqitch: 'Sqitch, ', drizzle: 'Drizzle, ', prisma: 'Prisma, ' }[source.style];
  return source.style === 'file' ? source.name : `${source.name} (${style}${source.files.length} ${source.files.length === 1 ? 'file' : 'files'})`;
}

function withoutOwner(object: SchemaObject, unknown: readonly (Attribute | undefined)[]): SchemaObject {
  if (object.aside?.owner === undefined || !unknown.includes(object.aside.owner)) return object;
  const { owner: _, ...aside } = object.aside;
  return { ...object, aside };
}
