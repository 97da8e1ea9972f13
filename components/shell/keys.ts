/** Event on window: show the list of keys. */
export const SHOW_KEYS = 'countersign:show-keys';

export const PLACES: readonly { key: string; href: string; name: string }[] = [
  { key: 'h', href: '/', name: 'Home' },
  { key: 'c', href: '/compare', name: 'Compare' },
  { key: 'p', href: '/plans', name: 'Plans' },
  { key: 'l', href: '/log', name: 'Log' },
  { key: 'd', href: '/databases', name: 'Databases' },
];

/** Event on window: a key of the page that is shown was pressed; `detail` is the key. */
export const PAGE_KEY = 'countersign:page-key';

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
