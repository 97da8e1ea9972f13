import { expect, test } from '@playwright/test';
import { expectManners } from './manners.ts';
import { signedIn } from './people.ts';

test('a folder of Drizzle is listed against a database, what is pending becomes a plan, and a baseline becomes one that only writes the ledger', async ({ browser }) => {
  const author = await signedIn(browser, 'author');
  await author.goto('/plans/new');
  await author.getByRole('link', { name: 'See what is pending' }).click();
  const list = author.getByRole('list', { name: 'Migrations' }).getByRole('listitem');
  await expect(list).toHaveText([/^0000_loose_leafpendingNot applied yet\.Mark…$/, /^0001_quick_notepending/]);
  await expect(author.getByText('bazaar_prod has no drizzle.__drizzle_migrations: Drizzle has applied nothing there.')).toBeVisible();
  await expectManners(author, 'migrations of a folder');

  await author.getByRole('button', { name: 'Mark 0000_loose_leaf in the ledger' }).click();
  await expectManners(author, 'marking a migration');
  await author.getByRole('radio', { name: /^Everything up to it is applied/ }).check();
  await author.getByRole('textbox', { name: 'Reason' }).fill('made by hand in May');
  await author.getByRole('button', { name: 'Make the plan' }).click();
  await expect(author.getByRole('heading', { level: 1, name: 'Mark everything up to 0000_loose_leaf as applied' })).toBeVisible();
  await expect(author.getByText('Writes 1 row into Drizzle’s ledger drizzle.__drizzle_migrations and runs nothing: made by hand in May.')).toBeVisible();

  await author.goto('/plans/folder');
  await author.getByRole('textbox', { name: 'Name of the plan' }).fill('Leaves');
  await author.getByRole('button', { name: 'Make a plan' }).click();
  await expect(author.getByRole('heading', { level: 1, name: 'Leaves' })).toBeVisible();
  await expect(author.getByText('2 statements of 0000_loose_leaf.sql; the row in Drizzle’s ledger drizzle.__drizzle_migrations is written in the same transaction.')).toBeVisible();
  await expect(author.getByRole('heading', { level: 2, name: /0000_loose_leaf/ })).toBeVisible();
  await author.context().close();
});
