import type { DraftStatement, DraftStep } from './draft.ts';
import { isLook } from './expected.ts';
import { saidOf } from './said.ts';

/** One number in the words around a passage is the answer of one query in it. Of several nobody can say of which: only that nothing comes out can be said of all. */
export function onlyOne(steps: readonly DraftStep[]): DraftStep[] {
  const asked = steps.flatMap(({ body }) => (body.is === 'sql' ? body.statements.filter(isAsked) : []));
  if (asked.length < 2) return [...steps];
  return steps.map((step) => (step.body.is === 'sql' ? { ...step, body: { ...step.body, statements: step.body.statements.map((one) => (saysNothing(one.around) ? one : { ...one, around: [] })) } } : step));
}

/** Nothing nearer says what must come out. */
function isAsked({ kind, node, beside, above, around, printed }: DraftStatement): boolean {
  return around.length > 0 && printed === undefined && isLook(kind, node) && saidOf(beside, above) === null;
}

function saysNothing(around: readonly string[]): boolean {
  const said = saidOf([], around);
  return said !== null && (('rows' in said && said.rows === 0) || ('value' in said && said.value === '0'));
}
