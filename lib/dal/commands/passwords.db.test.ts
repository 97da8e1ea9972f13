import { beforeEach, expect, test } from 'vitest';
import { listAudit } from '#lib/store/audit.ts';
import { passwordFits } from '#lib/store/passwords.ts';
import { createPerson, findPerson, findPersonByEmail, momentOfControl, sessionStands } from '#lib/store/people.ts';
import { act, done } from '#lib/testing/acting.ts';
import { freshControl, type ControlWorld } from '#lib/testing/world.ts';
import { withdrawDecisionSpec } from './compare.ts';
import { changePasswordSpec, resetPasswordSpec } from './passwords.ts';
import { createPersonSpec } from './people.ts';

const GIVEN = 'what the admin typed';
const OWN = 'correct horse battery staple';
let world: ControlWorld & { databases: [] };

beforeEach(async () => {
  world = { ...(await freshControl()), databases: [] };
});

/** As the approver, who has a password now. */
async function withPassword(passwordTemporary: boolean): Promise<string> {
  const id = await world.db.transaction().execute((trx) => createPerson(trx, { email: 'eve@example.test', name: 'Eve', roles: ['viewer', 'approver'], password: GIVEN, passwordTemporary }));
  world = { ...world, people: { ...world.people, approver: { id, email: 'eve@example.test', name: 'Eve' } } };
  return id;
}

const change = (fields: Partial<Record<'current' | 'password' | 'again', string>>) => act(world, 'approver', changePasswordSpec, { current: GIVEN, password: OWN, again: fields.password ?? OWN, ...fields });

test('whoever an admin adds has a password that is good for choosing another, and for nothing else', async () => {
  await done(act(world, 'admin', createPersonSpec, { name: 'Eve', email: 'eve@example.test', password: GIVEN, roles: ['viewer', 'author'] }));
  const eve = await findPersonByEmail(world.db, 'eve@example.test');
  if (!eve) throw new Error('nobody was added');
  expect(eve.passwordTemporary).toBe(true);
  world = { ...world, people: { ...world.people, author: eve } };
  expect(await act(world, 'author', withdrawDecisionSpec, { decisionId: eve.id, reason: 'x' })).toMatchObject({ status: 'refused', code: 'password_temporary' });
  await done(act(world, 'author', changePasswordSpec, { current: GIVEN, password: OWN, again: OWN }));
  expect(await act(world, 'author', withdrawDecisionSpec, { decisionId: eve.id, reason: 'x' })).not.toMatchObject({ code: 'password_temporary' });
});

test('one’s own password is changed with the one that one has; every session of before ends, and the log names it without either', async () => {
  const id = await withPassword(false);
  const began = await momentOfControl(world.db);
  expect(await change({ current: 'not it' })).toMatchObject({ status: 'refused', code: 'wrong_credentials' });
  expect(await change({ again: 'something else' })).toMatchObject({ status: 'refused', code: 'invalid_input', sentence: 'The two new passwords are not the same.' });
  expect(await change({ password: 'too short' })).toMatchObject({ status: 'refused', code: 'invalid_input' });
  expect(await change({ password: GIVEN })).toMatchObject({ status: 'refused', code: 'invalid_input' });
  expect(await sessionStands(world.db, id, began)).toBe(true);
  await done(change({}));
  expect(await sessionStands(world.db, id, began)).toBe(false);
  const person = await findPerson(world.db, id);
  expect(await passwordFits(person?.passwordHash ?? null, OWN)).toBe(true);
  const log = await listAudit(world.db, {}, 10);
  expect(log[0]).toMatchObject({ action: 'change password', actorId: id });
  expect(JSON.stringify(log)).not.toMatch(new RegExp(`${OWN}|${GIVEN}|argon2`));
});

test('who tries passwords on somebody’s open screen has to wait after ten', async () => {
  await withPassword(false);
  for (let tries = 0; tries < 10; tries += 1) expect(await change({ current: 'not it' })).toMatchObject({ code: 'wrong_credentials' });
  expect(await change({})).toMatchObject({ status: 'refused', code: 'too_many_requests' });
});

test('an admin makes a new password for somebody else, sees it once, and nobody else may', async () => {
  const id = await withPassword(false);
  const began = await momentOfControl(world.db);
  for (const person of ['author', 'operator', 'viewer'] as const) expect(await act(world, person, resetPasswordSpec, { personId: id })).toMatchObject({ status: 'refused', code: 'not_allowed' });
  const { once = '' } = await done(act(world, 'admin', resetPasswordSpec, { personId: id }));
  const person = await findPerson(world.db, id);
  expect(await passwordFits(person?.passwordHash ?? null, once)).toBe(true);
  expect(person?.passwordTemporary).toBe(true);
  expect(await sessionStands(world.db, id, began)).toBe(false);
  expect(JSON.stringify(await listAudit(world.db, {}, 10))).not.toContain(once);
  await done(change({ current: once }));
  expect((await findPerson(world.db, id))?.passwordTemporary).toBe(false);
});

test('nobody resets their own password, or gives one to whoever signs in by the provider of the house', async () => {
  expect(await act(world, 'admin', resetPasswordSpec, { personId: world.people.admin.id })).toMatchObject({ status: 'refused', code: 'invalid_input' });
  expect(await act(world, 'admin', resetPasswordSpec, { personId: world.people.author.id })).toMatchObject({ status: 'refused', code: 'invalid_input', sentence: expect.stringContaining('single sign-on') });
  expect(await act(world, 'author', changePasswordSpec, { current: GIVEN, password: OWN, again: OWN })).toMatchObject({ status: 'refused', code: 'invalid_input' });
});
