import { expect, test } from '@playwright/test';
import { within } from './databases.ts';
import { expectManners } from './manners.ts';
import { signedIn } from './people.ts';
import { COMPARE, measure, planTables } from './story.ts';

const SHAPE = '(id integer primary key, page text not null, visitor text, seen_at timestamptz not null)';

test.afterAll(async () => {
  await within('bazaar_prod', (client) => client.query('drop table if exists public.app_visit, public.visit, public.guest_log'));
  await within('bazaar_dev', (client) => client.query('drop table if exists public.app_visit'));
});

test('a table that is named like another is merged into it as a person decides about what the two contradict each other in, and one that only looks like it when a person says so', async ({ browser }) => {
  await within('bazaar_prod', (client) => client.query(`create table public.app_visit ${SHAPE}; create table public.visit ${SHAPE}; create table public.guest_log ${SHAPE};
    insert into public.app_visit select i, '/page/' || i, 'guest ' || i, '2026-03-01' from generate_series(1, 40) i;
    insert into public.visit select i, '/page/' || i, 'guest ' || i, '2026-03-01' from generate_series(1, 30) i;
    insert into public.visit values (50, '/only', null, '2026-03-02'), (51, '/only', 'guest 51', '2026-03-02');
    update public.visit set page = '/moved/' || id, visitor = nullif(visitor, 'guest 2'), seen_at = '2026-04-01' where id in (2, 4, 6);
    update public.visit set page = '/older', seen_at = '2026-02-01' where id = 8;
    insert into public.guest_log values (100, '/log', 'guest 1', '2026-03-03')`));
  await within('bazaar_dev', (client) => client.query(`create table public.app_visit ${SHAPE}`));
  const author = await signedIn(browser, 'author');
  await author.goto(COMPARE);
  await author.getByRole('button', { name: 'Read again' }).click();
  await expect(author.getByRole('checkbox', { name: 'Choose the differences of guest_log', exact: true })).toBeVisible();
  const plan = await planTables(author, 'Two copies', ['visit', 'guest_log']);
  await author.goto(`${plan}?phase=duplicate`);
  await expect(author.getByText('4 rows of public.visit have the key of a row of public.app_visit and other values; decide which values stay.').first()).toBeVisible();
  await author.getByText('4 conflicts', { exact: true }).click();
  await expect(author.getByRole('region', { name: 'Rows of visit and app_visit that contradict each other' }).getByText('/moved/2')).toBeVisible();
  await expectManners(author, 'duplicate undecided');
  const form = author.getByRole('form', { name: 'Decision for visit' });
  await form.getByRole('radio', { name: /^The newer row/ }).check();
  await form.getByRole('textbox', { name: 'Reason' }).fill('Both were written to.');
  await form.getByRole('button', { name: 'Record decision' }).click();
  await expect(author.getByText(/^decision: the row that is newer by seen_at stays/)).toBeVisible();
  await expect(author.getByText('Of 4 rows with one key and different values, 3 of public.visit are newer by seen_at and overwrite their twins in public.app_visit, where 1 stays.').first()).toBeVisible();
  await author.goto(`${plan}?phase=empty`);
  await expect(author.getByText('public.guest_log is not empty: it holds 1 row.').first()).toBeVisible();
  const aside = author.getByRole('form', { name: 'Decision for guest_log' });
  await expectManners(author, 'not empty undecided');
  await author.getByRole('link', { name: 'Decide on rows' }).click();
  await expect(author).toHaveURL(/\?phase=empty#evidence$/);
  await expect(author.getByRole('heading', { name: 'Evidence', level: 2 })).toBeInViewport();
  await aside.getByRole('textbox', { name: 'Reason' }).fill('Nobody reads it.');
  await aside.getByRole('button', { name: 'Record decision' }).click();
  await expect(author.getByText('decision: guest_log is set aside with its rows')).toBeVisible();
  await expect(author.getByText('1 row of public.guest_log goes with the table, comes back on rollback, and is dropped by clean-up.').first()).toBeVisible();
  await author.getByRole('button', { name: 'Merge guest_log instead…' }).click();
  const merge = author.getByRole('form', { name: 'Merge guest_log' });
  await merge.getByRole('textbox', { name: 'Reason' }).fill('The old name.');
  await merge.getByRole('button', { name: 'It is a duplicate' }).click();
  await expect(author.getByRole('navigation', { name: 'Phases' }).getByRole('link', { name: /guest_log and visit/ })).toBeVisible();
  await expect(author.getByText('The plan has no phase of this address, or none any more.')).toBeVisible();
  await measure(author, plan, 'duplicate');
  await expect(author.getByRole('heading', { name: 'Duplicate guest_log against app_visit' })).toBeVisible();
  await author.context().close();
});
