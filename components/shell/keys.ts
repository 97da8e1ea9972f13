/** Event on window: show the list of keys. */
export const SHOW_KEYS = 'countersign:show-keys';

export const PLACES: readonly { key: string; href: string; name: string }[] = [
  { key: 'h', href: '/', name: 'Home' },
  { key: 'c', href: '/compare', name: 'Compare' },
  { key: 'p', href: '/plans', name: 'Plans' },
  { key: 'l', href: '/log', name: 'Log' },
  { key: 'd', href: '/databases', name: 'Databases' },
];
