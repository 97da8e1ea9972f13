import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { type EmbeddedServer, startServer } from '#lib/cli/embedded.ts';
import { reachableFolder, serverAccount } from '#lib/cli/server-account.ts';
import { targetIdentity } from './identity.ts';

async function connected(server: EmbeddedServer): Promise<Client> {
  const client = new Client({ connectionString: server.url('postgres'), application_name: 'test' });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end().catch(() => undefined));
  return client;
}

test('a server that was promoted has its new timeline at once, not with its first checkpoint, and a standby can be asked too', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-promoted-'));
  const dataDirectory = reachableFolder(join(folder, 'postgres'), serverAccount());
  const options = { major: 15, dataDirectory, logFile: join(folder, 'postgres.log'), durable: false } as const;
  onTestFinished(() => [dataDirectory, `${dataDirectory}.password`, folder].forEach((path) => rmSync(path, { recursive: true, force: true })));
  const before = await startServer(options);
  const first = await connected(before);
  const approved = await targetIdentity(first);
  // What a standby has replayed when it is promoted keeps its first checkpoint busy.
  await first.query(`create table filled as select i, repeat('x', 1000) as text from generate_series(1, 5000) i`);
  process.kill(Number(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGQUIT');
  await before.ended;
  writeFileSync(join(dataDirectory, 'standby.signal'), '');
  chmodSync(join(dataDirectory, 'standby.signal'), 0o666);
  const standby = await startServer(options);
  onTestFinished(() => standby.stop());
  const second = await connected(standby);
  expect(await targetIdentity(second)).toEqual(approved);
  await second.query('select pg_promote()');
  const { rows } = await second.query<{ timeline: number }>('select timeline_id as timeline from pg_control_checkpoint()');
  expect([rows[0]?.timeline, await targetIdentity(second)]).toEqual([1, { ...approved, timeline: 2 }]);
});
