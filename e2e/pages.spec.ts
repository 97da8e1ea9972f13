import { expect, test, type Page } from '@playwright/test';
import { expectManners } from './manners.ts';
import { signedIn } from './people.ts';
import { decideWhatStays, makePlan } from './story.ts';

// Every page that stands whatever a plan does, and the big plan that bazaar.spec.ts leaves behind. What a plan looks like on its way: small-plan.spec.ts.

// Four looks at every state take their time on a busy machine.
test.describe.configure({ timeout: 240_000 });

let author: Page;
let approver: Page;
let operator: Page;
let viewer: Page;
let admin: Page;
let big: string;

test.beforeAll(async ({ browser }) => {
  [author, approver, operator, viewer, admin] = [await signedIn(browser, 'author'), await signedIn(browser, 'approver'), await signedIn(browser, 'operator'), await signedIn(browser, 'viewer'), await signedIn(browser, 'admin')];
  await decideWhatStays(author);
  await author.goto('/plans');
  await expect(author.getByRole('heading', { name: 'Plans', level: 1 })).toBeVisible();
  const link = author.getByRole('main').getByRole('link', { name: /^Sprint 90/ });
  big = (await link.count()) > 0 ? ((await link.first().getAttribute('href')) ?? '') : await makePlan(author, 'Sprint 90');
});
test.afterAll(async () => {
  await Promise.all([author, approver, operator, viewer, admin].map((page) => page?.context().close()));
});

test('signing in, with its refusal', async ({ page }) => {
  await page.goto('/sign-in');
  await expectManners(page, 'sign-in');
  await page.getByRole('textbox', { name: 'E-mail' }).fill('author@demo.test');
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('main').getByRole('alert')).toBeVisible();
  await expectManners(page, 'sign-in refused');
});

test('home, for somebody without work', async () => {
  const ahead: string[] = [];
  viewer.on('request', (request) => { if (request.headers()['next-router-prefetch']) ahead.push(new URL(request.url()).pathname); });
  await viewer.mouse.move(0, 0);
  await viewer.goto('/');
  await expectManners(viewer, 'home of a viewer');
  expect(ahead, 'nothing is fetched ahead that nobody points at').toEqual([]);
  await viewer.getByRole('navigation').getByRole('link', { name: 'Plans' }).hover();
  await expect.poll(() => [...new Set(ahead)]).toEqual(['/plans']);
});

test('the big plan, phase by phase', async () => {
  await approver.goto('/plans');
  await expectManners(approver, 'plans');
  await approver.goto(big);
  await expect(approver.getByRole('heading', { level: 1, name: 'Sprint 90' })).toBeVisible();
  const phases = await approver.getByRole('navigation', { name: 'Phases' }).getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  expect(phases.length).toBeGreaterThan(4);
  for (const href of phases) {
    await approver.goto(href);
    await expect(approver.getByRole('heading', { level: 2, name: /^\d+ / })).toBeVisible();
    await expectManners(approver, `plan ${new URL(href, 'http://x').searchParams.get('phase')}`);
  }
});

test('the big plan with its SQL open, its versions and its report', async () => {
  await author.goto(`${big}?phase=convert`);
  await author.getByRole('button', { name: 'Open all SQL' }).click();
  await expect(author.getByText('Loading the SQL…')).toHaveCount(0);
  await expectManners(author, 'plan SQL open');
  await author.goto(`${big}?phase=convert`);
  const folded = author.getByRole('region', { name: /Rows without a parent|Casts/ }).getByRole('button', { expanded: false });
  await expect(folded.first()).toBeVisible();
  // By what each opens: a press before the script has come is carried out later, and must not be taken for none.
  const opened = await folded.evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-controls')));
  for (const id of opened) {
    const button = author.locator(`[aria-controls="${id}"]`);
    await button.click();
    await expect(button).toHaveAttribute('aria-expanded', 'true');
  }
  await expectManners(author, 'plan evidence open');
  await author.getByRole('button', { name: /^version \d/ }).click();
  await expectManners(author, 'plan versions');
  await author.goto(`${big}/report`);
  await expectManners(author, 'report');
  const paper = (await author.pdf({ preferCSSPageSize: true })).toString('latin1');
  expect(paper.match(/\/Type\s*\/Page\b(?!s)/g)?.length, 'pages of paper').toBeLessThanOrEqual(2);
});

test('what is folded open stays open, and where it is, when the page asks the server again and when it is loaded anew', async () => {
  await author.goto(`${big}?phase=convert`);
  await author.getByRole('button', { name: /^Undo · / }).last().click();
  await expect(author).toHaveURL(/open=/);
  const text = author.getByRole('button', { name: /^Undo · / }).last();
  await text.evaluate((button) => button.scrollIntoView({ block: 'start' }));
  const place = await text.boundingBox();
  expect(await author.evaluate(() => window.scrollY)).toBeGreaterThan(200);
  const answer = author.waitForResponse((response) => response.url().includes('_rsc='));
  await author.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await answer;
  await author.waitForTimeout(500);
  expect(await text.boundingBox()).toEqual(place);
  const sent = await (await author.request.get(author.url())).text();
  expect(sent.match(/aria-expanded="true"/g), 'before any script').toHaveLength(1);
  await author.reload();
  await expect(text).toHaveAttribute('aria-expanded', 'true');
});

test('the ways to a plan', async () => {
  await author.goto('/plans/new');
  await expectManners(author, 'plan new');
  await author.goto('/plans/import');
  await expectManners(author, 'plan import');
});

test('databases and people', async () => {
  await operator.goto('/databases');
  await expectManners(operator, 'databases');
  await operator.getByRole('region', { name: 'bazaar_prod' }).getByRole('link', { name: 'Activity and history' }).click();
  await expect(operator.getByRole('heading', { level: 1, name: 'bazaar_prod' })).toBeVisible();
  await expectManners(operator, 'history of a database');
  await admin.goto('/people');
  await expectManners(admin, 'people');
});

test('the policy, as nobody has laid it down, in its form, and as it counts then', async () => {
  await viewer.goto('/policy');
  await expect(viewer.getByRole('heading', { level: 1, name: 'Policy' })).toBeVisible();
  await expect(viewer.getByRole('button', { name: 'Change…' })).toHaveCount(0);
  await admin.goto('/policy');
  await admin.getByRole('button', { name: 'Change…' }).click();
  const sheet = admin.getByRole('dialog');
  await sheet.getByRole('button', { name: 'Add a window' }).click();
  // Of dev, which no plan of these tests changes.
  await sheet.getByRole('combobox', { name: 'Database' }).selectOption('bazaar_dev');
  await sheet.getByRole('button', { name: 'Add a freeze' }).click();
  await sheet.getByRole('textbox', { name: 'Why' }).fill('Christmas business');
  await sheet.getByRole('checkbox', { name: 'All databases' }).uncheck();
  await sheet.getByRole('checkbox', { name: 'bazaar_prod' }).uncheck();
  await admin.reload();
  await expect(sheet.getByRole('textbox', { name: 'Why' }), 'what was typed before a reload').toHaveValue('Christmas business');
  await expect(sheet.getByRole('combobox', { name: 'Database' })).toHaveValue('bazaar_dev');
  await expect(sheet.getByRole('checkbox', { name: 'bazaar_prod' })).not.toBeChecked();
  await expectManners(admin, 'policy form');
  await sheet.getByRole('textbox', { name: 'Reason' }).fill('The shop is busy until January.');
  await sheet.getByRole('button', { name: 'Lay it down' }).click();
  await expect(admin.getByText('“The shop is busy until January.”').first()).toBeVisible();
  await expectManners(admin, 'policy');
  await admin.getByRole('button', { name: 'Change…' }).click();
  await sheet.getByRole('button', { name: 'Take out freeze 1' }).click();
  await sheet.getByRole('button', { name: 'Take out window 1' }).click();
  await sheet.getByRole('textbox', { name: 'Reason' }).fill('It was for a picture.');
  await sheet.getByRole('button', { name: 'Lay it down' }).click();
  await expect(admin.getByText('Nothing is frozen, and no freeze is to come.')).toBeVisible();
});

test('nothing under an address, and a page that is for others only', async () => {
  for (const path of ['/plans/00000000-0000-4000-8000-000000000000', '/nothing', '/people']) {
    await viewer.goto(path);
    await expect(viewer.getByRole('heading', { level: 1, name: 'There is nothing under this address' })).toBeVisible();
    await expectManners(viewer, `not found ${path}`);
  }
});
