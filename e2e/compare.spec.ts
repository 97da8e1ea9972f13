import { readFileSync } from 'node:fs';
import { expect, test, type Page, type Request } from '@playwright/test';
import { within } from './databases.ts';
import { addNotes, removeNotes } from './notes.ts';
import { signedIn } from './people.ts';
import { COMPARE } from './story.ts';

// What one does with the comparison besides making a plan of it: filter, walk through it by keyboard, send an address, take a file along.

let author: Page;

test.beforeAll(async ({ browser }) => {
  await addNotes();
  author = await signedIn(browser, 'author');
  await author.goto(COMPARE);
  await author.getByRole('button', { name: 'Read again' }).click();
  await expect(author.getByText(/^Read [\d,]+ objects in bazaar_prod/)).toBeVisible();
});
test.afterAll(async () => {
  await removeNotes();
  await author.context().close();
});

const list = () => author.getByRole('list', { name: 'Objects' });

test('a filter, an object and a tab stand in the address, and back takes each of them away again', async () => {
  await author.goto(`${COMPARE}&q=note`);
  await expect(list().getByRole('link', { name: /note_label/ })).toBeVisible();
  await author.getByRole('navigation', { name: 'Kind of difference' }).getByRole('link', { name: /^different/ }).click();
  await expect(list().getByRole('link', { name: /note_label/ })).toHaveCount(0);
  await list().getByRole('link', { name: /different note\b/ }).click();
  await expect(author.getByRole('heading', { level: 2, name: /public\.note$/ })).toBeVisible();
  await author.getByRole('navigation', { name: 'Views of the object' }).getByRole('link', { name: 'SQL' }).click();
  await expect(author.getByText('ALTER TABLE public.note ALTER COLUMN id TYPE uuid USING id::uuid;').first()).toBeVisible();
  expect(new URL(author.url()).searchParams.toString()).toBe('current=bazaar_prod&desired=bazaar_dev&q=note&change=change&object=table%3Apublic.note&tab=sql');
  await author.reload();
  await expect(author.getByText('ALTER TABLE public.note ALTER COLUMN id TYPE uuid USING id::uuid;').first()).toBeVisible();
  // What is pressed before the script has come is the next test's claim.
  await expect(author.getByRole('button', { name: 'Read again' })).toBeEnabled();
  const asked: string[] = [];
  const note = (request: Request): void => { if (request.isNavigationRequest() || (request.url().includes('_rsc=') && !request.headers()['next-router-prefetch'])) asked.push(request.url()); };
  author.on('request', note);
  // One by one: two presses at once can be one step for the browser.
  for (const address of [/&object=table%3Apublic\.note$/, /&q=note&change=change$/, /&q=note$/]) {
    await author.goBack();
    await expect(author).toHaveURL(address);
  }
  await expect(list().getByRole('link', { name: /note_label/ })).toBeVisible();
  await expect(author.getByRole('heading', { level: 2, name: /public\.note$/ })).toHaveCount(0);
  author.off('request', note);
  expect(asked, 'the page that stands shows every address of its two sides').toEqual([]);
});

test('whoever goes back before the script of the page has come sees what the address says', async () => {
  await author.goto(`${COMPARE}&q=note`);
  await author.getByRole('navigation', { name: 'Kind of difference' }).getByRole('link', { name: /^different/ }).click();
  await list().getByRole('link', { name: /different note\b/ }).click();
  await expect(author.getByRole('heading', { level: 2, name: /public\.note$/ })).toBeVisible();
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await author.route('**/_next/static/**/*.js', async (route) => {
    await held;
    await route.continue();
  });
  await author.reload({ waitUntil: 'commit' });
  await expect(author.getByRole('heading', { level: 2, name: /public\.note$/ })).toBeVisible();
  // What was ticked now, the script would take back.
  await expect(list().getByRole('checkbox', { name: 'Choose the differences of note', exact: true })).toBeDisabled();
  await author.evaluate(() => { window.history.go(-2); });
  await expect(author).toHaveURL(/q=note$/);
  release();
  await expect(list().getByRole('link', { name: /note_label/ })).toBeVisible();
  await expect(author.getByRole('heading', { level: 2, name: /public\.note$/ })).toHaveCount(0);
  await author.unroute('**/_next/static/**/*.js');
});

test('what is typed filters at once, comes into the address when the hand rests, and leaves with back', async () => {
  await author.goto(`${COMPARE}&q=note_label`);
  const field = author.getByRole('searchbox', { name: 'Filter by name' });
  await author.getByRole('navigation', { name: 'Kind of difference' }).getByRole('link', { name: /^only in bazaar_dev/ }).click();
  await field.fill('nothing is called so');
  await expect(author.getByText('Nothing matches the filter.')).toBeVisible();
  await expect(author).toHaveURL(/q=nothing\+is\+called\+so/);
  await author.goBack();
  await expect(field).toHaveValue('note_label');
  await expect(list().getByRole('link', { name: /note_label/ })).toBeVisible();
});

test('back in the very moment in which the address gets what was typed shows what was before', async () => {
  await author.goto(`${COMPARE}&q=note_label`);
  await author.getByRole('navigation', { name: 'Kind of difference' }).getByRole('link', { name: /^only in bazaar_dev/ }).click();
  await author.evaluate(() => {
    const replace = window.history.replaceState.bind(window.history);
    window.history.replaceState = (...state) => {
      replace(...state);
      if (!String(state[2]).includes('nothing')) return;
      window.history.replaceState = replace;
      window.history.back();
    };
  });
  const field = author.getByRole('searchbox', { name: 'Filter by name' });
  await field.fill('nothing is called so');
  await expect(author).toHaveURL(/q=note_label$/);
  await expect(field).toHaveValue('note_label');
});

test('what is pressed while the page learns of a new reading is not lost', async ({ browser }) => {
  await author.goto(`${COMPARE}&q=note`);
  await expect(list().getByRole('link', { name: /note_label/ })).toBeVisible();
  const other = await signedIn(browser, 'author');
  await other.goto(COMPARE);
  await other.getByRole('button', { name: 'Read again' }).click();
  await expect(other.getByText(/^Read [\d,]+ objects in bazaar_prod/)).toBeVisible();
  await other.context().close();
  // The page is slow to come again, and the object is pressed meanwhile.
  await author.route(/_rsc=/, async (route) => {
    if (route.request().headers()['next-router-prefetch']) return route.continue();
    await new Promise((resolve) => {
      setTimeout(resolve, 700);
    });
    return route.continue();
  });
  const asked = author.waitForRequest((request) => request.url().includes('_rsc=') && !request.headers()['next-router-prefetch']);
  await author.getByRole('navigation', { name: 'Kind of difference' }).getByRole('link', { name: /^different/ }).click();
  await asked;
  await list().getByRole('link', { name: /different note\b/ }).click();
  await expect(author.getByRole('heading', { level: 2, name: /public\.note$/ })).toBeVisible();
  await expect(author.getByText(/bazaar_prod read (just now|\d+ s ago)/)).toBeVisible();
  await author.waitForTimeout(1_500);
  await expect(author.getByRole('heading', { level: 2, name: /public\.note$/ })).toBeVisible();
  await author.unrouteAll({ behavior: 'wait' });
});

test('all undecided means those of the filter, and says so', async () => {
  await author.goto(`${COMPARE}&q=note_label`);
  await author.getByRole('button', { name: 'Choose all undecided of this filter (1)' }).click();
  await expect(author.getByRole('region', { name: 'Chosen differences' })).toContainText('1 chosen');
  await author.getByRole('region', { name: 'Chosen differences' }).getByRole('button', { name: 'Clear' }).click();
});

test('the keys of the page walk from difference to difference, choose, fold and decide', async () => {
  const { keyboard } = author;
  await author.goto(`${COMPARE}&q=note`);
  await expect(list().getByRole('link', { name: /note_label/ })).toBeVisible();
  await keyboard.press('?');
  await expect(author.getByRole('dialog', { name: 'Keyboard' }).getByText('Next object that differs')).toBeVisible();
  await keyboard.press('Escape');
  await expect(author.getByRole('dialog')).toHaveCount(0);
  const open = (name: string) => expect(author.getByRole('heading', { level: 2, name: new RegExp(`public\\.${name}$`) })).toBeVisible();
  await keyboard.press('n');
  await open('note');
  await keyboard.press('n');
  await open('note_label');
  await keyboard.press('p');
  await open('note');
  await keyboard.press('x');
  await expect(author.getByRole('region', { name: 'Chosen differences' })).toContainText(/\d+ chosen/);
  await keyboard.press('d');
  await expect(author.getByRole('dialog', { name: /^Decide \d+ differences/ })).toBeVisible();
  await keyboard.press('Escape');
  await keyboard.press('x');
  await expect(author.getByRole('region', { name: 'Chosen differences' })).toHaveCount(0);
  // There and back in one moment, before the page is drawn again: a key that is held down is so quick for a slow machine.
  await author.evaluate(() => {
    for (const key of ['n', 'p']) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  });
  await expect(author).toHaveURL(/object=table%3Apublic\.note$/);
  await author.goBack();
  await open('note_label');
  await author.goForward();
  await open('note');
  await keyboard.press('f');
  await expect(list().getByRole('link', { name: 'Open schema public' })).toBeVisible();
  await expect(list().getByRole('link', { name: /note_label/ })).toHaveCount(0);
});

test('a key that is pressed before the list is at work is heard when it is', async () => {
  const slow = await author.context().newCDPSession(author);
  await slow.send('Emulation.setCPUThrottlingRate', { rate: 12 });
  try {
    await author.goto(`${COMPARE}&q=note`, { waitUntil: 'commit' });
    await expect(list().getByRole('link', { name: /note_label/ })).toBeVisible();
    // The frame answers; the page in it need not yet.
    await expect(async () => {
      await author.keyboard.press('?');
      await expect(author.getByRole('dialog', { name: 'Keyboard' })).toBeVisible({ timeout: 20 });
    }).toPass({ intervals: [5] });
    await author.keyboard.press('Escape');
    await expect(author.getByRole('dialog')).toHaveCount(0);
    await author.keyboard.press('n');
    await expect(author.getByRole('heading', { level: 2, name: /public\.note$/ })).toBeVisible();
  } finally {
    await slow.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    await slow.detach();
  }
});

test('what looks renamed is asked, and an author who takes it sees one difference instead of two, until it is taken back', async () => {
  await within('bazaar_prod', (client) => client.query('create table public.note_writer (id int primary key, mail text, since date)'));
  await within('bazaar_dev', (client) => client.query('create table public.note_writer (id int primary key, email text, since date)'));
  try {
    await author.goto(`${COMPARE}&object=table:public.note_writer`);
    await author.getByRole('button', { name: 'Read again' }).click();
    const asked = author.getByRole('list', { name: 'Renames' });
    await expect(asked).toContainText('note_writer.mail is only in bazaar_prod and email only in bazaar_dev, with the same type');
    await expect(list().getByRole('link', { name: /note_writer/ })).toContainText('rename?');
    await asked.getByRole('button', { name: 'Answer…' }).click();
    await author.getByRole('radio', { name: /^A rename/ }).check();
    await author.getByLabel('Reason').fill('called so since sprint 91');
    await author.getByRole('button', { name: 'Record answer' }).click();
    await expect(asked).toContainText('note_writer.mail → email');
    await expect(asked).toContainText('“called so since sprint 91”');
    await expect(author.getByText('ALTER TABLE public.note_writer RENAME COLUMN mail TO email;')).toBeVisible();
    await expect(author.getByText('DROP COLUMN')).toHaveCount(0);
    await asked.getByRole('button', { name: /^Take back/ }).click();
    await expect(author.getByText('ALTER TABLE public.note_writer DROP COLUMN mail;')).toBeVisible();
  } finally {
    for (const name of ['bazaar_prod', 'bazaar_dev'] as const) await within(name, (client) => client.query('drop table public.note_writer'));
  }
});

test('what the filter shows can be taken along as a file', async () => {
  await author.goto(`${COMPARE}&q=note_label`);
  const download = author.waitForEvent('download');
  await author.getByRole('link', { name: 'SQL', exact: true }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('bazaar_prod-to-bazaar_dev.sql');
  const text = readFileSync(await file.path(), 'utf8');
  expect(text).toContain('CREATE TABLE public.note_label');
  expect(text).not.toContain('ALTER COLUMN id TYPE uuid');
});
