import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sha256 } from '#lib/pipeline/digest.ts';
import { freshControl, type ControlWorld } from '#lib/testing/world.ts';
import { listAudit, verifyChain, writeAudit } from './audit.ts';

async function write(world: ControlWorld, action: string, detail: unknown = null): Promise<void> {
  await world.db.transaction().execute((trx) => writeAudit(trx, { actor: 'Author <author@demo.test>', actorId: world.people.author.id, action, detail }));
}

async function written(count: number): Promise<ControlWorld> {
  const world = await freshControl();
  for (let i = 1; i <= count; i += 1) await write(world, `action ${i}`, { i });
  return world;
}

test('a log of any length verifies to its head, and an empty one too', async () => {
  const world = await freshControl();
  expect(await verifyChain(world.db)).toMatchObject({ checked: 0, brokenAt: null });
  await write(world, 'first', { text: 'NUL \0, half \ud800, “quoted”, 日本語', undefinedIsLeftOut: undefined });
  await write(world, 'second');
  const entries = await listAudit(world.db, {}, 10);
  expect(await verifyChain(world.db)).toEqual({ checked: 2, head: entries[0]?.hash, brokenAt: null });
  expect(entries.map((entry) => entry.action)).toEqual(['second', 'first']);
});

test('writers at the same moment stand in line and leave no gap', async () => {
  const world = await freshControl();
  await Promise.all(Array.from({ length: 20 }, (_, i) => write(world, `at once ${i}`)));
  expect(await verifyChain(world.db)).toMatchObject({ checked: 20, brokenAt: null });
});

test('an entry goes when its transaction is rolled back, and the next one follows without a gap', async () => {
  const world = await written(1);
  const failed = world.db.transaction().execute(async (trx) => {
    await writeAudit(trx, { actor: 'x', actorId: null, action: 'never was' });
    throw new Error('rolled back on purpose');
  });
  await expect(failed).rejects.toThrow('on purpose');
  await write(world, 'after');
  expect((await listAudit(world.db, {}, 10)).map((entry) => [entry.seq, entry.action])).toEqual([[2, 'after'], [1, 'action 1']]);
  expect(await verifyChain(world.db)).toMatchObject({ checked: 2, brokenAt: null });
});

test.each<[string, { seq?: number; prev_hash?: string; hash?: string }]>([
  ['a wrong number', { seq: 7 }],
  ['a hash before that is not the head', { prev_hash: '0'.repeat(64) }],
  ['a hash that is not of what it says', { hash: 'a'.repeat(64) }],
])('an entry with %s is refused', async (_what, wrong) => {
  const world = await written(2);
  const head = (await listAudit(world.db, {}, 1))[0];
  const body = JSON.stringify({ action: 'forged', actor: 'x', at: 'now' });
  const prev = wrong.prev_hash ?? head?.hash ?? '';
  const row = { seq: wrong.seq ?? 3, body, prev_hash: prev, hash: wrong.hash ?? sha256(prev + body) };
  await expect(world.db.insertInto('audit_entry').values(row).execute()).rejects.toMatchObject({ code: 'CS009' });
});

test.each([
  ['an entry whose text was changed', `update audit_entry set body = replace(body, 'action 3', 'action X') where seq = 3`, 3],
  ['an entry that was changed and hashed again', `update audit_entry set body = '{}', hash = encode(sha256(convert_to(prev_hash || '{}', 'UTF8')), 'hex') where seq = 3`, 4],
  ['an entry that was taken out', `delete from audit_entry where seq = 2`, 2],
  ['the end of the log cut off', `delete from audit_entry where seq >= 4`, 4],
])('%s is found by its number, even when a superuser did it past all triggers', async (_what, tampering, brokenAt) => {
  const world = await written(5);
  const superuser = await world.control.client('superuser');
  await superuser.query(`set session_replication_role = replica`);
  await superuser.query(tampering);
  expect(await verifyChain(world.db)).toMatchObject({ brokenAt, checked: brokenAt - 1 });
});

test('the columns to filter by say what was hashed, because they are read out of it', async () => {
  const world = await written(1);
  const superuser = await world.control.client('superuser');
  await superuser.query(`set session_replication_role = replica`);
  await expect(superuser.query(`update audit_entry set actor = 'somebody else'`)).rejects.toMatchObject({ code: '428C9' });
  const row = await sql<{ actor: string; action: string }>`select actor, action from audit_entry`.execute(world.db);
  expect(row.rows).toEqual([{ actor: 'Author <author@demo.test>', action: 'action 1' }]);
});
