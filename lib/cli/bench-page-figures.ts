import { chromium, type CDPSession, type Page } from '@playwright/test';
import { findChromium } from './chromium.ts';
import { Stop } from './command.ts';

/** One line of the answer. */
export interface Figure {
  what: string;
  value: string;
  aim?: string;
}

const COMPARE = '/compare?current=current&desired=desired';
const READ_MS = 300_000;

/** Measures with one browser, as somebody who signs in and looks. `restart` ends the web process and starts it again, with nothing in memory. */
export async function measurePage(base: string, restart: () => Promise<void>): Promise<Figure[]> {
  const browser = await chromium.launch({ executablePath: await findChromium(), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  try {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    const client = await page.context().newCDPSession(page);
    const bytes = await countBytes(client);
    await page.goto(`${base}/sign-in`);
    await page.getByRole('button', { name: 'Sign in as viewer@demo.test' }).click();
    await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
    const figures: Figure[] = [
      { what: 'first visit: both databases are read and compared', value: seconds(await visit(page, base)) },
      { what: 'first differences on screen, data there (new page load)', value: seconds(await median(5, () => visit(page, base))), aim: '2 s' },
    ];
    await restart();
    figures.push({ what: 'the same after a restart: readings come from the control database', value: seconds(await visit(page, base)) });
    bytes.reset();
    await visit(page, base);
    figures.push({ what: 'sent to the browser for it, without scripts and styles', value: kilobytes(bytes.total()) });
    figures.push(...(await filters(page)));
    figures.push({ what: 'an object opened', value: milliseconds(await median(5, () => openAnother(page))) });
    bytes.reset();
    figures.push(...(await scroll(page)));
    figures.push({ what: 'sent to the browser for scrolling through all lines', value: kilobytes(bytes.total()) });
    return figures;
  } finally {
    await browser.close();
  }
}

/** Milliseconds from asking for the page to the first line of the list. */
async function visit(page: Page, base: string): Promise<number> {
  const began = performance.now();
  await page.goto(`${base}${COMPARE}`, { waitUntil: 'commit', timeout: READ_MS });
  const alert = page.getByRole('main').getByRole('alert');
  await page.locator('ul[aria-label="Objects"] a').first().or(alert).first().waitFor({ timeout: READ_MS });
  const took = performance.now() - began;
  if ((await alert.count()) > 0) throw new Stop(`The page refuses: ${await alert.first().innerText()}`);
  await page.waitForLoadState('networkidle');
  return took;
}

/** From the press to the first frame that shows the other list, by the browser's own clock. */
async function filters(page: Page): Promise<Figure[]> {
  const typed = await median(7, async (round) => {
    const took = await untilOtherList(page, round % 2 === 0 ? 't_5' : 't5');
    return took;
  });
  await page.getByRole('searchbox', { name: 'Filter by name' }).fill('');
  await page.waitForTimeout(800);
  const pressed = await median(6, async (round) => untilPressed(page, round % 2 === 0 ? /^only in desired/ : /^any difference$/));
  return [
    { what: 'filter by name: letter typed to list on screen', value: milliseconds(typed), aim: '100 ms' },
    { what: 'filter by kind: pressed to list on screen', value: milliseconds(pressed), aim: '100 ms' },
  ];
}

async function untilOtherList(page: Page, text: string): Promise<number> {
  const field = page.getByRole('searchbox', { name: 'Filter by name' });
  await field.fill('');
  await page.waitForTimeout(700);
  await watchList(page, 'input');
  await field.fill(text.slice(-1));
  return listChanged(page);
}

async function untilPressed(page: Page, name: RegExp): Promise<number> {
  await watchList(page, 'click');
  await page.getByRole('navigation', { name: 'Kind of difference' }).getByRole('link', { name }).click();
  const took = await listChanged(page);
  await page.waitForTimeout(300);
  return took;
}

declare global {
  interface Window {
    countersignBench?: Promise<number>;
  }
}

/** Starts the clock at the next such event, and stops it at the first frame in which the list has another length. */
async function watchList(page: Page, event: 'input' | 'click'): Promise<void> {
  // What is handed to the browser carries everything it uses with it.
  await page.evaluate((name) => {
    // oxlint-disable-next-line unicorn/consistent-function-scoping
    const length = () => document.querySelector('ul[aria-label="Objects"] li')?.getAttribute('aria-setsize') ?? '0';
    const before = length();
    window.countersignBench = new Promise((resolve) => {
      addEventListener(name, () => {
        const began = performance.now();
        const look = () => (length() === before ? requestAnimationFrame(look) : resolve(performance.now() - began));
        requestAnimationFrame(look);
      }, { once: true, capture: true });
    });
  }, event);
}

async function listChanged(page: Page): Promise<number> {
  return page.evaluate(() => window.countersignBench ?? Promise.reject(new Error('the clock was not started')));
}

let opened = 0;

async function openAnother(page: Page): Promise<number> {
  opened += 1;
  const link = page.locator('ul[aria-label="Objects"] li a[data-row]:not([aria-expanded])').nth(opened);
  const name = (await link.locator('span.truncate').getAttribute('title')) ?? '';
  const began = performance.now();
  await link.click();
  await page.getByRole('heading', { level: 2 }).filter({ hasText: name }).waitFor();
  return performance.now() - began;
}

/** With the identical ones too: down the whole list, a screen every two frames, counting the frames in which a line in sight has nothing in it. */
async function scroll(page: Page): Promise<Figure[]> {
  await page.getByRole('link', { name: /identical · show$/ }).first().click();
  await page.waitForTimeout(1_500);
  const { lines, frames, gaps } = await page.evaluate(async () => {
    const list = document.querySelector('ul[aria-label="Objects"]');
    const pane = list?.parentElement;
    if (!list || !pane) throw new Error('there is no list');
    // oxlint-disable-next-line unicorn/consistent-function-scoping
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const gap = () => {
      const { top, bottom } = pane.getBoundingClientRect();
      const end = Math.min(bottom, list.getBoundingClientRect().bottom);
      for (let y = Math.max(top, list.getBoundingClientRect().top) + 4; y < Math.min(end, innerHeight) - 4; y += 16) {
        const line = document.elementFromPoint(list.getBoundingClientRect().left + 80, y)?.closest('li');
        if (!line?.textContent) return true;
      }
      return false;
    };
    let frames = 0;
    let gaps = 0;
    while (pane.scrollTop + pane.clientHeight < pane.scrollHeight - 1) {
      pane.scrollTop += pane.clientHeight;
      await frame();
      await frame();
      frames += 1;
      if (gap()) gaps += 1;
    }
    return { lines: list.querySelector('li')?.getAttribute('aria-setsize') ?? '0', frames, gaps };
  });
  return [{ what: `screens with a gap, of ${frames} while scrolling through ${lines} lines`, value: String(gaps), aim: '0' }];
}

async function countBytes(client: CDPSession): Promise<{ reset: () => void; total: () => number }> {
  await client.send('Network.enable');
  const wanted = new Set<string>();
  let total = 0;
  client.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Document' || type === 'Fetch' || type === 'XHR') wanted.add(requestId);
  });
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (wanted.has(requestId)) total += encodedDataLength;
  });
  return { reset: () => { total = 0; }, total: () => total };
}

async function median(times: number, measure: (round: number) => Promise<number>): Promise<number> {
  const taken: number[] = [];
  for (let round = 0; round < times; round += 1) taken.push(await measure(round));
  return taken.toSorted((a, b) => a - b)[Math.floor(times / 2)] ?? Number.NaN;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
function milliseconds(ms: number): string {
  return `${ms.toFixed(0)} ms`;
}
function kilobytes(bytes: number): string {
  return `${(bytes / 1_024).toFixed(0)} kB`;
}
