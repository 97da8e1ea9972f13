interface Side {
  target?: { serverVersion: number };
}

/** Which of two sides is of a server before `since` (as in server_version_num) where the other's is not; null: none, or it is not known. */
export function olderSide(current: Side, desired: Side, since: number): 'current' | 'desired' | null {
  const [one, other] = [current.target, desired.target];
  if (!one || !other || one.serverVersion >= since === other.serverVersion >= since) return null;
  return one.serverVersion < since ? 'current' : 'desired';
}

/** `Postgres 15` */
export function versionOf({ target }: Side): string {
  return `Postgres ${Math.floor((target?.serverVersion ?? 0) / 10_000)}`;
}
