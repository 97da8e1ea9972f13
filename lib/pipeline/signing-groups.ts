import type { Phase } from './plan.ts';
import type { Refusal } from './refusal.ts';
import { counted, listed } from './words.ts';

/**
 * Why those who signed a phase come from too few groups; null when they do not, or nothing is demanded.
 * @param groups of the standing signatures, as they were when signing; '' is no group
 */
export function groupsRefusal(phase: Pick<Phase, 'destructive'>, demanded: number | null, groups: readonly string[]): Refusal | null {
  if (demanded === null || demanded < 2 || !phase.destructive) return null;
  const there = [...new Set(groups.filter((group) => group !== ''))].toSorted();
  if (there.length >= demanded) return null;
  const signed = there.length === 0 ? 'nobody of any group has signed' : `signed by ${listed(there)}`;
  return { code: 'groups_missing', sentence: `Policy demands signatures from ${demanded} different groups where data goes: ${signed}, and ${counted(demanded - there.length, 'group is', 'groups are')} missing.` };
}
