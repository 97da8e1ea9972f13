'use client';

import NextLink from 'next/link';
import { type ComponentProps, useState } from 'react';

/**
 * A link whose page is fetched ahead once somebody points at it, or comes to it by keyboard or finger. By itself Next fetches ahead what every link in
 * sight leads to, and all of it again whenever a page is read anew: thirty requests for each page that somebody opened.
 */
export function Link({ prefetch = null, ...rest }: ComponentProps<typeof NextLink>) {
  const [meant, setMeant] = useState(false);
  const mean = (): void => setMeant(true);
  return <NextLink {...rest} prefetch={meant ? prefetch : false} onPointerEnter={mean} onFocus={mean} onTouchStart={mean} />;
}
