import { Fold, FoldRow } from '#components/ui/fold.tsx';
import { Mono } from '#components/ui/page.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import type { PhaseDto, PlanDto } from '#lib/dal/dto.ts';
import type { LockClaim, Step } from '#lib/pipeline/plan.ts';
import { RehearsedFacts } from './rehearsal.tsx';
import { StepSql } from './step-sql.tsx';
import { tableText } from './table-text.ts';
import { Questions } from './wanted.tsx';
import { sourceText, WrittenWork } from './written-step.tsx';

/** All about a step but its title; its SQL comes when it is opened. */
export function StepFacts({ plan, dto, step, index }: { plan: PlanDto; dto: PhaseDto; step: Step; index: number }) {
  const paper = dto.papers[step.id];
  const sent = sentOf(step.work, paper?.sql ?? step.statements);
  const where = { planId: plan.plan.id, version: plan.version, stepId: step.id };
  return (
    <>
      <Facts step={step} how={paper?.how ?? ''} source={sourceText(step, plan.plan.origin)} />
      <WrittenWork work={step.work} />
      <Questions step={step} />
      <Rehearsed plan={plan} step={step} />
      <Hazards step={step} />
      <FoldRow>
        {sent.length === 0 && step.work ? null : (
          <Fold inRow lazy name={`${step.id}.sql`} summary={<span>SQL · {statementCount(sent)}</span>}>
            <StepSql {...where} side="sql" />
          </Fold>
        )}
        {paper?.undo ? (
          <Fold inRow lazy name={`${step.id}.undo`} summary={<span>Undo · {undoSummary(step, paper.undo)}</span>}>
            <WrittenWork work={step.undoWork} />
            <StepSql {...where} side="undo" />
          </Fold>
        ) : (
          <p className="text-sm text-ink-muted">{withoutUndo(step, dto.phase.steps.slice(0, index))}</p>
        )}
      </FoldRow>
    </>
  );
}

/** What stands of a step while it is folded: what it locks, and what is loud about it. */
export function StepSummary({ step, sent }: { step: Step; sent: readonly unknown[] }) {
  const loud = step.hazards.filter((hazard) => LOSSY.has(hazard.code));
  const modes = [...new Set(step.locks.map((lock) => lock.mode))];
  return (
    <span className="flex min-w-0 flex-wrap items-baseline gap-x-2 text-sm text-ink-muted">
      {step.work?.kind === 'open' ? <StateMark tone="red" plain>open</StateMark> : null}
      {step.work?.kind === 'manual' ? <StateMark tone="blue" plain>for a person</StateMark> : null}
      {step.statements.some((statement) => statement.do === 'assert' && statement.expect.from === 'unsaid') ? <StateMark tone="blue" plain>nobody has said what must come out</StateMark> : null}
      {loud.map((hazard) => (
        <StateMark key={hazard.code} tone="red" plain>
          <span className="font-mono text-xs">{hazard.code}</span>
        </StateMark>
      ))}
      {modes.length > 0 ? <span>{modes.join(', ')}</span> : null}
      {sent.length > 0 ? <span>{statementCount(sent)}</span> : null}
    </span>
  );
}

/** Commands and open texts are shown as what they are, and not as SQL. */
export function sentOf(work: Step['work'], sql: readonly { label: string; sql: string }[]): readonly { label: string; sql: string }[] {
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
