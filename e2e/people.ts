import { expect, type Browser, type BrowserContext, type Cookie, type Page } from '@playwright/test';
import { watchPolicy } from './policy.ts';

export type PersonName = 'author' | 'approver' | 'operator' | 'admin' | 'viewer';

const jars = new Map<PersonName, Cookie[]>();

/** A browser of their own, on home. Who signed in by the demo's one click before takes the session along: a session carries nothing but who it is. */
export async function signedIn(browser: Browser, name: PersonName, viewport = { width: 1440, height: 900 }): Promise<Page> {
  const context: BrowserContext = await browser.newContext({ viewport });
  await watchPolicy(context);
  const page = await context.newPage();
  const jar = jars.get(name);
  if (jar) {
    await context.addCookies(jar);
    await page.goto('/');
    await expect(page.getByRole('heading', { name: 'Home', level: 1 })).toBeVisible();
    return page;
  }
  await signIn(page, name);
  jars.set(name, await context.cookies());
  return page;
}

/** In this browser, whoever was signed in before. */
export async function signIn(page: Page, name: PersonName): Promise<void> {
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: `Sign in as ${name}@demo.test` }).click();
  await expect(page.getByRole('heading', { name: 'Home', level: 1 })).toBeVisible();
}

/**
 * The browser's cookies become another person's, and what stands on its page stays: whatever is pressed next, that person sends. Each
 * person signs in once; a session carries nothing but who it is.
 */
export async function become(page: Page, name: PersonName): Promise<void> {
  const context = page.context();
  let jar = jars.get(name);
  if (!jar) {
    const beside = await context.newPage();
    await signIn(beside, name);
    await beside.close();
    jar = await context.cookies();
    jars.set(name, jar);
  }
  await context.clearCookies();
  await context.addCookies(jar);
}
