import { expect, test } from '@playwright/test';
import { within } from './databases.ts';
import { expectManners, PHONE, WIDE } from './manners.ts';
import { signedIn } from './people.ts';
import { COMPARE, measure, planTables } from './story.ts';

const TABLES = ['alike_line', 'alike_note', 'alike_orders', 'alike_visit', 'alike_customer'];

/** Customers 96 to 100 are gone; orders, notes and visits point at them, and lines at the orders, by a key that stands. */
function tables(key: (name: string) => string): string {
  return `create table public.alike_customer (id integer primary key);
    create table public.alike_orders (id integer primary key, customer_id integer${key('orders')});
    create table public.alike_line (id integer primary key, order_id integer not null references public.alike_orders (id));
    create table public.alike_note (id integer primary key, customer_id integer not null${key('note')});
    create table public.alike_visit (id integer primary key, customer_id integer${key('visit')})`;
}

test.beforeAll(async () => {
  await within('bazaar_prod', (client) => client.query(`${tables(() => '')};
    insert into public.alike_customer select i from generate_series(1, 95) i;
    insert into public.alike_orders select i, i from generate_series(1, 100) i;
    insert into public.alike_line select i, (i - 1) % 100 + 1 from generate_series(1, 300) i;
    insert into public.alike_note select i, i from generate_series(50, 99) i;
    insert into public.alike_visit select i, i from generate_series(90, 97) i`));
  await within('bazaar_dev', (client) => client.query(tables((name) => ` constraint alike_${name}_customer references public.alike_customer (id)`)));
});

test.afterAll(async () => {
  for (const database of ['bazaar_prod', 'bazaar_dev'] as const) await within(database, (client) => client.query(`drop table if exists ${TABLES.map((name) => `public.${name}`).join(', ')}`));
});

test('rows without a parent of several foreign keys are decided alike, on what is spelled out before, at any width and by keyboard', async ({ browser }) => {
  const author = await signedIn(browser, 'author');
  await author.goto(COMPARE);
  await author.getByRole('button', { name: 'Read again' }).click();
  await expect(author.getByText(/^Read [\d,]+ objects in bazaar_prod/)).toBeVisible();
  const plan = await planTables(author, 'Customers that are gone', ['alike_orders', 'alike_note', 'alike_visit']);
  await author.goto(`${plan}?phase=alter`);
  await author.getByRole('button', { name: 'all 15 rows', exact: true }).click();
  await expect(author.getByRole('region', { name: 'Rows of alike_line without a parent', exact: true }).getByRole('row')).toHaveCount(16);
  await author.getByRole('button', { name: 'all 4 keys', exact: true }).click();
  await expect(author.getByRole('region', { name: 'Keys of alike_note without a parent' }).getByRole('listitem')).toHaveText(['96', '97', '98', '99']);
  await author.getByRole('button', { name: /alike_note_customer is valid/ }).first().click();
  await expect(author.getByRole('figure').getByText('convalidated').first()).toBeVisible();
  await expectManners(author, 'orphans opened');

  const trigger = author.getByRole('button', { name: 'Decide alike… (4 undecided)' });
  await expect(trigger).toBeEnabled();
  await trigger.press('Enter');
  const sheet = author.getByRole('dialog', { name: 'Decide on orphans alike' });
  const send = sheet.getByRole('button', { name: /^Decide for/ });
  await expect(send).toBeDisabled();
  await sheet.getByRole('button', { name: 'Choose all 4 undecided' }).press('Enter');
  await expect(sheet.getByRole('radio', { name: /^Set to null/ })).toBeDisabled();
  await expect(sheet.getByText('Not possible for all: alike_note.customer_id and alike_line.order_id must not be null in the desired schema.')).toBeVisible();
  await sheet.getByRole('radio', { name: /^Take out and quarantine/ }).press('Space');
  await expect(sheet.getByText('4 rows of alike_note, 5 rows of alike_orders, 2 rows of alike_visit and 15 rows of alike_line leave the live tables, are kept in quarantine, and come back on rollback.')).toBeVisible();

  await sheet.getByRole('checkbox', { name: /^15 rows of alike_line that lose their parent when rows of alike_orders go/ }).uncheck();
  await expect(sheet.getByText(/^Still to be decided, because they hang on these rows: 15 rows of alike_line .*\(alike_line_order_id_fkey\)\.$/)).toBeVisible();
  await sheet.getByRole('checkbox', { name: /^4 rows of alike_note/ }).uncheck();
  await sheet.getByRole('radio', { name: /^Set to null/ }).check();
  await expect(sheet.getByText('5 rows of alike_orders and 2 rows of alike_visit stay and lose their reference.')).toBeVisible();
  await sheet.getByRole('checkbox', { name: /^4 rows of alike_note/ }).check();
  await expect(sheet.getByRole('radio', { name: /^Set to null/ })).not.toBeChecked();
  await expect(send).toBeDisabled();

  await sheet.getByRole('button', { name: 'Choose all 4 undecided' }).click();
  await sheet.getByRole('radio', { name: /^Take out and quarantine/ }).check();
  await sheet.getByRole('textbox', { name: 'Reason' }).fill('These customers are gone.');
  await expectManners(author, 'orphans alike');
  await author.setViewportSize(PHONE);
  await sheet.getByRole('button', { name: 'Decide for 4 foreign keys' }).press('Enter');
  await expect(sheet).toBeHidden();
  await author.setViewportSize(WIDE);
  await expect(author.getByText('Decided on the orphans of 4 foreign keys: take out and keep in quarantine.').first()).toBeVisible();
  await measure(author, plan, 'alter');
  await expect(author.getByText('decision: take out and keep in quarantine')).toHaveCount(4);
  await expect(author.getByText('“These customers are gone.”')).toHaveCount(4);
  await expect(author.getByText('26 rows will be removed', { exact: false }).first()).toBeVisible();
  await expect(author.getByRole('button', { name: /^Decide alike/ })).toHaveCount(0);
  await author.context().close();
});
