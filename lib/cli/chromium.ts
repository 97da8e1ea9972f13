import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { Stop } from './command.ts';

/** The headless shell first: it draws no windows for nobody, and takes a tenth less of the machine. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];

/**
 * Path of a Chromium for the browser tests: the one that CHROMIUM_PATH names, the machine's, Playwright's own download, or Debian's
 * package when we are root there. Throws Stop with what to install when none can be had: the tests are never skipped.
 */
export async function findChromium(): Promise<string> {
  const named = process.env.CHROMIUM_PATH?.trim();
  if (named) {
    if (works(named)) return named;
    throw new Stop(`CHROMIUM_PATH is ${named}, and that does not start.`);
  }
  return onThisMachine() ?? (await downloaded()) ?? fromDebian() ?? noneToBeHad();
}

function onThisMachine(): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''), '/usr/bin', '/usr/local/bin', '/snap/bin'];
  return [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...MAC].find(works) ?? null;
}

/** Ubuntu ships a script of this name that only says to install a snap: what counts is that it runs. */
function works(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    return /\d+\.\d+/.test(execFileSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000, stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return false;
  }
}

async function downloaded(): Promise<string | null> {
  const { chromium } = await import('@playwright/test');
  if (works(chromium.executablePath())) return chromium.executablePath();
  process.stdout.write('Downloading a Chromium for the browser tests…\n');
  const playwright = join(dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')), 'cli.js');
  return quietly(process.execPath, [playwright, 'install', 'chromium'], 300_000) && works(chromium.executablePath()) ? chromium.executablePath() : null;
}

function fromDebian(): string | null {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null;
  process.stdout.write('Installing a Chromium package…\n');
  quietly('apt-get', ['update'], 300_000);
  const installed = (name: string): boolean => quietly('apt-get', ['install', '--yes', '--no-install-recommends', name], 600_000);
  if (!installed('chromium-headless-shell')) installed('chromium');
  return onThisMachine();
}

function quietly(program: string, args: readonly string[], timeout: number): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore', timeout, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '15000' } });
    return true;
  } catch {
    return false;
  }
}

function noneToBeHad(): never {
  throw new Stop('The browser tests need a Chromium, and none could be found, downloaded or installed. Install one (Debian and Ubuntu: apt-get install chromium) or set CHROMIUM_PATH to it.');
}
