import { sheetIn, withSheet } from './address.ts';

// The browser's history of sheets that were opened over a page: one entry each, above that of the page.

/** Told which sheet the address asks for, null for none: at once, and after every step through the history. */
type Follow = (asked: string | null) => void;

const here = new Map<string, Follow>();
let listening = false;
/** A step back was asked for and has not happened yet; what is opened meanwhile goes into the address behind it. */
let leaving = false;
let waiting: string | null = null;

/** Sheets that stand on the page, until the returned function is called. */
export function enlist(names: readonly string[], follow: Follow): () => void {
  if (!listening) window.addEventListener('popstate', heard);
  listening = true;
  for (const name of names) here.set(name, follow);
  follow(sheetIn(window.location.hash));
  return () => {
    for (const name of names) if (here.get(name) === follow) here.delete(name);
    // What did its work has often left the page with it: no entry may stay behind from which Back leads nowhere.
    setTimeout(() => {
      for (const name of names) if (!here.has(name)) takeOutOfAddress(name);
    });
  };
}

function heard(): void {
  const asked = sheetIn(window.location.hash);
  if (!leaving) {
    for (const follow of new Set(here.values())) follow(asked);
    return;
  }
  leaving = false;
  if (waiting !== null) putIntoAddress(waiting);
  waiting = null;
}

function isAsked(name: string): boolean {
  return sheetIn(window.location.hash) === name;
}

/** For a way from an open sheet to another page: Back from there leads to the page, and not into the sheet whose work is done. */
export function isInSheet(): boolean {
  return sheetIn(window.location.hash) !== null;
}

export function putIntoAddress(name: string): void {
  if (leaving) {
    waiting = name;
    return;
  }
  const before = sheetIn(window.location.hash);
  if (before === name) return;
  const href = withSheet(window.location.href, name);
  const below = before === null || isAbovePage(window.location.href);
  if (before === null) window.history.pushState(null, '', href);
  else window.history.replaceState(null, '', href);
  if (below) remember(href);
}

/** Goes back where the entry of the page is below; else the sheet is taken out of the address in place. */
export function takeOutOfAddress(name: string): void {
  if (waiting === name) waiting = null;
  if (leaving || !isAsked(name)) return;
  if (isAbovePage(window.location.href)) {
    leaving = true;
    window.history.back();
  } else window.history.replaceState(null, '', withSheet(window.location.href, null));
}

const ABOVE = 'countersign:sheets';
const REMEMBERED = 50;

/** Sheets that were put above their page, by path and name: what is folded open in them changes the question between. In the session, because a reload keeps the history too, and the router forgets what is written into it. */
function remembered(): readonly string[] {
  try {
    return JSON.parse(window.sessionStorage.getItem(ABOVE) ?? '[]') as string[];
  } catch {
    return [];
  }
}

/** Of a page that is left for one elsewhere: the entry below will not be that of the page when somebody comes back. */
export function forgetSheet(href: string): void {
  keepRemembered(remembered().filter((one) => one !== placeOf(href)));
}

function isAbovePage(href: string): boolean {
  return remembered().includes(placeOf(href));
}

function placeOf(href: string): string {
  const { pathname, hash } = new URL(href);
  return pathname + hash;
}

function remember(href: string): void {
  const place = placeOf(href);
  keepRemembered([...remembered().filter((one) => one !== place), place].slice(-REMEMBERED));
}

function keepRemembered(places: readonly string[]): void {
  try {
    window.sessionStorage.setItem(ABOVE, JSON.stringify(places));
  } catch {
    // A browser that stores nothing: closing takes the sheet out of the address in place.
  }
}
