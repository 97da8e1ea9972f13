import { expect, test, type Page } from '@playwright/test';
import { within } from './databases.ts';
import { controlState } from './impostor.ts';
import { expectNoRawMessage } from './raw-messages.ts';
import { become, signedIn } from './people.ts';
import { decideOrphans, decideWhatStays, makePlan, openEdit, planTables } from './story.ts';

const TABLE = 'bazaar-vid_paywall_analytics';
const STEP = `Create ${TABLE}`;
const WRONG = 'The e-mail address or the password is wrong.';

async function tryPassword(page: Page, email: string, password: string): Promise<void> {
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

function forgetTries(): Promise<unknown> {
  return within('countersign', (client) => client.query('delete from sign_in_throttle'));
}

test('what these tests look for on every page is what Postgres, its driver and Node really say', async ({ page }) => {
  const raw = [
    'connect ECONNREFUSED 127.0.0.1:5432', 'password authentication failed for user "bazaar_reader"', 'database "bazaar_prod" is not currently accepting connections',
    'relation "public.bazaar-vid_exports" does not exist', 'terminating connection due to administrator command', 'canceling statement due to user request', 'Connection terminated unexpectedly',
    'cannot execute CREATE TABLE in a read-only transaction', 'insert or update on table "t" violates foreign key constraint "t_fk"', 'Error: boom', 'at Client.connect (/srv/node_modules/pg/lib/client.js:1:1)', 'postgres://someone:secret@db/x',
  ];
  for (const message of raw) {
    await page.setContent('<p></p>');
    await page.locator('p').evaluate((p, text) => { p.textContent = text; }, `Something went wrong. ${message}`);
    await expect(expectNoRawMessage(page), message).rejects.toThrow();
  }
});

test('a wrong password and an unknown e-mail address read the same', async ({ page }) => {
  await page.goto('/sign-in');
  const sentences: string[] = [];
  for (const [email, password] of [['author@demo.test', 'not it'], ['nobody@demo.test', 'countersign'], ['author@demo.test', `${'x'.repeat(5_000)}`]] as const) {
    await tryPassword(page, email, password);
    const alert = page.getByRole('main').getByRole('alert');
    await expect(alert).toContainText(WRONG);
    sentences.push(await alert.innerText());
    await page.reload();
  }
  expect(new Set(sentences).size).toBe(1);
  await expectNoRawMessage(page);
  await tryPassword(page, 'author@demo.test', 'countersign');
  await expect(page.getByRole('heading', { name: 'Home', level: 1 })).toBeVisible();
  await forgetTries();
});

test('without its script the door says so, offers nothing to press, and puts no password into an address', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await expect(page.locator('noscript')).toBeVisible();
  for (const button of await page.getByRole('button').all()) await expect(button).toBeDisabled();
  await page.getByRole('textbox', { name: 'E-mail' }).fill('author@demo.test');
  await page.getByLabel('Password', { exact: true }).fill('countersign');
  await page.getByLabel('Password', { exact: true }).press('Enter');
  await expect(page).toHaveURL(/\/sign-in$/);
  await context.close();
});

test('after ten wrong passwords the right one does not fit either, and the address waits', async ({ page }) => {
  await page.goto('/sign-in');
  try {
    for (let time = 1; time <= 10; time += 1) {
      const answered = page.waitForResponse(/\/api\/auth\/callback\/password/);
      await tryPassword(page, 'viewer@demo.test', `guess ${time}`);
      await answered;
      await expect(page.getByRole('main').getByRole('alert')).toContainText(WRONG);
    }
    await tryPassword(page, 'viewer@demo.test', 'countersign');
    await expect(page.getByRole('main').getByRole('alert')).toContainText('Too many tries for this address. Wait some minutes, then try again.');
    await page.goto('/plans');
    await expect(page).toHaveURL(/\/sign-in/);
  } finally {
    await forgetTries();
  }
});

test('what does not exist is told in one sentence, whatever stands in the address', async ({ browser }) => {
  const page = await signedIn(browser, 'viewer');
  const unknown = '6f0d6a2e-0b5f-4a55-9d0c-6b8f1a4c0d11';
  await become(page, 'author');
  const plan = await planTables(page, 'Known', [TABLE]);
  await become(page, 'viewer');
  for (const path of [`/plans/${unknown}`, '/plans/1', `/plans/${unknown}/report`, `/runs/${unknown}`, `/runs/%27%3B--`, `/runs/${unknown}?rollback=1`, '/nowhere']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { name: 'There is nothing under this address' }), path).toBeVisible();
    await expect(page.getByText('A plan, run or page of this name does not exist, or you may not see it.')).toBeVisible();
    await expectNoRawMessage(page);
  }
  await page.goto(`${plan}?phase=nonsense`);
  await expect(page.getByText('The plan has no phase of this address, or none any more. This is the one to look at.')).toBeVisible();
  for (const path of [`/api/runs/${unknown}/events`, '/api/runs/1/events', `/api/plans/${unknown}/report.md`]) {
    const response = await page.request.get(path);
    expect(response.status(), path).toBe(404);
    expect(await response.json()).toMatchObject({ refused: { code: 'not_found' } });
  }
  await page.goto('/compare?current=nosuch&desired=bazaar_dev');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByText(/nosuch/).or(page.getByText('There is nothing under this address')).first()).toBeVisible();
  await expectNoRawMessage(page);
  await page.context().close();
});

test('whoever saves second is refused, with who saved first and when', async ({ browser }) => {
  const first = await signedIn(browser, 'author');
  const plan = await planTables(first, 'Two tabs', [TABLE]);
  const second = await first.context().newPage();
  const sheets = [await openEdit(first, plan, 'create', STEP), await openEdit(second, plan, 'create', STEP)] as const;
  await sheets[0].getByRole('textbox', { name: 'SQL', exact: true }).fill('SELECT 1');
  await sheets[1].getByRole('textbox', { name: 'SQL', exact: true }).fill('SELECT 2');
  await sheets[0].getByRole('button', { name: 'Save as a new version' }).click();
  await expect(sheets[0]).toBeHidden();
  const before = await controlState();
  await sheets[1].getByRole('button', { name: 'Save as a new version' }).click();
  await expect(second.getByRole('alert').filter({ hasText: /Ada Author saved version 2 of the plan at .*\d\d:\d\d.*; you were looking at version 1\. Look at it again\./ })).toBeVisible();
  // What was typed is not lost.
  await expect(sheets[1].getByRole('textbox', { name: 'SQL', exact: true })).toHaveText('SELECT 2');
  expect(await controlState()).toEqual(before);
  await expectNoRawMessage(second);
  await first.context().close();
});

test('SQL that does not parse, or that would end the transaction, is refused where it was typed', async ({ browser }) => {
  const page = await signedIn(browser, 'author');
  const plan = await planTables(page, 'Typed wrong', [TABLE]);
  const sheet = await openEdit(page, plan, 'create', STEP);
  for (const [sql, sentence] of [['SELEKT 1', 'The SQL does not parse'], ['SELECT 1; COMMIT', 'The SQL uses BEGIN, COMMIT and ROLLBACK, which cannot run inside the step'], ['-- nothing', 'The step has no statement left.']] as const) {
    await sheet.getByRole('textbox', { name: 'SQL', exact: true }).fill(sql);
    await sheet.getByRole('button', { name: 'Save as a new version' }).click();
    await expect(sheet.getByRole('alert')).toContainText(sentence);
  }
  await page.context().close();
});

test('a wrong number is not a signature', async ({ browser }) => {
  const page = await signedIn(browser, 'author');
  await decideWhatStays(page);
  const plan = await makePlan(page, 'Miscounted');
  await decideOrphans(page, plan);
  await become(page, 'approver');
  await page.goto(`${plan}?phase=convert`);
  await page.getByRole('button', { name: /^Approve phase/ }).first().click();
  const dialog = page.getByRole('dialog');
  const before = await controlState();
  for (const [typed, sentence] of [['7', /You typed 7, but in “.+” 8 rows leave the live tables\. Read it again\./], ['eight', /Type the number of rows that leave the live tables in “/], ['-8', /Type the number of rows that leave the live tables in “/], ['80', 'You typed 80']] as const) {
    await dialog.getByRole('textbox', { name: /Type the number of rows/ }).fill(typed);
    await dialog.getByRole('button', { name: /^Approve phase/ }).click();
    await expect(dialog.getByRole('alert')).toContainText(sentence);
  }
  expect(await controlState()).toEqual(before);
  await page.context().close();
});
