import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanDto } from '#lib/dal/dto/plan.ts';

type Finding = PhaseDto['findings'][number];
type Lint = Extract<Finding, { id: string }>;

/** What a page says of a finding. Of a long runbook there are hundreds, so each goes to the browser as these values, and not as the elements that show them. */
export interface FindingView {
  key: string;
  blocking: boolean;
  sentence: string;
  /** Whose move it is, where it blocks. */
  move: string | null;
  /** Where it is and what can be done about it; null: it is about no step. */
  about: FindingAbout | null;
}

interface FindingAbout {
  id: string;
  code: string;
  step: { id: string; number: number } | null;
  /** Of the text that the plan was read from. */
  line: number | null;
  /** The form that one press puts in its place. `elsewhere`: its button stands at an earlier finding, and answers this one too. */
  safer: { label: string; sentence: string; elsewhere: boolean } | null;
  /** With a reason, by this person. */
  mayStand: boolean;
}

/** The findings of a phase, what blocks first. @param editable an author looks at a phase that may still change. */
export function findingViews(plan: PlanDto, dto: PhaseDto, editable: boolean): FindingView[] {
  const ordered = [...dto.findings.filter(({ severity }) => severity === 'blocking'), ...dto.findings.filter(({ severity }) => severity !== 'blocking')];
  const numbers = new Map(dto.phase.steps.map((step, at) => [step.id, at + 1]));
  const presses = pressesOf(ordered);
  return ordered.map((finding) => ({
    key: isLint(finding) ? finding.id : `${finding.code} ${finding.sentence}`,
    blocking: finding.severity === 'blocking',
    sentence: finding.sentence,
    move: finding.severity !== 'blocking' ? null : finding.move === 'clears' ? 'Clears by itself.' : plan.mayEdit ? 'Yours to do.' : 'An author’s to do.',
    about: isLint(finding) ? aboutOf(plan, dto, finding, editable, numbers, presses) : null,
  }));
}

function isLint(finding: Finding): finding is Lint {
  return 'id' in finding;
}

function aboutOf(plan: PlanDto, dto: PhaseDto, finding: Lint, editable: boolean, numbers: ReadonlyMap<string, number>, presses: ReadonlyMap<string, Press>): FindingAbout {
  const number = finding.stepId === null ? undefined : numbers.get(finding.stepId);
  const step = number === undefined ? undefined : dto.phase.steps[number - 1];
  return {
    id: finding.id, code: finding.code,
    step: step && number !== undefined ? { id: step.id, number } : null,
    line: plan.text ? (finding.at?.line ?? step?.source?.from ?? null) : null,
    safer: editable && finding.safer ? saferOf(finding.id, finding.safer, presses.get(finding.safer.form)) : null,
    mayStand: editable && dto.mayStand.includes(finding.id),
  };
}

function saferOf(id: string, { label, sentence }: NonNullable<Lint['safer']>, press: Press | undefined): FindingAbout['safer'] {
  const elsewhere = press !== undefined && press.at !== id;
  return { label: press && press.answers > 1 && !elsewhere ? `${label} (answers ${press.answers})` : label, sentence, elsewhere };
}

/** Forms that rewrite what several findings of a phase are about: one press answers them all, so that the button stands once. */
const OF_THE_PHASE = new Set(['engine_conversion', 'engine_create']);

interface Press {
  /** The finding at which the button stands. */
  at: string;
  answers: number;
}

function pressesOf(findings: readonly Finding[]): Map<string, Press> {
  const presses = new Map<string, Press>();
  for (const finding of findings) {
    if (!isLint(finding) || !finding.safer || !OF_THE_PHASE.has(finding.safer.form)) continue;
    const { form } = finding.safer;
    const press = presses.get(form);
    presses.set(form, press ? { ...press, answers: press.answers + 1 } : { at: finding.id, answers: 1 });
  }
  return presses;
}
