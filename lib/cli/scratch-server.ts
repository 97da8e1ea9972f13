import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { literal } from '#lib/pipeline/ddl.ts';
import type { ScratchServer } from '#lib/pg/scratch.ts';
import { startServer, type EmbeddedServer } from './embedded.ts';
import { reachableFolder, serverAccount, serverBinaries, type Major } from './server-account.ts';

const MAJORS: readonly Major[] = [14, 15, 18];

/** The embedded server that fits best: the oldest that is not older than what is wanted, else the newest there is. */
export function majorFor(wanted: number | null): Major {
  const here = MAJORS.filter((major) => serverBinaries(major, serverAccount()) !== null);
  return here.find((major) => wanted !== null && major >= wanted) ?? here.at(-1) ?? 15;
}

/** An embedded server for one replay: on loopback, in a folder of its own, gone afterwards. */
export async function startScratchServer(major: Major): Promise<{ scratch: ScratchServer; stop: () => Promise<void>; ended: Promise<string> }> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-scratch-'));
  const data = reachableFolder(join(folder, 'postgres'), serverAccount());
  let server: EmbeddedServer | null = null;
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopped ??= stopOnce());
  const stopOnce = async (): Promise<void> => {
    await server?.stop();
    for (const path of [data, `${data}.password`, folder]) rmSync(path, { recursive: true, force: true });
  };
  try {
    server = await startServer({ major, dataDirectory: data, logFile: join(folder, 'postgres.log'), durable: false });
    return { scratch: { name: `the embedded Postgres ${major}`, url: await freePostgresName(server), lends: true }, stop, ended: server.ended };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * The server's own superuser under another name, so that `postgres`, which owns everything in most dumps, is a role like any other of the text.
 * Returns the address of the superuser.
 */
async function freePostgresName(server: Pick<EmbeddedServer, 'url' | 'port'>): Promise<string> {
  const password = randomBytes(18).toString('base64url');
  const url = `postgres://countersign_lender:${password}@127.0.0.1:${server.port}/postgres`;
  await within(server.url('postgres'), `CREATE ROLE countersign_lender SUPERUSER LOGIN PASSWORD ${literal(password)}`);
  await within(url, 'ALTER ROLE postgres RENAME TO countersign_bootstrap');
  return url;
}

/** A role as an administrator would give it to us on a shared scratch server: it may create databases and roles, and nothing else. Returns its address. */
export async function modestRole(url: string): Promise<string> {
  const password = randomBytes(18).toString('base64url');
  await within(url, `CREATE ROLE countersign_scratch LOGIN CREATEDB CREATEROLE PASSWORD ${literal(password)}`);
  const address = new URL(url);
  address.username = 'countersign_scratch';
  address.password = password;
  return address.toString();
}

async function within(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'countersign scratch' });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
