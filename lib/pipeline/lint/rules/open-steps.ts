import type { Phase, Step } from '../../plan.ts';
import type { LintFinding, LintRule } from '../finding.ts';
import { findingId } from '../seen.ts';

/** What nobody can run, and what nobody has said: these two cannot be let stand. */
export const NEVER_LET_STAND: ReadonlySet<string> = new Set(['STEP_OPEN', 'ANSWER_UNSAID']);

export const OPEN_STEPS: readonly LintRule[] = [
  {
    code: 'STEP_OPEN',
    about: 'A placeholder, SQL that does not parse, or the command of another tool: nobody can run it, so the phase cannot be signed.',
    look: ({ plan }) => plan.phases.flatMap((phase) => phase.steps.flatMap((step) => openStep(phase, step))),
  },
  {
    code: 'ANSWER_UNSAID',
    about: 'A query whose expected answer nobody has said: what comes out could not be called right or wrong.',
    look: ({ plan }) => plan.phases.flatMap((phase) => [...phase.steps.flatMap((step) => unsaidIn(phase, step)), ...unsaidAfter(phase)]),
  },
];

function openStep(phase: Phase, step: Step): LintFinding[] {
  if (step.work?.kind !== 'open') return [];
  return [{ ...blocking('STEP_OPEN', phase, step.id, ''), sentence: step.work.sentence, at: step.work.at, statement: null }];
}

function unsaidIn(phase: Phase, step: Step): LintFinding[] {
  return step.statements.flatMap((statement, index) => {
    if (statement.do !== 'assert' || statement.expect.from !== 'unsaid') return [];
    const at = step.source ? { line: step.source.from, column: 1 } : null;
    return [{ ...blocking('ANSWER_UNSAID', phase, step.id, statement.label), sentence: unsaid(statement.label), at, statement: index }];
  });
}

function unsaidAfter(phase: Phase): LintFinding[] {
  return phase.verifications.flatMap((one) => (one.expect.from === 'unsaid' ? [{ ...blocking('ANSWER_UNSAID', phase, null, one.label), sentence: unsaid(one.label), at: null, statement: null }] : []));
}

function unsaid(label: string): string {
  return `Nobody has said what “${label}” must answer: say the value, or that any answer is only to be noted.`;
}

function blocking(code: string, phase: Phase, stepId: string | null, object: string): Omit<LintFinding, 'sentence' | 'at' | 'statement'> {
  return { code, id: findingId(code, stepId ?? phase.id, object), severity: 'blocking', move: 'yours', phaseId: phase.id, stepId };
}
