'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { count } from '#components/ui/format.ts';
import { StateMark, type Tone } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import { countExactly, stopCount } from '#lib/actions/counts.ts';
import type { PhaseCountDto } from '#lib/dal/count-dto.ts';

type Last = NonNullable<PhaseCountDto['last']>;

const BAR = 'h-2 w-full max-w-prose appearance-none overflow-hidden rounded-sm bg-sunken ring-1 ring-line ring-inset [&::-moz-progress-bar]:bg-orange-solid [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-orange-solid';

const ENDS: Record<Exclude<Last['state'], 'queued' | 'running'>, { tone: Tone; word: string }> = {
  counted: { tone: 'green', word: 'counted exactly' },
  stopped: { tone: 'grey', word: 'count stopped' },
  failed: { tone: 'red', word: 'count failed' },
  refused: { tone: 'red', word: 'count refused' },
};

/** Where a page's budget cut figures off: a worker counts them to the end, and what it is doing stands here. */
export function CountExactly({ planId, version, phaseId, dto }: { planId: string; version: number; phaseId: string; dto: PhaseCountDto }) {
  const { cut, long, last, offered, other } = dto;
  const under = last?.state === 'queued' || last?.state === 'running';
  if (cut === 0 && !long && !under && (last === null || last.state === 'counted')) return null;
  return (
    <div className="mb-3 grid grid-cols-1 gap-1 border-l-2 border-line pl-3">
      {last && under ? <UnderWay last={last} /> : null}
      {last && last.state !== 'queued' && last.state !== 'running' ? (
        <p className="flex flex-wrap items-baseline gap-x-2">
          <StateMark tone={ENDS[last.state].tone} plain>
            {ENDS[last.state].word}
          </StateMark>
          <span className="min-w-0">{last.sentence}</span>
          <span className="text-sm text-ink-muted">
            {last.by} · <Time at={last.at} />
          </span>
        </p>
      ) : null}
      {!under && cut > 0 ? <p className="max-w-prose">{count(cut, 'question has', 'questions have')} no exact answer, because counting took longer than a page may. A worker can count to the end: it reads only, in one transaction, up to six hours for each question.</p> : null}
      {!under && cut === 0 && long ? <p className="max-w-prose text-ink-muted">Counting this takes long: the worker does it once more before the first step.</p> : null}
      {offered ? (
        <ActionForm action={countExactly} hidden={{ planId, version, phaseId }}>
          <Submit look="plain" size="sm" busy="Asking…">
            {cut > 0 ? 'Count exactly' : 'Count again'}
          </Submit>
        </ActionForm>
      ) : null}
      {!under && !offered && other && (cut > 0 || long) ? <p className="text-sm text-ink-muted">{other}</p> : null}
    </div>
  );
}

function UnderWay({ last }: { last: Last }) {
  const { rows, expected } = last;
  const share = rows !== null && expected !== null && expected > 0 && rows <= expected ? rows / expected : null;
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StateMark tone={last.state === 'running' ? 'orange' : 'grey'} busy={last.state === 'running'}>
          {last.stopping ? 'stopping' : last.state === 'running' ? 'counting' : 'waiting'}
        </StateMark>
        <span className="text-sm text-ink-muted">
          {last.by} · <Time at={last.at} />
        </span>
        {last.mayStop && !last.stopping ? (
          <ActionForm action={stopCount} hidden={{ countId: last.id }} className="ml-auto">
            <Submit look="plain" size="sm" busy="Stopping…" aria-label="Stop counting">
              Stop
            </Submit>
          </ActionForm>
        ) : null}
      </div>
      {share === null ? null : (
        <progress aria-label="rows counted, of what the statistics expect" max={100} value={Math.floor(share * 100)} className={BAR} />
      )}
      <p className="max-w-prose wrap-anywhere">{last.sentence}</p>
    </>
  );
}
