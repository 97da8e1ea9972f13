import { expect, test, type Locator, type Page } from '@playwright/test';
import { atTheGate, GATE, within } from './databases.ts';
import { expectRefused } from './impostor.ts';
import { onOnePage } from './one-page.ts';
import { become, type PersonName } from './people.ts';
import { COMPARE, approve, decideWhatStays, editStep, makePlan, measure, openEdit, planTables, PROJECT_KEY, rollBack, start } from './story.ts';

// Each permission that is refused, twice: on the screen, which does not offer it, and in the action, to which the wrong person sends
// the form that the right one had opened.

const TABLE = 'bazaar-vid_paywall_analytics';
const STEP = `Create ${TABLE}`;
const OWN_PLAN = 'You wrote or edited this plan, so someone else must approve it. This holds for everybody, admins too.';

let page: Page;
/** Edited by the approver, never run. */
let edited: string;
/** Run, and taken back. */
let plan: string;
let run: string;

onOnePage((one) => { page = one; });

async function openAs(name: PersonName, path: string): Promise<void> {
  await become(page, name);
  await page.goto(path);
}

/** An admin does it, on the page for that. */
async function setRole(person: string, role: string, held: boolean): Promise<void> {
  await openAs('admin', '/people');
  const form = page.getByRole('form', { name: `Roles of ${person}` });
  await form.getByRole('checkbox', { name: role }).setChecked(held);
  await form.getByRole('button', { name: 'Save roles' }).click();
  await expect(page.getByText(`${person} is now`)).toBeVisible();
}

function chooseOne(): Promise<void> {
  return page.getByRole('checkbox', { name: `Choose the differences of ${TABLE}`, exact: true }).check();
}

async function openApproval(as: PersonName, path: string): Promise<Locator> {
  await openAs(as, `${path}?phase=create`);
  await page.getByRole('button', { name: /^Approve phase/ }).click();
  return page.getByRole('dialog');
}

function sign(dialog: Locator): () => Promise<void> {
  return () => dialog.getByRole('button', { name: /^Approve phase/ }).click();
}

test('a viewer decides no difference', async () => {
  await openAs('viewer', COMPARE);
  await chooseOne();
  await expect(page.getByText('Only an author can decide or make a plan.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Decide…' })).toHaveCount(0);
  await openAs('author', COMPARE);
  await chooseOne();
  await page.getByRole('button', { name: 'Decide…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: /^Later/ }).check();
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Because.');
  await expectRefused(page, 'viewer', 'decide difference', () => dialog.getByRole('button', { name: 'Record decision' }).click(), 'This needs the role author, and you are viewer');
});

test('a viewer makes no plan', async () => {
  await openAs('viewer', COMPARE);
  await chooseOne();
  await expect(page.getByRole('button', { name: 'Make a plan' })).toHaveCount(0);
  await openAs('author', COMPARE);
  await chooseOne();
  await page.getByRole('button', { name: 'Make a plan' }).click();
  await page.getByRole('textbox', { name: 'Plan name' }).fill('Not by me');
  await expectRefused(page, 'viewer', 'create plan', () => page.getByRole('button', { name: 'Make the plan' }).click(), 'This needs the role author, and you are viewer');
});

test('a viewer measures nothing', async () => {
  await become(page, 'author');
  edited = await planTables(page, 'Edited by two', [TABLE]);
  await openAs('viewer', `${edited}?phase=create`);
  await expect(page.getByRole('heading', { name: 'Edited by two', level: 1 })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Measure/ })).toHaveCount(0);
  await openAs('author', `${edited}?phase=create`);
  await expectRefused(page, 'viewer', 'measure phase', () => page.getByRole('button', { name: 'Measure again' }).click(), 'This needs the role author or approver or operator, and you are viewer');
});

test('an approver edits no step', async () => {
  await openAs('approver', `${edited}?phase=create`);
  await expect(page.getByRole('heading', { name: STEP, level: 3 })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Edit SQL' })).toHaveCount(0);
  await become(page, 'author');
  const sheet = await openEdit(page, edited, 'create', STEP);
  await sheet.getByRole('textbox', { name: 'SQL', exact: true }).fill('SELECT 1');
  await expectRefused(page, 'approver', 'edit step', () => sheet.getByRole('button', { name: 'Save as a new version' }).click(), 'This needs the role author, and you are ');
});

test('an author who is an approver too does not sign the own plan', async () => {
  await setRole('Ada Author', 'approver', true);
  await openAs('author', `${edited}?phase=create`);
  await expect(page.getByText(OWN_PLAN)).toBeVisible();
  await expect(page.getByRole('button', { name: /^Approve phase/ })).toBeDisabled();
  await expectRefused(page, 'author', 'approve phase', sign(await openApproval('approver', edited)), OWN_PLAN);
  await setRole('Ada Author', 'approver', false);
});

test('an operator signs nothing', async () => {
  await openAs('operator', `${edited}?phase=create`);
  await expect(page.getByText('one more person must sign')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Approve phase/ })).toHaveCount(0);
  await expectRefused(page, 'operator', 'approve phase', sign(await openApproval('approver', edited)), 'Only an approver may approve a phase.');
});

test('whoever edited any version of another’s plan does not sign it', async () => {
  await setRole('Ben Approver', 'author', true);
  await become(page, 'approver');
  await editStep(page, edited, 'create', STEP, '-- looked over');
  await setRole('Ben Approver', 'author', false);
  await become(page, 'author');
  await measure(page, edited, 'create');
  await openAs('approver', `${edited}?phase=create`);
  await expect(page.getByText(OWN_PLAN)).toBeVisible();
  await setRole('Ann Admin', 'approver', true);
  await expectRefused(page, 'approver', 'approve phase', sign(await openApproval('admin', edited)), OWN_PLAN);
  await setRole('Ann Admin', 'approver', false);
});

test('neither author nor approver starts a phase', async () => {
  await become(page, 'author');
  plan = await planTables(page, 'Run and taken back', [TABLE]);
  await editStep(page, plan, 'create', STEP, GATE);
  await measure(page, plan, 'create');
  await become(page, 'approver');
  await approve(page, plan, 'create');
  for (const name of ['author', 'approver'] as const) {
    await openAs(name, `${plan}?phase=create`);
    await expect(page.getByText('Approved; waits for the operator: Ola Operator may start it.')).toBeVisible();
    await expect(page.getByRole('button', { name: /^Run phase/ })).toHaveCount(0);
    await openAs('operator', `${plan}?phase=create`);
    await expectRefused(page, name, 'execute phase', () => page.getByRole('button', { name: /^Run phase/ }).click(), 'This needs the role operator, and you are ');
  }
});

test('nobody takes another’s signature back, and an author asks for no changes', async () => {
  await openAs('operator', `${plan}?phase=create`);
  await expect(page.getByText('1 of 1 stand')).toBeVisible();
  await expect(page.getByRole('button', { name: /^(Take back|Request changes)/ })).toHaveCount(0);
  await openAs('approver', `${plan}?phase=create`);
  await page.getByRole('button', { name: 'Take back…' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill('Not mine.');
  await expectRefused(page, 'operator', 'withdraw approval', () => page.getByRole('button', { name: 'Take back my approval' }).click(), 'This needs the role approver, and you are ');
  await openAs('approver', `${plan}?phase=create`);
  await page.getByRole('button', { name: 'Request changes…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'What should change' }).fill('Everything.');
  await expectRefused(page, 'author', 'request changes', () => dialog.getByRole('button', { name: 'Request changes' }).click(), 'This needs the role approver, and you are ');
});

test('a viewer cancels no run', async () => {
  await atTheGate(async (open) => {
    await become(page, 'operator');
    run = await start(page, plan, 'create');
    await openAs('viewer', run);
    await expect(page.getByText('Only an operator can cancel.')).toBeVisible();
    await expect(page.getByRole('button', { name: /^Cancel/ })).toHaveCount(0);
    await openAs('operator', run);
    await page.getByRole('button', { name: 'Cancel…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('I may not.');
    await expectRefused(page, 'viewer', 'cancel run', () => dialog.getByRole('button', { name: 'Cancel the run' }).click(), 'This needs the role operator or admin, and you are viewer');
    await open();
    await expect(page.getByText('Applied and verified.').first()).toBeVisible();
  });
});

test('an author takes nothing back', async () => {
  await openAs('author', run);
  await expect(page.getByText('Only an operator starts or rolls back a phase.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Roll back/ })).toHaveCount(0);
  await openAs('operator', `${run}?rollback=1`);
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('textbox', { name: 'Reason' }).fill('I may not.');
  await expectRefused(page, 'author', 'roll back phase', () => sheet.getByRole('button', { name: 'Roll back now' }).click(), 'This needs the role operator, and you are ');
  await become(page, 'operator');
  await rollBack(page, run, 'The test is over.');
});

test('an operator settles no request for changes', async () => {
  await openAs('approver', `${edited}?phase=create`);
  await page.getByRole('button', { name: 'Request changes…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'What should change' }).fill('Say what it is for.');
  await dialog.getByRole('button', { name: 'Request changes' }).click();
  await expect(page.getByText('Ben Approver asks for changes')).toBeVisible();
  await openAs('operator', `${edited}?phase=create`);
  await expect(page.getByText('Ben Approver asks for changes')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Mark as settled' })).toHaveCount(0);
  await openAs('author', `${edited}?phase=create`);
  await expectRefused(page, 'operator', 'resolve change request', () => page.getByRole('button', { name: 'Mark as settled' }).click(), 'This needs the role author or approver, and you are ');
});

test('an approver decides nothing about orphans, and takes no decision back', async () => {
  await become(page, 'author');
  await decideWhatStays(page);
  const whole = await makePlan(page, 'With orphans');
  const form = page.getByRole('form', { name: `Decision for ${PROJECT_KEY}` });
  await openAs('approver', `${whole}?phase=convert`);
  await expect(page.getByText('a161a5cc-886a-48dc-be84-84d31e131d88').first()).toBeVisible();
  await expect(form).toHaveCount(0);
  await openAs('author', `${whole}?phase=convert`);
  await form.getByRole('radio', { name: /Take out and quarantine/ }).check();
  await form.getByRole('textbox', { name: 'Reason' }).fill('I may not.');
  await expectRefused(page, 'approver', 'decide orphans', () => form.getByRole('button', { name: 'Record decision' }).click(), 'This needs the role author, and you are ');
  const takeBack = page.getByRole('button', { name: /^Take back the decision on / });
  for (const name of ['approver', 'author'] as const) {
    await openAs(name, COMPARE);
    await page.getByRole('link', { name: /10 decided/ }).click();
    await page.getByRole('link', { name: /bazaar-vid_metric/ }).click();
    await expect(page.getByText('Not looked into yet.').first()).toBeVisible();
    await expect(takeBack).toHaveCount(name === 'author' ? 1 : 0);
  }
  await expectRefused(page, 'approver', 'withdraw decision', () => takeBack.click(), 'This needs the role author, and you are ');
});

test('nobody but an admin sees or changes people', async () => {
  await openAs('author', '/people');
  await expect(page.getByRole('heading', { name: 'There is nothing under this address' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'People' })).toHaveCount(0);
  await openAs('admin', '/people');
  await page.getByRole('form', { name: 'Roles of Ada Author' }).getByRole('checkbox', { name: 'admin' }).check();
  await expectRefused(page, 'author', 'set roles', () => page.getByRole('button', { name: 'Save roles' }).click(), 'This needs the role admin, and you are ');
  await openAs('admin', '/people');
  await page.getByRole('button', { name: 'Disable Ola Operator' }).click();
  await expectRefused(page, 'author', 'disable person', () => page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click(), 'This needs the role admin, and you are ');
  await openAs('admin', '/people');
  await page.getByRole('button', { name: 'Add a person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Mallory');
  await dialog.getByRole('textbox', { name: 'E-mail' }).fill('mallory@demo.test');
  await dialog.getByLabel('Password').fill('a long enough password');
  await expectRefused(page, 'author', 'create person', () => dialog.getByRole('button', { name: 'Add' }).click(), 'This needs the role admin, and you are ');
});

test('a role that is taken away counts from the next click on, though the session lives', async () => {
  await openAs('author', COMPARE);
  await chooseOne();
  await page.getByRole('button', { name: 'Make a plan' }).click();
  await page.getByRole('textbox', { name: 'Plan name' }).fill('Too late');
  await within('countersign', (client) => client.query(`delete from person_role where role = 'author' and person_id = (select id from person where email = 'author@demo.test')`));
  try {
    await expectRefused(page, 'author', 'create plan', () => page.getByRole('button', { name: 'Make the plan' }).click(), 'This needs the role author, and you are viewer');
    await page.goto(`${plan}?phase=create`);
    await expect(page.getByRole('heading', { name: STEP, level: 3 })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Edit SQL' })).toHaveCount(0);
  } finally {
    await within('countersign', (client) => client.query(`insert into person_role (person_id, role) select id, 'author' from person where email = 'author@demo.test'`));
  }
  await page.reload();
  await expect(page.getByRole('button', { name: 'Edit SQL' })).toHaveCount(1);
});

test('whoever is disabled is out at the next click, though the session lives', async () => {
  await openAs('author', COMPARE);
  await chooseOne();
  await page.getByRole('button', { name: 'Make a plan' }).click();
  await page.getByRole('textbox', { name: 'Plan name' }).fill('Too late');
  await within('countersign', (client) => client.query(`update person set disabled_at = now() where email = 'author@demo.test'`));
  try {
    await expectRefused(page, 'author', 'create plan', () => page.getByRole('button', { name: 'Make the plan' }).click(), 'You are not signed in any more. Sign in and try again.');
    await page.goto(plan);
    await expect(page).toHaveURL(/\/sign-in\?callbackUrl=/);
    await expect(page.getByRole('button', { name: 'Sign in as author@demo.test' })).toHaveCount(0);
  } finally {
    await within('countersign', (client) => client.query(`update person set disabled_at = null where email = 'author@demo.test'`));
  }
});

/** Whoever looks at a page again makes it ask at once; what it does by itself, after ten seconds, the last of these tests waits for. */
async function lookAgainUntil(then: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await then();
  }).toPass({ timeout: 20_000 });
}

test('a session that ends takes nothing away that somebody is writing', async () => {
  await openAs('author', `${plan}?phase=create`);
  const field = page.getByRole('textbox', { name: 'Say something' });
  await field.fill('Thought about for ten minutes.');
  await page.context().clearCookies();
  await lookAgainUntil(() => expect(page.getByText('What you typed stays here: sign in in another window, then go on.')).toBeVisible({ timeout: 3_000 }));
  await page.getByRole('button', { name: 'Comment', exact: true }).last().click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('You are not signed in any more. Sign in and try again.');
  await expect(page.getByRole('link', { name: /^Sign in in another window/ })).toBeVisible();
  await expect(field).toHaveValue('Thought about for ten minutes.');
  await become(page, 'author');
  await page.getByRole('button', { name: 'Comment', exact: true }).last().click();
  await expect(field).toHaveValue('');
  await expect(page.getByText('Thought about for ten minutes.')).toBeVisible();
});

test('what was typed is there again for whoever typed it and signs in anew, and for nobody else', async () => {
  await openAs('author', `${plan}?phase=create`);
  const field = page.getByRole('textbox', { name: 'Say something' });
  await field.fill('Thought about for a minute.');
  await page.context().clearCookies();
  await page.reload();
  await page.getByRole('button', { name: 'Sign in as approver@demo.test' }).click();
  await expect(field).toHaveValue('');
  await become(page, 'author');
  await page.reload();
  await expect(field).toHaveValue('Thought about for a minute.');
  await field.fill('');
});

test('a sheet that was open when the session ended is open after signing in anew, with what was chosen in it, and closes to its page', async () => {
  await openAs('author', `${plan}?phase=create`);
  await page.getByRole('button', { name: 'Add…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a follow-up' });
  await dialog.getByRole('combobox', { name: 'By whom' }).selectOption('Ben Approver');
  for (const leave of [() => lookAgainUntil(() => page.waitForURL(/\/sign-in\?callbackUrl=/, { timeout: 3_000 })), () => page.reload()]) {
    await page.context().clearCookies();
    await leave();
    await page.getByRole('button', { name: 'Sign in as author@demo.test' }).click();
    await expect(dialog.getByRole('combobox', { name: 'By whom' })).toHaveValue(/.+/);
    await expect(dialog.getByRole('combobox', { name: 'By whom' }).getByRole('option', { selected: true })).toHaveText('Ben Approver');
  }
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(new RegExp(`${plan}\\?phase=create$`));
});

test('a page on which nobody writes is left when the session ends', async () => {
  await openAs('author', `${plan}?phase=create`);
  await expect(page.getByRole('heading', { name: STEP, level: 3 })).toBeVisible();
  await page.context().clearCookies();
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=/, { timeout: 20_000 });
});

/** By hand, as the owner of the control database: the SQLSTATE of the refusal. */
async function refusedByDatabase(sql: string, values: readonly string[]): Promise<string> {
  return within('countersign', async (client) => {
    try {
      await client.query(sql, [...values]);
      return 'accepted';
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error);
    }
  });
}

const APPROVE_BY_HAND = `insert into approval (plan_id, version, phase_id, digest, evidence_id, person_id, expires_at)
  select p.id, p.current_version, e.phase_id, repeat('0', 64), e.id, (select id from person where email = $2), now() + interval '1 hour'
  from plan p join evidence e on e.plan_id = p.id where p.id = $1::uuid and e.phase_id = 'create' limit 1`;
const RUN_BY_HAND = `insert into run (plan_id, version, phase_id, kind, target_database, digest, approvals_needed, requested_by)
  select p.id, p.current_version, 'create', 'forward', p.target_database, repeat('0', 64), 1, (select id from person where email = $2) from plan p where p.id = $1::uuid`;

function idOf(path: string): string {
  return path.split('/').at(-1) ?? '';
}

test('the control database itself refuses an own approval that is inserted by hand, and a run without approval', async () => {
  expect(await refusedByDatabase(APPROVE_BY_HAND, [idOf(plan), 'author@demo.test'])).toBe('CS002');
  expect(await refusedByDatabase(APPROVE_BY_HAND, [idOf(edited), 'approver@demo.test'])).toBe('CS002');
  expect(await refusedByDatabase(APPROVE_BY_HAND, [idOf(plan), 'operator@demo.test'])).toBe('CS003');
  expect(await refusedByDatabase(RUN_BY_HAND, [idOf(plan), 'operator@demo.test'])).toBe('CS006');
  expect(await refusedByDatabase(RUN_BY_HAND, [idOf(plan), 'approver@demo.test'])).toBe('CS003');
});
