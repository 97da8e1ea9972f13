import { expect, test } from '@playwright/test';
import { within } from './databases.ts';
import { expectManners } from './manners.ts';
import { signedIn } from './people.ts';
import { decideOrphans, decideWhatStays, makePlan } from './story.ts';

/** The tables of the target with their files, which a change would show in. */
async function tables(): Promise<unknown[]> {
  return within('bazaar_prod', async (client) => (await client.query('select oid, relfilenode from pg_class where relnamespace = $1::regnamespace order by oid', ['public'])).rows);
}

test('an author rehearses a plan: the page follows it, tells the proof and what each step really took, and says when it speaks of an older version', async ({ browser }) => {
  const author = await signedIn(browser, 'author');
  await decideWhatStays(author);
  const plan = await makePlan(author, 'To be rehearsed');
  await decideOrphans(author, plan);
  const rehearsal = author.getByRole('region', { name: 'Rehearsal' });
  await expect(rehearsal.getByText(/^Never rehearsed\./)).toBeVisible();
  const before = await tables();
  await rehearsal.getByRole('button', { name: 'Rehearse' }).click();
  await expect(rehearsal.getByRole('button')).toHaveCount(0);
  await expect(rehearsal.getByText('proved', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(rehearsal.getByText(/^Forward and back went through\. The clone is again what it was: the same schema, and the same [\d,]+ rows in \d+ tables\.$/)).toBeVisible();
  expect(await tables()).toEqual(before);
  await author.goto(`${plan}?phase=convert`);
  await expect(author.getByText(/rehearsed: .*WAL.*ACCESS EXCLUSIVE on/).first()).toBeVisible();
  await expectManners(author, 'plan rehearsed');
  // A decision saved anew is another version of the plan.
  const key = author.getByRole('form', { name: /^Decision for/ }).first();
  await author.getByRole('button', { name: 'Decide differently' }).first().click();
  await key.getByRole('radio', { name: /Stop/ }).check();
  await key.getByRole('textbox', { name: 'Reason' }).fill('Look again first.');
  await key.getByRole('button', { name: 'Record decision' }).click();
  await expect(rehearsal.getByText('outdated', { exact: true })).toBeVisible();
  await expect(rehearsal.getByText(/^It was of version \d+; the plan is at version \d+\./)).toBeVisible();
  await author.context().close();
});
