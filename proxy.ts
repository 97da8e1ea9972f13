import { randomBytes } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import { ASKED_HEADER, withoutView } from './app/asked.ts';

/**
 * What a page may load, run and be shown in: scripts only those that we wrote into it (each page has a word of its own that no one can guess, which Next puts
 * on its scripts), everything from here, in nobody's frame. A press that approves or starts must not be had by a page that hides ours under its own. Styles may
 * stand in the page: the libraries of sheets and of the editor write some.
 * @see https://nextjs.org/docs/app/guides/content-security-policy
 */
export function proxy(request: NextRequest): NextResponse {
  const headers = new Headers(request.headers);
  const asked = new URL(request.url);
  headers.set(ASKED_HEADER, asked.search);
  const answer = (): NextResponse => {
    const page = withoutView(asked);
    return page ? NextResponse.rewrite(page, { request: { headers } }) : NextResponse.next({ request: { headers } });
  };
  // What a page already open asks for runs under the policy that it came with.
  if (headers.has('rsc') || headers.has('next-action')) return answer();
  const signIn = wayToSignIn(request);
  if (signIn) return NextResponse.redirect(signIn);
  const nonce = randomBytes(16).toString('base64');
  // React compiles its messages at run time while it is developed, and only then.
  const evaluated = process.env.NODE_ENV === 'development' ? " 'unsafe-eval'" : '';
  const policy = [
    `default-src 'self'`, `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${evaluated}`, `style-src 'self' 'unsafe-inline'`, `img-src 'self' data:`, `object-src 'none'`,
    `base-uri 'none'`, `form-action 'self'`, `frame-ancestors 'none'`,
  ].join('; ');
  // Next reads the word from the request.
  headers.set('Content-Security-Policy', policy);
  const response = answer();
  response.headers.set('Content-Security-Policy', policy);
  return response;
}

/**
 * Nobody without a session's cookie has a page here. Said by the answer's own status, and not by the page, because only then does a browser carry along what
 * stands behind the #: the sheet that was open. A cookie proves nothing; who it belongs to, and whether it still counts, is asked by every loader.
 */
function wayToSignIn({ method, url, cookies }: NextRequest): URL | null {
  const { pathname, search } = new URL(url);
  if (method !== 'GET' || pathname === '/sign-in' || cookies.getAll().some(({ name }) => /^(__Secure-)?next-auth\.session-token(\.\d+)?$/.test(name))) return null;
  return new URL(`/sign-in?${new URLSearchParams({ callbackUrl: pathname + search }).toString()}`, url);
}

/** Pages: their documents, and what a page already open asks of itself, which has to be the same page to the router. Data and files of the build need none. */
export const config = { matcher: '/((?!api/|_next/|icon.svg).*)' };
