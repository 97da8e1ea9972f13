import type { StoredRunEvent } from './run.ts';

/**
 * How long a run was at work, in milliseconds: from the check of the target to its end, without the time for which a person had paused it, it waited for what a person does,
 * or no worker had it. Waits for locks and rests count, because a way back meets them too. Null while it has not ended.
 * @param events of one run, in order.
 */
export function workedMs(events: readonly StoredRunEvent[]): number | null {
  let worked = 0;
  let began = false;
  let person = false;
  let last = 0;
  for (const { at, event } of events) {
    const now = Date.parse(at);
    if (began && !person && event.type !== 'claimed') worked += now - last;
    last = now;
    if (event.type === 'ended') return worked;
    began ||= event.type === 'checked' || event.type === 'step_started';
    // Another speed may be set while it is paused, and another person may look on: only what the worker says ends the wait.
    if (event.type !== 'pace_set') person = event.type === 'waiting' && event.waiting.forWhat.startsWith('a person:');
  }
  return null;
}
