import type { Plan } from '../plan.ts';
import type { LintFacts, LintFinding, LintRule, LintScene } from './finding.ts';
import { RULES } from './rules.ts';
import { NEVER_LET_STAND } from './rules/open-steps.ts';
import { sceneOf } from './scene.ts';

/**
 * What the rules say of a plan, in the order of the plan: about a phase first, then about its steps, what blocks before what is to be known. Asks no database; what depends on a
 * reading that `facts` does not have is said to be unknown. Never throws for odd SQL. What a person lets stand with a reason no longer blocks, and says so.
 */
export async function lintPlan(plan: Plan, facts: LintFacts): Promise<readonly LintFinding[]> {
  const scene = await sceneOf(plan, facts);
  const found = numbered(RULES.flatMap((rule) => looked(rule, scene)).filter((finding) => !isTools(plan, finding)));
  return inOrder(plan, found.map((finding) => letStand(plan, finding)));
}

/** One rule that stumbles must neither hide what the others say nor pass for silence. */
function looked(rule: LintRule, scene: LintScene): readonly LintFinding[] {
  try {
    return rule.look(scene);
  } catch {
    const phaseId = scene.plan.phases[0]?.id ?? '';
    return [{ id: `RULE_STUMBLED ${rule.code}`, code: 'RULE_STUMBLED', sentence: `The rule ${rule.code} could not be applied to this plan: what it looks for is not known.`, severity: 'to_know', move: 'clears', phaseId, stepId: null, statement: null, at: null }];
  }
}

/** A migration tool's own table is made as the tool makes it: nobody here can make it better. */
function isTools(plan: Plan, { severity, stepId, statement }: LintFinding): boolean {
  if (plan.origin?.from !== 'folder' || severity === 'blocking' || statement === null) return false;
  const step = plan.phases.flatMap((phase) => phase.steps).find(({ id }) => id === stepId);
  return /^CREATE TABLE IF NOT EXISTS \S+\.(?:_prisma_migrations|__drizzle_migrations) /.test(step?.statements[statement]?.sql ?? '');
}

/** Two findings of one step about objects of one name are told apart by a number, or an answer to one would answer both. */
function numbered(findings: readonly LintFinding[]): LintFinding[] {
  const met = new Map<string, number>();
  return findings.map((finding) => {
    const times = (met.get(finding.id) ?? 0) + 1;
    met.set(finding.id, times);
    return times === 1 ? finding : { ...finding, id: `${finding.id} #${times}` };
  });
}

function letStand(plan: Plan, finding: LintFinding): LintFinding {
  const decision = plan.phases.find((phase) => phase.id === finding.phaseId)?.findingDecisions?.[finding.id];
  if (!decision || finding.severity !== 'blocking' || NEVER_LET_STAND.has(finding.code)) return finding;
  return { ...finding, severity: 'to_know', move: 'clears', sentence: `${finding.sentence} Let stand: “${decision.reason}”` };
}

function inOrder(plan: Plan, findings: readonly LintFinding[]): LintFinding[] {
  const places = new Map<string, number>();
  for (const phase of plan.phases) {
    places.set(phase.id, places.size);
    for (const step of phase.steps) places.set(`${phase.id} ${step.id}`, places.size);
  }
  const placed = new Map(findings.map((one) => [one, places.get(one.stepId === null ? one.phaseId : `${one.phaseId} ${one.stepId}`) ?? places.size]));
  const placeOf = (one: LintFinding): number => placed.get(one) ?? places.size;
  return findings.toSorted((a, b) => placeOf(a) - placeOf(b) || (a.statement ?? -1) - (b.statement ?? -1) || weight(a) - weight(b) || (a.id < b.id ? -1 : 1));
}

function weight({ severity }: LintFinding): number {
  return severity === 'blocking' ? 0 : 1;
}
