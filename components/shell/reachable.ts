const PATIENCE_MS = 4_000;

/**
 * Does it only while the server answers. A refresh that gets no answer makes Next leave the page for the browser's own error page,
 * and takes an open dialog with it: somebody who lost the network for a moment would lose what they were reading.
 */
export async function whenReachable(use: () => void): Promise<void> {
  try {
    // Any answer will do, also 503: the web is there.
    await fetch('/api/health', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    return;
  }
  use();
}
