import { expect, type Locator, type Page } from '@playwright/test';

/** Presses one key until the goal has the focus; every stop on the way must be seen to have it. */
export async function walkTo(page: Page, key: 'j' | 'Tab', goal: Locator): Promise<void> {
  for (let stops = 0; stops < 80; stops += 1) {
    await page.keyboard.press(key);
    const { seen, what } = await page.evaluate(() => {
      const { activeElement } = document;
      if (!activeElement || activeElement === document.body) return { seen: true, what: 'the page' };
      const { outlineStyle, outlineWidth } = getComputedStyle(activeElement);
      return { seen: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2, what: activeElement.outerHTML.slice(0, 200) };
    });
    expect(seen, `the focus is not visible on ${what}`).toBe(true);
    if (await goal.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error('the focus never came there');
}
