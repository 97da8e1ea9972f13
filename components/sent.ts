import type { ActionState } from '#lib/dal/dto/answer.ts';

/** What a form shows: what the server says, or that it said nothing. */
export type Answer = ActionState | { status: 'unanswered'; sentence: string };

/**
 * Waits for what a press has sent. Where no answer comes, that is said where it was pressed: thrown, it would take the page away, with the run that somebody
 * watches and with what they typed. What the server throws carries a digest and goes on: it leads somewhere else, or to the page of errors.
 */
export async function answerTo(sent: Promise<ActionState>): Promise<Answer> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof Error && 'digest' in error) throw error;
    return { status: 'unanswered', sentence: sentenceFor(error) };
  }
}

function sentenceFor(error: unknown): string {
  // Countersign was brought up to date while the page stood open: to press again would find nothing either.
  if (error instanceof Error && error.name === 'UnrecognizedActionError') return 'This page is of an earlier version of Countersign, and nothing was done. Read the page anew in the browser, then press again.';
  if (!navigator.onLine) return 'This device has no network, and nothing was sent. Press again when it is back.';
  return 'Countersign did not answer, and nobody knows whether it took this. Look at what stands there, then press again.';
}
