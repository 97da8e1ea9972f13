/** What a signature says about when the phase must be started. */
export interface TimedSignature {
  digest: string;
  signedAt: Date;
  /** Policy at the time of signing demanded a start before this instant; null: it demanded none. */
  startBy: Date | null;
}

/** Until when what these signed must be started: the last of them says; null: at any time while they stand. They are all of one digest. */
export function startBy(signatures: readonly TimedSignature[]): Date | null {
  return signatures.toSorted((a, b) => a.signedAt.getTime() - b.signedAt.getTime()).at(-1)?.startBy ?? null;
}

/** Of standing signatures those with which a start is still, or already no more, in time; each digest has a time of its own. */
export function inTime<S extends TimedSignature>(standing: readonly S[], at: Date): { open: S[]; over: S[] } {
  const open: S[] = [];
  const over: S[] = [];
  for (const same of Map.groupBy(standing, (one) => one.digest).values()) {
    const until = startBy(same);
    (until !== null && until <= at ? over : open).push(...same);
  }
  return { open, over };
}

/** Kept with the signatures that gave way, and said by whoever may not start. */
export function overSentence(until: Date): string {
  return `It had to be started by ${until.toISOString().slice(0, 16).replace('T', ' ')} UTC, within the hours that policy gives after the last signature. It must be asked for and signed again.`;
}
