import { expect, test, type Page } from '@playwright/test';
import { within } from './databases.ts';
import { expectFits, expectManners, PHONE, WIDE } from './manners.ts';
import { addNotes, NOTES_KEY, removeNotes, withSlowStatements } from './notes.ts';
import { signedIn } from './people.ts';
import { approve, COMPARE, decideWhatStays, run } from './story.ts';
import { walkTo } from './walk.ts';

// A plan and its runs in every state that has a look of its own, from the comparison to the log. It stands on tables of its own and is taken away again.

// Four looks at every state take their time on a busy machine.
test.describe.configure({ mode: 'serial', timeout: 240_000 });

let author: Page;
let approver: Page;
let operator: Page;
let viewer: Page;
let plan: string;
/** Its own at every start: a plan cannot be taken away, and an earlier start may have left one. */
const notes = `Notes ${Date.now() % 100_000}`;

test.beforeAll(async ({ browser }) => {
  [author, approver, operator, viewer] = [await signedIn(browser, 'author'), await signedIn(browser, 'approver'), await signedIn(browser, 'operator'), await signedIn(browser, 'viewer')];
  await decideWhatStays(author);
});
test.afterAll(async () => {
  await removeNotes();
  await Promise.all([author, approver, operator, viewer].map((page) => page?.context().close()));
});

test('the comparison, with an object on every tab', async () => {
  await addNotes();
  await author.goto(COMPARE);
  await author.getByRole('button', { name: 'Read again' }).click();
  await expect(author.getByRole('link', { name: /^different note\b|note/ }).first()).toBeVisible();
  await expectManners(author, 'compare');
  await author.getByRole('link', { name: /^.{0,20}\bnote\b/ }).first().click();
  await expect(author.getByRole('heading', { name: /public\.note/, level: 2 })).toBeVisible();
  await expectManners(author, 'compare object');
  await author.getByRole('link', { name: 'Definition' }).click();
  await expect(author.getByText('− bazaar_prod')).toBeVisible();
  await expectManners(author, 'compare definition');
  await author.getByRole('navigation', { name: 'Views of the object' }).getByRole('link', { name: 'SQL' }).click();
  await expect(author.getByText(/turns bazaar_prod into bazaar_dev here/)).toBeVisible();
  await expectManners(author, 'compare sql');
  await author.goto('/compare?current=bazaar_prod&desired=bazaar_dev&all=1&noise=1&decided=1&hazard=rewrites');
  await expectManners(author, 'compare everything opened');
  await author.goto('/compare?current=bazaar_prod&desired=bazaar_prod');
  await expect(author.getByText('Both sides are bazaar_prod')).toBeVisible();
  await expectManners(author, 'compare with itself');
});

test('the small plan is made from a choice', async () => {
  await author.goto(COMPARE);
  await author.getByRole('checkbox', { name: 'Choose the differences of note', exact: true }).check();
  await author.getByRole('checkbox', { name: 'Choose the differences of note_label', exact: true }).check();
  await expectManners(author, 'compare chosen');
  await author.getByRole('button', { name: 'Decide…' }).last().click();
  await expectManners(author, 'compare decide');
  await author.keyboard.press('Escape');
  await author.getByRole('button', { name: 'Make a plan' }).click();
  await expectManners(author, 'compare make plan');
  await author.getByRole('textbox', { name: 'Plan name' }).fill(notes);
  await author.getByRole('button', { name: 'Make the plan' }).click();
  await expect(author.getByRole('heading', { name: notes, level: 1 })).toBeVisible();
  plan = new URL(author.url()).pathname;
});

test('a phase that waits for its author', async () => {
  await author.goto(`${plan}?phase=convert`);
  await expect(author.getByText(/3 rows of note have no parent/)).toBeVisible();
  await expectManners(author, 'plan undecided');
  const form = author.getByRole('form', { name: `Decision for ${NOTES_KEY}` });
  await form.getByRole('radio', { name: /Take out and quarantine/ }).check();
  await form.getByRole('textbox', { name: 'Reason' }).fill('Their notebook was deleted.');
  await form.getByRole('button', { name: 'Record decision' }).click();
  await expect(author.getByText('decision: take out and keep in quarantine')).toBeVisible();
});

test('the SQL of a step, in the hands of its author', async () => {
  await author.goto(`${plan}?phase=create`);
  await author.getByRole('button', { name: 'Edit SQL' }).first().click();
  await expect(author.getByRole('dialog').locator('.cm-content').first()).toContainText('CREATE TABLE');
  await expectManners(author, 'plan edit step');
  await author.keyboard.press('Escape');
});

test('a sheet is closed by Back, opened again by Forward and by a reload, with what was typed in it', async () => {
  await author.goto('/plans');
  await author.goto(`${plan}?phase=create`);
  const sheet = author.getByRole('dialog');
  const sql = sheet.locator('.cm-content').first();
  await author.getByRole('button', { name: 'Edit SQL' }).first().click();
  await expect(sql).toContainText('CREATE TABLE');
  await sql.press('Control+End');
  await author.keyboard.type(' -- mine');
  await author.goBack();
  await expect(sheet).toHaveCount(0);
  await expect(author).toHaveURL(`${plan}?phase=create`);
  await author.goForward();
  await expect(sql).toContainText('-- mine');
  await author.reload();
  await expect(sql).toContainText('-- mine');
  await sheet.getByRole('button', { name: 'Close' }).click();
  await expect(author).toHaveURL(`${plan}?phase=create`);
  await author.goBack();
  await expect(author.getByRole('heading', { name: 'Plans', level: 1 }), 'a closed sheet is no step of its own').toBeVisible();
});

test('home, for somebody with work', async () => {
  await approver.goto('/');
  await expect(approver.getByText('Waiting for you').first()).toBeVisible();
  await expectManners(approver, 'home of an approver');
});

test('a request for changes, the signature, and a signature that is void', async () => {
  await approver.goto(`${plan}?phase=convert`);
  await approver.getByRole('button', { name: 'Request changes…' }).click();
  await expectManners(approver, 'plan request changes');
  await approver.getByRole('dialog').getByRole('textbox').fill('Say in the plan who was asked about the three notes.');
  await approver.getByRole('dialog').getByRole('button', { name: 'Request changes' }).click();
  await expect(approver.getByText('Approver asks for changes')).toBeVisible();
  await expectManners(approver, 'plan changes asked');
  await author.goto(`${plan}?phase=convert`);
  await author.getByRole('button', { name: 'Mark as settled' }).click();
  await expect(author.getByText('Approver asks for changes')).toHaveCount(0);
  await approver.goto(`${plan}?phase=convert`);
  await approver.getByRole('button', { name: /^Approve phase/ }).click();
  await expectManners(approver, 'plan approve');
  await approver.getByRole('textbox', { name: /Type the number of rows/ }).fill('2');
  await approver.getByRole('dialog').getByRole('button', { name: /^Approve phase/ }).click();
  await expect(approver.getByRole('dialog').getByRole('alert')).toBeVisible();
  await expectManners(approver, 'plan approve refused');
  await approver.getByRole('textbox', { name: /Comment/ }).fill('Asked the owner.');
  await approver.reload();
  await expect(approver.getByRole('textbox', { name: /Comment/ })).toHaveValue('Asked the owner.');
  await expect(approver.getByRole('textbox', { name: /Type the number of rows/ }), 'a number that is a proof of having read it').toHaveValue('');
  await approver.keyboard.press('Escape');
  await approve(approver, plan, 'convert', '3');
  await expectManners(approver, 'plan approved');
  await author.goto(`${plan}?phase=convert`);
  await author.getByRole('button', { name: 'Decide differently' }).click();
  const form = author.getByRole('form', { name: `Decision for ${NOTES_KEY}` });
  await form.getByRole('textbox', { name: 'Reason' }).fill('Their notebook was deleted in May.');
  await form.getByRole('button', { name: 'Record decision' }).click();
  await expect(author.getByText('void', { exact: true })).toBeVisible();
  await expectManners(author, 'plan void');
});

test('by keyboard alone one goes anywhere, searches, finds the keys, and signs a phase', async () => {
  await approver.goto('/');
  await expect(approver.getByRole('heading', { name: 'Home', level: 1 })).toBeVisible();
  const keyboard = approver.keyboard;
  for (const [key, name] of [['c', /bazaar_prod/], ['l', 'Log'], ['d', 'Databases'], ['p', 'Plans'], ['h', 'Home']] as const) {
    await keyboard.press('g');
    await keyboard.press(key);
    await expect(approver.getByRole('heading', { name, level: 1 })).toBeVisible();
  }
  await keyboard.press('?');
  await expect(approver.getByRole('dialog', { name: 'Keyboard' })).toContainText('Go to Plans');
  await keyboard.press('Escape');
  await expect(approver.getByRole('dialog')).toHaveCount(0);
  await keyboard.press('g');
  await keyboard.press('c');
  await expect(approver.getByRole('heading', { name: /bazaar_prod/, level: 1 })).toBeVisible();
  await keyboard.press('/');
  await expect(approver.getByRole('searchbox', { name: 'Filter by name' })).toBeFocused();
  await keyboard.type('label');
  await expect(approver.getByRole('link', { name: /note_label/ })).toBeVisible();
  await expect(approver.getByRole('link', { name: /note$/ })).toHaveCount(0);

  await approver.goto('/');
  const review = approver.getByRole('link', { name: `Review: ${notes}, Create 1 new table` });
  await expect(review).toBeVisible();
  await walkTo(approver, 'j', review);
  await keyboard.press('k');
  await expect(review).not.toBeFocused();
  await keyboard.press('j');
  await keyboard.press('Enter');
  await expect(approver.getByRole('heading', { level: 2, name: /Create 1 new table/ })).toBeVisible();
  await walkTo(approver, 'Tab', approver.getByRole('button', { name: /^Approve phase/ }));
  await keyboard.press('Enter');
  const dialog = approver.getByRole('dialog');
  await expect(dialog.getByRole('textbox', { name: /Comment/ })).toBeFocused();
  await keyboard.type('Read by keyboard.');
  await walkTo(approver, 'Tab', dialog.getByRole('button', { name: /^Approve phase/ }));
  await keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(approver.getByText('“Read by keyboard.”')).toBeVisible();
  await expect(approver.getByText('1 of 1 stand')).toBeVisible();
});

test('a run that works, that waits, and how it ended', async () => {
  await approve(approver, plan, 'backup');
  await approve(approver, plan, 'convert', '3');
  await operator.goto(`${plan}?phase=backup`);
  await operator.getByRole('button', { name: 'Schedule…' }).click();
  await operator.getByRole('dialog').getByRole('button', { name: /^Schedule phase/ }).click();
  await expect(operator.getByText(/^Phase \d+ starts in/)).toBeVisible();
  await expectManners(operator, 'plan scheduled');
  await operator.getByRole('button', { name: /^Stop the scheduled start/ }).click();
  await expect(operator.getByText(/^Phase \d+ starts in/)).toHaveCount(0);
  await run(operator, plan, 'backup');
  await expectManners(operator, 'run backup ended');
  await withSlowStatements(async (hold) => {
    const release = await hold();
    await within('bazaar_prod', async (reader) => {
      await reader.query('begin');
      await reader.query('select count(*) from public.note');
      await operator.goto(`${plan}?phase=convert`);
      await operator.getByRole('button', { name: /^Run phase/ }).click();
      await operator.waitForURL(/\/runs\//);
      const state = operator.getByRole('heading', { level: 1 });
      await expect(state).toContainText(/running/i);
      await expect(operator.getByText('create the new note').first()).toBeVisible();
      for (const size of [WIDE, PHONE]) await expectFits(operator, size);
      await expectManners(operator, 'run running');
      await release();
      await expect(state).toContainText(/waiting/i);
      await expect(operator.getByText(/psql · idle in transaction/)).toBeVisible();
      for (const size of [WIDE, PHONE]) await expectFits(operator, size);
      await expect(operator.getByRole('link', { name: 'All activity on bazaar_prod' })).toHaveAttribute('href', '/databases/bazaar_prod');
      await expectManners(operator, 'run waiting');
      const atWork = operator.getByRole('region', { name: 'Steps' }).getByRole('listitem').last();
      await operator.setViewportSize({ width: PHONE.width, height: 760 });
      await operator.reload();
      await expect(atWork, 'in a list that shows but one step').toBeInViewport({ ratio: 0.3 });
      await operator.setViewportSize({ width: PHONE.width, height: 600 });
      await atWork.scrollIntoViewIfNeeded();
      await expect(atWork, 'on a small phone, where the page scrolls').toBeInViewport({ ratio: 0.9 });
      await operator.setViewportSize(WIDE);
      await operator.getByRole('button', { name: 'Cancel…' }).click();
      await expectManners(operator, 'run cancel');
      await operator.keyboard.press('Escape');
      await viewer.goto('/');
      await expect(viewer.getByText('Running now (1)')).toBeVisible();
      await expectManners(viewer, 'home with a run');
      await reader.query('rollback');
      await expect(state).toContainText(/done|applied/i, { timeout: 30_000 });
    });
  });
  await expectManners(operator, 'run ended');
  await operator.getByRole('region', { name: 'Expected against actual' }).getByRole('button', { name: /^all \d+/ }).click();
  await expect(operator.getByRole('row', { name: /rows of note.*57.*57/ })).toBeVisible();
  await expectManners(operator, 'run expected open');
});

test('the way back, with its price', async () => {
  await within('bazaar_prod', (client) => client.query(`insert into public.note select gen_random_uuid(), id, 'written since' from public.notebook limit 2`));
  await operator.getByRole('button', { name: 'Roll back…' }).click();
  await expect(operator.getByRole('dialog').getByRole('button', { name: 'Roll back now' })).toBeVisible();
  await expectManners(operator, 'run rollback sheet');
  await operator.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill('The notes page fails.');
  await operator.getByRole('dialog').getByRole('textbox', { name: /Type the number of rows/ }).fill('2');
  await operator.getByRole('button', { name: 'Roll back now' }).click();
  await expect(operator.getByText('Rolled back and verified.').first()).toBeVisible({ timeout: 30_000 });
  await expectManners(operator, 'run rolled back');
  await operator.goto(`${plan}?phase=convert`);
  await expectManners(operator, 'plan rolled back');
  await operator.goto(`${plan}/report`);
  await expectManners(operator, 'report unfinished');
});

test('the log, with an entry open, and verified', async () => {
  await operator.goto('/log');
  await expectManners(operator, 'log');
  await operator.getByRole('main').getByRole('list').getByRole('button', { expanded: false }).first().click();
  await operator.getByRole('button', { name: /Verify/ }).click();
  await expect(operator.getByText(/checked/).first()).toBeVisible();
  await expectManners(operator, 'log verified');
  await operator.goto('/log?actor=nobody');
  await expectManners(operator, 'log empty');
});
