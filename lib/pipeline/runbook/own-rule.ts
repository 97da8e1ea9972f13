import type { Phase } from '../plan.ts';
import { counted, listed } from '../words.ts';
import { note, type DraftNote } from './draft.ts';
import type { Block } from './markdown.ts';

const WANTS_NONE = /\b(?:no|never|not|without|avoid(?:ing)?)\b[^.|]{0,60}\bALTER TABLE\b/i;

/** A text that wants no ALTER TABLE and has some itself: said, because whoever ticks that off has to know. Of several places the last, which is where it is asked. */
export function ownRuleMet(blocks: readonly Block[], phases: readonly Phase[]): DraftNote[] {
  const rule = blocks.findLast((block) => (block.kind === 'item' || block.kind === 'prose') && WANTS_NONE.test(block.text));
  const steps = phases.flatMap((phase) => phase.steps.filter((step) => step.source && step.statements.some(({ do: does, sql }) => does === 'execute' && /^\s*ALTER\s+TABLE\b/i.test(sql))));
  if (!rule || steps.length === 0) return [];
  const lines = steps.slice(0, 5).map((step) => String(step.source?.from ?? 0));
  const where = `line${lines.length === 1 ? '' : 's'} ${listed(steps.length > lines.length ? [...lines, `${steps.length - lines.length} more`] : lines)}`;
  return [note('understood', `The text wants no ALTER TABLE here, and its own script has ${counted(steps.length, 'step', 'steps')} with it (${where}).`, rule.from)];
}
