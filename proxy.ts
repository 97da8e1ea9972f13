import { randomBytes } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';

/**
 * What a page may load, run and be shown in: scripts only those that we wrote into it (each page has a word of its own that no one can guess, which Next puts
 * on its scripts), everything from here, in nobody's frame. A press that approves or starts must not be had by a page that hides ours under its own. Styles may
 * stand in the page: the libraries of sheets and of the editor write some.
 * @see https://nextjs.org/docs/app/guides/content-security-policy
 */
export function proxy(request: NextRequest): NextResponse {
  const signIn = wayToSignIn(request);
  if (signIn) return NextResponse.redirect(signIn);
  const nonce = randomBytes(16).toString('base64');
  // React compiles its messages at run time while it is developed, and only then.
  const evaluated = process.env.NODE_ENV === 'development' ? " 'unsafe-eval'" : '';
  const policy = [
    `default-src 'self'`, `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${evaluated}`, `style-src 'self' 'unsafe-inline'`, `img-src 'self' data:`, `object-src 'none'`,
    `base-uri 'none'`, `form-action 'self'`, `frame-ancestors 'none'`,
  ].join('; ');
  const headers = new Headers(request.headers);
  // Next reads the word from the request.
  headers.set('Content-Security-Policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('Content-Security-Policy', policy);
  return response;
}

/**
 * Nobody without a session's cookie has a page here. Said by the answer's own status, and not by the page, because only then does a browser carry along what
 * stands behind the #: the sheet that was open. A cookie proves nothing; who it belongs to, and whether it still counts, is asked by every loader.
 */
function wayToSignIn({ method, nextUrl, cookies }: NextRequest): URL | null {
  if (method !== 'GET' || nextUrl.pathname === '/sign-in' || cookies.getAll().some(({ name }) => /^(__Secure-)?next-auth\.session-token(\.\d+)?$/.test(name))) return null;
  const way = nextUrl.clone();
  way.pathname = '/sign-in';
  way.search = new URLSearchParams({ callbackUrl: nextUrl.pathname + nextUrl.search }).toString();
  return way;
}

/** Documents. Data, files of the build, and what a page already open asks for (its scripts run under the policy that it came with) need none. */
export const config = {
  matcher: [{ source: '/((?!api/|_next/|icon.svg).*)', missing: [{ type: 'header', key: 'rsc' }, { type: 'header', key: 'next-action' }] }],
};
