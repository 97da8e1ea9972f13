import { expect, type Locator, type Page, test } from '@playwright/test';
import { within } from './databases.ts';
import { expectManners } from './manners.ts';
import { become, signedIn } from './people.ts';
import { approve, decideOrphans, decideWhatStays, leftSheet, makePlan, rollBack, run, start } from './story.ts';

/** The tables of the target with their files, which a change would show in. */
async function tables(): Promise<unknown[]> {
  return within('bazaar_prod', async (client) => (await client.query('select oid, relfilenode from pg_class where relnamespace = $1::regnamespace order by oid', ['public'])).rows);
}

/** What is signed says what the rehearsal found, and so does the signature. */
async function signTheProof(page: Page, plan: string): Promise<void> {
  await become(page, 'approver');
  await page.goto(`${plan}?phase=backup`);
  await page.getByRole('button', { name: /^Approve phase/ }).first().click();
  await expect(page.getByRole('dialog').getByText(/^what the rehearsal of version \d+ found .*: proved\. Forward and back went through\. .* On the clone this phase took/)).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: /^Approve phase/ }).click();
  await expect(page.getByText(/ · rehearsal: proved$/)).toBeVisible();
  await leftSheet(page);
}

/** After the phase before it has run, the rehearsal still speaks of this one. Somebody reads a table that the step locks, so that it can be watched; then all is taken back. */
async function watchBesideTheRehearsal(page: Page, plan: string): Promise<void> {
  await approve(page, plan, 'convert', '8');
  await become(page, 'operator');
  await run(page, plan, 'backup');
  const backup = new URL(page.url()).pathname;
  let convert = '';
  await within('bazaar_prod', async (reader) => {
    await reader.query('begin');
    await reader.query('select count(*) from public."bazaar-vid_exports"');
    convert = await start(page, plan, 'convert');
    await expect(page.getByText(/waits for .* held by pid/).first()).toBeVisible();
    await expect(page.getByRole('region', { name: 'Progress' }).getByText(/ · rehearsed \d/)).toBeVisible();
    await expect(page.getByText(/^By the rehearsal: locks ACCESS EXCLUSIVE on bazaar-vid_export/)).toBeVisible();
    await page.getByRole('button', { name: 'Cancel…' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill('Seen enough.');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the run' }).click();
    await expect(page.getByText('Cancelled after 1 of 2 steps; what those steps changed stands.').first()).toBeVisible();
    await reader.query('rollback');
  });
  await rollBack(page, convert, 'Only rehearsed.');
  await rollBack(page, backup, 'Only rehearsed.');
}

/** Somebody else holds the rehearsal server, so that there is time to change one's mind. */
async function stopOne(author: Page, rehearsal: Locator): Promise<void> {
  await within('superuser', async (holder) => {
    await holder.query('select pg_advisory_lock(7266393)');
    await rehearsal.getByRole('button', { name: 'Rehearse again' }).click();
    await expect(rehearsal.getByText('Waiting for the rehearsal server.')).toBeVisible();
    await rehearsal.getByRole('button', { name: 'Stop rehearsing' }).click();
    await expect(rehearsal.getByText('stopped', { exact: true })).toBeVisible();
    await expect(rehearsal.getByText('Ada Author stopped it before it came to an end. Its clone was dropped, and it says nothing about the plan.')).toBeVisible();
    await expect(rehearsal.getByRole('button', { name: 'Rehearse again' })).toBeVisible();
  });
}

test('an author rehearses a plan: the page follows it, tells the proof and what each step really took, the approver signs it and the run page goes by it, and the page says when it speaks of an older version', async ({ browser }) => {
  const author = await signedIn(browser, 'author');
  await decideWhatStays(author);
  const plan = await makePlan(author, 'To be rehearsed');
  await decideOrphans(author, plan);
  const rehearsal = author.getByRole('region', { name: 'Rehearsal' });
  await expect(rehearsal.getByText(/^Never rehearsed\./)).toBeVisible();
  const before = await tables();
  await rehearsal.getByRole('button', { name: 'Rehearse' }).click();
  await expect(rehearsal.getByRole('button', { name: /^Rehearse/ })).toHaveCount(0);
  await expect(rehearsal.getByText('proved', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(rehearsal.getByText(/^Forward and back went through\. The clone is again what it was: the same schema, and the same [\d,]+ rows in \d+ tables\.$/)).toBeVisible();
  expect(await tables()).toEqual(before);
  await author.goto(`${plan}?phase=convert`);
  await expect(author.getByText(/rehearsed: .*WAL.*ACCESS EXCLUSIVE on/).first()).toBeVisible();
  await expectManners(author, 'plan rehearsed');
  await signTheProof(author, plan);
  await watchBesideTheRehearsal(author, plan);
  await become(author, 'author');
  await author.goto(`${plan}?phase=convert`);
  // A decision saved anew is another version of the plan.
  const key = author.getByRole('form', { name: /^Decision for/ }).first();
  await author.getByRole('button', { name: 'Decide differently' }).first().click();
  await key.getByRole('radio', { name: /Stop/ }).check();
  await key.getByRole('textbox', { name: 'Reason' }).fill('Look again first.');
  await key.getByRole('button', { name: 'Record decision' }).click();
  await expect(rehearsal.getByText('outdated', { exact: true })).toBeVisible();
  await expect(rehearsal.getByText(/^It was of version \d+; the plan is at version \d+\./)).toBeVisible();
  await stopOne(author, rehearsal);
  await author.context().close();
});
