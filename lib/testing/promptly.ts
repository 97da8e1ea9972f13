import { expect } from 'vitest';

const TRIES = 3;

class TooSlow extends Error {}

/**
 * A scene with a limit of time. `within` says how long something may take and how long it took; where it was longer, the scene is played once more, three times at
 * most: a machine that has no time for us misses a limit once, and a product that is too slow misses it each time. Everything else must hold each time.
 */
export async function promptly(scene: (within: (limitMs: number, tookMs: number) => void) => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await scene((limitMs, tookMs) => {
        if (tookMs >= limitMs && tries < TRIES) throw new TooSlow();
        expect(tookMs).toBeLessThan(limitMs);
      });
    } catch (error) {
      if (!(error instanceof TooSlow)) throw error;
    }
  }
}
