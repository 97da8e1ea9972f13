import { expect, test, type Browser, type Page } from '@playwright/test';
import { expectManners } from './manners.ts';
import { signedIn } from './people.ts';
import { watchPolicy } from './policy.ts';

test.describe.configure({ mode: 'serial' });

const EMAIL = 'eve@demo.test';
const GIVEN = 'typed by the admin';
const OWN = 'correct horse battery staple';

async function atTheDoor(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await watchPolicy(context);
  const page = await context.newPage();
  await page.goto('/sign-in');
  return page;
}

async function enter(page: Page, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(EMAIL);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function choose(page: Page, current: string, password: string, button: string): Promise<void> {
  await page.getByLabel(/^The password that you/).fill(current);
  await page.getByLabel('New password', { exact: true }).fill(password);
  await page.getByLabel('New password, again').fill(password);
  await page.getByRole('button', { name: button }).click();
}

test('whoever an admin adds chooses a password of their own before anything else, and is at home with it at once', async ({ browser }) => {
  const admin = await signedIn(browser, 'admin');
  await admin.goto('/people');
  await admin.getByRole('button', { name: 'Add a person' }).click();
  await admin.getByLabel('Name', { exact: true }).fill('Eve Example');
  await admin.getByLabel('E-mail').fill(EMAIL);
  await admin.getByLabel('Password', { exact: true }).fill(GIVEN);
  await admin.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
  await expect(admin.getByRole('listitem').filter({ hasText: EMAIL })).toContainText('no password of their own yet');
  await expectManners(admin, 'people, one without a password of their own');

  const page = await atTheDoor(browser);
  await enter(page, GIVEN);
  await expect(page.getByRole('heading', { name: 'Your account', level: 1 })).toBeVisible();
  for (const path of ['/', '/plans', '/compare']) {
    await page.goto(path);
    await expect(page).toHaveURL(/\/account$/);
  }
  expect((await page.request.get('/api/log/export')).status()).toBe(403);
  await expectManners(page, 'a password of one’s own first');
  await choose(page, 'not it at all', OWN, 'Choose this password');
  await expect(page.getByRole('alert').getByText('The password that you have now is another one.')).toBeVisible();
  await choose(page, GIVEN, OWN, 'Choose this password');
  await expect(page.getByRole('heading', { name: 'Home', level: 1 })).toBeVisible();
  await admin.reload();
  await expect(admin.getByRole('listitem').filter({ hasText: EMAIL })).not.toContainText('no password of their own yet');
  await Promise.all([page, admin].map((each) => each.context().close()));
});

test('a new password signs out wherever else one was, and not where it was chosen', async ({ browser }) => {
  const [here, elsewhere] = [await atTheDoor(browser), await atTheDoor(browser)];
  for (const page of [here, elsewhere]) {
    await enter(page, OWN);
    await expect(page.getByRole('heading', { name: 'Home', level: 1 })).toBeVisible();
  }
  await here.getByRole('button', { name: /Eve Example/ }).click();
  await here.getByRole('menuitem', { name: 'Your account' }).click();
  await expect(here.getByRole('heading', { name: 'Your account', level: 1 })).toBeVisible();
  await expectManners(here, 'one’s own account');
  await choose(here, OWN, `${OWN} again`, 'Change the password');
  await expect(here.getByText('Your password is changed.')).toBeVisible();
  await expect(here.getByLabel('New password', { exact: true })).toHaveValue('');
  await here.goto('/plans');
  await expect(here.getByRole('heading', { name: 'Plans', level: 1 })).toBeVisible();
  await elsewhere.goto('/plans');
  await expect(elsewhere.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
  await Promise.all([here, elsewhere].map((each) => each.context().close()));
});

test('an admin makes a new password for somebody, sees it once, and ends what was signed in', async ({ browser }) => {
  const page = await atTheDoor(browser);
  await enter(page, `${OWN} again`);
  await expect(page.getByRole('heading', { name: 'Home', level: 1 })).toBeVisible();
  const admin = await signedIn(browser, 'admin');
  await admin.goto('/people');
  await admin.getByRole('button', { name: /^Reset password of Eve Example/ }).click();
  await admin.getByRole('button', { name: 'Make a new password' }).click();
  const made = await admin.getByRole('dialog').locator('code').innerText();
  await expectManners(admin, 'a password that is shown once');
  await admin.getByRole('button', { name: 'Done' }).click();
  await expect(admin.getByText(made)).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
  await enter(page, made);
  await expect(page.getByText('Choose a password of your own.')).toBeVisible();
  await Promise.all([page, admin].map((each) => each.context().close()));
});
