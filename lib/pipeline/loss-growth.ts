/** While the application goes on writing, the loss grows between reading and pressing: by this share it may, or by ten rows. */
const MAY_GROW = 1.1;
/** Beside that, by what the application had written on average until the price was measured, for the time since then; twice that, because no load is even. */
const UNEVEN = 2;
/** A price that was seen longer ago is looked at again. */
const SEEN_MS = 5 * 60_000;

/** When what was typed had been measured (as the form says), when the phase was applied, and when the loss was measured again. */
export interface Moments {
  appliedAt: Date | null;
  seenAt: Date | null;
  now: Date;
}

/**
 * Whether somebody who typed a number of rows has seen the loss of now. Right after a phase, when a rollback matters most, a busy application
 * doubles the number while it is being typed: to ask for the number of the moment would keep the way back closed for as long as it writes.
 */
export function lossWasSeen(typed: number, lost: number, { appliedAt, seenAt, now }: Moments): boolean {
  if (lost <= Math.max(typed + 10, typed * MAY_GROW)) return true;
  if (!appliedAt || !seenAt) return false;
  const [seen, unseen] = [seenAt.getTime() - appliedAt.getTime(), now.getTime() - seenAt.getTime()];
  if (seen <= 0 || unseen < 0 || unseen > SEEN_MS) return false;
  return lost <= typed + UNEVEN * (typed / seen) * unseen;
}
