// Whose turn it is, by name. Pure.

/** Who may still sign: approvers who neither wrote a version of the plan nor signed already. The same rule as the control database's. */
export function maySign<P extends { id: string }>(approvers: readonly P[], authorIds: readonly string[], signedIds: readonly string[]): P[] {
  return approvers.filter(({ id }) => !authorIds.includes(id) && !signedIds.includes(id));
}

/** `Ann, Bob or Carol`; of many the first three and a count. */
export function anyOf(names: readonly string[]): string {
  const most = 3;
  if (names.length > most + 1) return `${names.slice(0, most).join(', ')} or ${names.length - most} others`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}

/** What follows “waits for a second person”, with its full stop. `needed` signatures are lacking; `left` of the `approvers` may give them. */
export function signersSentence(left: readonly { name: string }[], needed: number, approvers: number): string {
  if (approvers === 0) return ', and nobody may sign: nobody is an approver.';
  if (left.length === 0) return ', and nobody may sign: every approver has written a version of it or has signed.';
  const short = left.length < needed ? `, and ${needed} are needed` : '';
  return `: ${anyOf(left.map(({ name }) => name))} may sign${short}.`;
}

/** What follows “waits for the operator”, with its full stop. */
export function startersSentence(operators: readonly { name: string }[]): string {
  return operators.length === 0 ? ', and nobody may start it: nobody is an operator.' : `: ${anyOf(operators.map(({ name }) => name))} may start it.`;
}

/** In its last hours a rollback window is about to close. */
export const SOON_MS = 4 * 3_600_000;

/** Does a rollback window close so soon that an operator should look once more? In its last four hours, or the last quarter of a shorter one. */
export function closesSoon(window: { from: Date; until: Date }, now: Date): boolean {
  const left = window.until.getTime() - now.getTime();
  return left > 0 && left <= Math.min(SOON_MS, (window.until.getTime() - window.from.getTime()) / 4);
}
