import { Fold, FoldRow } from '#components/ui/fold.tsx';
import { Mono } from '#components/ui/page.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { useTalk } from '#components/talk/talk.tsx';
import type { Hazard } from '#lib/pipeline/hazards.ts';
import { RehearsedFacts } from './rehearsed-facts.tsx';
import { StepSql } from './step-sql.tsx';
import type { StepView } from './step-view.ts';
import { Questions } from './wanted.tsx';
import { WrittenWork } from './written-step.tsx';

/** All about a step but its title; its SQL comes when it is opened. */
export function StepFacts({ step }: { step: StepView }) {
  const { planId, version } = useTalk();
  const where = { planId, version, stepId: step.id };
  return (
    <>
      <Facts step={step} />
      <WrittenWork work={step.work} />
      <Questions asked={step.asked} />
      {step.rehearsed ? <RehearsedFacts {...step.rehearsed} /> : null}
      <Hazards hazards={step.hazards} />
      <FoldRow>
        {step.sql === null ? null : (
          <Fold inRow lazy name={`${step.id}.sql`} summary={<span>SQL · {step.sql}</span>}>
            <StepSql {...where} side="sql" />
          </Fold>
        )}
        {step.undo === null ? (
          <p className="text-sm text-ink-muted">{step.withoutUndo}</p>
        ) : (
          <Fold inRow lazy name={`${step.id}.undo`} summary={<span>Undo · {step.undo}</span>}>
            <WrittenWork work={step.undoWork} />
            <StepSql {...where} side="undo" />
          </Fold>
        )}
      </FoldRow>
    </>
  );
}

/** What stands of a step while it is folded: what it locks, and what is loud about it. */
export function StepSummary({ step }: { step: StepView }) {
  return (
    <span className="flex min-w-0 flex-wrap items-baseline gap-x-2 text-sm text-ink-muted">
      {step.work?.kind === 'open' ? <StateMark tone="red" plain>open</StateMark> : null}
      {step.work?.kind === 'manual' ? <StateMark tone="blue" plain>for a person</StateMark> : null}
      {step.unsaid ? <StateMark tone="blue" plain>nobody has said what must come out</StateMark> : null}
      {step.hazards.filter((hazard) => LOSSY.has(hazard.code)).map((hazard) => (
        <StateMark key={hazard.code} tone="red" plain>
          <span className="font-mono text-xs">{hazard.code}</span>
        </StateMark>
      ))}
      {step.locks.length > 0 ? <span>{step.locks.map((lock) => lock.mode).join(', ')}</span> : null}
      {step.sends ? <span>{step.sql}</span> : null}
    </span>
  );
}

function Facts({ step: { locks, notes } }: { step: StepView }) {
  return (
    <p className="text-sm text-ink-muted">
      {locks.length === 0 ? 'no lock that blocks' : 'lock '}
      {locks.map(({ mode, tables }, index) => (
        <span key={mode}>
          {index > 0 ? '; ' : null}
          <span className="text-ink">{mode}</span> on <Mono>{tables}</Mono>
        </span>
      ))}
      {notes.map((note) => ` · ${note}`).join('')}
    </p>
  );
}

function Hazards({ hazards }: { hazards: readonly Hazard[] }) {
  if (hazards.length === 0) return null;
  return (
    <ul className="mt-1 grid gap-0.5 text-sm">
      {hazards.map((hazard) => (
        <li key={`${hazard.code} ${hazard.sentence}`} className="flex items-baseline gap-x-2 max-sm:flex-wrap">
          <StateMark tone={LOSSY.has(hazard.code) ? 'red' : 'grey'} plain className="shrink-0">
            <span className="font-mono text-xs">{hazard.code}</span>
          </StateMark>
          <span className="min-w-0 wrap-anywhere">{hazard.sentence}</span>
        </li>
      ))}
    </ul>
  );
}

/** Only what loses something is loud. */
const LOSSY = new Set(['REMOVES_ROWS', 'LOSES_DATA', 'CHANGES_VALUES', 'LOSES_ROWS_ON_ROLLBACK', 'NOT_REVERSIBLE']);
