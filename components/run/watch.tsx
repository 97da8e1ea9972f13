'use client';
import { Link } from '#components/ui/link.tsx';
import { useNow } from '#components/ui/clock.ts';
import { classes } from '#components/ui/classes.ts';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { duration } from '#components/ui/format.ts';
import { StateShape } from '#components/ui/state-mark.tsx';
import type { RunPulse } from '#lib/dal/dto/run.ts';
import { endingSql, type RunView, type StepProgress, type Waiting } from '#lib/pipeline/run.ts';
import { shortLocks, waitingSentence, workerText } from './run-words.ts';
import type { Connection } from './use-run.ts';

/** What the run waits for, whom it blocks, whether anybody is at work. */
export function Watch({ step, held, pace, target, pulse, connection, silentMs }: { step: StepProgress | null; held: RunView['held']; pace: { percent: number; by: string | null }; target: string; pulse: RunPulse | null; connection: Connection; silentMs: number | null }) {
  const now = useNow();
  const waiting = step?.waiting ?? null;
  const seen = pulse !== null && pulse.targetAnswers === true;
  const unseen = pulse === null || pulse.targetAnswers === null ? 'not known yet' : 'not known';
  return (
    <section aria-label="Now" className="grid gap-2">
      {pulse?.workerLost && pulse.workerHolds ? <Alarm>Worker lost; the database may still be working: checking. Nothing is lost or done twice; a worker that starts goes on from the ledger.</Alarm> : null}
      {pulse?.workerLost && !pulse.workerHolds ? <Alarm>No worker runs, and nothing of this run is at work on {target}. It goes on as soon as a worker starts.</Alarm> : null}
      {silentMs === null ? null : <Alarm>Countersign does not answer this page: what stands here is {duration(Math.floor(silentMs / 1_000) * 1_000)} old. The run needs no page to go on.</Alarm>}
      {pulse?.targetAnswers === false && silentMs === null ? <Alarm>{target} does not answer. What happens there is not known until it does.</Alarm> : null}
      <dl className="grid grid-cols-2 gap-x-6 gap-y-1.5 border-y border-line py-2 md:grid-cols-[minmax(0,2fr)_minmax(0,1.4fr)_minmax(0,1fr)_minmax(0,1fr)]">
        <Fact name="Waiting for" wide>
          {pulse?.workerLost ? (
            <WaitingForWorker last={waiting} />
          ) : waiting ? (
            <WaitingFor waiting={waiting} />
          ) : held ? (
            <span className="block text-blue-ink">
              <span className="block font-semibold">{held.why}</span>
              <span className="block text-sm">begins by itself when that is over, at the latest at {held.until.slice(11, 16)} UTC; cancel stops it</span>
            </span>
          ) : pulse?.targetAnswers === false ? (
            `an answer of ${target}`
          ) : pace.percent === 0 ? (
            <span className="block text-blue-ink">
              <span className="block font-semibold">a person: the run is paused</span>
              <span className="block text-sm">
                {pace.by === null ? 'paused' : `paused by ${pace.by}`}
                {step !== null && step.state === 'running' ? '; what is under way ends first' : ''}
              </span>
            </span>
          ) : (
            'nothing'
          )}
        </Fact>
        <Fact name="Blocked by us" wide>
          {!seen ? (
            unseen
          ) : pulse.blockedByUs.length === 0 ? (
            'nobody'
          ) : (
            <span className="font-semibold text-orange-ink">
              {pulse.blockedByUs.map((session) => (
                <span key={session.pid} className="block truncate" title={session.query}>
                  pid {session.pid} ({session.application || 'no application name'}, {duration(session.seconds * 1_000)})
                </span>
              ))}
            </span>
          )}
        </Fact>
        <Fact name="Oldest transaction">
          {!seen ? (
            unseen
          ) : (
            <>
              {pulse.oldestTransactionSeconds === null ? 'none' : duration(pulse.oldestTransactionSeconds * 1_000)} ·{' '}
              <Link href={`/databases/${encodeURIComponent(target)}`} className="rounded underline decoration-line-strong underline-offset-2" aria-label={`All activity on ${target}`}>
                all activity
              </Link>
            </>
          )}
        </Fact>
        <Fact name="Worker">
          <WorkerLife pulse={pulse} now={now} connection={connection} />
        </Fact>
      </dl>
    </section>
  );
}

/** Who holds it first, because that is who can be asked; then what is held, and how often it was tried. */
function WaitingFor({ waiting }: { waiting: Waiting }) {
  return (
    <span className="block text-blue-ink">
      {waiting.blockers.map((blocker) => (
        <span key={blocker.pid} className="block">
          <span className="font-semibold">
            pid {blocker.pid} · {blocker.application || 'no application name'} · {blocker.state} · {duration(blocker.seconds * 1_000)}
          </span>
          <code className="line-clamp-2 font-mono text-xs wrap-anywhere" title={blocker.query}>
            {blocker.query}
          </code>
          {endingSql(blocker) === null ? null : (
            <span className="-ml-1.5 block" title="Ends that session and rolls back what it has not committed. A person runs it; Countersign ends nobody’s session.">
              <CopyButton text={endingSql(blocker) ?? ''} label="Copy the command that ends it" />
            </span>
          )}
        </span>
      ))}
      <span className={waiting.blockers.length === 0 ? 'block font-semibold' : 'block text-sm'}>{shortLocks(waiting.forWhat)}</span>
      {waiting.attempts === 0 ? null : (
        <span className="block text-sm">
          <span className="block">
            try {waiting.attempt} of {waiting.attempts}, {waiting.retryInMs === null ? 'at it now' : `next in ${duration(waiting.retryInMs)}`}
          </span>
          goes on by itself when it is free
        </span>
      )}
    </span>
  );
}

/** Nothing is tried while nobody is at work: what the step waited for before is what was heard last, and may be over. */
function WaitingForWorker({ last }: { last: Waiting | null }) {
  return (
    <>
      <span className="block font-semibold text-red-ink">a worker</span>
      {last ? <span className="block text-sm text-ink-muted">last heard: it waited for {waitingSentence({ ...last, retryInMs: null })}</span> : null}
    </>
  );
}

function WorkerLife({ pulse, now, connection }: { pulse: RunPulse | null; now: number | null; connection: Connection }) {
  return (
    <>
      {pulse === null || now === null ? 'not known yet' : workerText(pulse, now)}
      {connection === 'polling' ? <span className="block text-sm text-ink-muted">stream broken, asking every 2 s</span> : null}
    </>
  );
}

function Fact({ name, wide = false, children }: { name: string; wide?: boolean; children: React.ReactNode }) {
  return (
    <div className={classes('min-w-0', wide && 'max-md:col-span-2')}>
      <dt className="text-xs text-ink-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

function Alarm({ children }: { children: React.ReactNode }) {
  return (
    <p role="alert" className="flex items-start gap-2 rounded-md border border-red-ink/40 bg-red-tint px-3 py-2 font-medium">
      <StateShape tone="red" className="mt-1" />
      <span>{children}</span>
    </p>
  );
}
