import { digestOf } from './digest.ts';
import type { Evidence, Finding } from './evidence.ts';
import { openRefusal } from './open-phase.ts';
import { ORPHAN_VERDICT_WORDS } from './orphan-words.ts';
import type { OrphanDecision, Phase, Plan, Statement, Step } from './plan.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import { type FinishedRehearsal, rehearsalFacts } from './rehearsal-evidence.ts';
import { counted, grouped } from './words.ts';

/**
 * What a signature covers, as sha256 hex: the phase document with its SQL and rollback SQL, the plan and target it belongs to, the
 * tolerance and rollback window, the measured facts, and what a rehearsal found. When and how long the measuring took is left out, so that two
 * people who sign the same facts sign the same digest.
 * @param rehearsal null: none is signed. The digest is then what it was before rehearsals were evidence, so that those signatures stand.
 */
export function approvalDigest(plan: Plan, phase: Phase, evidence: Evidence, rehearsal: FinishedRehearsal | null): string {
  const signed = rehearsal === null ? {} : { rehearsal: rehearsalFacts(rehearsal, phase.id) };
  return digestOf({ ...signed, plan: plan.id, target: plan.target, tolerance: plan.tolerance, windowHours: plan.windowHours, phase, facts: factsOf(evidence) });
}

/** Digest of the phase document alone. Evidence is stored under it: an edited phase has no evidence until it is measured again. */
export function phaseDocumentDigest(phase: Phase): string {
  return digestOf(phase);
}

function factsOf(evidence: Evidence): unknown {
  const measurements = evidence.measurements.map(({ ms: _ms, ...fact }) => fact);
  return { phaseId: evidence.phaseId, target: evidence.target, fingerprints: evidence.fingerprints, measurements };
}

/** Everything that decides whether a person may sign now. The caller reads it in one transaction; the database enforces the rest. */
export interface ApprovalFacts {
  phase: Pick<Phase, 'kind' | 'title' | 'destructive' | 'steps' | 'verifications'>;
  /** Everybody who created the plan or edited any version of it. */
  authorIds: readonly string[];
  person: { id: string; roles: readonly string[] };
  /** An author who made the person's account, its password or its address so lately that policy counts both as one; null: none, or policy does not ask. */
  madeBy: string | null;
  /** Evidence measured for exactly this phase document; null when there is none. */
  evidence: Evidence | null;
  /** Hours since it was measured, and how old it may be. */
  evidenceAgeHours: number;
  evidenceHours: number;
  findings: readonly Finding[];
  /** The digest on the page that the person pressed the button on, and the digest over what is stored now. */
  seenDigest: string;
  currentDigest: string;
  /** What destroyedRows() says; null = not known. Asked for only when the phase is destructive. */
  numberToType: number | null;
  typedNumber: number | null;
  /** People whose approval of this phase stands. */
  approvedBy: readonly string[];
  /** Change requests on this phase that nobody has answered. */
  openChangeRequests: number;
}

/**
 * The first reason why this person may not sign this phase now, or null. Who comes before what, so that an author is never told to
 * measure first and refused afterwards. No role is exempt.
 */
export function approvalRefusal(facts: ApprovalFacts): Refusal | null {
  return whoRefusal(facts) ?? openRefusal(facts.phase) ?? evidenceRefusal(facts) ?? standingRefusal(facts) ?? numberRefusal(facts);
}

function whoRefusal({ person, authorIds, madeBy }: ApprovalFacts): Refusal | null {
  if (authorIds.includes(person.id)) return refuse('own_plan', 'You wrote or edited this plan, so someone else must approve it. This holds for everybody, admins too.');
  if (madeBy !== null) return refuse('own_plan', `${madeBy} wrote or edited this plan, and made your account or its password not long ago. Policy asks that somebody else signs, or that some days pass: it cannot tell you from whoever made them.`);
  if (!person.roles.includes('approver')) return refuse('not_allowed', 'Only an approver may approve a phase.');
  return null;
}

function evidenceRefusal(facts: ApprovalFacts): Refusal | null {
  const title = `“${facts.phase.title}”`;
  if (!facts.evidence) return refuse('evidence_missing', `${title} was not measured since it was last changed. Measure it first: an approval signs the measured facts.`);
  if (facts.evidenceAgeHours > facts.evidenceHours) return refuse('evidence_old', `${title} was measured more than ${counted(facts.evidenceHours, 'hour', 'hours')} ago. Measure it again before signing.`);
  if (facts.seenDigest !== facts.currentDigest) return refuse('evidence_moved', `${title} was changed or measured again since you opened this page. Read what it says now, then sign that.`);
  return null;
}

function standingRefusal(facts: ApprovalFacts): Refusal | null {
  if (facts.approvedBy.includes(facts.person.id)) return refuse('already_approved', `You have approved “${facts.phase.title}” already, and your approval stands.`);
  if (facts.openChangeRequests > 0) return refuse('changes_requested', `${counted(facts.openChangeRequests, 'change request is', 'change requests are')} still open on “${facts.phase.title}”. The author answers first.`);
  const blocking = facts.findings.filter((finding) => finding.severity === 'blocking');
  const first = blocking[0];
  if (first) return refuse('findings_block', blocking.length === 1 ? first.sentence : `${blocking.length} findings block “${facts.phase.title}”. The first: ${first.sentence}`);
  return null;
}

/** What the number counts that whoever signs a destructive phase types: of one row, and of several. What people wrote may also overwrite values of rows that stay. */
export function numberCounts({ kind }: Pick<Phase, 'kind'>): { one: string; many: string } {
  return kind === 'written' ? { one: 'goes, or loses a value for good', many: 'go, or lose a value for good' } : { one: 'leaves the live tables', many: 'leave the live tables' };
}

function numberRefusal({ phase, numberToType, typedNumber }: ApprovalFacts): Refusal | null {
  if (!phase.destructive) return null;
  // Several phases may be signed in one act: which of them it is stands in the sentence.
  const title = `“${phase.title}”`;
  const { one, many } = numberCounts(phase);
  if (numberToType === null) return refuse('evidence_missing', `How many rows in ${title} ${many} is not known, so it cannot be signed. Measure it again.`);
  // With decisions made but no orphan found there is nothing to take away, so nothing to type.
  if (numberToType === 0 && typedNumber === null) return null;
  if (typedNumber === null) return refuse('wrong_number', `Type the number of rows that ${many} in ${title}.`);
  if (typedNumber !== numberToType) return refuse('wrong_number', `You typed ${grouped(typedNumber)}, but in ${title} ${counted(numberToType, `row ${one}`, `rows ${many}`)}. Read it again.`);
  return null;
}

function refuse(code: RefusalCode, sentence: string): Refusal {
  return { code, sentence };
}

/**
 * What is different between two documents of a phase, as one sentence that names the step, decision or setting; null when they are
 * equal. It is the reason written beside an approval that an edit makes void.
 */
export function movedSentence(before: Phase, after: Phase): string | null {
  if (phaseDocumentDigest(before) === phaseDocumentDigest(after)) return null;
  const parts = [...decisionsMoved(before, after), ...overlapsMoved(before, after), ...stepsMoved(before, after)];
  if (digestOf(before.checks) !== digestOf(after.checks)) parts.push('what is measured before it');
  if (digestOf(before.verifications) !== digestOf(after.verifications)) parts.push('what is verified after it');
  if (before.destructive !== after.destructive) parts.push('whether it takes rows or values away');
  if (digestOf(before.requires) !== digestOf(after.requires)) parts.push('what must stand before it');
  if (digestOf(before.due) !== digestOf(after.due)) parts.push('when it is due');
  if (before.title !== after.title) parts.push(`its title, which was “${before.title}”`);
  if (digestOf(before.findingDecisions ?? {}) !== digestOf(after.findingDecisions ?? {})) parts.push('which findings are let stand');
  const [first = 'its description', ...rest] = parts;
  const more = rest.length === 0 ? '' : ` (and ${counted(rest.length, 'more change', 'more changes')})`;
  return `“${after.title}” was edited: ${first}${more}.`;
}

/**
 * What has changed about the phases that come before one, as a sentence; null when it is the same phases in the same order. Nothing in the phase's own
 * document says it, and yet it was signed for a target in which they had run.
 */
export function placeMoved(before: Plan, after: Plan, phaseId: string): string | null {
  const was = before.phases.slice(0, before.phases.findIndex((phase) => phase.id === phaseId));
  const own = after.phases.findIndex((phase) => phase.id === phaseId);
  const is = after.phases.slice(0, own);
  if (was.map((phase) => phase.id).join() === is.map((phase) => phase.id).join()) return null;
  const come = is.find((phase) => !was.some((one) => one.id === phase.id));
  const gone = was.find((phase) => !is.some((one) => one.id === phase.id));
  const title = `“${after.phases[own]?.title ?? phaseId}”`;
  if (come) return `${title}: “${come.title}” now comes before it.`;
  return gone ? `${title}: “${gone.title}” does not come before it any more.` : `${title}: the phases before it have changed places.`;
}

function decisionsMoved(before: Phase, after: Phase): string[] {
  const keys = [...new Set([...Object.keys(before.orphanDecisions), ...Object.keys(after.orphanDecisions)])].sort();
  return keys.flatMap((key) => {
    const was = before.orphanDecisions[key];
    const is = after.orphanDecisions[key];
    if (was?.verdict !== is?.verdict) return [`the decision on the orphans of ${key} went from “${orphanVerdict(was)}” to “${orphanVerdict(is)}”`];
    return was?.reason === is?.reason ? [] : [`the reason for the decision on the orphans of ${key}`];
  });
}

function overlapsMoved(before: Phase, after: Phase): string[] {
  const [was, is] = [before.overlapDecisions ?? {}, after.overlapDecisions ?? {}];
  const tables = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
  return tables.filter((table) => digestOf(was[table] ?? null) !== digestOf(is[table] ?? null)).map((table) => `the decision on the table ${table}, from ${verdictText(was[table]?.verdict)} to ${verdictText(is[table]?.verdict)}`);
}

function orphanVerdict(decision: OrphanDecision | undefined): string {
  return decision ? ORPHAN_VERDICT_WORDS[decision.verdict] : 'no decision';
}

function verdictText(verdict: string | undefined): string {
  return verdict === undefined ? 'undecided' : verdict.replaceAll('_', ' ');
}

function stepsMoved(before: Phase, after: Phase): string[] {
  const was = new Map(before.steps.map((step) => [step.id, step]));
  const is = new Set(after.steps.map((step) => step.id));
  const removed = before.steps.filter((step) => !is.has(step.id)).map((step) => `step “${step.title}” was taken out`);
  const changed = after.steps.flatMap((step) => {
    const old = was.get(step.id);
    return old ? stepMoved(old, step) : [`step “${step.title}” was added`];
  });
  const order = (steps: readonly Step[]): string => steps.filter((step) => was.has(step.id) && is.has(step.id)).map((step) => step.id).join();
  return [...removed, ...changed, ...(order(before.steps) === order(after.steps) ? [] : ['the order of its steps'])];
}

function stepMoved(was: Step, is: Step): string[] {
  const parts: string[] = [];
  if (sqlOf(was.statements) !== sqlOf(is.statements)) parts.push(`the SQL of step “${is.title}”`);
  if (sqlOf(was.undo) !== sqlOf(is.undo)) parts.push(`the rollback SQL of step “${is.title}”`);
  if (parts.length === 0 && digestOf(was) !== digestOf(is)) parts.push(`the description of step “${is.title}”`);
  return parts;
}

function sqlOf(statements: readonly Statement[]): string {
  return digestOf(statements);
}
