import { setTimeout as sleep } from 'node:timers/promises';
import { logSurprise } from '#lib/log.ts';
import { isControlAway } from './control.ts';

const POLL_MS = 1_000;
const BEAT_MS = 2_000;
const TURN_MS = 200;

/** What a worker claims and carries out beside runs: rehearsals, counts, draft checks. */
export interface ClaimedWork<Claim extends { id: string }> {
  /** As the log names it: `rehearsal`. */
  what: string;
  claim: () => Promise<Claim | null>;
  carryOut: (claim: Claim) => Promise<void>;
}

/** Claims and carries out one at a time until the signal fires. Never throws. */
export async function oneAtATimeUntil<Claim extends { id: string }>({ what, claim, carryOut }: ClaimedWork<Claim>, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const claimed = await claim().catch((error: unknown) => {
      if (!isControlAway(error)) logSurprise(error, `looking for a ${what}`);
      return null;
    });
    if (claimed) await carryOut(claimed).catch((error: unknown) => void logSurprise(error, `${what} ${claimed.id}`));
    else await sleep(POLL_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** What stands of work that Countersign itself broke. The log says the rest. */
export function surpriseSentence(error: unknown, doing: string): string {
  return `It ended in a surprise of Countersign itself; error id ${logSurprise(error, doing)}.`;
}

/** What was done so far, told while it goes on. */
export interface Teller<Content> {
  content(): Content;
  tell(content: Content): void;
  /** False: it is another worker's, or over. */
  held(): boolean;
  stop(): Promise<void>;
}

/**
 * Writes what was told last, and that the worker lives, every two seconds and soon after news, until `note` says that it is not held any more.
 * `look` is called at every turn, several times a second. Neither fails the work: it is done on a clone that is ours alone, whether the control database answers or not.
 */
export function teller<Content>(first: Content, note: (content: Content) => Promise<boolean>, look?: () => Promise<void>): Teller<Content> {
  const state = { content: first, news: false, held: true, over: false };
  const loop = (async () => {
    let beatAt = performance.now();
    while (!state.over && state.held) {
      if (state.news || performance.now() - beatAt > BEAT_MS) {
        state.news = false;
        beatAt = performance.now();
        state.held = await note(state.content).catch(() => true);
      }
      await look?.().catch(() => undefined);
      await sleep(TURN_MS);
    }
  })();
  return {
    content: () => state.content,
    tell: (content) => void Object.assign(state, { content, news: true }),
    held: () => state.held,
    stop: async () => {
      state.over = true;
      await loop;
    },
  };
}
