import { expect, test, type Page } from '@playwright/test';
import { within } from './databases.ts';
import { signedIn } from './people.ts';
import { picture } from './pictures.ts';
import { approve, decideOrphans, decideWhatStays, makePlan, measure, run } from './story.ts';

// Author, approver and operator, each in a browser of their own, through the whole migration of the runbooks.

test.describe.configure({ mode: 'serial' });

let author: Page;
let approver: Page;
let operator: Page;
let admin: Page;
let plan: string;
const before: Record<string, string> = {};

test.beforeAll(async ({ browser }) => {
  [author, approver, operator, admin] = [await signedIn(browser, 'author'), await signedIn(browser, 'approver'), await signedIn(browser, 'operator'), await signedIn(browser, 'admin')];
});
test.afterAll(async () => {
  await Promise.all([author, approver, operator, admin].map((page) => page.context().close()));
});

async function checksum(table: string): Promise<string> {
  return within('bazaar_prod', async (client) => String((await client.query(`select count(*) || ' ' || sum(hashtextextended(t::text, 0)::numeric) as sum from public."${table}" t`)).rows[0].sum));
}

async function columnType(table: string, column: string): Promise<string> {
  return within('bazaar_prod', async (client) => String((await client.query(`select format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = $1::regclass and attname = $2`, [`public."${table}"`, column])).rows[0].type));
}

async function publicTables(): Promise<number> {
  return within('bazaar_prod', async (client) => Number((await client.query(`select count(*) from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`)).rows[0].count));
}

async function fingerprintShown(): Promise<string> {
  await author.goto('/compare?current=bazaar_prod&desired=bazaar_dev');
  await author.getByRole('button', { name: 'Read again' }).click();
  await expect(author.getByText(/bazaar_prod read (just now|\d+ s ago)/)).toBeVisible();
  return (await author.locator('main code').first().textContent()) ?? '';
}

test('the author decides what stays, and makes a plan of the rest', async () => {
  await decideWhatStays(author);
  before.fingerprint = await fingerprintShown();
  before.exports = await checksum('bazaar-vid_exports');
  before.analytics = await checksum('bazaar-vid_export_analytics');
  expect(before.exports).toMatch(/^134 /);
  expect(before.analytics).toMatch(/^379 /);
  await expect(author.getByRole('link', { name: /10 decided/ })).toBeVisible();
  plan = await makePlan(author, 'Sprint 90');
  for (const title of ['Back up', 'Convert types', 'Merge and remove the duplicate table', 'Remove 4 empty tables', 'Create 10 new tables', 'Validate the result', 'Drop 10 kept tables']) {
    await expect(author.getByRole('navigation', { name: 'Phases' }).getByText(title)).toBeVisible();
  }
});

test('the evidence shows the orphans with what falls with them, and the one id that changes its spelling', async () => {
  await author.goto(`${plan}?phase=convert`);
  await expect(author.getByText('2 rows of bazaar-vid_exports have no parent; taking them out takes 6 rows of bazaar-vid_export_analytics along.')).toBeVisible();
  await expect(author.getByText('a161a5cc-886a-48dc-be84-84d31e131d88').first()).toBeVisible();
  await expect(author.getByText(/1 value of public.bazaar-vid_exports.id changes its spelling as uuid: \{[0-9A-F-]{36}\} becomes [0-9a-f-]{36}\./)).toBeVisible();
  await decideOrphans(author, plan);
  await expect(author.getByText('Nothing blocks')).toBeVisible();
});

test('the author finds no way to sign', async () => {
  await author.goto(`${plan}?phase=convert`);
  await expect(author.getByRole('button', { name: /^Approve phase/ })).toHaveCount(0);
});

test('an admin says for which group a person signs', async () => {
  await admin.goto('/people');
  const form = admin.getByRole('form', { name: /^Group of Ben Approver/ });
  await expect(form.getByRole('button')).toHaveCount(0);
  await form.getByRole('combobox').fill('payments');
  await form.getByRole('button', { name: 'Save group' }).click();
  await expect(admin.getByText('Ben Approver signs for payments from now on.')).toBeVisible();
  await expect(form.getByRole('button')).toHaveCount(0);
});

test('a second person signs, and types the number of rows that leave the live tables', async () => {
  await approver.goto(`${plan}?phase=convert`);
  await expect(approver.getByRole('button', { name: /^Approve phase/ }).first()).toBeVisible();
  await picture(approver, 'plan');
  await approver.getByRole('button', { name: /^Approve phase/ }).first().click();
  const dialog = approver.getByRole('dialog');
  await approver.setViewportSize({ width: 390, height: 844 });
  await dialog.getByRole('textbox', { name: /Type the number of rows/ }).fill('7');
  await dialog.getByRole('button', { name: /^Approve phase/ }).click();
  await expect(dialog.getByRole('alert')).toContainText('8');
  await expect(dialog.getByRole('alert'), 'on a phone too, where the button is the last line that one sees').toBeInViewport();
  await approver.setViewportSize({ width: 1440, height: 900 });
  await dialog.getByRole('button', { name: 'Close' }).click();
  for (const phase of ['backup', 'duplicate', 'empty', 'create', 'validate']) await approve(approver, plan, phase);
  await approve(approver, plan, 'convert', '8');
});

test('where policy wants two groups, one signature of a group does not start a phase that removes rows', async () => {
  await wantGroups('2');
  await operator.goto(`${plan}?phase=convert`);
  await expect(operator.getByText('Policy demands signatures from 2 different groups where data goes: signed by payments, and 1 group is missing.')).toBeVisible();
  await expect(operator.getByRole('button', { name: 'Run phase 2' })).toBeDisabled();
  await wantGroups('');
});

/** Lays down how many groups must sign; empty: none. */
async function wantGroups(many: string): Promise<void> {
  await admin.goto('/policy');
  await admin.getByRole('button', { name: 'Change…' }).click();
  const sheet = admin.getByRole('dialog');
  await sheet.getByRole('spinbutton', { name: 'Groups who sign where data goes' }).fill(many);
  await sheet.getByRole('textbox', { name: 'Reason' }).fill('Whoever owns the rows signs too.');
  await sheet.getByRole('button', { name: 'Lay it down' }).click();
  await expect(sheet).toBeHidden();
}

test('the operator runs backup and conversion, watched live by two browsers', async () => {
  await run(operator, plan, 'backup');
  await operator.goto(`${plan}?phase=convert`);
  // A reader of the table holds the swap up, so that there is something to watch.
  await within('bazaar_prod', async (client) => {
    await client.query('begin');
    await client.query('select count(*) from public."bazaar-vid_exports"');
    await operator.getByRole('button', { name: /^Run phase/ }).click();
    await operator.waitForURL(/\/runs\//);
    await approver.goto(new URL(operator.url()).pathname);
    for (const page of [operator, approver]) {
      await expect(page.getByText(/psql/).first()).toBeVisible();
      await expect(page.getByText(/waits for ACCESS EXCLUSIVE/i).first()).toBeVisible();
    }
    await picture(operator, 'run');
    await client.query('rollback');
  });
  for (const page of [operator, approver]) await expect(page.getByText('Applied and verified.').first()).toBeVisible();
  expect(await columnType('bazaar-vid_exports', 'id')).toBe('uuid');
  expect(await columnType('bazaar-vid_exports', 'user_id')).toBe('character varying(255)');
  expect(await columnType('bazaar-vid_export_analytics', 'export_id')).toBe('uuid');
  expect(await checksum('bazaar-vid_exports')).toMatch(/^132 /);
  expect(await checksum('bazaar-vid_export_analytics')).toMatch(/^373 /);
});

test('rollback tells its price first, then brings back types, rows and schema', async () => {
  await within('bazaar_prod', (client) => client.query(`insert into public."bazaar-vid_exports" (user_id, project_id, render_id) select user_id, project_id, 'written-since' from public."bazaar-vid_exports" limit 1`));
  await operator.getByRole('button', { name: /^Roll back/ }).click();
  const sheet = operator.getByRole('dialog');
  await expect(sheet.getByText(/1 row was written since/)).toBeVisible();
  await sheet.getByRole('textbox', { name: 'Reason' }).fill('The exports page fails.');
  await sheet.getByRole('textbox', { name: /Type the number of rows/ }).fill('1');
  await sheet.getByRole('button', { name: 'Roll back now' }).click();
  await expect(operator.getByText('Rolled back and verified.').first()).toBeVisible({ timeout: 30_000 });
  expect(await checksum('bazaar-vid_exports')).toBe(before.exports);
  expect(await checksum('bazaar-vid_export_analytics')).toBe(before.analytics);
  expect(await columnType('bazaar-vid_exports', 'id')).toBe('text');
  expect(await fingerprintShown()).toBe(before.fingerprint);
});

test('after a rollback the phase must be signed again', async () => {
  await operator.goto(`${plan}?phase=convert`);
  await expect(operator.getByRole('button', { name: /^Run phase/ })).toBeDisabled();
  await expect(operator.getByText(/rolled back/i).first()).toBeVisible();
  // Who signs before the figures have come is told that they moved.
  await measure(author, plan, 'convert');
  await approve(approver, plan, 'convert', '8');
});

test('it goes forward again, and the other phases follow', async () => {
  for (const phase of ['convert', 'duplicate', 'empty']) await run(operator, plan, phase);
  expect(await publicTables()).toBe(26);
  for (const phase of ['create', 'validate']) await run(operator, plan, phase);
  expect(await publicTables()).toBe(36);
});

test('clean-up is not due yet, and says when; whoever signs it reads each table that is gone then', async () => {
  await measure(author, plan, 'cleanup');
  await operator.goto(`${plan}?phase=cleanup`);
  await expect(operator.getByRole('button', { name: /^Run phase/ })).toBeDisabled();
  await expect(operator.getByText(/due/i).first()).toBeVisible();
  await approver.goto(`${plan}?phase=cleanup`);
  await approver.getByRole('button', { name: /^Approve phase/ }).click();
  const gone = approver.getByRole('dialog').getByRole('listitem').filter({ hasText: /^gone for good/ });
  for (const table of ['bazaar-vid_exports_backup', 'bazaar-vid_exports_quarantine', 'bazaar-vid_patch']) await expect(gone.getByText(`Drop ${table}`, { exact: true })).toBeVisible();
});

test('the report has the figures of the completion report, on the page and as Markdown', async () => {
  await operator.goto(`${plan}/report`);
  const page = operator.getByRole('main');
  await expect(page.getByRole('row', { name: /bazaar-vid_exports.*134.*132/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /bazaar-vid_export_analytics.*379.*373/ })).toBeVisible();
  const markdown = await (await operator.request.get(`/api${plan}/report.md`)).text();
  expect(markdown).toContain('`bazaar-vid_exports`: 134 → 132 rows (2 set aside as orphans)');
  expect(markdown).toContain('`bazaar-vid_export_analytics`: 379 → 373 rows (6 set aside as orphans)');
  expect(markdown).toMatch(/Tables: 31 → 30 \(1 set aside\) → 26 \(4 set aside\) → 36 \(10 created\)/);
  expect(markdown).toContain('bazaar-vid_exports_quarantine');
});

test('the log holds every command, and its chain is whole', async () => {
  await operator.goto('/log');
  await operator.getByRole('button', { name: /Verify/ }).click();
  await expect(operator.getByText(/entries checked|whole|intact/i).first()).toBeVisible();
});
