import { LOCK_MODES, type LockMode } from './hazards.ts';

/** The manual's table of conflicting lock modes: what keeps a wanted mode out when another session holds it. */
export const CONFLICTS: Readonly<Record<LockMode, readonly LockMode[]>> = {
  'ACCESS SHARE': ['ACCESS EXCLUSIVE'],
  'ROW SHARE': ['EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'ROW EXCLUSIVE': ['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'SHARE UPDATE EXCLUSIVE': ['SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  SHARE: ['ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'SHARE ROW EXCLUSIVE': ['ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  EXCLUSIVE: LOCK_MODES.slice(1),
  'ACCESS EXCLUSIVE': LOCK_MODES,
};

/** `ACCESS EXCLUSIVE` as pg_locks spells it: `AccessExclusiveLock`. */
export function catalogMode(mode: LockMode): string {
  return `${mode.split(' ').map((word) => word.charAt(0) + word.slice(1).toLowerCase()).join('')}Lock`;
}

/** And back; null for what is no lock on a table. */
export function modeOf(spelled: string): LockMode | null {
  return LOCK_MODES.find((mode) => catalogMode(mode) === spelled) ?? null;
}
