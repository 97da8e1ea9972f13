const PATIENCE_MS = 4_000;

/** Said to the window when a session is over and something stands in a field that nobody has sent. */
export const SIGNED_OUT = 'countersign:signed-out';

/**
 * Does it only while the server answers. A refresh that gets no answer makes Next leave the page for the browser's own error page,
 * and takes an open dialog with it: somebody who lost the network for a moment would lose what they were reading. Where the session is over,
 * a refresh leads to the sign-in page, and would take what was typed with it.
 */
export async function whenReachable(use: () => void): Promise<void> {
  let status: number;
  try {
    // Any answer will do, also a bad one: the web is there.
    ({ status } = await fetch('/api/session', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) }));
  } catch {
    return;
  }
  if (status !== 401) use();
  else if (isWriting()) window.dispatchEvent(new Event(SIGNED_OUT));
  else leaveForSignIn();
}

/** Not by the page's own way there, which knows nothing of the sheet that is open behind the #. In its place, so that Back does not lead to signing in. */
function leaveForSignIn(): void {
  const { pathname, search, hash } = window.location;
  window.location.replace(`/sign-in?callbackUrl=${encodeURIComponent(pathname + search)}${hash}`);
}

/** Does something stand in a field of a form or of an open sheet? */
function isWriting(): boolean {
  return [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('form textarea, form input:is([type="text"], [type="number"], :not([type]))')].some((field) => field.value !== '');
}
