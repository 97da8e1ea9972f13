'use client';
import { Link } from '#components/ui/link.tsx';
import { type ReactNode, useMemo } from 'react';
import { classes } from '#components/ui/classes.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { useNow } from '#components/ui/clock.ts';
import { fewTitles } from '#components/ui/format.ts';
import { Mono, PrimaryBar } from '#components/ui/page.tsx';
import { StateShape, toneInk } from '#components/ui/state-mark.tsx';
import { Time, TimeLeft } from '#components/ui/time.tsx';
import type { RunDto } from '#lib/dal/dto/run.ts';
import type { Standing } from '#components/states.ts';
import { Announcer } from './announcer.tsx';
import { askedNow, AskPerson } from './ask-person.tsx';
import { CancelButton } from './cancel-button.tsx';
import { PaceControl } from './pace-control.tsx';
import { Expected } from './expected.tsx';
import { Progress } from './progress.tsx';
import { headStanding, silentFor } from './head-standing.ts';
import { percentOf } from './rate.ts';
import { RollbackSheet } from './rollback-sheet.tsx';
import { RunLog } from './run-log.tsx';
import { isOver, paceToResume, presentStep, spoken } from './run-words.ts';
import { RunSteps } from './run-steps.tsx';
import { useRun } from './use-run.ts';
import { Watch } from './watch.tsx';

interface RunViewProps {
  dto: RunDto;
  /** The price of going back, measured by the server; null while nobody asks. */
  price: ReactNode;
  rollbackOpen: boolean;
}

/** One screen for watching and pressing: state, what it waits for, progress, the way back. */
export function RunView({ dto, price, rollbackOpen }: RunViewProps) {
  const run = useRun(dto);
  const { view, events, pulse, connection } = run;
  const titles = useMemo(() => new Map(dto.steps.map((step) => [step.id, step.title])), [dto.steps]);
  const over = isOver(view);
  const present = presentStep(view);
  const asked = over ? null : askedNow(dto, present);
  /** A page that asks is as long as what it asks; a page to watch fits the screen. */
  const flowing = over || asked !== null;
  const sight = { silentMs: silentFor(useNow(), run.heardAt), workerLost: pulse?.workerLost === true, workerHolds: pulse?.workerHolds !== false };
  const standing = headStanding(view, sight);
  const percent = present ? percentOf(present.done, present.total) : null;
  return (
    <div className={classes('flex flex-col gap-3', flowing ? '' : 'h-[calc(100dvh-9rem-1px)] min-h-128 short:h-auto short:min-h-0 sm:h-[calc(100dvh-7rem-1px)]')}>
      <Announcer text={sight.silentMs !== null && !over ? 'Countersign does not answer this page.' : spoken(view, standing.word, titles, percent)} />
      <Head dto={dto} standing={standing} attempt={view.attempt} cancelRequested={view.cancelRequested} actions={<Actions dto={dto} over={over} price={price} rollbackOpen={rollbackOpen} cancelRequested={view.cancelRequested} pace={view.pace} resumesAt={paceToResume(events)} />} />
      {asked ? <AskPerson key={asked.step.step} dto={dto} asked={asked} view={view} /> : null}
      {over ? <Outcome dto={dto} sentence={view.sentence} /> : <Watch step={present} held={view.held} pace={{ percent: view.pace, by: view.pacedBy }} target={dto.target} pulse={pulse} connection={connection} silentMs={sight.silentMs} />}
      {dto.kept ? <p className={dto.kept.fine ? 'text-ink' : 'text-red-ink'}>{dto.kept.sentence}</p> : null}
      {over || asked ? null : <Progress view={view} events={events} titles={titles} present={present} rehearsed={dto.rehearsed} />}
      {over ? <Expected view={view} titles={titles} /> : null}
      <div className={classes('grid min-h-0 flex-1 gap-x-8 gap-y-3 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]', flowing ? '' : 'grid-rows-[minmax(0,auto)_minmax(5rem,1fr)] lg:grid-rows-1')}>
        <RunSteps dto={dto} view={view} over={flowing} asked={asked?.step.step ?? null} />
        <RunLog events={events} titles={titles} over={flowing} />
      </div>
    </div>
  );
}

function Head({ dto, standing, attempt, cancelRequested, actions }: { dto: RunDto; standing: Standing; attempt: number; cancelRequested: boolean; actions: ReactNode }) {
  const { tone, word } = standing;
  const active = dto.endedAt === null;
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
      <div className="min-w-0 flex-1 basis-72">
        <h1 className="flex flex-wrap items-center gap-x-3">
          <span className={classes('flex items-center gap-2 text-xl font-bold tracking-tight uppercase', toneInk(tone))}>
            <StateShape tone={tone} size={18} className={tone === 'orange' ? 'animate-pulse-slow' : undefined} />
            {word}
          </span>
          <Link href={`/plans/${dto.planId}?phase=${encodeURIComponent(dto.phaseId)}`} className="min-w-0 rounded text-lg font-semibold wrap-anywhere underline decoration-line-strong decoration-1 underline-offset-4">
            {dto.planName}
          </Link>
        </h1>
        <p className="mt-0.5 text-ink-muted">
          {dto.kind === 'rollback' ? 'rollback of ' : ''}phase {dto.phaseNumber} of {dto.phaseCount} · {dto.phaseTitle} · on <Mono className="text-ink">{dto.target}</Mono>
        </p>
        <p className="text-sm text-ink-muted">
          started by {dto.requestedBy} <Time at={dto.requestedAt} />
          {attempt > 0 ? ` · attempt ${attempt}` : ''}
          {dto.reason ? ` · “${dto.reason}”` : ''}
          {cancelRequested && active ? ' · cancel was asked for' : ''}
        </p>
      </div>
      {actions}
    </header>
  );
}

function Actions({ dto, over, price, rollbackOpen, cancelRequested, pace, resumesAt }: { dto: RunDto; over: boolean; price: ReactNode; rollbackOpen: boolean; cancelRequested: boolean; pace: number; resumesAt: number }) {
  const goesBack = endedInTheMiddle(dto) && dto.rollbackBlockers === null;
  return (
    <PrimaryBar>
      {over ? (
        <>
          {dto.rollbackBlockers === null ? <RollbackSheet runId={dto.id} phaseTitle={dto.phaseTitle} target={dto.target} price={price} initiallyOpen={rollbackOpen} /> : null}
          {dto.next ? (
            <ButtonLink look={goesBack ? 'plain' : 'primary'} href={dto.next.href}>
              <NextText sentence={dto.next.sentence.replace(/\.$/, '')} />
            </ButtonLink>
          ) : null}
        </>
      ) : dto.mayCancel ? (
        <>
          <p className="text-sm text-ink-muted max-sm:basis-full">{dto.kind === 'forward' ? 'Rollback: once the run has ended' : 'Taking the phase back'}</p>
          <PaceControl runId={dto.id} pace={pace} resumesAt={resumesAt} disabled={cancelRequested} />
          <CancelButton runId={dto.id} asked={cancelRequested} />
        </>
      ) : (
        <p className="text-sm text-ink-muted">Only an operator can cancel.</p>
      )}
    </PrimaryBar>
  );
}

/** `Next: phase 3, “Create tables”`; on a phone only up to the comma, so that it stands beside the way back. */
function NextText({ sentence }: { sentence: string }) {
  const [first, ...rest] = sentence.split(/(?=, )/);
  return (
    <span>
      {first}
      {rest.length > 0 ? <span className="max-sm:sr-only">{rest.join('')}</span> : null}
    </span>
  );
}

/** What stands half can only go back: that is the one thing to do, and to look at the phase again is not. */
function endedInTheMiddle({ kind, view, endedAt }: RunDto): boolean {
  return kind === 'forward' && endedAt !== null && (view.state === 'failed' || view.state === 'cancelled');
}

/** How it ended, and what about the way back. */
function Outcome({ dto, sentence }: { dto: RunDto; sentence: string | null }) {
  return (
    <div className="border-y border-line py-2">
      {sentence ? <p className={classes('font-medium', (dto.view.state === 'failed' || dto.view.state === 'refused') && 'text-red-ink')}>{sentence}</p> : null}
      {/* What may be done now comes from the server, a moment after the end. */}
      {dto.kind === 'forward' && dto.endedAt !== null ? (
        <p className={endedInTheMiddle(dto) ? undefined : 'text-sm text-ink-muted'}>
          {dto.rollbackBlockers === null ? `${endedInTheMiddle(dto) ? 'It must be rolled back before the phase can run again' : 'It can be rolled back'}${dto.stays.length > 0 ? `, except ${fewTitles(dto.stays)}, which ${dto.stays.length === 1 ? 'stays' : 'stay'}` : ''}` : `No rollback: ${dto.rollbackBlockers.map((blocker) => blocker.sentence).join(' ')}`}
          {dto.rollbackBlockers === null && dto.windowClosesAt ? (
            <>
              {': '}
              <TimeLeft until={dto.windowClosesAt} over="the window is over; going back now needs a new plan" />
            </>
          ) : null}
        </p>
      ) : null}
    </div>
  );
}
