import { test, type Page } from '@playwright/test';
import { expectPolicyKept, watchPolicy } from './policy.ts';
import { expectNoRawMessage } from './raw-messages.ts';

/** The tests of a file take turns on one page, whoever sits before it; after each of them nothing raw stands there, and nothing was forbidden. */
export function onOnePage(take: (page: Page) => void): void {
  test.describe.configure({ mode: 'serial' });
  let page: Page;
  test.beforeAll(async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await watchPolicy(context);
    page = await context.newPage();
    take(page);
  });
  test.afterEach(async () => {
    await expectNoRawMessage(page);
    await expectPolicyKept(page);
  });
  test.afterAll(() => page.context().close());
}
