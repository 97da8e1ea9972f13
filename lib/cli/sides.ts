import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { introspect } from '#lib/pg/introspect.ts';
import { replay } from '#lib/pg/replay.ts';
import type { ScratchServer } from '#lib/pg/scratch.ts';
import { withReader } from '#lib/pg/session.ts';
import { readSnapshotText } from '#lib/pg/snapshot-file.ts';
import { oneFile, readSqlFiles, type SqlSource } from '#lib/pg/sql-files.ts';
import { sqlTextOf } from '#lib/pg/source-text.ts';
import type { ComparedSide } from '#lib/pipeline/comparison.ts';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import { Stop } from './command.ts';
import { majorFor, startScratchServer } from './scratch-server.ts';

/** One side of a comparison, as it was given. */
export type SideGiven =
  | { kind: 'database'; name: string; url: string }
  | { kind: 'snapshot'; name: string; path: string }
  | { kind: 'sql'; name: string; source: SqlSource; onto?: SideGiven };

/** A catalog of thousands of tables takes a moment on a slow line. */
const STATEMENT_MS = 120_000;

/** What an argument means: a connection string, a file (.json: a stored snapshot; anything else: SQL), a folder of migrations, or - for SQL on standard input. */
export async function sideGiven(argument: string, folder: string): Promise<SideGiven> {
  if (/^postgres(?:ql)?:\/\//i.test(argument)) return { kind: 'database', name: databaseName(argument), url: argument };
  if (argument === '-') return { kind: 'sql', name: 'standard input', source: await standardInput() };
  const path = resolve(folder, argument);
  if (!existsSync(path)) {
    if (/(?:^|\s)(?:host|dbname|service)=/.test(argument)) throw new Stop('A connection string must be a URL: postgres://user:password@host:5432/database.');
    throw new Stop(`${argument} is neither a connection string (postgres://…) nor a file or folder here.`);
  }
  if (!statSync(path).isDirectory() && extname(path).toLowerCase() === '.json') return { kind: 'snapshot', name: argument, path };
  return { kind: 'sql', name: argument, source: await readSqlFiles(path) };
}

/** SQL that changes what another side has: it is replayed on top of that side's schema. The same argument twice is one side, read once. */
export async function onTopOf(side: SideGiven, beneath: string | undefined, folder: string, others: readonly (readonly [string, SideGiven])[] = []): Promise<SideGiven> {
  if (beneath === undefined) return side;
  if (side.kind !== 'sql') throw new Stop(`--on-top-of is for SQL that changes a schema, and ${side.name} is none: a file, a folder or -.`);
  const onto = others.find(([argument]) => argument === beneath)?.[1] ?? (await sideGiven(beneath, folder));
  return { ...side, name: `${side.name} on top of ${onto.name}`, onto };
}

/** `host:port/database`, without user and password. */
function databaseName(url: string): string {
  if (!URL.canParse(url)) throw new Stop('A connection string must be a URL: postgres://user:password@host:5432/database.');
  const { host, pathname, searchParams } = new URL(url);
  const name = decodeURIComponent(pathname.slice(1));
  return `${host || searchParams.get('host') || 'localhost'}/${name}`;
}

async function standardInput(): Promise<SqlSource> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return oneFile({ name: 'standard input', text: sqlTextOf(Buffer.concat(chunks), 'standard input') });
}

/** Reads a database that somebody uses, read-only. */
async function readDatabase({ name, url }: { name: string; url: string }): Promise<Snapshot> {
  return withReader({ name, environment: 'terminal', readerUrl: url, operatorUrl: null }, (client) => introspect(client), { statementTimeoutMs: STATEMENT_MS });
}

/** Both sides read: databases and snapshots first, because they say which version of Postgres a text is to be replayed on. */
export async function readSides(sides: readonly SideGiven[], scratchUrl: string | null, major: number | null): Promise<ComparedSide[]> {
  const read = new Map<SideGiven, Snapshot>();
  const all = new Set(sides.flatMap((side) => (side.kind === 'sql' && side.onto ? [side.onto, side] : [side])));
  const readings = await Promise.allSettled([...all].map(async (side) => {
    if (side.kind === 'database') read.set(side, await readDatabase(side));
    if (side.kind === 'snapshot') read.set(side, readSnapshotText(await readFile(side.path, 'utf8'), basename(side.path)));
  }));
  // Of two that fail the first is said, whichever failed earlier.
  const failed = readings.find((reading) => reading.status === 'rejected');
  if (failed) throw failed.reason;
  const texts = [...all].filter((side) => side.kind === 'sql');
  if (texts.length > 0) {
    const known = [...read.values()].map(({ target }) => Math.floor(target.serverVersion / 10_000));
    const { scratch, stop } = await scratchServer(scratchUrl, [...read.values()], major ?? known[0] ?? dumpedFrom(texts.map(({ source }) => source)));
    try {
      // What lies beneath was put before what lies on top.
      for (const side of texts) {
        const beneath = side.onto && read.get(side.onto);
        read.set(side, await replay(side.source, scratch, side.onto && beneath ? { onto: { name: side.onto.name, snapshot: beneath } } : {}));
      }
    } finally {
      await stop();
    }
  }
  return sides.flatMap((side) => {
    const snapshot = read.get(side);
    return snapshot ? [{ name: side.name, snapshot }] : [];
  });
}

async function scratchServer(url: string | null, live: readonly Snapshot[], major: number | null): Promise<{ scratch: ScratchServer; stop: () => Promise<void> }> {
  if (url === null) {
    let starting: ReturnType<typeof startScratchServer> | null = null;
    const stop = async (): Promise<void> => (await starting)?.stop();
    // Ctrl-C must leave neither a server nor its folder behind, not while it starts either, and comes more than once: from the terminal, from whoever started us, from an impatient person.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop().catch(() => undefined).finally(() => process.exit(2)));
    starting = startScratchServer(majorFor(major));
    const { scratch } = await starting;
    return { scratch, stop };
  }
  return { scratch: { name: 'the scratch server', url, lends: false, never: live.filter((snapshot) => !snapshot.origin).map((snapshot) => snapshot.target.systemIdentifier) }, stop: async () => {} };
}

/** pg_dump says in its head from which server a dump is. */
function dumpedFrom(sources: readonly SqlSource[]): number | null {
  const versions = sources.flatMap(({ files }) => files.flatMap(({ text }) => Number(/^-- Dumped from database version (\d+)/m.exec(text.slice(0, 2_000))?.[1] ?? Number.NaN))).filter((version) => version > 0);
  return versions.length > 0 ? Math.max(...versions) : null;
}
