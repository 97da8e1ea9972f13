import { headers } from 'next/headers';

/** Carries what stands behind the question mark of an address to the page, whole. */
export const ASKED_HEADER = 'x-countersign-asked';

/** Words of an address that say how a page is looked at, and not which it is: what is folded open, and in the comparison all but its two sides and their noise. */
const VIEW = ['open'];
const VIEW_OF_COMPARE = ['q', 'kind', 'change', 'hazard', 'decided', 'all', 'fold', 'object', 'tab'];

/**
 * The address of the page itself, null where that is all there is. What a page changes in its address in place Next's router does not take for the page: with each
 * entry of the history it keeps the page as it was asked for, and calls one that is asked for later, under what the address says then, another page. That it
 * asks for twice, shows from its top, and at the second in a row loads as a whole document, in the middle of the next step.
 * @see https://github.com/vercel/next.js/issues/98323
 */
export function withoutView(asked: URL): URL | null {
  const page = new URL(asked);
  for (const name of asked.pathname === '/compare' ? VIEW_OF_COMPARE : VIEW) page.searchParams.delete(name);
  return page.searchParams.size === asked.searchParams.size ? null : page;
}

/** Everything that the address asks for, as it stands in the browser. */
export async function askedAddress(): Promise<URLSearchParams> {
  return new URLSearchParams((await headers()).get(ASKED_HEADER) ?? '');
}
