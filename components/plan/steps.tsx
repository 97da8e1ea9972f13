import { Fold, FoldAll, FoldRow } from '#components/ui/fold.tsx';
import { Mono, Section } from '#components/ui/page.tsx';
import { Sql } from '#components/ui/sql.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import type { PhaseDto, PlanDto } from '#lib/dal/dto.ts';
import type { LockClaim, Statement, Step } from '#lib/pipeline/plan.ts';
import { EditStep } from './edit-step.tsx';
import { RehearsedFacts } from './rehearsal.tsx';
import { sourceText, WrittenWork } from './written-step.tsx';
import { tableText } from './table-text.ts';

/** The steps with everything that will be sent, forward and back. */
export function Steps({ plan, dto, editable }: { plan: PlanDto; dto: PhaseDto; editable: boolean }) {
  const names = dto.phase.steps.flatMap((step) => [`${step.id}.sql`, ...(dto.papers[step.id]?.undo ? [`${step.id}.undo`] : [])]);
  return (
    <Section title={`Steps (${dto.phase.steps.length})`} aside={<FoldAll names={names} open="Open all SQL" close="Fold all SQL" />}>
      <ol className="border-t border-line">
        {dto.phase.steps.map((step, index) => (
          <li key={step.id} className="border-b border-line py-2.5">
            <div className="flex gap-3">
              <span className="w-4 shrink-0 text-right text-ink-muted">{index + 1}</span>
              <div className="min-w-0 flex-1">
                <div className="flex flex-wrap items-baseline justify-between gap-x-4">
                  <h3 className="font-medium">{step.title}</h3>
                  {editable && step.editable ? <EditStep planId={plan.plan.id} version={plan.version} phaseId={dto.phase.id} step={{ id: step.id, title: step.title, sql: statementsText(step.statements), undo: statementsText(step.undo) }} /> : null}
                </div>
                <Facts step={step} how={dto.papers[step.id]?.how ?? ''} source={sourceText(step, plan.plan.origin)} />
                <WrittenWork work={step.work} />
                <Rehearsed plan={plan} step={step} />
                <Hazards step={step} />
                <FoldRow>
                  <Sent step={step} sql={dto.papers[step.id]?.sql ?? step.statements} />
                  {dto.papers[step.id]?.undo ? (
                    <Fold inRow name={`${step.id}.undo`} summary={<span>Undo · {undoSummary(step, dto.papers[step.id]?.undo ?? [])}</span>}>
                      <WrittenWork work={step.undoWork} />
                      <Statements of={step.undo} />
                      <Readable of={sentOf(step.undoWork, dto.papers[step.id]?.undo ?? [])} without={step.undo} />
                    </Fold>
                  ) : (
                    <p className="text-sm text-ink-muted">{withoutUndo(step, dto.phase.steps.slice(0, index))}</p>
                  )}
                </FoldRow>
              </div>
            </div>
          </li>
        ))}
      </ol>
    </Section>
  );
}

/** What the step sends; a step of a person often sends nothing, and what is open never does. */
function Sent({ step, sql }: { step: Step; sql: readonly { label: string; sql: string }[] }) {
  const sent = sentOf(step.work, sql);
  if (sent.length === 0 && step.work) return null;
  return (
    <Fold inRow name={`${step.id}.sql`} summary={<span>SQL · {statementCount(sent)}</span>}>
      <Statements of={step.statements} />
      <Readable of={sent} without={step.statements} />
    </Fold>
  );
}

/** Commands and open texts are shown as what they are, and not as SQL. */
function sentOf(work: Step['work'], sql: readonly { label: string; sql: string }[]): readonly { label: string; sql: string }[] {
  if (work?.kind === 'open') return [];
  return work?.kind === 'manual' ? sql.filter((one) => one.sql !== work.command) : sql;
}

function undoSummary(step: Step, sql: readonly { label: string; sql: string }[]): string {
  const sent = sentOf(step.undoWork, sql);
  if (step.undoWork?.kind !== 'manual') return statementCount(sent);
  return sent.length === 0 ? 'by a person' : `by a person, then ${statementCount(sent)}`;
}

function withoutUndo(step: Step, earlier: readonly Step[]): string {
  if (step.work?.kind === 'open') return 'No undo: nobody knows yet what it does.';
  if (step.work?.kind === 'manual') return 'No undo: what a person did is not taken back by a rollback.';
  if (step.hazards.some((hazard) => hazard.code === 'NOT_REVERSIBLE')) return 'No undo: this step cannot be taken back.';
  const changes = step.work !== undefined || step.statements.some((statement) => statement.do === 'execute');
  // Rows copied into a table, or an index on it, go with the table.
  if (changes && earlier.some((one) => one.undo.length > 0 || one.undoWork)) return 'No undo of its own: what it does goes when the steps before it are taken back.';
  return 'No undo needed: the step changes nothing that must come back.';
}

/** What a step sends beyond its statements: its kind wrote it from what is signed. */
function Readable({ of, without }: { of: readonly { label: string; sql: string }[]; without: readonly Statement[] }) {
  const more = of.filter((one) => !without.some((statement) => statement.sql === one.sql && statement.label === one.label));
  if (more.length === 0) return null;
  return (
    <div className={without.length > 0 ? 'mt-2 grid gap-2' : 'grid gap-2'}>
      {more.map((one) => (
        <div key={`${one.label} ${one.sql}`} className="min-w-0">
          <Sql sql={one.sql} label={one.label} />
        </div>
      ))}
    </div>
  );
}

function statementCount(statements: readonly unknown[]): string {
  return `${statements.length} ${statements.length === 1 ? 'statement' : 'statements'}`;
}

function Facts({ step, how, source }: { step: Step; how: string; source: string | null }) {
  return (
    <p className="text-sm text-ink-muted">
      {step.locks.length === 0 ? 'no lock that blocks' : <Locks locks={step.locks} />}
      {step.rewrite ? ' · rewrites the table' : ''}
      {step.isolation ? ` · ${step.isolation}` : ''}
      {` · ${how}`}
      {source === null ? '' : ` · ${source}`}
    </p>
  );
}

function Rehearsed({ plan, step }: { plan: PlanDto; step: Step }) {
  const last = plan.rehearsal.last;
  const of = last?.steps[step.id];
  return of ? <RehearsedFacts of={of} outdated={last?.outdated !== null} /> : null;
}

function Locks({ locks }: { locks: readonly LockClaim[] }) {
  const byMode = Map.groupBy(locks, (lock) => lock.mode);
  return (
    <>
      {'lock '}
      {[...byMode].map(([mode, claims], index) => (
        <span key={mode}>
          {index > 0 ? '; ' : null}
          <span className="text-ink">{mode}</span> on <Mono>{claims.map((claim) => tableText(claim.table)).join(', ')}</Mono>
        </span>
      ))}
    </>
  );
}

function Hazards({ step }: { step: Step }) {
  if (step.hazards.length === 0) return null;
  return (
    <ul className="mt-1 grid gap-0.5 text-sm">
      {step.hazards.map((hazard) => (
        <li key={hazard.code} className="flex items-baseline gap-x-2 max-sm:flex-wrap">
          <StateMark tone={LOSSY.has(hazard.code) ? 'red' : 'grey'} plain className="shrink-0">
            <span className="font-mono text-xs">{hazard.code}</span>
          </StateMark>
          <span className="min-w-0">{hazard.sentence}</span>
        </li>
      ))}
    </ul>
  );
}

/** Only what loses something is loud. */
const LOSSY = new Set(['REMOVES_ROWS', 'LOSES_ROWS_ON_ROLLBACK', 'NOT_REVERSIBLE']);

function Statements({ of }: { of: readonly Statement[] }) {
  return (
    <div className="grid gap-2">
      {of.map((statement) => (
        <div key={`${statement.label} ${statement.sql}`} className="min-w-0">
          <Sql sql={statement.sql} label={statement.do === 'assert' ? askedText(statement) : statement.do === 'copy' ? `${statement.label} (repeated until no row is left)` : statement.label} />
          {statement.do === 'assert' && statement.expect.from === 'sql' ? (
            <div className="mt-1 pl-4">
              <Sql sql={statement.expect.sql} label="the value that must come out" />
            </div>
          ) : null}
        </div>
      ))}
    </div>
  );
}

export function expectedText(assertion: Extract<Statement, { do: 'assert' }> | { expect: Extract<Statement, { do: 'assert' }>['expect'] }): string {
  const { expect } = assertion;
  switch (expect.from) {
    case 'literal': return expect.value;
    case 'sql': return 'the answer of a query';
    case 'evidence': return expect.field === 'rows' ? 'the measured number of rows' : 'the measured keys';
    case 'unsaid': return 'nobody has said yet';
    case 'any': return 'whatever it says, to be read by a person';
  }
}

/** `must hold: rows left = 0`; what is only read and what nobody has answered must hold nothing. */
function askedText(assertion: Extract<Statement, { do: 'assert' }>): string {
  switch (assertion.expect.from) {
    case 'any': return `noted, to be read by a person: ${assertion.label}`;
    case 'unsaid': return `asked, and nobody has said yet what must come out: ${assertion.label}`;
    default: return `must hold: ${assertion.label} = ${expectedText(assertion)}`;
  }
}

/** What a person edits: the statements one after another. */
function statementsText(statements: readonly Statement[]): string {
  return statements.map((statement) => statement.sql.trim().replace(/;?$/, ';')).join('\n\n');
}
