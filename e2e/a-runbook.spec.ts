import { expect, test, type Page } from '@playwright/test';
import { BAZAAR_RUNBOOK } from '../lib/testing/bazaar-runbook.ts';
import { expectManners } from './manners.ts';
import { signedIn } from './people.ts';

// Before bazaar.spec.ts, which converts these tables. What is carried out of such a plan, lib/dal/commands/runbook-journey.db.test.ts asks; here it is what a person sees and presses.

let author: Page;
test.beforeAll(async ({ browser }) => {
  author = await signedIn(browser, 'author');
});
test.afterAll(async () => author?.context().close());

test('a runbook becomes a plan whose findings lead to their lines, and one press puts the engine’s conversion in their place', async () => {
  await author.goto('/plans/import');
  await expectManners(author, 'plan from a runbook');
  await author.getByLabel('File').setInputFiles({ name: 'exports.md', mimeType: 'text/markdown', buffer: Buffer.from(BAZAAR_RUNBOOK) });
  await expect(author.getByRole('textbox', { name: 'Name of the plan' })).toHaveValue('Exports get their real types');
  await author.getByRole('button', { name: 'Read it' }).click();
  await author.waitForURL(/\/plans\/[0-9a-f-]{36}/);
  await author.getByRole('navigation', { name: 'Phases' }).getByRole('link', { name: /Types of exports/ }).click();
  await expect(author.getByText('SWAP_LOSES_WRITES')).toBeVisible();
  await expectManners(author, 'a phase with findings');

  await author.getByRole('link', { name: /^line \d+$/ }).first().click();
  await expect(author.getByRole('heading', { name: 'exports.md', level: 1 })).toBeVisible();
  await expect(author.getByText('CREATE TABLE "bazaar-vid_exports_new" (')).toBeVisible();
  await expectManners(author, 'the text of a plan');
  await author.getByRole('link', { name: /^Step 2\.1: / }).click();

  await author.getByRole('button', { name: /^Convert with Countersign’s own steps/ }).click();
  await expect(author.getByRole('navigation', { name: 'Phases' }).getByRole('link', { name: /Convert types of bazaar-vid_exports and bazaar-vid_export_analytics/ })).toBeVisible();
  await expect(author.getByText('version 2')).toBeVisible();
});
