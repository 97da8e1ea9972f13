import type { ActionState } from '#lib/dal/dto.ts';

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
    return { status: 'unanswered', sentence: navigator.onLine ? 'Countersign did not answer, and nobody knows whether it took this. Look at what stands there, then press again.' : 'This device has no network, and nothing was sent. Press again when it is back.' };
  }
}
