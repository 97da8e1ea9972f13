import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { startChild, type Child } from '../lib/cli/children.ts';
import { demoUrl, type DemoPasswords } from '../lib/cli/demo-databases.ts';
import { freePort } from '../lib/cli/embedded.ts';
import { dataDirectory, within } from './databases.ts';
import { openIdProvider, type OpenIdProvider } from './openid-provider.ts';

// The web process as an installation would run it: no demo, one provider. It shares the control database with the demo's.

let provider: OpenIdProvider;
let web: Child;
let site: string;
/** A fresh one for every start of this file: earlier ones may have left people behind. */
const house = `house-${Date.now()}.test`;

const REFUSED = 'The provider refused the sign-in, or it took too long. Try again.';

test.beforeAll(async () => {
  const port = await freePort(Number(process.env.PORT) + 50);
  site = `http://localhost:${port}`;
  provider = await openIdProvider(`${site}/api/auth/callback/oidc`);
  provider.accounts.push(
    { sub: 'grace', email: `Grace@${house}`, email_verified: true, name: 'Grace' },
    { sub: 'ada', email: `ada@${house}`, email_verified: true, name: 'Ada' },
    { sub: 'other-ada', email: `ada@${house}`, email_verified: true, name: 'Other Ada' },
    { sub: 'mallory', email: 'admin@demo.test', email_verified: false, name: 'Mallory' },
    { sub: 'silent', email: 'operator@demo.test', name: 'Silent' },
    { sub: 'gone', email: `gone@${house}`, email_verified: true, name: 'Gone' },
    { sub: 'careful', email: `careful@${house}`, email_verified: true, name: 'Careful' },
  );
  web = startChild('The second web process', 'lib/cli/web.ts', environment(port), join(dataDirectory(), 'openid-web.log'));
  await expect.poll(() => fetch(`${site}/api/health`).then((answer) => answer.status, () => 0), { timeout: 30_000 }).toBe(200);
});
test.afterAll(async () => {
  await web?.stop();
  await provider?.stop();
});

function environment(port: number): Record<string, string | undefined> {
  const secrets = JSON.parse(readFileSync(join(dataDirectory(), 'secrets.json'), 'utf8')) as DemoPasswords & { postgresPort: number };
  const url = (role: 'countersign_app' | 'bazaar_reader', database: string) => demoUrl({ port: secrets.postgresPort }, secrets, role, database);
  return {
    PATH: process.env.PATH,
    CONTROL_DATABASE_URL: url('countersign_app', 'countersign'),
    COUNTERSIGN_DATABASES: 'bazaar_prod',
    BAZAAR_PROD_READER_URL: url('bazaar_reader', 'bazaar_prod'),
    BAZAAR_PROD_ENVIRONMENT: 'production',
    PORT: String(port),
    NEXTAUTH_URL: site,
    NEXTAUTH_SECRET: 'signs the sessions of this test and nothing else',
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: provider.clientId,
    OIDC_CLIENT_SECRET: provider.clientSecret,
    OIDC_NAME: 'House account',
  };
}

/** Through the provider's own pages, up to where it sends the browser back. */
async function enter(page: Page, login: string, back = ''): Promise<void> {
  await page.goto(`${site}${back || '/sign-in'}`);
  await page.getByRole('button', { name: 'Sign in with House account' }).click();
  await page.getByPlaceholder('Enter any login').fill(login);
  await page.getByPlaceholder('and password').fill('anything');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function expectInside(page: Page, name: string): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Home', level: 1 })).toBeVisible();
  await expect(page.getByRole('button', { name: new RegExp(`^${name}.*menu$`) })).toBeVisible();
}

async function expectRefused(page: Page, sentence: string): Promise<void> {
  await expect(page.getByRole('main').getByRole('alert')).toContainText(sentence);
  await page.goto(`${site}/plans`);
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=/);
}

async function personWith(email: string): Promise<{ id: string; subject: string | null; roles: string[]; disabled: boolean } | undefined> {
  return within('countersign', async (client) => {
    const { rows } = await client.query(
      `select p.id, p.oidc_subject as subject, p.disabled_at is not null as disabled, coalesce(array_agg(r.role::text) filter (where r.role is not null), '{}') as roles
       from person p left join person_role r on r.person_id = p.id where p.email = $1 group by p.id`,
      [email],
    );
    return rows[0];
  });
}

test('whoever comes by the provider is a viewer and nothing else, and lands where they wanted to go', async ({ page }) => {
  await enter(page, 'grace', '/plans');
  await expect(page).toHaveURL(`${site}/plans`);
  await page.getByRole('button', { name: /Grace.*menu/ }).click();
  await expect(page.getByRole('menu').getByText('viewer', { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  expect(await personWith(`grace@${house}`)).toMatchObject({ subject: `${provider.issuer} grace`, roles: ['viewer'] });
  await page.goto(`${site}/people`);
  await expect(page.getByRole('heading', { name: 'There is nothing under this address' })).toBeVisible();
});

test('outside the demo nobody is offered by one click', async ({ page }) => {
  await page.goto(`${site}/sign-in`);
  await expect(page.getByRole('button', { name: /^Sign in/ })).toHaveText(['Sign in', 'Sign in with House account']);
});

test('the second sign-in is the same person, even when the provider tells another name and address by then', async ({ page, browser }) => {
  await enter(page, 'ada');
  await expectInside(page, 'Ada');
  const before = await personWith(`ada@${house}`);
  const ada = provider.accounts.find((account) => account.sub === 'ada');
  Object.assign(ada ?? {}, { name: 'Ada Lovelace', email: 'admin@demo.test' });
  const other = await browser.newContext();
  const again = await other.newPage();
  await enter(again, 'ada');
  await expectInside(again, 'Ada');
  await other.close();
  expect(await personWith(`ada@${house}`)).toEqual(before);
  expect(await personWith('admin@demo.test')).toMatchObject({ subject: null });
});

test('another account of the provider does not become the person who has its address', async ({ page, browser }) => {
  Object.assign(provider.accounts.find((account) => account.sub === 'ada') ?? {}, { email: `ada@${house}` });
  await enter(page, 'ada');
  await expectInside(page, 'Ada');
  const other = await browser.newContext();
  const stranger = await other.newPage();
  await enter(stranger, 'other-ada');
  await expectRefused(stranger, 'it belongs to another account here');
  await other.close();
  expect(await personWith(`ada@${house}`)).toMatchObject({ subject: `${provider.issuer} ada` });
});

for (const [login, email, what] of [
  ['mallory', 'admin@demo.test', 'an address that the provider has not verified'],
  ['silent', 'operator@demo.test', 'an address of which the provider does not say whether it is verified'],
] as const) {
  test(`nobody is linked to a local account by ${what}`, async ({ page }) => {
    const before = await personWith(email);
    expect(before).toMatchObject({ subject: null });
    await enter(page, login);
    await expectRefused(page, 'Your provider has not verified your e-mail address, or it belongs to another account here. Ask an admin.');
    expect(await personWith(email)).toEqual(before);
  });
}

test('a disabled person is refused at the door, and an open session ends with it', async ({ page, browser }) => {
  await enter(page, 'gone');
  await expectInside(page, 'Gone');
  await within('countersign', (client) => client.query(`update person set disabled_at = now() where email = $1`, [`gone@${house}`]));
  await page.goto(`${site}/plans`);
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=/);
  const other = await browser.newContext();
  const again = await other.newPage();
  await enter(again, 'gone');
  await expectRefused(again, 'This account is disabled. Ask an admin.');
  await other.close();
});

test('asks with state, nonce and PKCE, new ones every time', async ({ page, browser }) => {
  await enter(page, 'careful');
  await expectInside(page, 'Careful');
  const first = provider.asked.at(-1) ?? {};
  const other = await browser.newContext();
  await enter(await other.newPage(), 'careful');
  await other.close();
  const second = provider.asked.at(-1) ?? {};
  for (const asked of [first, second]) expect(asked).toMatchObject({ response_type: 'code', code_challenge_method: 'S256', code_challenge: expect.stringMatching(/^[\w-]{43}$/), state: expect.stringMatching(/^[\w-]{32,}$/), nonce: expect.stringMatching(/^[\w-]{32,}$/) });
  for (const name of ['state', 'nonce', 'code_challenge']) expect(second[name], name).not.toBe(first[name]);
});

for (const [name, what] of [
  ['state', 'an answer to somebody else’s question'],
  ['nonce', 'a token made for another question'],
  ['code_challenge', 'a code that was asked for by another browser'],
] as const) {
  test(`refuses ${what} (${name})`, async ({ page }) => {
    await page.route(`${provider.issuer}/auth?**`, (route) => {
      const url = new URL(route.request().url());
      url.searchParams.set(name, 'A'.repeat(43));
      return route.continue({ url: url.href });
    });
    await enter(page, 'careful');
    await expectRefused(page, REFUSED);
  });
}

test('whoever turns back at the provider’s door reads so', async ({ page }) => {
  await page.goto(`${site}/sign-in`);
  await page.getByRole('button', { name: 'Sign in with House account' }).click();
  await page.getByRole('link', { name: /Cancel/ }).click();
  await expectRefused(page, 'The provider did not let you in. Nobody was signed in.');
});

test('a provider that is down gives a sentence, and nothing of the driver’s', async ({ page }) => {
  await provider.stop();
  try {
    await page.goto(`${site}/sign-in`);
    await page.getByRole('button', { name: 'Sign in with House account' }).click();
    const alert = page.getByRole('main').getByRole('alert');
    await expect(alert).toContainText('The provider could not be reached. Try again, or sign in with a password.');
    await expect(page.getByText(/ECONN|fetch|127\.0\.0\.1|Error:/)).toHaveCount(0);
    expect(decodeURIComponent(page.url())).not.toMatch(/ECONN|127\.0\.0\.1/);
  } finally {
    await provider.start();
  }
  await enter(page, 'careful');
  await expectInside(page, 'Careful');
});

test('every joining and every refusal is in the log', async () => {
  const { rows } = await within('countersign', (client) => client.query(`select action, body as detail from audit_entry order by seq`));
  const said = rows.map((row: { action: string; detail: string }) => `${row.action} ${row.detail}`).join('\n');
  expect(said).toMatch(/join by single sign-on/);
  expect(said).toMatch(/sign in: refused.*not verified by the provider/);
  expect(said).toMatch(/sign in: refused.*belongs to a person with another account/);
  expect(said).toMatch(/sign in: refused.*disabled/);
});
