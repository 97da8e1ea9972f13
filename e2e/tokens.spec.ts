import { expect, test, type Page } from '@playwright/test';
import { expectManners } from './manners.ts';
import { signedIn } from './people.ts';

// A token is made by a person, used by a program, seen by an admin, and taken away.

let author: Page;
let admin: Page;
const name = `Shop CI ${Date.now() % 100_000}`;

test.beforeAll(async ({ browser }) => {
  [author, admin] = [await signedIn(browser, 'author'), await signedIn(browser, 'admin')];
});
test.afterAll(async () => {
  await Promise.all([author, admin].map((page) => page?.context().close()));
});

async function ask(page: Page, token: string, path: string): Promise<{ status: number; body: unknown }> {
  // As a program does it: without the cookies of the page.
  const answer = await page.request.fetch(new URL(path, page.url()).href, { headers: { Authorization: `Bearer ${token}`, Cookie: '' } });
  return { status: answer.status(), body: await answer.json() };
}

test('a token is shown once, reads until it is revoked, and an admin sees whose it is and when it was used', async () => {
  await author.goto('/');
  await author.getByRole('button', { name: /, menu$/ }).click();
  await author.getByRole('menuitem', { name: 'Tokens' }).click();
  await expect(author.getByRole('heading', { name: 'Tokens', level: 1 })).toBeVisible();
  await author.getByRole('button', { name: 'Make a token' }).click();
  await expectManners(author, 'token form');
  const dialog = author.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog.getByRole('radio', { name: /^Read and make plans/ }).check();
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  await expect(dialog.getByText('Copy it now.')).toBeVisible();
  const token = (await dialog.locator('code').textContent()) ?? '';
  expect(token).toMatch(/^cs_[\w-]{43}$/);
  await expectManners(author, 'token made');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(author.getByText(token)).toHaveCount(0);
  const line = author.getByRole('list', { name: 'Your tokens' }).getByRole('listitem').filter({ hasText: name });
  await expect(line).toContainText('reads and makes plans');
  await expect(line).toContainText('never used');

  expect(await ask(author, token, '/api/v1/databases')).toMatchObject({ status: 200, body: { databases: [{ name: 'bazaar_prod' }, { name: 'bazaar_dev' }] } });
  expect(await ask(author, token, '/api/v1/nothing')).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
  expect(await ask(author, 'cs_nothing', '/api/v1/plans')).toMatchObject({ status: 401, body: { error: { code: 'token_invalid' } } });

  await admin.goto('/tokens');
  const seen = admin.getByRole('list', { name: 'Tokens of other people' }).getByRole('listitem').filter({ hasText: name });
  await expect(seen).toContainText('Author');
  await expect(seen).not.toContainText('never used');
  await expectManners(admin, 'tokens of an admin');
  await seen.getByRole('button', { name: `Revoke ${name}` }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(seen).toContainText('revoked');
  expect(await ask(author, token, '/api/v1/databases')).toMatchObject({ status: 401, body: { error: { sentence: expect.stringContaining('was revoked') } } });
});
