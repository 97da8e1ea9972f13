import { byteSize, duration } from '#components/ui/format.ts';
import { Mono } from '#components/ui/page.tsx';
import { StateMark, type Tone } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { PlanDto } from '#lib/dal/dto/plan.ts';
import type { RehearsalDto } from '#lib/dal/dto/rehearsal.ts';
import { RehearseButton, StopRehearsalButton } from './rehearse-button.tsx';

type Last = NonNullable<RehearsalDto['last']>;

const STATES: Readonly<Record<Last['state'], { tone: Tone; word: string }>> = {
  queued: { tone: 'grey', word: 'waiting' },
  running: { tone: 'orange', word: 'rehearsing' },
  proved: { tone: 'green', word: 'proved' },
  differs: { tone: 'red', word: 'not proved' },
  failed: { tone: 'red', word: 'failed' },
  refused: { tone: 'red', word: 'refused' },
};

/** What came of trying the plan on a clone, when, and of what; and the button. */
export function Rehearsal({ plan }: { plan: PlanDto }) {
  const { offered, last } = plan.rehearsal;
  if (!last && !offered) return null;
  return (
    <section aria-labelledby="rehearsal-title" className="min-w-0 border-line py-3 max-lg:border-b">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id="rehearsal-title" className="font-semibold">
          Rehearsal
        </h2>
        {last ? <Standing last={last} /> : <span className="text-ink-muted">Never rehearsed.</span>}
        {offered ? (
          <div className="ml-auto">
            <RehearseButton planId={plan.plan.id} version={plan.version} again={last !== null} />
          </div>
        ) : null}
        {last?.stoppable ? (
          <div className="ml-auto">
            <StopRehearsalButton planId={plan.plan.id} />
          </div>
        ) : null}
      </div>
      {last ? <Outcome plan={plan} last={last} /> : <p className="mt-1 text-sm text-ink-muted">A worker can carry the plan out on a clone of {plan.plan.target}, take it back, and measure each step.</p>}
    </section>
  );
}

function Standing({ last }: { last: Last }) {
  const under = last.state === 'queued' || last.state === 'running';
  const sampled = last.state === 'proved' && last.clone !== null && last.clone.sample !== null;
  const { tone, word } = stopped(last) ? { tone: 'grey' as const, word: under ? 'stopping' : 'stopped' } : last.outdated !== null && !under ? { tone: 'grey' as const, word: 'outdated' } : sampled ? { tone: 'green' as const, word: 'proved on a sample' } : STATES[last.state];
  return (
    <>
      <StateMark tone={tone} busy={last.state === 'running'}>
        {word}
      </StateMark>
      <span className="text-sm text-ink-muted">
        {last.by} · <Time at={last.at} /> · version {last.version}
      </span>
    </>
  );
}

/** By a person, before it came to a verdict. */
function stopped({ stoppedBy, state }: Last): boolean {
  return stoppedBy !== null && ['queued', 'running', 'refused'].includes(state);
}

function Outcome({ plan, last }: { plan: PlanDto; last: Last }) {
  const under = last.state === 'queued' || last.state === 'running';
  return (
    <div className="mt-1 grid gap-0.5">
      {last.outdated !== null && !under && !stopped(last) ? <p className="font-medium">{last.outdated} Rehearse again before you rely on it.</p> : null}
      <p className="max-w-prose break-words" aria-live="polite">
        {under ? (last.stoppedBy === null ? `${sentenceOf(last.stage)}.` : `${last.stoppedBy} stops it; its clone is being dropped.`) : last.sentence}
      </p>
      {last.clone ? (
        <p className="text-sm text-ink-muted">
          {last.clone.sample ? `sample of ${byteSize(last.clone.bytes)}` : `clone of ${byteSize(last.clone.bytes)} by ${last.clone.by === 'template' ? 'template' : 'dump and restore'}`} in {duration(last.clone.ms)} · forward {duration(last.forwardMs)}, back {duration(last.backMs)}
          {last.targetFingerprint === null ? null : (
            <>
              {' · of the schema '}
              <Mono>{last.targetFingerprint.slice(0, 12)}</Mono>
            </>
          )}
        </p>
      ) : null}
      {last.clone && last.clone.leftOut.length > 0 ? <p className="max-w-prose text-sm text-ink-muted">{last.clone.leftOut.join(' ')}</p> : null}
      {last.clone?.sample ? <SampleText sample={last.clone.sample} said={!under} /> : null}
      {last.left.length > 0 ? <p className="text-sm text-ink-muted">{`Not rehearsed: ${last.left.map((one) => `“${plan.phases.find((each) => each.phase.id === one.phase)?.phase.title ?? one.phase}” (${one.why})`).join(', ')}.`}</p> : null}
    </div>
  );
}

/** What it ran on. At the end the rehearsal's own sentence has said it with what that cannot prove. */
function SampleText({ sample, said }: { sample: { text: string; why: string }; said: boolean }) {
  return (
    <p className="max-w-prose text-sm break-words text-ink-muted">
      {said ? '' : `Sample: ${sample.text}. `}No whole clone was made: {sample.why}
    </p>
  );
}

function sentenceOf(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
