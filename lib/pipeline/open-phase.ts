import type { Assertion, Phase, Statement, Step } from './plan.ts';
import type { Refusal } from './refusal.ts';

/**
 * Why a phase of a written plan cannot run as it stands, whatever else was found: it has no step, one that is still open, or asks something of which
 * nobody has said what must come out. Null: none of these. The control database refuses the last two itself (control/0012).
 */
export function openRefusal(phase: Pick<Phase, 'kind' | 'title' | 'steps' | 'verifications'>): Refusal | null {
  if (phase.kind === 'written' && phase.steps.length === 0) return { code: 'findings_block', sentence: `“${phase.title}” can be neither signed nor run: it has no step yet. An author adds one, or takes the phase out.` };
  const open = phase.steps.find((step) => step.work?.kind === 'open' || step.undoWork?.kind === 'open');
  if (open) return { code: 'findings_block', sentence: `“${phase.title}” can be neither signed nor run: step “${open.title}” is still open. An author says what is meant, or takes it out.` };
  const unsaid = assertionsOf(phase).find(({ expect }) => expect.from === 'unsaid');
  if (unsaid) return { code: 'findings_block', sentence: `“${phase.title}” can be neither signed nor run: nobody has said what “${unsaid.label}” must answer. An author says it, or says that it is only to be read.` };
  return null;
}

function assertionsOf({ steps, verifications }: Pick<Phase, 'steps' | 'verifications'>): Assertion[] {
  const statements = steps.flatMap((step) => [...step.statements, ...step.undo, ...after(step.work), ...after(step.undoWork)]);
  return [...statements.flatMap((statement) => (statement.do === 'assert' ? [statement] : [])), ...verifications];
}

function after(work: Step['work']): readonly Statement[] {
  return work?.kind === 'batches' ? work.after : [];
}
