import type { Phase, Step } from '../../plan.ts';
import { spoken } from '../../planner/names.ts';
import type { Snapshot } from '../../snapshot.ts';
import { listed } from '../../words.ts';
import type { LintFinding, LintRule, LintScene } from '../finding.ts';
import { findingId } from '../seen.ts';

/** What nobody can run, and what nobody has said: these two cannot be let stand. */
export const NEVER_LET_STAND: ReadonlySet<string> = new Set(['STEP_OPEN', 'ANSWER_UNSAID']);

export const OPEN_STEPS: readonly LintRule[] = [
  {
    code: 'STEP_OPEN',
    about: 'A placeholder, SQL that does not parse, or the command of another tool: nobody can run it, so the phase cannot be signed.',
    look: (scene) => scene.plan.phases.flatMap((phase) => phase.steps.flatMap((step) => openStep(scene, phase, step))),
  },
  {
    code: 'ANSWER_UNSAID',
    about: 'A query whose expected answer nobody has said: what comes out could not be called right or wrong.',
    look: ({ plan }) => plan.phases.flatMap((phase) => [...phase.steps.flatMap((step) => unsaidIn(phase, step)), ...unsaidAfter(phase)]),
  },
];

function openStep(scene: LintScene, phase: Phase, step: Step): LintFinding[] {
  if (step.work?.kind !== 'open') return [];
  const { text, sentence, at } = step.work;
  const lacking = definitionsLacking(scene, text);
  return [{ ...blocking('STEP_OPEN', phase, step.id, ''), sentence: lacking === null ? sentence : `${sentence} ${lacking}`, at, statement: null }];
}

const CREATES = /\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?(?:(?:"([^"]+)"|([\w$]+))\s*\.\s*)?(?:"([^"]+)"|([\w$]+))/gi;

/** Tables that a text would create; `schema` is null where it says none. What a query puts together as text creates nothing. */
export function tablesMade(text: string): { schema: string | null; name: string }[] {
  return [...text.replaceAll(/'(?:[^']|'')*'/g, "''").matchAll(CREATES)].map(([, quotedSchema, schema, quoted, name]) => ({ schema: quotedSchema ?? schema?.toLowerCase() ?? null, name: quoted ?? name?.toLowerCase() ?? '' }));
}

/** Why no definition is offered for a table that an open step is to create; null where one is offered (DEFINITION_KNOWN), or where it creates none. */
function definitionsLacking({ plan, facts: { current, desired } }: LintScene, text: string): string | null {
  const tables = tablesMade(text).map(({ schema, name }) => ({ schema: schema ?? 'public', name }));
  if (tables.length === 0) return null;
  const words = (some: typeof tables): string => listed(some.map(spoken));
  if (plan.desired === plan.target) return `What ${words(tables)} is to be cannot be offered: the plan has no other database to resemble.`;
  if (desired === null || current === null) return `What ${words(tables)} is to be cannot be offered ${desired === null && plan.desired === '' ? 'where nothing says which database has it' : `before ${desired === null ? plan.desired : plan.target} is read`}.`;
  const has = (snapshot: Snapshot) => ({ schema, name }: (typeof tables)[number]): boolean => snapshot.objects.some((object) => object.kind === 'table' && object.schema === schema && object.name === name);
  const unknown = tables.filter((table) => !has(desired)(table));
  if (unknown.length > 0) return `${plan.desired} has no ${unknown.length === 1 ? 'table' : 'tables'} ${words(unknown)}: what ${unknown.length === 1 ? 'it is' : 'they are'} to be cannot be offered.`;
  const there = tables.filter(has(current));
  return there.length > 0 ? `${plan.target} has ${words(there)} already, so that no definition is offered: Compare shows in what ${there.length === 1 ? 'it differs' : 'they differ'} from ${plan.desired}.` : null;
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
