import { test, type Page } from '@playwright/test';
import { expectNoRawMessage } from './raw-messages.ts';

/** The tests of a file take turns on one page, whoever sits before it; after each of them nothing raw stands there. */
export function onOnePage(take: (page: Page) => void): void {
  test.describe.configure({ mode: 'serial' });
  let page: Page;
  test.beforeAll(async ({ browser }) => {
    page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    take(page);
  });
  test.afterEach(() => expectNoRawMessage(page));
  test.afterAll(() => page.context().close());
}
