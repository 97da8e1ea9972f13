import { expect, test, type Page } from '@playwright/test';
import { within } from './databases.ts';
import { expectManners } from './manners.ts';
import { signedIn } from './people.ts';

async function compareWithSql(page: Page, name: string, text: string): Promise<void> {
  await page.getByRole('button', { name: 'Compare with SQL…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog.getByRole('textbox', { name: 'SQL' }).fill(text);
  await dialog.getByRole('radio', { name: /^what is wanted/ }).check();
  await dialog.getByRole('button', { name: 'Compare', exact: true }).click();
}

test('a draft is compared with what is there, its mistakes are said with line and column, and its address can be sent', async ({ browser }) => {
  const author = await signedIn(browser, 'author');
  await author.goto('/compare?current=bazaar_dev&desired=bazaar_prod');
  await compareWithSql(author, 'near-miss', 'create table public."user" (id text primary key);\ncreate tabel more ();');
  await expect(author.getByRole('alert').filter({ hasText: 'near-miss.sql, line 2, column 8: syntax error at or near "tabel".' })).toBeVisible();
  const dialog = author.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'SQL' }).fill('create table public."bazaar-vid_exports" (id uuid primary key, made_up int);');
  await dialog.getByRole('button', { name: 'Compare', exact: true }).click();
  await expect(author).toHaveURL(/\/compare\?current=bazaar_dev&desired=near-miss\.sql/);
  await expect(author.getByText(/near-miss\.sql makes public\.bazaar-vid_exports with 2 columns, bazaar_dev has \d+: near-miss\.sql lacks .*bazaar_dev has no made_up/)).toBeVisible();
  await expectManners(author, 'a draft compared');

  const viewer = await signedIn(browser, 'viewer', { width: 390, height: 844 });
  await viewer.goto(author.url());
  await expect(viewer.getByRole('heading', { level: 1 })).toContainText('near-miss.sql');
  await expect(viewer.getByText('made_up', { exact: false }).first()).toBeVisible();
  await expect(viewer.getByRole('button', { name: 'Compare with SQL…' })).toHaveCount(0);
  await expect(viewer.getByRole('button', { name: /^Archive/ })).toHaveCount(0);

  await author.getByRole('button', { name: 'Archive near-miss.sql…' }).click();
  await expectManners(author, 'a text about to be archived');
  await author.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill('it was a try');
  await author.getByRole('button', { name: 'Archive it' }).click();
  await expect(author.getByText('Archived near-miss.sql.')).toBeVisible();
});

test('what somebody changes by hand is on home, leads to both readings side by side, and leaves when it is known', async ({ browser }) => {
  const operator = await signedIn(browser, 'operator');
  await operator.goto('/compare?current=bazaar_prod&desired=bazaar_dev');
  await operator.getByRole('button', { name: 'Read again' }).click();
  await expect(operator.getByText(/^Read \d+ objects/)).toBeVisible();
  await within('bazaar_prod', (client) => client.query('create table hotfix_by_hand (id int primary key)'));
  await operator.getByRole('button', { name: 'Read again' }).click();
  await expect(operator.getByRole('link', { name: /hotfix_by_hand/ }).first()).toBeVisible();

  await operator.goto('/');
  const item = operator.getByRole('listitem').filter({ hasText: '+ table public.hotfix_by_hand' });
  await expect(item).toContainText('changed outside every plan: 1 difference');
  await expectManners(operator, 'home with drift');
  await item.getByRole('button', { name: 'It is known…' }).click();
  await operator.getByRole('textbox', { name: 'Who did it, and why it is well' }).fill('the hotfix of last night');
  await operator.getByRole('button', { name: 'It is known', exact: true }).click();
  await expect(operator.getByRole('listitem').filter({ hasText: '+ table public.hotfix_by_hand' })).toHaveCount(0);

  await within('bazaar_prod', (client) => client.query('drop table hotfix_by_hand'));
  await operator.goto('/compare?current=bazaar_prod&desired=bazaar_dev');
  await operator.getByRole('button', { name: 'Read again' }).click();
  await expect(operator.getByText(/^Read \d+ objects/)).toBeVisible();
  await operator.goto('/');
  await operator.getByRole('listitem').filter({ hasText: '− table public.hotfix_by_hand' }).getByRole('link', { name: 'Look at what changed in bazaar_prod' }).click();
  await expect(operator).toHaveURL(/current=bazaar_prod%40/);
  await expect(operator.getByRole('link', { name: /hotfix_by_hand/ }).first()).toBeVisible();
});
