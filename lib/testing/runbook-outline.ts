import type { Expectation, Phase, Statement, Step } from '#lib/pipeline/plan.ts';
import type { RunbookReading } from '#lib/pipeline/runbook/reading.ts';

/** A reading as a person would note it down: one line per phase, step and note, to be compared as a whole. */
export function outlineOf(reading: RunbookReading): string[] {
  return [...reading.phases.flatMap(phaseLines), ...reading.notes.map((note) => `! ${note.code} ${note.line}:${note.column}${note.stepId === undefined ? '' : ` ${note.stepId}`} ${note.sentence}`)];
}

function phaseLines(phase: Phase): string[] {
  const marks = [phase.due ? `due ${phase.due.hours} h after ${phase.due.afterPhase}` : null, phase.destructive ? 'destructive' : null, phase.pointOfNoReturn ? 'no return' : null].filter((mark) => mark !== null);
  return [
    `# ${phase.id} ${phase.title} (${phase.source?.from ?? 0}-${phase.source?.to ?? 0})${marks.length > 0 ? ` [${marks.join(', ')}]` : ''}`,
    ...phase.steps.flatMap(stepLines),
  ];
}

function stepLines(step: Step): string[] {
  const { work } = step;
  const what = work === undefined ? 'sql' : work.kind === 'open' ? `open ${work.why} ${work.at.line}:${work.at.column}` : work.kind === 'outside' ? `outside ${work.act.act}` : work.kind;
  return [
    `  - ${step.title} (${step.source?.from ?? 0}-${step.source?.to ?? 0}) ${what}`,
    ...step.statements.map((statement) => `      ${statementLine(statement)}`),
    ...step.undo.map((statement) => `      < ${statement.sql.replaceAll(/\s+/g, ' ')}`),
  ];
}

function statementLine(statement: Statement): string {
  return statement.do === 'assert' ? `${statement.label} ${expectedText(statement.expect)}` : statement.label;
}

function expectedText(expect: Expectation): string {
  return expect.from === 'literal' ? `= ${JSON.stringify(expect.value)}` : `(${expect.from})`;
}
