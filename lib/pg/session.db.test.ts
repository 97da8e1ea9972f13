import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { DatabaseConfig } from '#lib/env.ts';
import { closeAtEnd, freshDatabase } from '#lib/testing/database.ts';
import { databaseHealth } from './database-health.ts';
import { closeSession, connectOperator, withReader } from './session.ts';

const refusal = (code: string) => ({ refusal: { code, sentence: expect.stringMatching(/^[^\n]+\.$/) } });
const one = async (client: { query(text: string): Promise<{ rows: Record<string, unknown>[] }> }, text: string) => Object.values((await client.query(text)).rows[0] ?? {})[0];

function withUrl(config: DatabaseConfig, change: (url: URL) => void): DatabaseConfig {
  const url = new URL(config.readerUrl);
  change(url);
  return { ...config, readerUrl: url.toString(), operatorUrl: url.toString() };
}

test('a reader’s session is read-only, named, and means the same times as the operator’s', async () => {
  const { config } = await freshDatabase();
  const asked = `select concat_ws(' ', current_setting('transaction_read_only'), current_setting('application_name'), current_setting('TimeZone'), current_setting('DateStyle'))`;
  expect(await withReader(config, (client) => one(client, asked))).toBe('on countersign reader UTC ISO, MDY');
  const operator = await connectOperator(config);
  expect(await one(operator, asked)).toBe('off countersign operator UTC ISO, MDY');
  await closeSession(operator);
});

test('options that a URL already has are kept', async () => {
  const { config } = await freshDatabase();
  const given = withUrl(config, (url) => url.searchParams.set('options', '-c work_mem=7MB'));
  expect(await withReader(given, (client) => one(client, 'show work_mem'))).toBe('7MB');
});

test('each trouble of a connection has its own refusal', async () => {
  const { config } = await freshDatabase();
  const trouble: [string, DatabaseConfig][] = [
    ['credential_wrong', withUrl(config, (url) => { url.password = 'wrong'; })],
    ['credential_wrong', withUrl(config, (url) => { url.password = ''; })],
    ['database_unreachable', withUrl(config, (url) => { url.port = '1'; })],
    ['database_unreachable', withUrl(config, (url) => { url.pathname = '/no_such_database'; })],
    ['database_unreachable', withUrl(config, (url) => { url.searchParams.set('sslmode', 'verify-full'); })],
    ['database_unreachable', { ...config, readerUrl: 'not a url', operatorUrl: 'not a url' }],
  ];
  for (const [code, broken] of trouble) {
    await expect(withReader(broken, async () => 'connected')).rejects.toMatchObject(refusal(code));
    await expect(connectOperator(broken)).rejects.toMatchObject(refusal(code));
  }
});

test('no sentence repeats a password', async () => {
  const { config } = await freshDatabase();
  const broken = withUrl(config, (url) => { url.password = 'very-secret'; });
  const error = await withReader(broken, async () => 'connected').catch((caught: unknown) => caught);
  expect(JSON.stringify(error) + String(error)).not.toContain('very-secret');
});

test('an operator needs a credential, and one that can write', async () => {
  const { config } = await freshDatabase();
  await expect(connectOperator({ ...config, operatorUrl: null })).rejects.toMatchObject(refusal('credential_missing'));
  await expect(connectOperator({ ...config, operatorUrl: config.readerUrl })).rejects.toMatchObject(refusal('operator_cannot_write'));
});

test('a statement that takes too long is given up by the server', async () => {
  const { config } = await freshDatabase();
  await expect(withReader(config, (client) => client.query('select pg_sleep(20)'), { statementTimeoutMs: 100 })).rejects.toMatchObject(refusal('database_timeout'));
});

test('a right that is missing is named as such', async () => {
  const database = await freshDatabase();
  await (await database.client()).query('create table t (a int)');
  const stranger = { ...database.config, readerUrl: database.url('app') };
  await expect(withReader(stranger, (client) => client.query('select * from t'))).rejects.toMatchObject(refusal('no_rights_in_database'));
});

test('a session that dies while idle ends in a refusal, not in the death of the process', async () => {
  const database = await freshDatabase();
  const killer = await database.client();
  await expect(withReader(database.config, async (client) => {
    await killer.query('select pg_terminate_backend($1)', [await one(client, 'select pg_backend_pid()')]);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    return client.query('select 1');
  })).rejects.toMatchObject(refusal('database_unreachable'));
});

test('a mistake of our own is no refusal', async () => {
  const { config } = await freshDatabase();
  await expect(withReader(config, (client) => client.query('select from where'))).rejects.toMatchObject({ code: '42601' });
  await expect(withReader(config, async () => { throw new TypeError('a bug'); })).rejects.toThrow(TypeError);
});

test('a pooler that swallows startup options is refused, for the reader and for the operator', async () => {
  const { config } = await freshDatabase();
  const port = await listen(swallowOptions(Number(new URL(config.readerUrl).port)));
  const pooled = withUrl(config, (url) => { url.port = String(port); });
  await expect(withReader(pooled, async () => 'connected')).rejects.toMatchObject(refusal('pooled_connection'));
  await expect(connectOperator(pooled)).rejects.toMatchObject(refusal('pooled_connection'));
});

test('a server that accepts and then says nothing is given up', async () => {
  const sockets = new Set<Socket>();
  const port = await listen(createServer((socket) => { sockets.add(socket.on('error', () => undefined)); }), sockets);
  const { config } = await freshDatabase();
  const silent = withUrl(config, (url) => { url.port = String(port); });
  await expect(withReader(silent, async () => 'connected')).rejects.toMatchObject(refusal('database_unreachable'));
}, 15_000);

test('a reader that can write is a finding, one that cannot is well', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const well = await databaseHealth(database.config);
  expect(well).toMatchObject({ reader: { ok: true, sentence: 'The reader can read all 31 tables and write nothing.' }, serverVersion: expect.stringMatching(/^15\./) });
  expect(well.largest).toHaveLength(10);
  expect(well.largest[0]?.bytes).toBeGreaterThanOrEqual(well.largest[1]?.bytes ?? Infinity);
  expect(new Set(well.largest.map((table) => table.rows.provenance))).not.toContain('exact');

  const asOperator = await databaseHealth({ ...database.config, readerUrl: database.url('operator') });
  expect(asOperator.reader.ok).toBe(false);
  expect(asOperator.reader.sentence).toMatch(/^The reader can write: it may change rows of 31 tables \(public\."bazaar-vid_account", …\).* may create objects in the schema public\. Give it a role/);
  expect((await databaseHealth({ ...database.config, readerUrl: database.url() })).reader.sentence).toContain('is a superuser');
  expect((await databaseHealth({ ...database.config, readerUrl: database.url('app') })).reader.sentence).toContain('cannot read 31 of 31 tables');
  expect(await databaseHealth(withUrl(database.config, (url) => { url.port = '1'; }))).toMatchObject({ reader: { ok: false }, serverVersion: null, bytes: null, largest: [] });
});

/** A server in between that does what PgBouncer does with ignore_startup_parameters = options: the first packet loses them. */
function swallowOptions(target: number): Server {
  return createServer((front) => {
    const back = connect(target, '127.0.0.1');
    front.on('error', () => back.destroy());
    back.on('error', () => front.destroy());
    front.once('data', (packet) => {
      back.write(withoutOptions(packet));
      front.pipe(back);
    });
    back.pipe(front);
  });
}

function withoutOptions(packet: Buffer): Buffer {
  const words = packet.subarray(8, packet.length - 2).toString('utf8').split('\0');
  const kept = words.flatMap((word, i) => (i % 2 === 0 && word !== 'options' ? [word, words[i + 1] ?? ''] : []));
  const body = Buffer.from(`${kept.join('\0')}\0\0`, 'utf8');
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  packet.copy(head, 4, 4, 8);
  return Buffer.concat([head, body]);
}

async function listen(server: Server, sockets: ReadonlySet<Socket> = new Set()): Promise<number> {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  closeAtEnd(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => { server.close(resolve); });
  });
  return (server.address() as AddressInfo).port;
}
