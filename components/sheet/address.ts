// Which sheet is open stands behind the # of the address: the server draws the same page with it and without, so that opening and closing
// ask for nothing, and the page that a sheet's answer brings is the one that stays when it is closed.

const MARK = '#sheet=';

/** Name of the sheet that an address opens; `hash` as `location.hash` has it, with its #. */
export function sheetIn(hash: string): string | null {
  if (!hash.startsWith(MARK)) return null;
  try {
    return decodeURIComponent(hash.slice(MARK.length)) || null;
  } catch {
    return null;
  }
}

/** The same page with this sheet open, or with none. */
export function withSheet(href: string, name: string | null): string {
  const [page = ''] = href.split('#');
  return name === null ? page : `${page}${MARK}${encodeURIComponent(name)}`;
}
