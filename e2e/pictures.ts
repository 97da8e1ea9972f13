import type { Page } from '@playwright/test';

/**
 * The README's pictures. `PICTURES=1 npm run test:e2e` renews the committed ones; an ordinary run takes them too, but beside the
 * other results, so that a test leaves no change behind.
 */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PICTURES === '1' ? 'e2e/pictures' : 'test-results/pictures';
  await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled' });
}
