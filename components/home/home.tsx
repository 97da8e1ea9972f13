import type { ReactNode } from 'react';
import { StateShape } from '#components/ui/state-mark.tsx';
import type { Tone } from '#components/ui/state-mark.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { exactNumber } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/notes.tsx';
import { Section } from '#components/ui/page.tsx';
import { Time, TimeLeft } from '#components/ui/time.tsx';
import type { HomeDto, HomeItem, TurnName } from '#lib/dal/dto/home.ts';
import { KeepFresh } from '#components/shell/keep-fresh.tsx';
import { Due } from '#components/follow-ups/follow-ups.tsx';
import { OpenGlasses } from '#components/glass/glasses.tsx';
import { Drift } from '#components/drift/drift.tsx';
import { StartsIn } from '#components/plan/starts-in.tsx';
import { StopStart } from '#components/plan/stop-start.tsx';
import { PlanList } from '#components/plan/plan-list.tsx';
import { runningSentence } from '#components/run/run-words.ts';
import { runStanding } from '#components/states.ts';

/** So many plans stand here; the others are on a page of their own. */
const PLANS = 12;

export function Home({ home, mayAuthor }: { home: HomeDto; mayAuthor: boolean }) {
  const quiet = home.waiting.length + home.running.length + home.scheduled.length + home.notStarted.length + home.windows.length + home.due.length + home.glasses.length + home.mentions.length === 0;
  // The loudest comes first, and its button is then the one.
  const answers = home.glasses.some(({ mayNot }) => mayNot === null);
  return (
    <>
      <KeepFresh everyMs={home.running.length > 0 || home.scheduled.length > 0 ? 3_000 : 10_000} />
      <OpenGlasses glasses={home.glasses} />
      {quiet ? <p className="text-ink-muted">Nothing waits for you, nothing runs, and no rollback window is open.</p> : home.waiting.length + home.mentions.length === 0 && !answers ? <p className="mt-4 text-ink-muted first:mt-0">Nothing waits for you.</p> : null}
      <Group title="Waiting for you" tone="blue" lines={home.waiting.map((item) => ({ item, aside: <Time at={item.at} />, verb: ASKED[item.turn] }))} verb="Review" primary={!answers} />
      <Mentions mentions={home.mentions} />
      <Group title="Running now" tone="orange" lines={home.running.map((run) => ({ item: { ...run, sentence: runningSentence(run) }, aside: runningText(run) }))} verb="Watch" />
      <Group title="Did not start" tone="red" lines={home.notStarted.map((item) => ({ item, aside: <Time at={item.at} /> }))} verb="Open" />
      <Group title="Scheduled" tone="grey" lines={home.scheduled.map((item) => ({ item, aside: <StartsIn at={item.start.startAt} />, more: item.start.mayStop ? <StopStart start={item.start} what={`${item.planName}, ${item.phaseTitle}`} small /> : null }))} verb="Open" />
      <Group title="Rollback windows" tone="violet" lines={home.windows.map((item) => ({ item, aside: <TimeLeft until={item.closesAt} /> }))} verb="Open" />
      <Due due={home.due} may={home.mayFollowUp} />
      <Drift drift={home.drift} mayAnswer={home.mayAnswerDrift} />
      <Section title="Plans" aside={<ButtonLink look="quiet" size="sm" href="/plans">{home.plans.length > PLANS ? `All ${home.plans.length} plans` : 'All plans'}</ButtonLink>}>
        {home.plans.length > 0 ? (
          <PlanList plans={home.plans.slice(0, PLANS)} />
        ) : (
          <EmptyState title="No plans yet" action={mayAuthor ? <ButtonLink look="primary" href="/compare">Compare two databases</ButtonLink> : null}>
            A plan comes from a comparison: choose the differences that shall go, and Countersign writes the phases.
          </EmptyState>
        )}
      </Section>
    </>
  );
}

/** What somebody wants to hear of the viewer, in their own words. */
function Mentions({ mentions }: { mentions: HomeDto['mentions'] }) {
  if (mentions.length === 0) return null;
  return (
    <Section
      title={
        <span className="flex items-center gap-2">
          <StateShape tone="blue" />
          {`Open threads that mean you (${mentions.length})`}
        </span>
      }
    >
      <ul className="border-t border-line">
        {mentions.map((mention) => (
          <li key={mention.href} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
            <div className="min-w-0 flex-1 basis-72 max-sm:basis-full">
              <p>
                <span className="font-medium">{mention.planName}</span>
                {mention.about === '' ? null : <span className="text-ink-muted"> · {mention.about}</span>}
              </p>
              <p className="wrap-anywhere text-ink-muted">
                {mention.by}: {mention.body}
              </p>
            </div>
            <span className="text-sm text-ink-muted max-sm:mr-auto">
              <Time at={mention.at} />
            </span>
            <ButtonLink size="sm" href={mention.href} data-row="" aria-label={`Answer ${mention.by}: ${mention.planName}`}>
              Answer
            </ButtonLink>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function runningText(item: HomeDto['running'][number]): ReactNode {
  if (item.workerLost) return <span className="font-medium text-red-ink">no worker</span>;
  const { word } = runStanding(item.state, 'forward');
  return item.total === null || item.total === 0 ? word : `${word} · ${exactNumber(item.done)} of ${exactNumber(item.total)}`;
}

/** What the viewer is asked for, on the link to it. */
const ASKED: Readonly<Record<TurnName, string>> = { run: 'Watch', trouble: 'Open', window: 'Open', start: 'Start…', approve: 'Review', author: 'Open' };

interface HomeLine {
  item: HomeItem;
  /** Another word on its link than the group's. */
  verb?: string;
  aside: ReactNode;
  more?: ReactNode;
}

interface GroupProps {
  title: string;
  tone: Tone;
  lines: readonly HomeLine[];
  verb: string;
  primary?: boolean;
}

function Group({ title, tone, lines, verb, primary = false }: GroupProps) {
  if (lines.length === 0) return null;
  return (
    <Section
      title={
        <span className="flex items-center gap-2">
          <StateShape tone={tone} />
          {`${title} (${lines.length})`}
        </span>
      }
    >
      <ul className="border-t border-line">
        {ofOnePlan(lines).map((group) => (
          <li key={`${group[0]?.item.planId} ${group[0]?.item.phaseId}`} className="border-b border-line py-2">
            {group.length > 1 ? <PlanOfLines lines={group} /> : null}
            {group.map((line) => (
              <LineOfGroup key={`${line.item.href} ${line.item.phaseId}`} line={line} alone={group.length === 1} verb={line.verb ?? verb} primary={primary && line === lines[0]} />
            ))}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Neighbours of one plan that say the same: six phases of it that wait are one thing that waits. */
function ofOnePlan(lines: readonly HomeLine[]): HomeLine[][] {
  const groups: HomeLine[][] = [];
  for (const line of lines) {
    const last = groups.at(-1);
    if (last?.[0]?.item.planId === line.item.planId && last[0].item.sentence === line.item.sentence) last.push(line);
    else groups.push([line]);
  }
  return groups;
}

function PlanOfLines({ lines }: { lines: readonly HomeLine[] }) {
  const first = lines[0]?.item;
  return first ? (
    <p className="mb-0.5">
      <span className="font-medium">{first.planName}</span>
      <span className="text-ink-muted"> · {first.sentence}</span>
    </p>
  ) : null;
}

function LineOfGroup({ line: { item, aside, more }, alone, verb, primary }: { line: HomeLine; alone: boolean; verb: string; primary: boolean }) {
  return (
    <div className={alone ? 'flex flex-wrap items-center gap-x-4 gap-y-1' : 'flex items-center gap-x-4 py-1'}>
      <div className={alone ? 'min-w-0 flex-1 basis-72 max-sm:basis-full' : 'flex min-w-0 flex-1 gap-3 wrap-anywhere'}>
        {alone ? (
          <>
            <p>
              <span className="font-medium">{item.planName}</span>
              <span className="text-ink-muted">
                {' '}
                · phase {item.phaseNumber} of {item.phaseCount} · {item.phaseTitle}
              </span>
            </p>
            <p className="text-ink-muted">{item.sentence}</p>
          </>
        ) : (
          <>
            <span className="w-4 shrink-0 text-right text-ink-muted">{item.phaseNumber}</span>
            <span className="min-w-0">{item.phaseTitle}</span>
          </>
        )}
      </div>
      <span className={`text-sm text-ink-muted ${alone ? 'max-sm:mr-auto' : 'shrink-0 max-sm:sr-only'}`}>{aside}</span>
      {more}
      <ButtonLink look={primary ? 'primary' : 'plain'} size="sm" href={item.href} data-row="" aria-label={`${verb}: ${item.planName}, ${item.phaseTitle}`}>
        {verb}
      </ButtonLink>
    </div>
  );
}
