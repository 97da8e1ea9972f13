/** Event on window: show the list of keys. */
export const SHOW_KEYS = 'countersign:show-keys';

export const PLACES: readonly { key: string; href: string; name: string }[] = [
  { key: 'h', href: '/', name: 'Home' },
  { key: 'c', href: '/compare', name: 'Compare' },
  { key: 'p', href: '/plans', name: 'Plans' },
  { key: 'l', href: '/log', name: 'Log' },
  { key: 'd', href: '/databases', name: 'Databases' },
];

type Hears = (key: string) => void;
const hearing = new Set<Hears>();
/** The frame is at work before the page in it: what is pressed in between is heard by whoever of the page comes, as long as it is not an old matter by then. */
let unheard: { key: string; path: string; at: number } | null = null;
const UNHEARD_MS = 5_000;

/** A key of the page under this path was pressed; `now` in milliseconds. */
export function sayPageKey(key: string, path: string, now: number): void {
  unheard = hearing.size === 0 ? { key, path, at: now } : null;
  for (const hears of hearing) hears(key);
}

/** From now on the page under this path hears its keys; the answer ends it. */
export function hearPageKeys(hears: Hears, path: string, now: number): () => void {
  hearing.add(hears);
  if (unheard !== null && unheard.path === path && now - unheard.at < UNHEARD_MS) hears(unheard.key);
  return () => void hearing.delete(hears);
}

/** Keys that one page has beside those of every page, by its path. */
export const PAGE_KEYS: Readonly<Record<string, readonly { key: string; text: string }[]>> = {
  '/compare': [
    { key: 'n', text: 'Next object that differs' },
    { key: 'p', text: 'Previous object that differs' },
    { key: 'x', text: 'Choose the differences of the open object, or let them go' },
    { key: 'd', text: 'Decide what is chosen, or the open object' },
    { key: 'f', text: 'Fold or open the schema of the open object' },
    { key: 'i', text: 'Show or fold what is identical' },
  ],
};
