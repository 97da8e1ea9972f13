import { expect, type Page } from '@playwright/test';
import axe, { type AxeResults, type RunOptions } from 'axe-core';
import { expectPolicyKept } from './policy.ts';

/** The only rules that another theme can break, and which no width does: they take as long as all the others together. */
const COLOURS = ['color-contrast', 'link-in-text-block'];
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const EVERY_RULE: RunOptions = { runOnly: { type: 'tag', values: TAGS } };
const COLOURS_ONLY: RunOptions = { runOnly: { type: 'rule', values: COLOURS } };
const NO_COLOURS: RunOptions = { ...EVERY_RULE, rules: Object.fromEntries(COLOURS.map((rule) => [rule, { enabled: false }])) };
/** What the width itself can break, and what is judged of the page as a whole. */
const WIDTH_ONLY: RunOptions = { runOnly: { type: 'rule', values: ['target-size', 'scrollable-region-focusable', 'bypass', 'heading-order', 'landmark-one-main', 'landmark-unique', 'page-has-heading-one', 'region'] } };
export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/**
 * What every page promises, in the state it stands in now: in light and dark, axe finds nothing, and neither wide nor on a phone does the page
 * scroll sideways. All are looked at before it fails. `PAGES_FOLDER=/tmp/pages` keeps a picture of each, for eyes.
 */
export async function expectManners(page: Page, name: string): Promise<void> {
  await expect(page.locator('h1').first(), `${name}: the page is still on its way`).toBeVisible();
  const wrong: string[] = [];
  for (const size of [WIDE, PHONE]) {
    for (const scheme of ['light', 'dark'] as const) {
      // Dark differs in colours, and those are the same at every width: on a phone it is only for eyes.
      if (size === PHONE && scheme === 'dark' && !process.env.PAGES_FOLDER) continue;
      const where = `${name}, ${size.width} ${scheme}`;
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await atRest(page);
      if (process.env.PAGES_FOLDER) await page.screenshot({ path: `${process.env.PAGES_FOLDER}/${name.replaceAll(/[^a-z0-9]+/gi, '-')}-${size.width}-${scheme}.png` });
      const violations = size === PHONE ? await lookAgain(page) : await look(page, scheme === 'dark' ? COLOURS_ONLY : EVERY_RULE);
      if (size === WIDE && scheme === 'light') await rememberShown(page);
      wrong.push(...violations.flatMap(({ id, nodes }) => nodes.map((node) => `${where}: ${id} at ${node.target.join(' ')}: ${node.failureSummary ?? ''}`)));
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (sideways > 0) wrong.push(`${where}: scrolls ${sideways} px sideways`);
      wrong.push(...(await cutForms(page)).map((field) => `${where}: a form is cut off at the right, at ${field}`));
    }
  }
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  expect(wrong, name).toEqual([]);
  await expectPolicyKept(page);
}

/** Fields and buttons of forms that stand outside what scrolls them up and down: a sheet hides them, and the page does not scroll sideways for it. */
async function cutForms(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('form input, form select, form textarea, form button')].flatMap((field) => {
      const edge = field.closest('[role=dialog]')?.getBoundingClientRect().right ?? window.innerWidth;
      return field.getBoundingClientRect().right > edge + 1 ? [field.outerHTML.slice(0, 120)] : [];
    }));
}

/** axe in the page as it stands. It stays there until the next one is loaded: to read it again for each look took longer than the look. */
async function look(page: Page, options: RunOptions): Promise<AxeResults['violations']> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(async (wanted) => (await (window as unknown as Looked).axe.run(document, wanted)).violations, { ...options, resultTypes: ['violations'] } satisfies RunOptions);
}

interface Looked {
  axe: typeof axe;
  shown?: Set<Element>;
}

async function rememberShown(page: Page): Promise<void> {
  await page.evaluate(() => {
    (window as unknown as Looked).shown = new Set([...document.body.querySelectorAll('*')].filter((element) => element.checkVisibility()));
  });
}

/**
 * At another width: names and roles of what was shown before too are what they were. Looked at is what only this width shows, and what stands around something that it
 * hides, be it a label of its own; of the rest, what the width can break.
 */
async function lookAgain(page: Page): Promise<AxeResults['violations']> {
  const known = await page.evaluate(() => 'axe' in window && 'shown' in window);
  if (!known) return look(page, NO_COLOURS);
  const fresh = await page.evaluate(async (wanted) => {
    const { axe: looker, shown = new Set<Element>() } = window as unknown as Looked;
    const now = [...document.body.querySelectorAll('*')].filter((element) => element.checkVisibility());
    const hidden = [...shown].filter((element) => element.isConnected && !element.checkVisibility());
    const changed = new Set([...now.filter((element) => !shown.has(element)), ...hidden.flatMap((element) => [element.parentElement, element.closest('label')?.control].filter((each) => each instanceof Element))]);
    const roots = [...changed].filter((element) => element.checkVisibility() && !changed.has(element.parentElement ?? document.documentElement));
    return roots.length === 0 ? [] : (await looker.run({ include: roots }, wanted)).violations;
  }, { ...NO_COLOURS, resultTypes: ['violations'] } satisfies RunOptions);
  return [...fresh, ...(await look(page, WIDTH_ONLY))];
}

/** Colours that are still on their way to another theme have no contrast worth measuring. */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    const passing = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(passing.map((animation) => animation.finished));
  });
}

/** The page at this size needs no scrolling, and what is fixed to its foot hides nothing: the last line of `main` ends above it. */
export async function expectFits(page: Page, size: { width: number; height: number }): Promise<void> {
  await page.setViewportSize(size);
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight), { message: `scrolls at ${size.width} × ${size.height}` }).toBeLessThanOrEqual(0);
}
