import { expect, test, type Page } from '@playwright/test';
import { within } from './databases.ts';
import { expectManners } from './manners.ts';
import { signedIn } from './people.ts';

/** What a click in the list of a step's rarer tools leads to. */
async function choose(page: Page, step: number, item: string): Promise<void> {
  await page.getByRole('button', { name: `More for step ${step}` }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

test('a plan is written by hand: an error is marked at its line and mended, a step is split and moved, and the version says what changed', async ({ browser }) => {
  const page = await signedIn(browser, 'author');
  await page.goto('/plans/new');
  await page.getByRole('textbox', { name: 'Plan name' }).fill('Two tables by hand');
  await page.getByRole('button', { name: 'Begin an empty plan' }).click();
  await expect(page.getByRole('heading', { name: 'Two tables by hand', level: 1 })).toBeVisible();

  await page.getByRole('button', { name: 'Add the first step…' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('textbox', { name: 'Title' }).fill('Both tables');
  await expect(sheet.locator('.cm-content').first()).toBeVisible();
  const sql = sheet.getByRole('textbox', { name: 'SQL', exact: true });
  // Letters of several bytes stand before the mistake.
  await sql.fill('CREATE TABLE public.hand_one (größe int PRIMARY KEY);\nCREATE TABEL public.hand_two (id int);');
  await expect(sheet.getByText('Line 2, column 8: syntax error at or near "TABEL".')).toBeVisible();
  await expect(sheet.locator('.cm-lintRange-error')).toHaveText('TABEL');
  await expectManners(page, 'editor with an error');
  await sql.fill('CREATE TABLE public.hand_one (größe int PRIMARY KEY);\nCREATE TABLE public.hand_two (id int);');
  await expect(sheet.locator('.cm-lintRange-error')).toHaveCount(0);
  await sheet.getByRole('button', { name: 'Put the undo that follows from the SQL' }).click();
  await expect(sheet.getByRole('textbox', { name: 'Undo', exact: true })).toContainText('DROP TABLE public.hand_two');
  // Tab leaves the editor, and the keys that save are pressed in it.
  await page.keyboard.press('Tab');
  await expect(sheet.getByRole('button', { name: 'Add the step' })).toBeFocused();
  await sql.click();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(sheet).toBeHidden();

  await choose(page, 1, 'Split in two…');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Title of the second part' }).fill('The second table');
  await page.getByRole('dialog').getByRole('button', { name: 'Split', exact: true }).click();
  await expect(page.getByRole('heading', { level: 3 })).toHaveText(['Both tables', 'The second table']);
  await choose(page, 2, 'Move up');
  await expect(page.getByRole('heading', { level: 3 })).toHaveText(['The second table', 'Both tables']);
  await page.getByRole('button', { name: 'Undo · 1 statement' }).first().click();
  await expect(page.getByText('DROP TABLE public.hand_two').first()).toBeVisible();

  await page.getByRole('button', { name: 'version 4' }).click();
  await page.getByRole('link', { name: 'What changed in version 3' }).click();
  await expect(page.getByRole('heading', { name: 'Version 3 of 4', level: 1 })).toBeVisible();
  await expect(page.getByRole('main').getByText('Step 1 of “First phase”, “Both tables”, was split in two behind its first statement.')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'The second table added' })).toContainText('+ CREATE TABLE public.hand_two (id int);');
  await expect(page.getByRole('listitem').filter({ hasText: 'Both tables changed' })).toContainText('− CREATE TABLE public.hand_two (id int);');
  await expectManners(page, 'version');
  await page.context().close();
});

test('two people talk about a step: one is meant, finds it on home and answers, and what is new since the last look stands over the plan', async ({ browser }) => {
  const author = await signedIn(browser, 'author');
  await author.goto('/plans');
  await author.getByRole('main').getByRole('link', { name: /^Two tables by hand/ }).first().click();
  await expect(author.getByRole('heading', { name: 'Two tables by hand', level: 1 })).toBeVisible();
  const plan = new URL(author.url()).pathname;
  // Both looked at it an hour ago, before the last version.
  await within('countersign', (client) => client.query(`insert into plan_seen (plan_id, person_id, version, at) select $1, id, 3, now() - interval '1 hour' from person where email in ('author@demo.test', 'approver@demo.test') on conflict (plan_id, person_id) do update set version = 3, at = excluded.at, before_version = null, before_at = null`, [plan.split('/').at(-1)]));

  const approver = await signedIn(browser, 'approver');
  await approver.goto(plan);
  await expect(approver.getByRole('link', { name: 'version 4 moved step 1.2' })).toHaveAttribute('href', `${plan}/versions/4`);
  await approver.getByRole('button', { name: 'Comment on step 1' }).click();
  const field = approver.getByRole('textbox', { name: 'Comment' });
  await field.pressSequentially('Why `hand_two` first, @aut');
  await expect(approver.getByRole('option')).toHaveText(['Ada Author @author']);
  await expectManners(approver, 'comment with people');
  await field.press('Enter');
  await expect(field).toHaveValue('Why `hand_two` first, @author ');
  await field.press('ControlOrMeta+Enter');
  await expect(approver.getByText('Said; Ada Author is told.')).toBeVisible();

  await author.goto('/');
  await author.getByRole('link', { name: 'Answer Ben Approver: Two tables by hand' }).click();
  await expect(author.getByText('Since you looked, 1 h ago:')).toBeVisible();
  await expect(author.getByRole('link', { name: '1 comment' })).toBeVisible();
  await author.getByRole('button', { name: 'Answer Ben Approver' }).click();
  await author.getByRole('textbox', { name: 'Answer to Ben Approver' }).fill('Nothing refers to it.');
  await author.getByRole('button', { name: 'Answer', exact: true }).click();
  await expect(author.getByRole('list', { name: 'Threads' }).getByText('Nothing refers to it.')).toBeVisible();
  await author.getByRole('button', { name: 'Mark as settled' }).click();
  await author.getByRole('button', { name: '1 settled thread' }).click();
  await expect(author.getByText('settled by Ada Author')).toBeVisible();
  await Promise.all([author, approver].map((page) => page.context().close()));
});
