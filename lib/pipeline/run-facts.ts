import type { Evidence } from './evidence.ts';
import { expectedFromEvidence } from './expectation.ts';
import type { Expectation, Phase, Statement } from './plan.ts';

type Evidenced = Extract<Expectation, { from: 'evidence' }>;

/** Under which a measured value travels in the `checked` event. */
export function factKey(expectation: Evidenced): string {
  return [expectation.check, expectation.field, expectation.of ?? ''].join('|');
}

/** The few measured values that assertions of this phase compare with, out of the evidence taken just before the run. What is not measured is left out. */
export function runFacts(phase: Phase, evidence: Evidence): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const expectation of evidencedIn(phase)) {
    const value = expectedFromEvidence(expectation, phase, evidence);
    if (value !== null) facts[factKey(expectation)] = value;
  }
  return facts;
}

function evidencedIn(phase: Phase): Evidenced[] {
  const statements = phase.steps.flatMap((step): readonly Statement[] => [...step.statements, ...step.undo]);
  const asserted = statements.flatMap((statement) => (statement.do === 'assert' ? [statement.expect] : []));
  return [...asserted, ...phase.verifications.map((one) => one.expect)].flatMap((expect) => (expect.from === 'evidence' ? [expect] : []));
}
